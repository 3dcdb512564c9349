import { createBookings } from "./bookings.ts";
import type { Bookings } from "./bookings.ts";
import { createGroups } from "./groups.ts";
import type { Groups } from "./groups.ts";
import { createMembers } from "./members.ts";
import type { Members } from "./members.ts";
import { createOutbox } from "./outbox.ts";
import type { Outbox } from "./outbox.ts";
import type { SandboxAmbient } from "./records.ts";
import { createSeats } from "./seats.ts";
import type { Seats } from "./seats.ts";

/** Everything the product knows, in memory. Every method acts at once or throws ProductError and changes nothing. */
export interface SandboxState {
  /** The id of the one organisation that this product serves. */
  readonly organization: string;
  readonly seats: Seats;
  readonly members: Members;
  readonly groups: Groups;
  readonly bookings: Bookings;
  readonly outbox: Outbox;
  /** Removes a member, and every booking with them, silently. */
  deleteMember(id: string): void;
}

/** An empty product with these seat pools. */
export function createState(
  ambient: SandboxAmbient,
  seatTotals: Readonly<Record<string, number>>,
  organization = "org_sandbox",
): SandboxState {
  const seats = createSeats(seatTotals);
  const members = createMembers(ambient, seats);
  const groups = createGroups(ambient, members);
  const outbox = createOutbox(ambient);
  const bookings = createBookings(ambient, members, outbox);
  return {
    organization,
    seats,
    members,
    groups,
    bookings,
    outbox,
    deleteMember(id) {
      members.remove(id);
      bookings.destroyOf(id);
    },
  };
}
