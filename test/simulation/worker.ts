import process from "node:process";
import { findPlant } from "./plants.ts";
import { findProduct } from "./products.ts";
import { simulate } from "./simulate.ts";
import { openTheatre } from "./theatre.ts";

// Plays the seeds that its parent gives it, one after the other, until there are none.

const plant = findPlant(process.argv[2] ?? "none");
const product = findProduct(process.argv[3] ?? "sandbox");
const theatre = await openTheatre();
process.on("message", ({ seed }: { readonly seed: number | null }) => void (seed === null ? stop() : play(seed)));
process.on("disconnect", () => void stop());
process.send?.("ready");

async function play(seed: number): Promise<void> {
  const { broken, coverage } = await simulate(theatre, seed, plant, product);
  const { faults, kills, steps } = coverage;
  process.send?.({ seed, broken, coverage: { faults: [...faults], kills: [...kills], steps: [...steps] } });
}

async function stop(): Promise<void> {
  await theatre.close();
  process.exit(0);
}
