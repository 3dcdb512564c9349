import type { Instant } from "./brand.ts";

/** That many milliseconds later, or earlier when negative. */
export function addMs(at: Instant, ms: number): Instant {
  return toInstant(Date.parse(at) + ms);
}

/** Milliseconds from `start` to `end`; negative when `end` is the earlier. */
export function msBetween(start: Instant, end: Instant): number {
  return Date.parse(end) - Date.parse(start);
}

/** An instant from milliseconds since 1970. */
export function toInstant(epochMs: number): Instant {
  return new Date(epochMs).toISOString() as Instant;
}
