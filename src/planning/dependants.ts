import type { BookingOrder, ChangeKind, Held, Hold, PersonChange, PersonPlan } from "../domain/plan.ts";
import { arrangeHeld } from "./arrange.ts";

/** Why a change is held: the hold and a whole sentence. */
export type Reason = Pick<Held, "hold" | "detail">;

/** Holds every change for which `reasonOf` gives a reason; the same plan when it gives none. */
export function holdChanges(person: PersonPlan, reasonOf: (change: PersonChange) => Reason | null): PersonPlan {
  const passing: PersonChange[] = [];
  const held: Held[] = [];
  for (const change of person.changes) {
    const reason = reasonOf(change);
    if (reason === null) passing.push(change);
    else held.push({ change, ...reason });
  }
  if (held.length === 0) return person;
  return { ...person, changes: passing, held: arrangeHeld(person.user, [...person.held, ...held]) };
}

const BRINGS_IN: readonly ChangeKind[] = ["create-account", "adopt-account", "reactivate-account"];
const GIVES_LOGIN: readonly ChangeKind[] = ["create-account", "reactivate-account"];
const BOOKINGS: readonly ChangeKind[] = ["cancel-booking", "reassign-booking"];
const WINDING_UP: readonly ChangeKind[] = [...BOOKINGS, "remove-from-group", "release-seat"];

/** "While one of `on` is held (for `hold`, if named; not for `unless`), `waits` do not go, because `why`." */
interface Dependence {
  readonly on: readonly ChangeKind[];
  readonly hold?: Hold;
  readonly unless?: Hold;
  readonly waits: readonly ChangeKind[] | "all";
  readonly why: string;
}

const ARRIVAL: readonly Dependence[] = [
  { on: ["assign-seat"], hold: "no-free-seat", waits: GIVES_LOGIN, why: "It waits for a seat." },
  // An account that somebody shuts again and again is still kept up to date.
  { on: BRINGS_IN, unless: "contested", waits: "all", why: "It waits until the account may be used." },
  { on: ["reactivate-account"], waits: ["assign-seat"], why: "No seat is given to an account that stays deactivated." },
];
const SEAT_MOVE: readonly Dependence[] = [
  { on: ["assign-seat"], waits: ["release-seat"], why: "The old seat is kept until the new one may be had." },
  { on: ["release-seat"], waits: ["assign-seat"], why: "The new seat waits until the old one may be freed." },
];
const LEAVING: readonly Dependence[] = [
  { on: ["deactivate-account"], waits: "all", why: "It waits until the account may be shut." },
  // Until a deletion is due, nothing else is kept back.
  { on: ["delete-account"], unless: "delayed", waits: WINDING_UP, why: "It waits until the account may be deleted." },
  { on: BOOKINGS, waits: ["delete-account"], why: "Deleting would destroy the bookings that are held." },
];
const BOOKINGS_FIRST: readonly Dependence[] = [
  {
    on: BOOKINGS,
    waits: ["deactivate-account"],
    why: "Shutting the account would destroy the bookings that are held.",
  },
];

/**
 * Holds, as `waits-for-held`, whatever must not go without a change of the same person that is held: what follows a
 * login that is not given, half of a seat move, a leaver's cancellations without the shutting and the reverse. Only ever
 * holds more; doing it twice changes nothing.
 */
export function holdDependants(person: PersonPlan, order: BookingOrder): PersonPlan {
  if (person.held.length === 0 || person.changes.length === 0) return person;
  if (person.cause !== "leaver") return holdArrival(person);
  return settle(person, [...ARRIVAL, ...LEAVING, ...(order === "bookings-first" ? BOOKINGS_FIRST : [])]);
}

/** The part of `holdDependants` that concerns people who are not leaving. */
export function holdArrival(person: PersonPlan): PersonPlan {
  return settle(person, [...ARRIVAL, ...SEAT_MOVE]);
}

function settle(person: PersonPlan, dependences: readonly Dependence[]): PersonPlan {
  const next = dependences.reduce(holdDependence, person);
  return next === person ? person : settle(next, dependences);
}

function holdDependence(person: PersonPlan, { on, hold, unless, waits, why }: Dependence): PersonPlan {
  const stands = person.held.some(({ change, hold: actual }) => {
    return on.includes(change.kind) && (hold === undefined || hold === actual) && actual !== unless;
  });
  if (!stands) return person;
  return holdChanges(person, ({ kind }) =>
    waits === "all" || waits.includes(kind) ? { hold: "waits-for-held", detail: why } : null,
  );
}
