import type { Limits } from "./plan.ts";

/**
 * What the bridge may do to the product. `observe`: nothing. `create-only`: accounts, seats and groups for joiners.
 * `no-removals`: everything but taking away. `full`: everything.
 */
export type Mode = "observe" | "create-only" | "no-removals" | "full";

/** What happens to the upcoming bookings of a leaver. */
export type BookingAction = "cancel" | "keep";

/** What happens to the account of a leaver. */
export type LeaverAction = "deactivate" | "delete";

/** What to do when a deleted person's e-mail comes back under another external id (product.md section 3). */
export type RehirePolicy = "link" | "new" | "conflict";

/** How leavers are treated (`leavers` in the configuration). */
export interface LeaverPolicy {
  readonly action: LeaverAction;
  readonly bookings: {
    readonly action: BookingAction;
    /** Text for guests. */
    readonly reason: string;
    /** When cancelling fails: shut the account all the same, or hold it until the bookings are gone. */
    readonly onFailure: "deactivate" | "hold";
  };
}

/** Who is never shut out, whatever the directory says (`protected` in the configuration). */
export interface ProtectedPolicy {
  /** E-mail addresses, lower case. */
  readonly accounts: ReadonlySet<string>;
  readonly minOwners: number;
}

/** Budgets over 24 h where the configuration says nothing. */
export const DEFAULT_LIMITS = {
  deactivate: { floor: 2, max: 50, percent: 10 },
  delete: { floor: 2, max: 50, percent: 10 },
  cancelBookings: { floor: 20, max: 200, percent: null },
  removeFromGroup: { floor: 10, max: 200, percent: 20 },
  releaseSeat: { floor: 10, max: 200, percent: 20 },
  update: { floor: 25, max: 500, percent: 50 },
  create: { floor: 50, max: 500, percent: 50 },
  adopt: { floor: 50, max: 500, percent: 50 },
} as const satisfies Limits;

/** Everything an admin decides that is not the mapping. */
export interface Policy {
  readonly mode: Mode;
  readonly leavers: LeaverPolicy;
  readonly limits: Limits;
  readonly protected: ProtectedPolicy;
}
