/** What others allow us: requests per minute, and the share of them that is left to others (0 to 0.9). */
export interface RateLimit {
  readonly perMinute: number;
  readonly reserve: number;
}

/** Time for pacing: milliseconds from an arbitrary start, and pauses. */
export interface PacingClock {
  monotonicMs(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Lets requests through at the pace that is allowed, in the order in which they ask. */
export interface RateLimiter {
  /** Resolves when the next request may be sent; at once when the signal is aborted. */
  turn(signal: AbortSignal): Promise<void>;
}

/**
 * Paces requests so that no window of 60 s holds more than `perMinute` less the reserve, while at least 95 % of that are
 * used when there is work and the limit is 60 or more. A second's worth may go out at once: what a burst takes is
 * taken off the steady pace, so that a product that counts by fixed or by sliding minutes never refuses us.
 */
export function createRateLimiter({ perMinute, reserve }: RateLimit, clock: PacingClock): RateLimiter {
  const allowed = perMinute * (1 - reserve);
  const burst = Math.max(1, Math.floor(allowed / 60));
  const intervalMs = 60_000 / Math.max(allowed - burst, allowed / 2);
  let nextAt = -Infinity;
  return {
    async turn(signal) {
      const now = clock.monotonicMs();
      // As if the last `burst - 1` turns had not been used yet, but never more.
      nextAt = Math.max(nextAt, now - (burst - 1) * intervalMs);
      const waitMs = nextAt - now;
      nextAt += intervalMs;
      if (waitMs > 0) await clock.sleep(waitMs, signal);
    },
  };
}
