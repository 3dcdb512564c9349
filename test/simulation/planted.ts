import type { ExecutionContext } from "ava";
import { PLANTS } from "./plants.ts";
import { simulate } from "./simulate.ts";
import { openTheatre } from "./theatre.ts";

/** Within so many seeds every plant has to be found. */
const SEEDS = 80;
/** So many test files share the plants. */
const SHARES = 3;

/** Looks for every third plant, and tells how many seeds each took. */
export async function findPlants(t: ExecutionContext, share: number): Promise<void> {
  t.timeout(10 * 60_000);
  const theatre = await openTheatre();
  t.teardown(() => theatre.close());
  for (const plant of PLANTS.filter((_, index) => index % SHARES === share - 1)) {
    let found: readonly string[] = [];
    let seed = 0;
    while (found.length === 0 && seed < SEEDS) found = (await simulate(theatre, (seed += 1), plant)).broken;
    t.not(found.length, 0, `${plant.name} was not found within ${SEEDS} seeds: ${plant.what}`);
    t.log(`${plant.name}: ${seed} seeds (${found[0]?.slice(0, 80)})`);
  }
}
