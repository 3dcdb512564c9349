import type { DriftField } from "./account.ts";
import type { Limits } from "./plan.ts";

/**
 * What the bridge may do to the product. `observe`: nothing. `create-only`: accounts, seats and groups for joiners.
 * `no-removals`: everything but taking away. `full`: everything.
 */
export type Mode = "observe" | "create-only" | "no-removals" | "full";

/** What happens to the upcoming bookings of a leaver. */
export type BookingAction = "cancel" | "reassign" | "keep";

/** Who may take over a leaver's bookings: the manager whom the directory names, or a member of one of the leaver's groups. */
export type Successor = "manager" | "group";

/** What to do about a field that was edited in the product: put it back, or say so and leave it. */
export type DriftAction = "repair" | "report";
export type DriftPolicy = Readonly<Record<DriftField, DriftAction>>;

/** Where the configuration says nothing, the product follows the directory in everything. */
export const REPAIR_EVERYTHING: DriftPolicy = {
  email: "repair",
  displayName: "repair",
  givenName: "repair",
  familyName: "repair",
  timezone: "repair",
  locale: "repair",
  seat: "repair",
  groups: "repair",
  status: "repair",
};

/** What happens to the account of a leaver. */
export type LeaverAction = "deactivate" | "delete";

/** What to do when a deleted person's e-mail comes back under another external id (product.md section 3). */
export type RehirePolicy = "link" | "new" | "conflict";

/** How leavers are treated (`leavers` in the configuration). */
export interface LeaverPolicy {
  readonly action: LeaverAction;
  readonly bookings: {
    readonly action: BookingAction;
    /** For `reassign`: in the order in which they are asked. */
    readonly reassignTo: readonly Successor[];
    /** For `reassign`: what becomes of bookings that nobody can take over. */
    readonly otherwise: Exclude<BookingAction, "reassign">;
    /** Grace between the IdP's word and the first step that cannot be undone; a return in that time cancels nothing. */
    readonly delayMs: number;
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
  readonly drift: DriftPolicy;
}
