import type { Clock } from "../../ports/ambient.ts";

/** Wrong tokens that one address may send within the window before it is told to wait. */
const ATTEMPTS = 10;
const WINDOW_MS = 60_000;
/** Addresses that are remembered; beyond it the oldest are forgotten. */
const MOST_ADDRESSES = 10_000;

/**
 * Counts wrong tokens by address. A good token is taken even from an address that is over its number: behind a proxy all
 * callers have one address, and whoever guesses there must not shut the admins out. 256 random bits are not guessed; the
 * guard keeps the log and the store quiet.
 */
export interface LoginGuard {
  /** Notes a wrong token; milliseconds to wait when the address had too many, else null. */
  fail(address: string): number | null;
}

interface Failures {
  readonly sinceMs: number;
  readonly count: number;
}

/** Makes a guard that remembers nothing of an earlier process. */
export function createLoginGuard(clock: Clock): LoginGuard {
  const failures = new Map<string, Failures>();
  return {
    fail(address) {
      const nowMs = clock.monotonicMs();
      const known = failures.get(address);
      const isOver = known === undefined || nowMs - known.sinceMs >= WINDOW_MS;
      const next = isOver ? { sinceMs: nowMs, count: 1 } : { ...known, count: known.count + 1 };
      // Put last again, so that those who come back are the last to be forgotten.
      failures.delete(address);
      failures.set(address, next);
      const [oldest] = failures.keys();
      if (failures.size > MOST_ADDRESSES && oldest !== undefined) failures.delete(oldest);
      return next.count > ATTEMPTS ? next.sinceMs + WINDOW_MS - nowMs : null;
    },
  };
}
