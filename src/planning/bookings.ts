import type { AccountId, Booking, BookingId } from "../domain/account.ts";
import type { BookingHandling } from "../domain/handling.ts";
import type { ChangeKind, PersonChange } from "../domain/plan.ts";
import type { LeaverPolicy } from "../domain/policy.ts";
import { fingerprint } from "./fingerprint.ts";

/** A booking that so many successors were refused is not offered to more: the product will not have it moved. */
const MOST_REFUSALS = 3;

/** An account that may take bookings over. */
export interface SuccessorAccount {
  readonly account: AccountId;
  /** E-mail for people to read. */
  readonly label: string;
}

/** A handover that the product refused for good in an earlier run. */
export interface RefusedHandover {
  readonly booking: BookingId;
  readonly to: AccountId;
}

/** Who may take over the bookings of one leaver. */
export interface Succession {
  /** Those who are asked first, then those who are asked next: one list per `reassignTo`, in each everybody is as good. */
  readonly candidates: readonly (readonly SuccessorAccount[])[];
  readonly refused: readonly RefusedHandover[];
}

/** What is done about a leaver's bookings: what the policy wants, as far as the product can. */
export interface BookingMeans {
  readonly reassigns: boolean;
  /** What becomes of those that are not handed over. */
  readonly rest: "cancel" | "keep";
}

/** Policy and abilities in one. What was to be handed over or cancelled, and cannot be, is left to the product. */
export function bookingMeans({
  leavers: { bookings },
  changes,
}: {
  readonly leavers: LeaverPolicy;
  readonly changes: ReadonlySet<ChangeKind>;
}): BookingMeans {
  return {
    reassigns: bookings.action === "reassign" && changes.has("reassign-booking"),
    rest: wantedOfRest(bookings) === "cancel" && changes.has("cancel-booking") ? "cancel" : "keep",
  };
}

/** What the policy wants of bookings that nobody takes over. */
function wantedOfRest({ action, otherwise }: LeaverPolicy["bookings"]): BookingMeans["rest"] {
  return action === "reassign" ? otherwise : action;
}

/** What is to be said of a leaver's bookings before their account is shut: where the policy wants what does not happen here. */
export function bookingNotes({
  leavers: { bookings },
  changes,
  bookings: handling,
}: {
  readonly leavers: LeaverPolicy;
  readonly changes: ReadonlySet<ChangeKind>;
  readonly bookings: BookingHandling;
}): readonly string[] {
  const cannotMove = bookings.action === "reassign" && !changes.has("reassign-booking");
  const isWanted = wantedOfRest(bookings) === "cancel";
  if (handling === "product") {
    const but = isWanted ? "." : ", though leavers.bookings wants them kept.";
    return [
      ...(cannotMove ? ["The product cannot hand bookings over."] : []),
      `The product cancels upcoming bookings by itself when the account is shut${but}`,
    ];
  }
  return [
    ...(cannotMove ? ["The product cannot hand bookings over: leavers.bookings.otherwise is done with them."] : []),
    ...(isWanted && !changes.has("cancel-booking")
      ? ["The product cannot cancel bookings: upcoming ones are left to it."]
      : []),
  ];
}

/** True when no booking is ever touched, so that nobody has to list them. */
export function leavesBookings({ reassigns, rest }: BookingMeans): boolean {
  return !reassigns && rest === "keep";
}

/** What becomes of one booking. */
export type BookingFate = SuccessorAccount | "cancel" | "keep";

/**
 * Decides about one booking: it goes to the first list with anybody to whom the product has not refused it, and within that
 * list to whom the booking's id falls, so that many bookings are spread evenly, and none changes hands because others come
 * or go, or are looked at in another order.
 */
export function fateOf(booking: BookingId, succession: Succession | undefined, means: BookingMeans): BookingFate {
  if (!means.reassigns || succession === undefined) return means.rest;
  const refused = new Set(succession.refused.filter((one) => one.booking === booking).map(({ to }) => to));
  if (refused.size >= MOST_REFUSALS) return means.rest;
  for (const list of succession.candidates) {
    const ranked = list
      .filter(({ account }) => !refused.has(account))
      .map((one) => ({ one, rank: fingerprint([booking, one.account]) }))
      .sort((a, b) => (a.rank < b.rank ? -1 : 1));
    const [first] = ranked;
    if (first !== undefined) return first.one;
  }
  return means.rest;
}

/** The change that a fate stands for; null when the booking is kept. */
export function bookingChange(
  { id: booking, account, startsAt, guests }: Booking,
  fate: BookingFate,
  because: readonly string[],
): PersonChange | null {
  if (fate === "keep") return null;
  const about = { cause: "leaver", because, account, booking, startsAt, guests } as const;
  if (fate === "cancel") return { kind: "cancel-booking", ...about };
  return { kind: "reassign-booking", ...about, to: fate.account, toLabel: fate.label };
}

/** The changes for all bookings of a leaver, and what is worth saying about those that nobody takes over. */
export function planBookings(
  bookings: readonly Booking[],
  succession: Succession | undefined,
  means: BookingMeans,
  because: readonly string[],
): { readonly changes: readonly PersonChange[]; readonly notes: readonly string[] } {
  const changes = bookings.flatMap((booking) => {
    return bookingChange(booking, fateOf(booking.id, succession, means), because) ?? [];
  });
  const left = bookings.length - changes.filter(({ kind }) => kind === "reassign-booking").length;
  return { changes, notes: means.reassigns && succession !== undefined && left > 0 ? [noSuccessor(left, means)] : [] };
}

/** What came of an offboarding that a return now ends. */
export interface LastLeave {
  /** Bookings that were cancelled, and such that were handed over to somebody else. */
  readonly cancelled: number;
  readonly handedOver: number;
}

/** What is said of bookings to whoever gets their account back. */
export function returnNotes(leave: LastLeave | undefined): readonly string[] {
  return [
    ...(leave === undefined || leave.cancelled === 0 ? [] : ["Cancelled bookings stay cancelled."]),
    ...(leave === undefined || leave.handedOver === 0
      ? []
      : ["Bookings that were handed over stay with those who took them over."]),
  ];
}

function noSuccessor(count: number, { rest }: BookingMeans): string {
  const end = rest === "cancel" ? "cancelled" : "left as they are";
  return count === 1
    ? `Nobody can take over 1 booking: it is ${rest === "cancel" ? "cancelled" : "left as it is"}.`
    : `Nobody can take over ${count} bookings: they are ${end}.`;
}
