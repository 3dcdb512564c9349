#!/usr/bin/env node
import process from "node:process";
import { runCli } from "./cli/run.ts";
import { createToolbox } from "./runtime/toolbox.ts";

// The database, backups and plans hold people's data: files that this process makes are its owner's alone.
process.umask(0o077);
process.exitCode = await runCli(process.argv.slice(2), createToolbox());

// Whatever still holds the process open after its work is done must not keep it.
setTimeout(() => process.exit(), 1_000).unref();
