import type { ObservedAccount, Remembered } from "../domain/account.ts";
import type { Instant } from "../domain/brand.ts";
import type { Cause, Held, PersonChange } from "../domain/plan.ts";

/** What one person's case comes to, before it is checked against the product's abilities and protections, and ordered. */
export interface Draft {
  readonly cause: Cause | null;
  /** The account in question, if it exists. */
  readonly account: ObservedAccount | null;
  readonly changes: readonly PersonChange[];
  readonly held: readonly Held[];
  readonly notes: readonly string[];
  readonly confirms: boolean;
  /** When what is held as `delayed` becomes due. */
  readonly dueAt?: Instant;
  /** See `PersonPlan.remember`; null when the link is up to date. */
  readonly remember: Remembered | null;
}

/** What one part of a case comes to: the login, the profile, the seat or the groups. */
export type Parts = Pick<Draft, "changes" | "held" | "notes">;

/** Nothing to do, nothing held, nothing to tell. */
export const EMPTY: Parts = { changes: [], held: [], notes: [] };

/** All parts of a case, in order. */
export function joinParts(parts: readonly Parts[]): Parts {
  const all = { changes: [] as PersonChange[], held: [] as Held[], notes: [] as string[] };
  for (const { changes, held, notes } of parts) {
    all.changes.push(...changes);
    all.held.push(...held);
    all.notes.push(...notes);
  }
  return all;
}

/** A draft that does nothing, with what differs from that. */
export function draft(parts: Partial<Draft>): Draft {
  return { cause: null, account: null, changes: [], held: [], notes: [], confirms: false, remember: null, ...parts };
}
