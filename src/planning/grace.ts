import type { Instant } from "../domain/brand.ts";
import { addMs, msBetween } from "../domain/instant.ts";
import type { Held, PersonChange } from "../domain/plan.ts";
import { bookingMeans, leavesBookings } from "./bookings.ts";
import type { PersonFacts, PlanContext } from "./context.ts";
import type { Draft } from "./draft.ts";
import { releaseCommand } from "./hold-words.ts";
import { instantWords } from "./rendering/change-words.ts";

const HOUR_MS = 3_600_000;

type GraceFacts = Pick<PersonFacts, "desired" | "bookings" | "leftAt">;
type GraceContext = Pick<PlanContext, "leavers" | "changes" | "released" | "now" | "bookingOrder">;

/** True for a change after which the account's bookings are gone without a word to anybody. */
export function destroysBookings({ kind }: PersonChange, { bookingOrder }: Pick<PlanContext, "bookingOrder">): boolean {
  return kind === "delete-account" || (kind === "deactivate-account" && bookingOrder === "bookings-first");
}

/**
 * When the grace (`leavers.bookings.delay`) of a leaver is over; null when it is, when there is none, or when bookings are
 * kept anyway. Somebody who was released waits for nothing.
 */
export function dueTime({ desired, leftAt }: GraceFacts, context: GraceContext): Instant | null {
  const { delayMs } = context.leavers.bookings;
  if (delayMs === 0 || leftAt === undefined || context.released.has(desired.user)) return null;
  if (leavesBookings(bookingMeans(context))) return null;
  const due = addMs(leftAt, delayMs);
  return due > context.now ? due : null;
}

/**
 * Holds, until the grace is over, what nobody could undo if the person came back: cancelling and handing over bookings,
 * deleting the account, and shutting it where that destroys bookings that there are.
 */
export function holdUntilDue(drafted: Draft, facts: GraceFacts, context: GraceContext): Draft {
  const due = dueTime(facts, context);
  if (due === null) return drafted;
  const hasBookings = (facts.bookings ?? []).length > 0;
  const onlyDeletes = drafted.account?.status !== "deactivated" && !has(drafted, "deactivate-account");
  const waits = (change: PersonChange): boolean => {
    if (change.kind === "cancel-booking" || change.kind === "reassign-booking") return true;
    if (onlyDeletes && has(drafted, "delete-account")) return true;
    return destroysBookings(change, context) && (hasBookings || change.kind === "delete-account");
  };
  const delayed = drafted.changes.filter(waits);
  if (delayed.length === 0) return drafted;
  const keepsAccess = onlyDeletes || delayed.some(({ kind }) => kind === "deactivate-account");
  const access = keepsAccess ? "stays" : drafted.account?.status === "deactivated" ? "is shut" : "goes";
  const detail = graceWords(due, access, facts, context);
  return {
    ...drafted,
    changes: drafted.changes.filter((change) => !waits(change)),
    held: [...drafted.held, ...delayed.map((change): Held => ({ change, hold: "delayed", detail }))],
    dueAt: due,
  };
}

function has({ changes }: Draft, kind: PersonChange["kind"]): boolean {
  return changes.some((change) => change.kind === kind);
}

const WHY = {
  stays: "this product destroys bookings with the account, so that access stays until then",
  goes: "a return until then loses nothing",
  "is shut": "the account is shut already, and a return until then loses nothing",
} as const;

function graceWords(due: Instant, access: keyof typeof WHY, { desired }: GraceFacts, context: GraceContext): string {
  const why = WHY[access];
  const isNear = msBetween(context.now, due) < HOUR_MS;
  const when = `Waits until ${instantWords(due, context.now, isNear)} (leavers.bookings.delay)`;
  const command = releaseCommand({ user: desired.user, label: desired.profile.email });
  return `${when}: ${why}. To do it now: ${command}.`;
}
