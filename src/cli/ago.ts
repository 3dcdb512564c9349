import type { Instant } from "../domain/brand.ts";
import { msBetween } from "../domain/instant.ts";

/** How long ago something was: `12 s ago`, `5 min ago`, `3 h ago`; `never` for null. */
export function ago(at: Instant | null, now: Instant): string {
  return at === null ? "never" : `${durationWords(Math.max(0, msBetween(at, now)))} ago`;
}

/** A duration given in milliseconds: `12 s`, `5 min`, `3 h`, `4 days`. */
export function durationWords(ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)} h`;
  return `${Math.round(ms / 86_400_000)} days`;
}
