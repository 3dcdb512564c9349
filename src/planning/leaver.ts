import type { AccountLink, ObservedAccount } from "../domain/account.ts";
import type { Held, PersonChange } from "../domain/plan.ts";
import type { PersonFacts, PlanContext } from "./context.ts";
import { draft } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { leaveGroups } from "./entitlements.ts";
import type { GroupIndex } from "./entitlements.ts";
import { protectedBy } from "./guard.ts";
import { linkedAccount, markedAccount } from "./match.ts";

type LeaverFacts = Pick<PersonFacts, "desired" | "observed" | "link" | "rival">;
type BookingContext = Pick<PlanContext, "changes" | "leavers" | "protected">;

/**
 * Whether the upcoming bookings of this person's account must be listed before planning: for a leaver whose account on
 * record still exists, is not known to be wound up, may be shut, and whose bookings are to be cancelled and can be.
 */
export function needsBookings(facts: LeaverFacts, context: BookingContext): boolean {
  const { leavers, changes } = context;
  if (facts.desired.status !== "deactivated" || facts.rival !== undefined) return false;
  if (leavers.bookings.action !== "cancel" || !changes.has("cancel-booking")) return false;
  const linked = linkedAccount(facts);
  if (linked === null || protectedBy(linked.account, facts.desired, context) !== null) return false;
  return !isWoundUp(linked.account, linked.link) || linked.account.seat !== null;
}

/** Proved shut once, and still shut. */
function isWoundUp(account: ObservedAccount, link: AccountLink): boolean {
  return link.offboardedAt !== null && account.status === "deactivated";
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
  const changes = windUp(facts, account, link, context, groups);
  if (changes.length === 0) return draft({ account, confirms: link.offboardedAt === null });
  const reopened = link.offboardedAt !== null && account.status !== "deactivated";
  const unlisted = facts.bookings === null && needsBookings(facts, context);
  return draft({
    cause: "leaver",
    account,
    changes: unlisted ? changes.filter((change) => !destroysBookings(change, context)) : changes,
    held: unlisted ? changes.filter((change) => destroysBookings(change, context)).map(holdUnlisted) : [],
    notes: [
      ...(reopened ? ["Somebody reactivated this account in the product after it was shut."] : []),
      ...(keepsBookings(context) ? [] : ["The product cannot cancel bookings: upcoming ones are left to it."]),
    ],
  });
}

/** No account on record: take note of one that carries our mark, so that the next plan can shut it. */
function draftUnlinked(facts: PersonFacts): Draft {
  const marked = markedAccount(facts);
  if (marked?.kind !== "relinked") return draft({ confirms: facts.link !== null && facts.link.offboardedAt === null });
  const { id: account, profile } = marked.account;
  const because = ["the account carries our mark of this person"];
  return draft({
    cause: "leaver",
    account: marked.account,
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
): readonly PersonChange[] {
  const because = facts.desired.because;
  const onAccount = { cause: "leaver", because, account: account.id } as const;
  const deletes = context.leavers.action === "delete" && !isWoundUp(account, link);
  // A product that can only delete is not asked to deactivate first.
  const deactivates = account.status !== "deactivated" && !(deletes && !context.changes.has("deactivate-account"));
  const bookings = needsBookings(facts, context) ? (facts.bookings ?? []) : [];
  return [
    ...bookings.map(
      ({ id: booking, startsAt, guests }) =>
        ({ kind: "cancel-booking", ...onAccount, booking, startsAt, guests }) as const,
    ),
    ...leaveGroups(account, because, groups),
    ...(account.seat === null
      ? []
      : [
          {
            kind: "release-seat",
            cause: "leaver",
            because,
            account: { by: "id", id: account.id },
            seat: account.seat,
          } as const,
        ]),
    ...(deactivates ? [{ kind: "deactivate-account", ...onAccount } as const] : []),
    ...(deletes ? [{ kind: "delete-account", ...onAccount } as const] : []),
  ];
}

function keepsBookings({ leavers, changes }: PlanContext): boolean {
  return leavers.bookings.action === "keep" || changes.has("cancel-booking");
}

function destroysBookings({ kind }: PersonChange, { bookingOrder }: PlanContext): boolean {
  return kind === "delete-account" || (kind === "deactivate-account" && bookingOrder === "bookings-first");
}

function holdUnlisted(change: PersonChange): Held {
  return {
    change,
    hold: "observation-incomplete",
    detail: "The upcoming bookings of this account have not been listed.",
  };
}
