import type { Instant } from "../../src/domain/brand.ts";
import type { Clock } from "../../src/ports/ambient.ts";

/** A clock that stands still until it is moved. A sleeper moves it, and wakes at once. */
export interface ManualClock extends Clock {
  advance(ms: number): void;
  /** How long each sleeper asked to sleep, in milliseconds. */
  readonly sleeps: readonly number[];
}

/** A clock that shows `start` (RFC 3339). */
export function createManualClock(start = "2026-11-23T09:00:00.000Z"): ManualClock {
  let elapsed = 0;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => new Date(Date.parse(start) + elapsed).toISOString() as Instant,
    monotonicMs: () => elapsed,
    uptime: () => ({ ms: elapsed, boot: "test" }),
    sleep(ms) {
      sleeps.push(ms);
      elapsed += ms;
      return Promise.resolve();
    },
    advance: (ms) => void (elapsed += ms),
  };
}
