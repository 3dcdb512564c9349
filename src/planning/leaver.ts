import type { AccountLink, ObservedAccount } from "../domain/account.ts";
import type { Held, PersonChange } from "../domain/plan.ts";
import { bookingMeans, bookingNotes, leavesBookings, planBookings } from "./bookings.ts";
import type { PersonFacts, PlanContext } from "./context.ts";
import { draft } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { leaveGroups } from "./entitlements.ts";
import type { GroupIndex } from "./entitlements.ts";
import { destroysBookings, holdUntilDue } from "./grace.ts";
import { protectedBy } from "./guard.ts";
import { releaseCommand } from "./hold-words.ts";
import { labelOf } from "./label.ts";
import { linkedAccount, OWN_PROOF, ownAccount } from "./match.ts";

type LeaverFacts = Pick<PersonFacts, "desired" | "observed" | "link" | "rival">;
type BookingContext = Pick<PlanContext, "changes" | "leavers" | "protected">;

/** So often is an account shut again that was opened by hand; then it is left to people. */
const SHUT_AGAIN = 1;

/**
 * Whether the upcoming bookings of this person's account must be listed before planning: for a leaver whose account on
 * record still exists, is not known to be wound up, may be shut or is shut, and whose bookings are to be taken away and can
 * be. A protected account that is open keeps all it has; one that is shut is proved only once what it has left is known. Whoever
 * has not accepted the invitation has none.
 */
export function needsBookings(facts: LeaverFacts, context: BookingContext): boolean {
  if (facts.desired.status !== "deactivated" || facts.rival !== undefined) return false;
  if (leavesBookings(bookingMeans(context))) return false;
  const linked = linkedAccount(facts);
  if (linked === null || linked.account.status === "pending") return false;
  const isOpen = linked.account.status !== "deactivated";
  if (isOpen && protectedBy(linked.account, facts.desired, context) !== null) return false;
  return !isWoundUp(linked.account, linked.link) || linked.account.seat !== null;
}

/** Whether somebody must be looked for who takes over: only where bookings were listed, there are any, and they can be moved. */
export function needsSuccession({ bookings }: Pick<PersonFacts, "bookings">, context: BookingContext): boolean {
  return bookings !== null && bookings.length > 0 && bookingMeans(context).reassigns;
}

/** Proved shut once, and still shut. */
function isWoundUp(account: ObservedAccount, link: AccountLink): boolean {
  return link.offboardedAt !== null && account.status === "deactivated";
}

/** Shut once, and opened by somebody in the product since. */
function isReopened(account: ObservedAccount, link: AccountLink): boolean {
  return link.offboardedAt !== null && account.status !== "deactivated";
}

/** What becomes of a person who should have no active account. An account without a link or our mark is never touched. */
export function draftLeaver(facts: PersonFacts, context: PlanContext, groups: GroupIndex): Draft {
  const linked = linkedAccount(facts);
  if (linked === null) return draftUnlinked(facts);
  if (facts.rival !== undefined) {
    const note = `Still active in directory ${facts.rival.directory}: leaving this one shuts nothing.`;
    return draft({ account: linked.account, notes: [note] });
  }
  const { account, link } = linked;
  const { changes, notes } = windUp(facts, account, link, context, groups);
  if (changes.length === 0) return draft({ account, notes, confirms: link.offboardedAt === null });
  const drafted = draft({ cause: "leaver", account, changes, notes });
  if (isContested(facts, account, link, context)) return holdContested(drafted, facts);
  return isUnread(facts, context) ? holdUnread(drafted, facts, context) : holdUntilDue(drafted, facts, context);
}

