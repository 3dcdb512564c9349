/** What an auditor asks for, each command as a process of its own beside a running daemon. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import type { Offboardings } from "../../src/engine/leaver-proofs.ts";
import { bridgeFolder, bridgeSettings, QUIET, startBridge } from "../support/bridge-process.ts";
import { issueToken } from "../support/bridge-store.ts";
import { runCommand } from "../support/command-process.ts";
import { startLiveSandbox } from "../support/live-sandbox.ts";
import { rawSqlite } from "../support/raw-sqlite.ts";
import { createScimClient } from "../support/scim-client.ts";

test("a leaver's proof, the run that made it, and the audit log that vouches for both", async (t) => {
  const sandbox = await startLiveSandbox(t);
  const folder = bridgeFolder(t, bridgeSettings(sandbox.url, { schedule: QUIET }));
  const bridge = await startBridge(t, folder);
  const idp = createScimClient(bridge.url, await issueToken(folder));
  await bridge.firstRun();
  const run = (...args: readonly string[]): ReturnType<typeof runCommand> => runCommand(t, args, { folder });

  const id = await idp.create("ana");
  t.is((await run("apply", "--yes")).code, 0);
  const early = await run("proof", "ana@acme.example");
  t.is(early.code, 1);
  t.regex(early.errors, /^rosterbridge: There is no proof for "ana@acme\.example"/);
  await idp.patch(id, { active: false });
  t.is((await run("apply", "--yes")).code, 0);

  const proof = await run("proof", "ana@acme.example", "--json");
  t.is(proof.code, 0, proof.errors);
  const [newest] = (JSON.parse(proof.output) as Offboardings).proofs;
  t.like(newest, { user: id, audit: { matches: true }, document: { said: { what: "active=false" } } });

  const runs = await run("runs", "--limit", "1");
  const [, last = ""] = /\n([\w-]{36}) +full +cli /.exec(runs.output) ?? [];
  t.regex((await run("runs", last)).output, /Z {2}ana@acme\.example +deactivate the account +done\n/);

  const verified = await run("audit", "verify");
  t.is(verified.code, 0, verified.errors);
  const [, end = ""] = /--expect (\d+:[0-9a-f]{64})\n$/.exec(verified.output) ?? [];
  const file = join(folder.path, "audit.jsonl");
  t.is((await run("audit", "export", "--out", file)).code, 0);
  const rows = readFileSync(file, "utf8").trimEnd().split("\n");
  t.true(end.startsWith(`${rows.length}:`));
  t.is(statSync(file).mode & 0o777, 0o600);

  await rawSqlite(folder.database, `delete from audit where sequence = ${newest?.audit?.sequence ?? 0}`);
  const broken = await run("audit", "verify", "--expect", end);
  t.is(broken.code, 1);
  t.regex(broken.output, new RegExp(`^The audit log is broken at row ${newest?.audit?.sequence}: `));
});
