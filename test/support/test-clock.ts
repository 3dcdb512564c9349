import type { Instant } from "../../src/domain/brand.ts";
import type { Clock } from "../../src/ports/ambient.ts";

/** Sleepers of at least this long are renewals and deadlines: they wait to be woken, milliseconds. */
const LONG_MS = 4_000;

/**
 * A clock for whole runs. Every look at it is a millisecond later than the one before, so that what happens first has
 * the earlier time; short pauses pass at once and move it, long ones wait for `advance` or for their signal.
 */
export interface TestClock extends Clock {
  advance(ms: number): void;
  /** Sets the wall clock forward or back, and nothing else. */
  jump(ms: number): void;
  /** How long each sleeper asked to sleep, in milliseconds. */
  readonly sleeps: readonly number[];
}

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A clock that shows `start` (RFC 3339) at first. */
export function createTestClock(start = "2026-11-23T09:00:00.000Z"): TestClock {
  const sleeps: number[] = [];
  let sleepers: readonly Sleeper[] = [];
  let elapsed = 0;
  let shift = Date.parse(start);

  const advance = (ms: number): void => {
    elapsed += ms;
    const due = sleepers.filter(({ until }) => until <= elapsed);
    sleepers = sleepers.filter(({ until }) => until > elapsed);
    for (const { wake } of due) wake();
  };
  return {
    sleeps,
    advance,
    jump: (ms) => void (shift += ms),
    now() {
      elapsed += 1;
      return new Date(shift + elapsed).toISOString() as Instant;
    },
    monotonicMs: () => elapsed,
    uptime: () => ({ ms: elapsed, boot: "test" }),
    sleep(ms, signal) {
      sleeps.push(ms);
      if (signal?.aborted === true) return Promise.resolve();
      if (ms < LONG_MS) {
        advance(ms);
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const sleeper = { until: elapsed + ms, wake: resolve };
        sleepers = [...sleepers, sleeper];
        signal?.addEventListener("abort", () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          resolve();
        });
      });
    },
  };
}
