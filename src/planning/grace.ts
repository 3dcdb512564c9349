import type { Instant } from "../domain/brand.ts";
import { addMs, msBetween } from "../domain/instant.ts";
import type { BookingHandling } from "../domain/handling.ts";
import type { Held, PersonChange, PersonPlan } from "../domain/plan.ts";
import { bookingMeans, leavesBookings } from "./bookings.ts";
import type { PersonFacts, PlanContext } from "./context.ts";
import type { Draft } from "./draft.ts";
import { releaseCommand } from "./hold-words.ts";
import { labelOf } from "./label.ts";
import { instantWords } from "./rendering/change-words.ts";

const HOUR_MS = 3_600_000;

type GraceFacts = Pick<PersonFacts, "desired" | "bookings" | "leftAt">;
type GraceContext = Pick<PlanContext, "leavers" | "changes" | "released" | "now" | "bookingOrder" | "bookings">;

/** True for a change after which the account's bookings are gone: without a word to anybody, or since the product cancels them. */
export function destroysBookings(
  { kind }: PersonChange,
  { bookingOrder, bookings }: Pick<PlanContext, "bookingOrder" | "bookings">,
): boolean {
  if (kind === "delete-account") return true;
  return kind === "deactivate-account" && (bookingOrder === "bookings-first" || bookings === "product");
}

/**
 * When the grace (`leavers.bookings.delay`) of a leaver is over; null when it is, when there is none, or when bookings are
 * kept anyway: not where the product cancels them whatever we want. Somebody who was released waits for nothing.
 */
export function dueTime({ desired, leftAt }: GraceFacts, context: GraceContext): Instant | null {
  const { delayMs } = context.leavers.bookings;
  if (delayMs === 0 || leftAt === undefined || context.released.has(desired.user)) return null;
  if (context.bookings !== "product" && leavesBookings(bookingMeans(context))) return null;
  const due = addMs(leftAt, delayMs);
  return due > context.now ? due : null;
}

/**
 * Holds, until the grace is over, what nobody could undo if the person came back: cancelling and handing over bookings,
 * deleting the account, and shutting it where that destroys bookings that there are.
 */
export function holdUntilDue(drafted: Draft, facts: GraceFacts, context: GraceContext): Draft {
  const due = dueTime(facts, context);
  const { account } = drafted;
  // An invitation that was never accepted takes nothing with it.
  if (due === null || account?.status === "pending") return drafted;
  const hasBookings = mayHaveBookings(facts, context);
  const onlyDeletes = account?.status !== "deactivated" && !has(drafted, "deactivate-account");
  const waits = (change: PersonChange): boolean => {
    if (change.kind === "cancel-booking" || change.kind === "reassign-booking") return true;
    if (onlyDeletes && has(drafted, "delete-account")) return true;
    return destroysBookings(change, context) && (hasBookings || change.kind === "delete-account");
  };
  const delayed = drafted.changes.filter(waits);
  if (delayed.length === 0) return drafted;
  const keepsAccess = onlyDeletes || delayed.some(({ kind }) => kind === "deactivate-account");
  const why = keepsAccess ? KEPT[context.bookings] : account?.status === "deactivated" ? IS_SHUT : GOES;
  const label = labelOf(facts.desired, account);
  const detail = graceWords(due, why, { user: facts.desired.user, label }, context.now);
  return {
    ...drafted,
    changes: drafted.changes.filter((change) => !waits(change)),
    held: [...drafted.held, ...delayed.map((change): Held => ({ change, hold: "delayed", detail }))],
    dueAt: due,
  };
}

/** Those that the product cancels by itself it does not list: there may always be some. */
function mayHaveBookings({ bookings }: GraceFacts, context: GraceContext): boolean {
  return context.bookings === "product" || (bookings ?? []).length > 0;
}

function has({ changes }: Draft, kind: PersonChange["kind"]): boolean {
  return changes.some((change) => change.kind === kind);
}

const DESTROYED = "this product destroys bookings with the account, so that access stays until then";
const KEPT: Readonly<Record<BookingHandling, string>> = {
  bridge: DESTROYED,
  product: "this product cancels bookings when the account is shut, so that access stays until then",
  nobody: DESTROYED,
};
const GOES = "a return until then loses nothing";
const IS_SHUT = "the account is shut already, and a return until then loses nothing";

function graceWords(due: Instant, why: string, whom: Pick<PersonPlan, "user" | "label">, now: Instant): string {
  const isNear = msBetween(now, due) < HOUR_MS;
  const when = `Waits until ${instantWords(due, now, isNear)} (leavers.bookings.delay)`;
  return `${when}: ${why}. To do it now: ${releaseCommand(whom)}.`;
}
