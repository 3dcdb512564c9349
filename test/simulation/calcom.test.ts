import process from "node:process";
import test from "ava";
import { CALCOM } from "./calcom-product.ts";
import { playSeeds } from "./share.ts";

test("whatever happens, no invariant is broken with Cal.com, and it converges", (t) =>
  playSeeds(t, CALCOM, process.env["ROSTERBRIDGE_SIMULATION_SEEDS"] ?? "100"));
