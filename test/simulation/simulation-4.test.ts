import process from "node:process";
import test from "ava";
import { playShare } from "./share.ts";

test("whatever happens, no invariant is broken, and it converges (share 4 of 4)", (t) =>
  playShare(t, 4, process.env["ROSTERBRIDGE_SIMULATION_SEEDS"]));
