import type { ObservedAccount } from "../domain/account.ts";
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
}

/** A draft that does nothing, with what differs from that. */
export function draft(parts: Partial<Draft>): Draft {
  return { cause: null, account: null, changes: [], held: [], notes: [], confirms: false, ...parts };
}
