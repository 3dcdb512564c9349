import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Ambient, Clock, Log } from "../ports/ambient.ts";
import type { Metrics } from "../ports/metrics.ts";
import { toInstant } from "../domain/instant.ts";

/** Where Linux says which start of the machine this is; other systems do not. */
const BOOT_ID = "/proc/sys/kernel/random/boot_id";

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => toInstant(Date.now()),
  monotonicMs: () => performance.now(),
  uptime: () => ({ ms: Number(process.hrtime.bigint() / 1_000_000n), boot: readBootId() }),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      if (signal?.aborted !== true) throw error;
    }
  },
};

function readBootId(): string | null {
  try {
    return readFileSync(BOOT_ID, "utf8").trim();
  } catch {
    return null;
  }
}

/** Counts nothing: for processes that nobody watches, such as a command. */
export const NO_METRICS: Metrics = {
  productCalled: () => undefined,
  changeSettled: () => undefined,
  leaverDone: () => undefined,
  runFinished: () => undefined,
  requestAnswered: () => undefined,
};

/** The real world, with this log. What is to be counted the daemon counts: it puts its own metrics in. */
export function createAmbient(log: Log): Ambient {
  const newId = (): string => timeOrderedId(Date.now());
  return { clock: systemClock, newId, random: Math.random, log, metrics: NO_METRICS };
}

/**
 * A UUID of version 7 (RFC 9562 section 5.7): 48 bits of the time in milliseconds, the rest random. Ids in the order of
 * time go to the end of every index, where random ones would dirty a page each.
 */
export function timeOrderedId(epochMs: number): string {
  const time = epochMs.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
