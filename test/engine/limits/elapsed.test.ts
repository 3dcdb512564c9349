import test from "ava";
import type { Instant } from "../../../src/domain/brand.ts";
import { openElapsed } from "../../../src/engine/limits/elapsed.ts";
import type { Clock } from "../../../src/ports/ambient.ts";
import type { TimeAnchor } from "../../../src/ports/journal.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WALL = Date.parse("2026-11-23T09:00:00.000Z");

/** The newest reading that was kept: the bridge had run for a week, its machine for three hours. */
const ANCHOR: TimeAnchor = {
  elapsedMs: 7 * DAY,
  wall: new Date(WALL).toISOString() as Instant,
  uptimeMs: 3 * HOUR,
  boot: "one",
};

/** A machine whose wall clock shows so much later than the anchor's. */
function aClock(machine: { readonly wallMs: number; readonly uptimeMs: number; readonly boot: string | null }): Clock {
  return {
    now: () => new Date(WALL + machine.wallMs).toISOString() as Instant,
    monotonicMs: () => 5,
    uptime: () => ({ ms: machine.uptimeMs, boot: machine.boot }),
    sleep: () => Promise.resolve(),
  };
}

const cases: readonly (readonly [string, Parameters<typeof aClock>[0], string | null, number])[] = [
  ["another process an hour later", { wallMs: HOUR, uptimeMs: 4 * HOUR, boot: "one" }, "one", HOUR],
  ["the wall clock was set a day ahead", { wallMs: HOUR + DAY, uptimeMs: 4 * HOUR, boot: "one" }, "one", HOUR],
  ["the wall clock was set a day back", { wallMs: HOUR - DAY, uptimeMs: 4 * HOUR, boot: "one" }, "one", HOUR],
  ["the machine was started anew", { wallMs: 2 * HOUR, uptimeMs: HOUR, boot: "two" }, "one", 2 * HOUR],
  ["started anew, with the clock behind", { wallMs: -DAY, uptimeMs: HOUR, boot: "two" }, "one", HOUR],
  ["started anew, running longer than before", { wallMs: 9 * HOUR, uptimeMs: 8 * HOUR, boot: "two" }, "one", 9 * HOUR],
  ["nobody says which start it is", { wallMs: HOUR, uptimeMs: 4 * HOUR, boot: null }, null, HOUR],
  ["nobody says, and the wall clock was set ahead", { wallMs: DAY, uptimeMs: 4 * HOUR, boot: null }, null, HOUR],
  ["nobody says, but the machine runs for less long", { wallMs: 2 * HOUR, uptimeMs: HOUR, boot: null }, null, 2 * HOUR],
];

for (const [what, machine, boot, expected] of cases) {
  test(`the bridge's own time goes on: ${what}`, async (t) => {
    const clock = aClock(machine);
    const elapsed = await openElapsed({ timeAnchor: async () => ({ ...ANCHOR, boot }) }, clock);
    t.is(elapsed.now(), ANCHOR.elapsedMs + expected);
    t.deepEqual(elapsed.anchor(), {
      elapsedMs: ANCHOR.elapsedMs + expected,
      wall: clock.now(),
      uptimeMs: machine.uptimeMs,
      boot: machine.boot,
    });
  });
}

test("the first time of all is zero", async (t) => {
  const elapsed = await openElapsed({ timeAnchor: async () => null }, aClock({ wallMs: 0, uptimeMs: 9, boot: "one" }));
  t.is(elapsed.now(), 0);
});
