import { WINDOW_MS } from "../../lib/pacing.ts";
import { createSentLog } from "../../lib/sent-log.ts";
import type { Clock } from "../../ports/ambient.ts";
import type { ProductCall, StatedUse } from "../../ports/metrics.ts";

/** The share of a rate limit that is in use, 0 to 1; null: there is no such limit, or nobody said. */
export interface LimitUse {
  /** Of `product.rateLimit`, by the requests of the last minute. */
  readonly configured: number | null;
  /** Of the product's own limit, by what its newest answer said; other programs use it up, too. */
  readonly stated: number | null;
}

/** Follows how much of the limit of one product is in use. */
export interface LimitMeter {
  note(call: ProductCall): void;
  now(): LimitUse;
}

/** Meters by the kind of product; there are two where bookings are in another one. */
export interface LimitMeters {
  of(connector: string): LimitMeter;
  all(): ReadonlyMap<string, LimitMeter>;
}

/** A window of which a product does not say when it ends; milliseconds. */
const USUAL_WINDOW_MS = 60_000;

interface Stated {
  readonly limit: number;
  readonly remaining: number;
  readonly resetAtMs: number;
}

/** Makes meters as they are asked for. */
export function createLimitMeters(clock: Pick<Clock, "monotonicMs">): LimitMeters {
  const meters = new Map<string, LimitMeter>();
  return {
    of(connector) {
      const meter = meters.get(connector) ?? createLimitMeter(clock);
      meters.set(connector, meter);
      return meter;
    },
    all: () => meters,
  };
}

/** Makes a meter that has seen nothing. */
export function createLimitMeter(clock: Pick<Clock, "monotonicMs">): LimitMeter {
  const sent = createSentLog(WINDOW_MS);
  let perMinute: number | null = null;
  let stated: Stated | null = null;
  return {
    note(call) {
      const nowMs = clock.monotonicMs();
      if (call.budget !== null) stated = toStated(call.budget, stated, nowMs);
      if (call.perMinute === null) return;
      perMinute = call.perMinute;
      sent.add(nowMs);
    },
    now() {
      const nowMs = clock.monotonicMs();
      const configured = perMinute === null ? null : Math.min(1, sent.count(nowMs) / perMinute);
      return { configured, stated: stated === null ? null : shareOf(stated, nowMs) };
    },
  };
}

function toStated({ limit, remaining, resetMs }: StatedUse, before: Stated | null, nowMs: number): Stated {
  return {
    // Where the whole is not said, it is the most that was ever left.
    limit: limit ?? Math.max(before?.limit ?? 0, remaining),
    remaining,
    resetAtMs: nowMs + (resetMs ?? USUAL_WINDOW_MS),
  };
}

/** Once the next window has begun, nothing of it is used as far as we know. */
function shareOf({ limit, remaining, resetAtMs }: Stated, nowMs: number): number {
  if (nowMs >= resetAtMs) return 0;
  return limit <= 0 ? 1 : Math.min(1, Math.max(0, 1 - remaining / limit));
}
