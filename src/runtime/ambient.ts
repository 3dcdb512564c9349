import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Ambient, Clock, Log } from "../ports/ambient.ts";
import { toInstant } from "../domain/instant.ts";

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => toInstant(Date.now()),
  monotonicMs: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      if (signal?.aborted !== true) throw error;
    }
  },
};

/** The real world, with this log. */
export function createAmbient(log: Log): Ambient {
  return { clock: systemClock, newId: randomUUID, random: Math.random, log };
}
