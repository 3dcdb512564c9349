import type { TwinClock } from "./twin-clock.ts";

/** The machine's own time, for twins beside a running bridge. */
export const liveClock: TwinClock = {
  now: () => new Date().toISOString(),
  monotonicMs: () => performance.now(),
};
