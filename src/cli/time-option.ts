import { parseDuration } from "../lib/duration.ts";
import type { Instant } from "../domain/brand.ts";
import { UsageError } from "../domain/errors.ts";
import { addMs, toInstant } from "../domain/instant.ts";

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * The time that an option names: a day (its beginning, UTC), a time with its zone, or a span before now such as `7d`.
 * Throws UsageError.
 */
export function parseTimeOption(option: string, text: string, now: Instant): Instant {
  const span = parseDuration(text);
  const [, day] = TIME.exec(text) ?? [];
  const ms = span !== null ? Date.parse(addMs(now, -span)) : isDay(day ?? text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return toInstant(ms);
  throw new UsageError(
    `${option} ${text} is no time: write a day (2026-11-01), a time (2026-11-01T09:30:00Z), or a span before now (24h, 7d).`,
  );
}

/** Also false for 30 February, which Date.parse would take for a day in March. */
function isDay(text: string): boolean {
  const ms = DATE.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(ms) && toInstant(ms).startsWith(text);
}
