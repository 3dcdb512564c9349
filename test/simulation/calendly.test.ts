import process from "node:process";
import test from "ava";
import { CALENDLY } from "./calendly-product.ts";
import { playSeeds } from "./share.ts";

test("whatever happens, no invariant is broken with Calendly, and it converges", (t) =>
  playSeeds(t, CALENDLY, process.env["ROSTERBRIDGE_SIMULATION_SEEDS"] ?? "100"));
