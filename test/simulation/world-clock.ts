import { setImmediate as turn } from "node:timers/promises";
import type { Instant } from "../../src/domain/brand.ts";
import type { Clock } from "../../src/ports/ambient.ts";

/** A pause of this length is that of a lease keeper between two renewals, or a grace: it waits for its time to come. */
const WAITING_MS = 4_000;

/** The time of everything: product, bridges and oracle. Every look at it is a millisecond later than the one before. */
export interface WorldClock {
  /** Milliseconds since the beginning, whatever the wall clock says. */
  elapsed(): number;
  now(): Instant;
  /** Lets time pass: whoever waits for a time that has come is woken, and has done what they do then. */
  pass(ms: number): Promise<void>;
  /** Sets the wall clock, and nothing else. */
  jump(ms: number): void;
  /** The latest time that the wall clock has ever shown: what had ended by then was shown as past, if only for a while. */
  latest(): Instant;
  /** How far the wall clock is behind the latest time it has shown, milliseconds. */
  behind(): number;
  /** The machine is started anew: nobody has its uptime from before. */
  reboot(): void;
  /** The clock of one process; `isFrozen`: it is stopped, and its sleepers with it. */
  forProcess(isFrozen: () => boolean): Clock;
  /** Work that begins when a sleeper wakes, and that `pass` waits for. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

interface Sleeper {
  readonly until: number;
  readonly isFrozen: () => boolean;
  readonly wake: () => void;
}

/** A clock that shows `start` at first. */
export function createWorldClock(start = "2026-11-23T09:00:00.000Z"): WorldClock {
  const sleepers = new Set<Sleeper>();
  let elapsed = 0;
  let shift = Date.parse(start);
  let latest = shift;
  let boot = 1;
  let bootedAt = 0;
  let busy = 0;

  const pass = async (ms: number): Promise<void> => {
    elapsed += ms;
    const due = [...sleepers].filter(({ until, isFrozen }) => until <= elapsed && !isFrozen());
    if (due.length === 0) return;
    for (const sleeper of due) sleepers.delete(sleeper);
    for (const { wake } of due) wake();
    do await turn();
    while (busy > 0);
  };
  const now = (): Instant => {
    elapsed += 1;
    latest = Math.max(latest, shift + elapsed);
    return new Date(shift + elapsed).toISOString() as Instant;
  };
  const wait = (ms: number, isFrozen: () => boolean, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const sleeper = { until: elapsed + ms, isFrozen, wake: resolve };
      sleepers.add(sleeper);
      const stop = (): void => {
        sleepers.delete(sleeper);
        resolve();
      };
      signal?.addEventListener("abort", stop, { once: true });
    });
  return {
    elapsed: () => elapsed,
    now,
    pass,
    jump: (ms) => void (shift += ms),
    latest: () => new Date(latest).toISOString() as Instant,
    behind: () => Math.max(0, latest - shift - elapsed),
    reboot() {
      boot += 1;
      bootedAt = elapsed;
    },
    forProcess: (isFrozen) => ({
      now,
      monotonicMs: () => elapsed,
      uptime: () => ({ ms: elapsed - bootedAt, boot: `boot-${boot}` }),
      async sleep(ms, signal) {
        if (signal?.aborted === true) return;
        await (ms === WAITING_MS ? wait(ms, isFrozen, signal) : pass(ms));
      },
    }),
    async during(work) {
      busy += 1;
      try {
        return await work();
      } finally {
        busy -= 1;
      }
    },
  };
}
