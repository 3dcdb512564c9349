import type { DirectoryUserId } from "../domain/directory.ts";
import type { Held, PersonPlan } from "../domain/plan.ts";
import { arrangeChanges } from "./arrange.ts";
import type { Claims } from "./claims.ts";
import { holdArrival } from "./dependants.ts";
import { isRename, parkingAddress, type Update } from "./parking.ts";

/** So many of those in a circle are named. */
const NAMED = 5;

/** Puts people whose new e-mail is still somebody else's behind the one who gives it up in the same plan. */
export interface RenameOrder {
  /** Those who come next, now that this person is settled: none while they wait, else they and whoever waited for them. */
  next(person: PersonPlan): Iterable<PersonPlan>;
  /** Those who wait when everybody has come: circles, and people who wait for somebody who keeps their e-mail. */
  rest(): Iterable<PersonPlan>;
}

/**
 * Starts with nobody waiting. A chain of renames comes in the order in which addresses become free. In a circle one person
 * steps aside first, where the product allows it (`parking`); elsewhere all of it stays held. Holds those who wait, and the
 * ids of those who gave an address up.
 */
export function createRenameOrder(claims: Claims, parking: boolean): RenameOrder {
  const waiting = new Map<DirectoryUserId, PersonPlan[]>();
  const vacated = new Set<DirectoryUserId>();

  /** These people, and behind each of them whoever waited for that one: lifted when the address is free now. */
  function* withFollowers(first: readonly PersonPlan[]): Generator<PersonPlan> {
    const queue = [...first];
    for (const person of queue) {
      yield person;
      const isFree = vacates(person);
      if (isFree) vacated.add(person.user);
      const followers = waiting.get(person.user) ?? [];
      waiting.delete(person.user);
      queue.push(...followers.map((follower) => (isFree ? lift(follower, claims) : follower)));
    }
  }

  return {
    next(person) {
      const awaited = awaitedBy(person);
      if (awaited === null) return withFollowers([person]);
      if (vacated.has(awaited)) return withFollowers([lift(person, claims)]);
      waiting.set(awaited, [...(waiting.get(awaited) ?? []), person]);
      return [];
    },
    *rest() {
      for (const stuck of inVain(waiting)) yield* withFollowers(stuck);
      const left = new Map([...waiting.values()].flat().map((person) => [person.user, person]));
      for (const start of left.values()) {
        const ring = ringFrom(start, left);
        const isInRing = new Set(ring);
        for (const { user } of ring) {
          const others = waiting.get(user) ?? [];
          waiting.set(
            user,
            others.filter((person) => !isInRing.has(person)),
          );
        }
        for (const person of withFollowers(parking ? turnRound(ring, claims) : holdRing(ring))) {
          left.delete(person.user);
          yield person;
        }
      }
    },
  };
}

/** True when this plan, as it stands, sets the person's address free. */
export function vacates({ changes }: PersonPlan): boolean {
  return changes.some((change) => isRename(change) || change.kind === "delete-account");
}

function awaitedBy({ held }: PersonPlan): DirectoryUserId | null {
  return held.find(({ after }) => after !== undefined)?.after ?? null;
}

/** The held rename passes after all, unless somebody else has claimed the same address by now. */
function lift(person: PersonPlan, claims: Claims): PersonPlan {
  const waits = person.held.find((one) => one.after !== undefined);
  if (waits?.after === undefined) return person;
  const changes = arrangeChanges(person.user, [...person.changes, waits.change], "bookings-first");
  const held = person.held.filter((one) => one !== waits);
  return holdArrival(claims.settle({ ...person, changes, held, after: waits.after }));
}

/** Those who wait for somebody who does not wait: that person has come, or never will, and keeps the address. */
function inVain(waiting: Map<DirectoryUserId, PersonPlan[]>): readonly PersonPlan[][] {
  const waiters = new Set([...waiting.values()].flat().map(({ user }) => user));
  const awaited = [...waiting.keys()].filter((user) => !waiters.has(user));
  return awaited.map((user) => {
    const stuck = waiting.get(user) ?? [];
    waiting.delete(user);
    return stuck;
  });
}

/** People of whom each waits for the next, and the last for the first; the first has the smallest id. */
function ringFrom(start: PersonPlan, people: ReadonlyMap<DirectoryUserId, PersonPlan>): readonly PersonPlan[] {
  const path = new Set<PersonPlan>();
  let person: PersonPlan | undefined = start;
  while (person !== undefined && !path.has(person)) {
    path.add(person);
    person = people.get(awaitedBy(person) ?? person.user);
  }
  // What comes before the person who is met again only leads into the circle.
  const walked = [...path];
  const ring = walked.slice(walked.findIndex((one) => one === person));
  const smallest = ring.reduce((least, { user }, place) => (user < (ring[least]?.user ?? user) ? place : least), 0);
  return [...ring.slice(smallest), ...ring.slice(0, smallest)];
}

/** The first steps aside, the others follow from the one who takes that address on, and the first comes last. */
function turnRound(ring: readonly PersonPlan[], claims: Claims): readonly PersonPlan[] {
  const [first, ...others] = ring.map((person) => lift(person, claims));
  const rename = first?.changes.find(isRename);
  if (first === undefined || rename === undefined || others.some((person) => !vacates(person))) return ring;
  const { user, directory, version, label } = first;
  const parked = parkingAddress(user, rename.before.email);
  const aside: Update = { ...rename, before: { email: rename.before.email }, after: { email: parked } };
  const stepsAside: PersonPlan = {
    ...{
      user,
      directory,
      version,
      label,
      cause: rename.cause,
      changes: [aside],
      held: [],
      seatClaim: null,
      ring: user,
    },
    notes: [`${ring.length} people pass their e-mails round: this one waits at a parking address meanwhile.`],
  };
  const final: Update = { ...rename, before: { ...rename.before, email: parked } };
  const arrives: PersonPlan = {
    ...first,
    changes: first.changes.map((change) => (change === rename ? final : change)),
    notes: [...first.notes, "Comes from the parking address to the final one."],
  };
  return [stepsAside, ...[...others].reverse(), arrives].map((person) => ({ ...person, ring: user }));
}

/** Nobody can step aside: each learns with whom the e-mails would go round. */
function holdRing(ring: readonly PersonPlan[]): readonly PersonPlan[] {
  return ring.map((person, place) => {
    const others = [...ring.slice(place + 1, place + 1 + NAMED), ...ring.slice(0, Math.min(place, NAMED))].slice(
      0,
      NAMED,
    );
    const more = ring.length - 1 - others.length;
    const names = [...others.map(({ label }) => label), ...(more > 0 ? [`${more} more`] : [])].join(", ");
    const why = `E-mails would go round in a circle with those of ${names}, and the product cannot park one of them unnoticed: rename one of these accounts by hand.`;
    const told = (one: Held): Held => (one.after === undefined ? one : { ...one, detail: `${one.detail} ${why}` });
    return { ...person, held: person.held.map(told) };
  });
}
