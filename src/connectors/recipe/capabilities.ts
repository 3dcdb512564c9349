import type { AccountProfile } from "../../domain/account.ts";
import { CHANGE_KINDS } from "../../domain/plan.ts";
import type { ChangeKind } from "../../domain/plan.ts";
import type { Capabilities } from "../../ports/connector.ts";
import type { Recipe } from "./schema.ts";
import type { OperationName } from "./schema-operations.ts";

/** Operations of which a change needs one; adopt-account needs none, since it sends nothing. */
export const OPERATIONS_OF: Readonly<Record<ChangeKind, readonly OperationName[]>> = {
  "create-group": ["createGroup"],
  "create-account": ["createAccount"],
  "adopt-account": [],
  "reactivate-account": ["reactivateAccount"],
  "update-account": ["updateAccount"],
  "assign-seat": ["assignSeat"],
  "add-to-group": ["addToGroup", "setMembers", "setGroups"],
  "remove-from-group": ["removeFromGroup", "setMembers", "setGroups"],
  "release-seat": ["releaseSeat"],
  "deactivate-account": ["deactivateAccount"],
  "delete-account": ["deleteAccount"],
  "cancel-booking": ["cancelBooking"],
  "reassign-booking": ["reassignBooking"],
};

/** What a product can do by its recipe. `allowDelete` lets through what destroys an account or its bookings. */
export function capabilitiesOf(recipe: Recipe, allowDelete: boolean): Capabilities {
  const { capabilities, operations, profile, account } = recipe;
  const seats: Capabilities["seats"] = operations.assignSeat === undefined ? capabilities.seats : "assigned";
  const cancels = operations.cancelBooking !== undefined;
  const changes = new Set(CHANGE_KINDS.filter((kind) => can(kind, seats, recipe, allowDelete)));
  return {
    changes,
    locked: new Set(CHANGE_KINDS.filter((kind) => !changes.has(kind) && can(kind, seats, recipe, true))),
    seats,
    bookings: cancels ? "bridge" : capabilities.bookings,
    updates: new Set(operations.updateAccount === undefined ? [] : writable(profile)),
    invites: capabilities.invites,
    pendingGroups: capabilities.pendingGroups,
    deactivated: capabilities.deactivated,
    bookingOrder: capabilities.bookingOrder,
    marker: account.marker !== undefined,
    seatCounts: operations.listSeats !== undefined,
    parking: capabilities.parking,
    maxConcurrency: capabilities.maxConcurrency,
  };
}

function can(kind: ChangeKind, seats: Capabilities["seats"], { operations }: Recipe, allowDelete: boolean): boolean {
  if (kind === "adopt-account") return true;
  if (seats === "implied" && (kind === "assign-seat" || kind === "release-seat")) return true;
  return OPERATIONS_OF[kind].some((name) => {
    const operation = operations[name];
    if (operation === undefined) return false;
    return allowDelete || !("destroys" in operation && operation.destroys);
  });
}

function writable(profile: Recipe["profile"]): readonly (keyof AccountProfile)[] {
  const { email, displayName, givenName, familyName, timezone, locale } = profile;
  const fields = Object.entries({ email, displayName, givenName, familyName, timezone, locale });
  return fields.flatMap(([name, field]) => (field?.update === true && isField(name) ? [name] : []));
}

function isField(name: string): name is keyof AccountProfile {
  return ["email", "displayName", "givenName", "familyName", "timezone", "locale"].includes(name);
}
