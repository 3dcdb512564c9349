/** A fixed window of requests, and how the vendor tells of it. */
export interface RateRules {
  readonly limit: number;
  readonly windowMs: number;
  /** The twin's time, milliseconds from any start. */
  readonly nowMs: () => number;
  /** Headers of every answer. `resetMs`: until the window ends. */
  readonly headers: (budget: RateBudget) => Readonly<Record<string, string>>;
}

/** What is left of the window. */
export interface RateBudget {
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

/** Counts requests. */
export interface RateWindow {
  /** Null when the request may pass, which it then has; else how long to wait. */
  take(): { readonly seconds: number } | null;
  headers(): Readonly<Record<string, string>>;
}

/** An empty window, which begins with its first request. */
export function createRateWindow({ limit, windowMs, nowMs, headers }: RateRules): RateWindow {
  let startedMs = -Infinity;
  let used = 0;
  const turn = (): void => {
    if (nowMs() - startedMs < windowMs) return;
    startedMs = nowMs();
    used = 0;
  };
  const resetMs = (): number => startedMs + windowMs - nowMs();
  return {
    take() {
      turn();
      if (used >= limit) return { seconds: Math.ceil(resetMs() / 1_000) };
      used += 1;
      return null;
    },
    headers() {
      turn();
      return headers({ limit, remaining: limit - used, resetMs: resetMs() });
    },
  };
}
