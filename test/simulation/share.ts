import type { ExecutionContext } from "ava";
import { NOTHING_PLANTED } from "./plant.ts";
import type { ProductKind } from "./product.ts";
import { simulate } from "./simulate.ts";
import { openTheatre } from "./theatre.ts";

/** Seeds of one run of the tests, all shares together. */
const SEEDS = 300;
/** So many test files share them, since test files run side by side. */
const SHARES = 4;

/** Plays every fourth seed, beginning with `share` (1 to 4), and names the command that plays a failing one again. */
export async function playShare(t: ExecutionContext, share: number, wanted: string | undefined): Promise<void> {
  t.timeout(15 * 60_000);
  const seeds = Number(wanted ?? SEEDS);
  const theatre = await openTheatre();
  t.teardown(() => theatre.close());
  let played = 0;
  for (let seed = share; seed <= seeds; seed += SHARES) {
    const { broken } = await simulate(theatre, seed);
    t.deepEqual(broken, [], `npm run simulate -- --seed ${seed}`);
    played += 1;
  }
  t.is(played, Math.ceil((seeds - share + 1) / SHARES));
}

/** Plays so many seeds with another product than the sandbox, and names the command that plays a failing one again. */
export async function playSeeds(t: ExecutionContext, product: ProductKind, wanted: string): Promise<void> {
  t.timeout(15 * 60_000);
  const seeds = Number(wanted);
  const theatre = await openTheatre();
  t.teardown(() => theatre.close());
  let played = 0;
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { broken } = await simulate(theatre, seed, NOTHING_PLANTED, product);
    t.deepEqual(broken, [], `npm run simulate -- --seed ${seed} --product ${product.name}`);
    played += 1;
  }
  t.is(played, seeds);
}
