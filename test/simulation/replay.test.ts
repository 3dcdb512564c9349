import test from "ava";
import { simulate } from "./simulate.ts";
import { openTheatre } from "./theatre.ts";

test("the same seed is the same history, to the last line", async (t) => {
  t.timeout(5 * 60_000);
  const theatre = await openTheatre();
  t.teardown(() => theatre.close());
  for (let seed = 1_001; seed <= 1_012; seed += 1) {
    const { history, broken } = await simulate(theatre, seed);
    const again = await simulate(theatre, seed);
    t.deepEqual(again.history, history, `seed ${seed}`);
    t.deepEqual(again.broken, broken);
    t.true(history.length > 10);
  }
});

test("another seed is another history", async (t) => {
  const theatre = await openTheatre();
  t.teardown(() => theatre.close());
  t.notDeepEqual((await simulate(theatre, 1)).history, (await simulate(theatre, 2)).history);
});