/** No account on record: take note of one that we made, so that the next plan can shut it. */
function draftUnlinked(facts: PersonFacts): Draft {
  const own = ownAccount(facts);
  if (own?.kind !== "relinked") return draft({ confirms: facts.link !== null && facts.link.offboardedAt === null });
  const { id: account, profile } = own.account;
  const because = [OWN_PROOF[own.by]];
  return draft({
    cause: "leaver",
    account: own.account,
    changes: [{ kind: "adopt-account", cause: "leaver", because, account, origin: "created", profile }],
    notes: ["This account was made by us but never recorded; it is shut as soon as it is."],
  });
}

function windUp(
  facts: PersonFacts,
  account: ObservedAccount,
  link: AccountLink,
  context: PlanContext,
  groups: GroupIndex,
): Pick<Draft, "changes" | "notes"> {
  const because = facts.desired.because;
  const onAccount = { cause: "leaver", because, account: account.id } as const;
  const seat = { cause: "leaver", because, account: { by: "id", id: account.id } } as const;
  const deletes = context.leavers.action === "delete" && !isWoundUp(account, link);
  // A product that can only delete is not asked to deactivate first.
  const deactivates = account.status !== "deactivated" && !(deletes && !context.changes.has("deactivate-account"));
  const listed = needsBookings(facts, context) ? (facts.bookings ?? []) : [];
  const bookings = planBookings(listed, facts.succession, bookingMeans(context), because);
  const changes: readonly PersonChange[] = [
    ...bookings.changes,
    ...leaveGroups(account, because, groups),
    ...(account.seat === null ? [] : [{ kind: "release-seat", ...seat, seat: account.seat } as const]),
    ...(deactivates ? [{ kind: "deactivate-account", ...onAccount } as const] : []),
    ...(deletes ? [{ kind: "delete-account", ...onAccount } as const] : []),
  ];
  if (changes.length === 0) return { changes, notes: [] };
  return {
    changes,
    notes: [
      ...openingNotes(account, link),
      ...(account.status === "active" || context.bookings === "bridge" ? bookingNotes(context) : []),
      ...bookings.notes,
    ],
  };
}

/** What is to be said of an account that stands open, or half open. */
function openingNotes(account: ObservedAccount, link: AccountLink): readonly string[] {
  return [
    ...(isReopened(account, link) ? ["Somebody reactivated this account in the product after it was shut."] : []),
    ...(account.status === "pending" ? ["The invitation was not accepted: it is taken back."] : []),
  ];
}

/** Somebody opens the account again and again: they and the directory have to agree first. */
function isContested({ desired }: PersonFacts, account: ObservedAccount, link: AccountLink, context: PlanContext) {
  if (!isReopened(account, link) || context.released.has(desired.user)) return false;
  return (link.repairs.status ?? 0) >= SHUT_AGAIN;
}

function holdContested(drafted: Draft, { desired }: PersonFacts): Draft {
  const command = releaseCommand({ user: desired.user, label: labelOf(desired, drafted.account) });
  const detail = `Somebody reactivated this account again after it had been shut again: it is left to people. To shut it: ${command}.`;
  return { ...drafted, changes: [], held: drafted.changes.map((change) => ({ change, hold: "contested", detail })) };
}

/** Whether bookings, or who takes them over, should have been read and were not. */
function isUnread(facts: PersonFacts, context: PlanContext): boolean {
  if (!needsBookings(facts, context)) return false;
  return facts.bookings === null || (needsSuccession(facts, context) && facts.succession === undefined);
}

function holdUnread(drafted: Draft, { bookings }: PersonFacts, context: PlanContext): Draft {
  const detail =
    bookings === null
      ? "The upcoming bookings of this account have not been listed."
      : "Nobody has looked yet who could take over the upcoming bookings of this account.";
  const isUnsafe = (change: PersonChange): boolean =>
    destroysBookings(change, context) || change.kind === "cancel-booking" || change.kind === "reassign-booking";
  return {
    ...drafted,
    changes: drafted.changes.filter((change) => !isUnsafe(change)),
    held: drafted.changes.filter(isUnsafe).map((change): Held => ({ change, hold: "observation-incomplete", detail })),
  };
}
