/** Time and pauses, as an argument. `now` is RFC 3339 in UTC with milliseconds, so that times compare as text. */
export interface SandboxClock {
  now(): string;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What every part of the product needs from the world around it. */
export interface SandboxAmbient {
  readonly clock: SandboxClock;
  /** Makes a new opaque id, never the same twice. */
  readonly newId: () => string;
}

/** An account. E-mail addresses are kept in lower case, and unique. */
export interface Member {
  readonly id: string;
  readonly email: string;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly displayName: string;
  /** IANA name. */
  readonly timezone: string | null;
  readonly status: "active" | "deactivated";
  readonly role: "owner" | "admin" | "member";
  /** Id of the seat pool; deactivation alone does not free a seat, as in the products that bill by it. */
  readonly seat: string | null;
  readonly groupIds: readonly string[];
  /** Whatever the caller wants to remember; not unique. */
  readonly externalRef: string | null;
  readonly createdAt: string;
}

/** A named set of members; names are unique, letter case counts. */
export interface Group {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
}

/** A seat pool. */
export interface SeatPool {
  readonly id: string;
  readonly total: number;
  readonly used: number;
}

/** Somebody from outside who booked. */
export interface Guest {
  readonly name: string;
  readonly email: string;
}

/** A meeting as it is kept; whether it is past follows from the clock. */
export interface Booking {
  readonly id: string;
  readonly hostId: string;
  readonly title: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly guests: readonly Guest[];
  /** The same for all occurrences of a recurring meeting; each occurrence is a booking of its own. */
  readonly seriesId: string | null;
  readonly cancelled: boolean;
}

/** Where a booking stands. One that is going on is still `upcoming`. */
export type BookingStatus = "upcoming" | "past" | "cancelled";

/** A message to a guest. */
export interface Mail {
  readonly id: string;
  readonly at: string;
  readonly to: string;
  readonly kind: "booking-cancelled" | "booking-reassigned";
  readonly bookingId: string;
  readonly subject: string;
  /** What the caller gave as the reason of a cancellation. */
  readonly reason: string | null;
}
