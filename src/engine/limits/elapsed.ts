import { msBetween } from "../../domain/instant.ts";
import type { Clock } from "../../ports/ambient.ts";
import type { Journal, TimeAnchor } from "../../ports/journal.ts";

/**
 * The bridge's own time line: limits are counted over 24 h of it. It goes on with the machine's uptime, which no change of
 * the wall clock moves, from process to process. Only across a restart of the machine must the wall clock be believed, and
 * then forwards alone.
 */
export interface Elapsed {
  /** Milliseconds since the bridge first ran; never goes back. */
  now(): number;
  /** This moment on all clocks, to be kept. */
  anchor(): TimeAnchor;
}

/** Goes on from the newest reading that was kept. */
export async function openElapsed(journal: Pick<Journal, "timeAnchor">, clock: Clock): Promise<Elapsed> {
  const last = await journal.timeAnchor();
  const startedAtMs = clock.monotonicMs();
  const base = last === null ? 0 : last.elapsedMs + msSince(last, clock);
  const now = (): number => Math.round(base + clock.monotonicMs() - startedAtMs);
  return {
    now,
    anchor() {
      const { ms: uptimeMs, boot } = clock.uptime();
      return { elapsedMs: now(), wall: clock.now(), uptimeMs, boot };
    },
  };
}

/** Where nobody says which start of the machine it is, it is taken for the same one as long as it may be: rather too little. */
function msSince(last: TimeAnchor, clock: Clock): number {
  const { ms, boot } = clock.uptime();
  if (boot === last.boot && ms >= last.uptimeMs) return ms - last.uptimeMs;
  // Since it was started anew, the machine has been running for as long as that at least.
  return Math.max(ms, msBetween(last.wall, clock.now()));
}
