import type { ChangeKind, GroupChange, Hold, PersonPlan, Tally } from "../domain/plan.ts";
import { CHANGE_KINDS } from "../domain/plan.ts";
import type { FoldStart } from "./context.ts";
import { passGate } from "./gate.ts";
import type { Gate } from "./gate.ts";
import { createRenameGate, inCircles } from "./rename-gate.ts";
import { createSeatQueue, settleSeat } from "./seat-queue.ts";

/** What passes, in numbers, and the groups that must be created for it. */
export interface PassResult {
  readonly tally: Tally;
  /** By name; only those that an addition which passes needs. */
  readonly groups: readonly GroupChange[];
}

/**
 * Everybody through the gate, in settling order. Seats are counted once more over what passes: a joiner whose seat was
 * to be freed by a leaver who is now held must wait, too; so must a rename for an address that is not given up. The same input gives the same output, as often as it is read.
 */
export async function* passPlan(
  people: AsyncIterable<PersonPlan>,
  gate: Gate,
  seats: FoldStart["seats"],
  short: FoldStart["short"] = new Map(),
): AsyncGenerator<PersonPlan, PassResult, void> {
  const queue = createSeatQueue({ pools: seats, short });
  const renames = createRenameGate();
  const counter = createCounter();
  for await (const group of inCircles(people)) {
    const passing = group.map((person) => settleSeat(passGate(person, gate), queue, () => SEAT_HELD));
    for (const passed of renames.pass(passing)) {
      counter.add(passed);
      yield passed;
    }
  }
  return counter.result();
}

/** Counts people who have been through the gate, changes and holds by kind. */
export async function tally(people: AsyncIterable<PersonPlan>): Promise<PassResult> {
  const counter = createCounter();
  for await (const person of people) counter.add(person);
  return counter.result();
}

const SEAT_HELD = "The seat it would take is to be freed by a leaver who is held.";

interface Counter {
  add(person: PersonPlan): void;
  result(): PassResult;
}

/** Every reason for which something is held. */
export const HOLDS: readonly Hold[] = [
  "unsupported",
  "mode",
  "restored",
  "over-limit",
  "protected-account",
  "observation-incomplete",
  "identity-conflict",
  "no-free-seat",
  "contested",
  "delayed",
  "waits-for-held",
];

function createCounter(): Counter {
  const counts = new Map<ChangeKind, number>();
  const held = new Map<Hold, number>();
  const groups = new Map<string, GroupChange>();
  let guests = 0;
  return {
    add(person) {
      for (const change of person.changes) {
        counts.set(change.kind, (counts.get(change.kind) ?? 0) + 1);
        if (change.kind === "cancel-booking" || change.kind === "reassign-booking") guests += change.guests;
        if (change.kind !== "add-to-group" || change.group.by === "id") continue;
        const { name } = change.group;
        if (!groups.has(name))
          groups.set(name, { kind: "create-group", cause: change.cause, because: change.because, name });
      }
      for (const { hold } of person.held) held.set(hold, (held.get(hold) ?? 0) + 1);
    },
    result() {
      counts.set("create-group", groups.size);
      return {
        tally: { counts: totals(CHANGE_KINDS, counts), held: totals(HOLDS, held), guests },
        groups: [...groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
      };
    },
  };
}

function totals<K extends string>(names: readonly K[], counts: ReadonlyMap<K, number>): Readonly<Record<K, number>> {
  return Object.fromEntries(names.map((name) => [name, counts.get(name) ?? 0])) as Record<K, number>;
}
