/** A clock of sleepers: nobody wakes before time is let pass, and then in the order of their times. */
export interface EventClock {
  monotonicMs(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Lets time pass, sleeper by sleeper, until then or until `settled` has been. */
  passUntil(ms: number, settled?: Promise<unknown>): Promise<void>;
}

/** A clock that stands at 0. */
export function createEventClock(): EventClock {
  let nowMs = 0;
  let sleepers: readonly { readonly until: number; readonly wake: () => void }[] = [];
  return {
    monotonicMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const sleeper = {
          until: nowMs + ms,
          wake: () => {
            sleepers = sleepers.filter((other) => other !== sleeper);
            resolve();
          },
        };
        if (signal?.aborted === true) return resolve();
        sleepers = [...sleepers, sleeper];
        signal?.addEventListener("abort", sleeper.wake, { once: true });
      }),
    async passUntil(ms, settled) {
      let isSettled = false;
      void settled?.then(() => (isSettled = true));
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        if (isSettled) return;
        const next = sleepers.toSorted((a, b) => a.until - b.until)[0];
        if (next === undefined || next.until > ms) break;
        nowMs = Math.max(nowMs, next.until);
        next.wake();
      }
      nowMs = Math.max(nowMs, ms);
    },
  };
}
