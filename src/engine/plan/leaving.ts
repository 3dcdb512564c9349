import type { LeaverReason } from "../../domain/account.ts";
import type { Instant } from "../../domain/brand.ts";
import type { Person } from "../../domain/directory.ts";
import { addMs } from "../../domain/instant.ts";
import type { LastLeave } from "../../planning/bookings.ts";
import type { JournalEntry } from "../../ports/journal.ts";
import type { LeavingWord } from "../../ports/metrics.ts";

/** What was said that made somebody a leaver, and when. */
export interface Statement {
  readonly what: LeavingWord;
  readonly at: Instant;
}

/**
 * By which word a leaver leaves. Whatever was said later, of a title or of a deletion weeks afterwards: access was to end
 * at the first of them.
 */
export function leavingWord(
  { user, deletedAt }: Person,
  leaver: LeaverReason | undefined,
  mappingSavedAt: Instant,
): Statement {
  if (user.leftAt !== undefined) return { what: "active=false", at: user.leftAt };
  if (deletedAt !== null) return { what: "deleted", at: deletedAt };
  const { lastModified } = user.meta;
  const isByMapping = leaver === "out-of-scope" && mappingSavedAt > lastModified;
  return { what: "out of scope", at: isByMapping ? mappingSavedAt : lastModified };
}

/**
 * When the grace of a leaver began. A membership that ends takes a person out of scope without a word about them: when they
 * were last spoken of says nothing then, and the grace begins when it is first seen. `until`: how long they were given then.
 */
export function graceStart(
  { what, at }: Statement,
  until: Instant | undefined,
  { now, delayMs }: { readonly now: Instant; readonly delayMs: number },
): Instant {
  if (what !== "out of scope" || delayMs === 0 || addMs(at, delayMs) > now) return at;
  return until === undefined ? now : addMs(until, -delayMs);
}

const BRINGS_BACK: readonly string[] = ["reactivate-account", "create-account", "adopt-account"];
const OPEN: readonly string[] = ["intent", "unknown"];
const SHUTS: readonly string[] = ["deactivate-account", "delete-account"];

/** What came of the last offboarding, if the account was shut by it and not brought back since; undefined otherwise. */
export function lastLeave(entries: readonly JournalEntry[]): LastLeave | undefined {
  const done = entries.filter(({ state }) => state !== "failed");
  // One of which nobody knows the outcome may not have brought anybody back.
  const start = done.findLastIndex(({ change, state }) => !OPEN.includes(state) && BRINGS_BACK.includes(change.kind));
  const leaving = done.slice(start + 1).filter(({ change }) => change.cause === "leaver");
  if (!leaving.some(({ change }) => SHUTS.includes(change.kind))) return undefined;
  const bookings = (kind: string): number =>
    new Set(leaving.flatMap(({ change }) => (change.kind === kind && "booking" in change ? [change.booking] : [])))
      .size;
  return { cancelled: bookings("cancel-booking"), handedOver: bookings("reassign-booking") };
}
