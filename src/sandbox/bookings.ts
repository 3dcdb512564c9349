import type { Members } from "./members.ts";
import type { Outbox } from "./outbox.ts";
import { conflict, notFound, ProductError } from "./product-error.ts";
import type { Booking, BookingStatus, Guest, SandboxAmbient } from "./records.ts";
import { createTable } from "./table.ts";
import type { Row } from "./table.ts";

/** What a booking is made of. Times are RFC 3339 in UTC with milliseconds. */
export interface BookingFields {
  readonly hostId: string;
  readonly title: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly guests: readonly Guest[];
  readonly seriesId: string | null;
}

/** Which bookings are asked for: those that end after `from` and start before `to`. */
export interface BookingQuery {
  readonly hostId?: string | undefined;
  readonly status?: BookingStatus | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Meetings. Every method that is given an unknown id throws ProductError `not_found` (404). */
export interface Bookings {
  get(id: string): Booking;
  status(booking: Booking): BookingStatus;
  rows(query: BookingQuery): readonly Row<Booking>[];
  /** Throws ProductError `unknown_host` (400) or `host_deactivated` (409). */
  create(fields: BookingFields): Booking;
  /** Tells the guests. Throws ProductError `already_cancelled` or `booking_past` (409): nobody is told twice. */
  cancel(id: string, reason: string | null): Booking;
  /** Tells the guests. Throws as `create` and `cancel`, and `already_host` (409). */
  reassign(id: string, hostId: string): Booking;
  /** Without a word to anybody, as real products do when an account is deleted. */
  destroyOf(hostId: string): void;
}

/** No meetings yet. */
export function createBookings({ clock, newId }: SandboxAmbient, members: Members, outbox: Outbox): Bookings {
  const table = createTable<Booking>();
  const idsByHost = new Map<string, Set<string>>();

  function get(id: string): Booking {
    const booking = table.get(id);
    if (booking === undefined) throw notFound("booking");
    return booking;
  }
  const status = (booking: Booking): BookingStatus => statusAt(booking, clock.now());
  function idsOf(hostId: string): Set<string> {
    const ids = idsByHost.get(hostId) ?? new Set();
    idsByHost.set(hostId, ids);
    return ids;
  }
  function upcoming(id: string): Booking {
    const booking = get(id);
    const now = status(booking);
    if (now === "cancelled") throw conflict("already_cancelled", "this booking is cancelled already");
    if (now === "past") throw conflict("booking_past", "this booking is over");
    return booking;
  }

  return {
    get,
    status,
    rows(query) {
      const rows = query.hostId === undefined ? table.rows() : table.rowsOf(idsByHost.get(query.hostId) ?? []);
      const now = clock.now();
      return rows.filter(({ value }) => matches(value, query, now));
    },
    create(fields) {
      activeHost(members, fields.hostId);
      const booking: Booking = { id: `bkg_${newId()}`, ...fields, cancelled: false };
      table.insert(booking);
      idsOf(booking.hostId).add(booking.id);
      return booking;
    },
    cancel(id, reason) {
      const booking = { ...upcoming(id), cancelled: true };
      table.replace(booking);
      outbox.tellCancelled(booking, reason);
      return booking;
    },
    reassign(id, hostId) {
      const before = upcoming(id);
      if (before.hostId === hostId) throw conflict("already_host", "this member is the host already");
      const hostName = activeHost(members, hostId);
      const booking = { ...before, hostId };
      table.replace(booking);
      idsOf(before.hostId).delete(id);
      idsOf(hostId).add(id);
      outbox.tellReassigned(booking, hostName);
      return booking;
    },
    destroyOf(hostId) {
      for (const id of idsByHost.get(hostId) ?? []) table.remove(id);
      idsByHost.delete(hostId);
    },
  };
}

/** The name of a member who may be booked. */
function activeHost(members: Members, hostId: string): string {
  if (!members.has(hostId)) throw new ProductError(400, "unknown_host", "there is no member to be the host");
  const host = members.get(hostId);
  if (host.status === "deactivated") throw conflict("host_deactivated", "a deactivated member cannot be booked");
  return host.displayName;
}

function statusAt(booking: Booking, now: string): BookingStatus {
  if (booking.cancelled) return "cancelled";
  return booking.endsAt <= now ? "past" : "upcoming";
}

function matches(booking: Booking, { status, from, to }: BookingQuery, now: string): boolean {
  if (status !== undefined && statusAt(booking, now) !== status) return false;
  return (from === undefined || booking.endsAt > from) && (to === undefined || booking.startsAt < to);
}
