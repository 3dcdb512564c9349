import test from "ava";
import type { Instant } from "../../src/domain/brand.ts";
import { patiently, watchMapping, watchResumption, type AdminWatch } from "../../src/runtime/admin-watch.ts";
import { systemClock } from "../../src/runtime/ambient.ts";
import { anAmbient, type LogLine } from "../support/bridge.ts";

/** What a watch says of these states, one look each. */
async function looks<T>(
  make: (read: () => Promise<T>) => AdminWatch,
  states: readonly T[],
): Promise<readonly boolean[]> {
  let now = 0;
  const watch = make(async () => states[now]!);
  const said: boolean[] = [];
  for (; now < states.length; now += 1) said.push(await watch());
  return said;
}

const mappingLooks = (versions: readonly (number | null)[]): Promise<readonly boolean[]> =>
  looks((newest) => watchMapping({ newest }), versions);

test("a version of the mapping that was saved since the last look makes one run", async (t) => {
  t.deepEqual(await mappingLooks([3, 3, 4, 4, 7]), [false, false, true, false, true]);
});

test("the version that the first run saves by itself makes no other run, an edit that follows it at once does", async (t) => {
  t.deepEqual(await mappingLooks([null, 1, 1]), [false, false, false]);
  t.deepEqual(await mappingLooks([null, 2]), [false, true]);
});

test("the end of what a restore holds makes one run; a restore itself makes none", async (t) => {
  const restoration = { restoredAt: "2026-11-22T10:00:00.000Z" as Instant, knownUntil: null };
  const said = await looks((standing) => watchResumption({ standing }), [null, restoration, restoration, null, null]);
  t.deepEqual(said, [false, false, false, true, false]);
});

test("a watch that cannot look says so in the log, and looks again", async (t) => {
  const log: LogLine[] = [];
  let isBusy = true;
  const watch = patiently(
    async () => {
      if (isBusy) throw new Error("busy");
      return true;
    },
    anAmbient(systemClock, log).log,
    "mapping.not-read",
  );
  t.false(await watch());
  t.deepEqual(
    log.map(({ level, event }) => [level, event]),
    [["warn", "mapping.not-read"]],
  );
  isBusy = false;
  t.true(await watch());
});
