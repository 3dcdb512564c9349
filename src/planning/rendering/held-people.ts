import type { PersonPlan } from "../../domain/plan.ts";
import { limitOf } from "../change-key.ts";
import { counted, ofKind } from "./change-words.ts";

/** The people whom one limit, or one edit of the mapping, holds. */
export interface HeldPeople {
  readonly people: number;
  /** The first of them, at most a hundred. */
  readonly names: readonly string[];
  /** What approving lets through for them besides: `14 bookings, 21 guests; frees 8 seats`; empty when nothing. */
  readonly consequences: string;
}

/** Gathers held people by what holds them. Memory grows with limits, not with people. */
export interface HeldPeopleList {
  add(person: PersonPlan): void;
  /** By the name of a limit, or `mapping` for an edit of the mapping; null when that holds nobody. */
  of(key: string): HeldPeople | null;
}

const NAMED_PEOPLE = 100;

/** Starts with nobody held. */
export function createHeldPeople(): HeldPeopleList {
  const gathered = new Map<string, Gathered>();
  return {
    add(person) {
      for (const key of keysOf(person)) {
        const group = gathered.get(key) ?? nobody();
        gathered.set(key, group);
        group.people += 1;
        if (group.names.length < NAMED_PEOPLE) group.names.push(person.label);
        addConsequences(group, person);
      }
    },
    of(key) {
      const group = gathered.get(key);
      return group === undefined ? null : { ...group, consequences: consequenceWords(group) };
    },
  };
}

interface Gathered {
  people: number;
  readonly names: string[];
  readonly cancelled: Bookings;
  readonly handedOver: Bookings;
  seats: number;
  memberships: number;
}

interface Bookings {
  bookings: number;
  guests: number;
}

function nobody(): Gathered {
  const none: Bookings = { bookings: 0, guests: 0 };
  return { people: 0, names: [], cancelled: { ...none }, handedOver: { ...none }, seats: 0, memberships: 0 };
}

function keysOf({ held, needsApproval }: PersonPlan): ReadonlySet<string> {
  const limited = held.filter(({ hold }) => hold === "over-limit");
  return new Set(limited.map(({ change }) => (needsApproval === true ? "mapping" : String(limitOf(change)))));
}

function addConsequences(group: Gathered, { held }: PersonPlan): void {
  const changes = held
    .filter(({ hold }) => hold === "over-limit" || hold === "waits-for-held")
    .map(({ change }) => change);
  addBookings(group.cancelled, ofKind(changes, "cancel-booking"));
  addBookings(group.handedOver, ofKind(changes, "reassign-booking"));
  group.seats += ofKind(changes, "release-seat").length;
  group.memberships += ofKind(changes, "remove-from-group").length;
}

function addBookings(sum: Bookings, changes: readonly { readonly guests: number }[]): void {
  sum.bookings += changes.length;
  for (const { guests } of changes) sum.guests += guests;
}

function consequenceWords({ cancelled, handedOver, seats, memberships }: Gathered): string {
  return [
    ...(cancelled.bookings === 0 ? [] : [bookingsWords(cancelled)]),
    ...(handedOver.bookings === 0 ? [] : [`hands over ${bookingsWords(handedOver)}`]),
    ...(seats === 0 ? [] : [`frees ${counted(seats, "seat")}`]),
    ...(memberships === 0 ? [] : [`ends ${counted(memberships, "group membership")}`]),
  ].join("; ");
}

function bookingsWords({ bookings, guests }: Bookings): string {
  return `${counted(bookings, "booking")}, ${counted(guests, "guest")}`;
}
