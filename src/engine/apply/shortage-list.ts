import type { Seat } from "../../domain/account.ts";
import type { DirectoryUserId } from "../../domain/directory.ts";
import type { PersonPlan, Waiting } from "../../domain/plan.ts";
import type { Shortfall } from "./people-run.ts";

/** Those who were to have a seat by the plan and found none, in the order of the plan. */
export interface ShortageList {
  note(user: DirectoryUserId, shortfall: Shortfall): void;
  isEmpty(): boolean;
  /** The whole queue: those who found none go before those whom the plan let wait, since they stood before them. */
  with(planned: readonly Waiting[], people: AsyncIterable<PersonPlan>): Promise<readonly Waiting[]>;
}

/** Starts with nobody. Holds one entry for each who waits. */
export function createShortageList(): ShortageList {
  const missed = new Map<DirectoryUserId, Seat>();
  const reasons = new Map<Seat, string>();
  return {
    note(user, { seat, words }) {
      missed.set(user, seat);
      reasons.set(seat, words);
    },
    isEmpty: () => missed.size === 0,
    async with(planned, people) {
      const first: Omit<Waiting, "place" | "reason">[] = [];
      for await (const { user, label } of people) {
        const seat = missed.get(user);
        if (seat !== undefined) first.push({ user, label, seat });
      }
      const known = new Set(first.map(({ user }) => user));
      const rest = planned.filter(({ user }) => !known.has(user));
      return inPlaces([...first, ...rest], (seat, count) =>
        reasons.has(seat) ? `over capacity: ${reasons.get(seat)}, ${count} waiting` : null,
      );
    },
  };
}

/** Counts places and, where there are new words for a pool, gives everybody in it the same reason. */
function inPlaces(
  queue: readonly (Omit<Waiting, "place" | "reason"> & Partial<Waiting>)[],
  reasonOf: (seat: Seat, count: number) => string | null,
): readonly Waiting[] {
  const lengths = new Map<Seat, number>();
  for (const { seat } of queue) lengths.set(seat, (lengths.get(seat) ?? 0) + 1);
  const places = new Map<Seat, number>();
  return queue.map((entry) => {
    const place = (places.get(entry.seat) ?? 0) + 1;
    places.set(entry.seat, place);
    const reason = reasonOf(entry.seat, lengths.get(entry.seat) ?? 0) ?? entry.reason ?? "";
    return { ...entry, place, reason };
  });
}
