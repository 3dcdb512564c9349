/** The longest that a product's `Retry-After` is believed: 15 minutes. */
export const MAX_RETRY_AFTER_MS = 900_000;

/**
 * Milliseconds to wait by a `Retry-After` header (RFC 9110 section 10.2.3), seconds or HTTP date, at least 0 and at most
 * 15 min; undefined when there is none or it makes no sense. `now` is RFC 3339.
 */
export function parseRetryAfter(header: string | undefined, now: string): number | undefined {
  const text = header?.trim() ?? "";
  // Date.parse makes a date of nearly everything, of "-5" even.
  const date = DATE.test(text) ? Date.parse(text) : NaN;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : date - Date.parse(now);
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}

/** The three forms of an HTTP date begin with the day of the week (section 5.6.7). */
const DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? [\w: -]+$/;
