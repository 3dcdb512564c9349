import type { AccountId, Booking, BookingId } from "../../domain/account.ts";
import type { Instant } from "../../domain/brand.ts";
import { ConnectorError } from "../../domain/errors.ts";
import type { Applied } from "../../ports/connector.ts";
import type { Clock } from "../../ports/ambient.ts";
import type { Sending } from "../http.ts";
import { createPageWatch } from "../paged-list.ts";
import { isUserId } from "./accounts.ts";
import { PAGE_SIZE } from "./client.ts";
import type { CalcomClient, CalcomWrite, ListedStatus } from "./client.ts";
import type { Memberships } from "./memberships.ts";
import type { WireBooking } from "./wire.ts";

/** Each is a list of its own: an unconfirmed booking is not under `upcoming`. */
const STATUSES: readonly ListedStatus[] = ["upcoming", "recurring", "unconfirmed"];

/** Bookings of the organisation's members. Everything throws ConnectorError. */
export interface CalcomBookings {
  /**
   * Those that somebody hosts and that end after `from`, each once. `missing` for nobody of the organisation. Whoever has
   * not accepted an invitation hosts nothing here.
   */
  upcoming(account: AccountId, from: Instant, how: Sending): Promise<readonly Booking[]>;
  /** Cancels a booking, with all of its seats; of a series only this one, for each is listed by itself. */
  cancel(booking: BookingId, reason: string, how: BookingWrite): Promise<Applied>;
  /** Hands a booking over. Cal.com does so for round-robin bookings only, and to one of their hosts: else `rejected`. */
  reassign(booking: BookingId, to: AccountId, reason: string, how: BookingWrite): Promise<Applied>;
}

/** How a change to a booking is made. `mayHaveHappened`: it is looked at first, so that no guest is told twice. */
export interface BookingWrite extends Sending {
  readonly mayHaveHappened: boolean;
}

const CHANGED: Applied = { effect: "changed" };
const ALREADY_SO: Applied = { effect: "already-so" };
/** Refusals that are about this booking, or about us: which of them, shows when we look. */
const A_CHANGE = { method: "POST", expected: [400, 401, 403, 404, 409, 422] } as const;

/** Bookings by version 2024-08-13 of the API. */
export function createCalcomBookings(client: CalcomClient, memberships: Memberships, clock: Clock): CalcomBookings {
  const isOver = (booking: WireBooking | undefined): boolean =>
    booking === undefined || !isExpected(booking) || booking.end <= clock.now();

  return {
    async upcoming(account, from, how) {
      if (!isUserId(account)) throw new ConnectorError("missing", "Cal.com has no user with such an id");
      const found = new Map<string, WireBooking>();
      for (const status of STATUSES) {
        const listed = await list(client, account, status, how);
        if (listed === null) await explain(memberships, account, how);
        for (const booking of listed ?? []) found.set(booking.uid, booking);
      }
      // A user's list has the bookings that they attend, too.
      const isTheirs = ({ hosts }: WireBooking): boolean => hosts.some(({ id }) => id === account);
      return [...found.values()]
        .filter((booking) => isTheirs(booking) && isExpected(booking) && booking.end > from)
        .map((booking) => toBooking(booking, account));
    },
    cancel(booking, reason, how) {
      const json = reason === "" ? {} : { cancellationReason: reason };
      return change(client, booking, { ...A_CHANGE, path: [booking, "cancel"], json }, isOver, how);
    },
    reassign(booking, to, reason, how) {
      const json = reason === "" ? {} : { reason };
      const isSo = (shown: WireBooking | undefined): boolean =>
        isOver(shown) || shown?.hosts.some(({ id }) => id === to) === true;
      return change(client, booking, { ...A_CHANGE, path: [booking, "reassign", to], json }, isSo, how);
    },
  };
}

/** Null where Cal.com does not show the bookings of this user. */
async function list(
  client: CalcomClient,
  user: string,
  status: ListedStatus,
  how: Sending,
): Promise<readonly WireBooking[] | null> {
  const items: WireBooking[] = [];
  const watch = createPageWatch("Cal.com");
  for (;;) {
    const { data } = await client.bookings(user, status, items.length, how);
    if (data === undefined) return null;
    const [first] = data.items;
    if (first !== undefined) watch(first.uid);
    items.push(...data.items);
    if (data.items.length === PAGE_SIZE) continue;
    if (data.total === null || items.length >= data.total) return items;
    throw new ConnectorError("unavailable", `Cal.com listed ${items.length} of ${data.total} bookings`);
  }
}

/** Returns where there is nothing to list; throws why we may not, where there is. */
async function explain(memberships: Memberships, user: string, how: Sending): Promise<void> {
  const membership = await memberships.still(user, how);
  if (membership === undefined) throw new ConnectorError("missing", "the account is not in the organisation any more");
  if (!membership.accepted) return;
  const detail = "Cal.com does not show the bookings of a member: the key's role may not read them";
  throw new ConnectorError("rejected", detail);
}

/** Sends a change to a booking; where it is refused, what has become of the booking says what that means. */
async function change(
  client: CalcomClient,
  uid: string,
  request: CalcomWrite,
  isSo: (booking: WireBooking | undefined) => boolean,
  how: BookingWrite,
): Promise<Applied> {
  if (how.mayHaveHappened && isSo(await client.booking(uid, how))) return ALREADY_SO;
  const { refusal } = await client.writeBooking(request, how);
  if (refusal === undefined) return CHANGED;
  // A key that is refused altogether shows here; the refusals of one booking have the same statuses.
  if (refusal.status === 401 || refusal.status === 403) await client.probe(how);
  if (isSo(await client.booking(uid, how))) return ALREADY_SO;
  throw new ConnectorError("rejected", `${refusal.error.message}, though the booking is still to take place`);
}

/** Whether guests still count on it. A booking that was moved is `cancelled`, too: another one stands in its place. */
function isExpected({ status }: WireBooking): boolean {
  return status !== "cancelled" && status !== "rejected";
}

/** A booking in our words. */
function toBooking({ uid, start, end, attendees }: WireBooking, account: AccountId): Booking {
  return { id: uid as BookingId, account, startsAt: start, endsAt: end, guests: attendees.length };
}
