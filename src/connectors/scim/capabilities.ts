import { CHANGE_KINDS } from "../../domain/plan.ts";
import type { ChangeKind } from "../../domain/plan.ts";
import type { Capabilities } from "../../ports/connector.ts";
import type { ScimRecipe } from "./recipe.ts";
import { PLACED } from "./user.ts";

/** What a product can do by its recipe; `groups` are the values that the options name for an attribute that holds the group. */
export function capabilitiesOf(recipe: ScimRecipe, groups: readonly string[]): Capabilities {
  const cannot = new Set<ChangeKind>([
    // SCIM has no meetings.
    "cancel-booking",
    "reassign-booking",
    ...(recipe.delete ? [] : (["delete-account"] as const)),
    ...(recipe.seats === "implied" ? [] : (["assign-seat", "release-seat"] as const)),
    ...groupChangesWithout(recipe, groups),
  ]);
  const { attributes, readOnly } = recipe;
  const placed = PLACED.filter((field) => attributes[field] !== null && !readOnly.includes(field));
  return {
    changes: new Set(CHANGE_KINDS.filter((kind) => !cannot.has(kind))),
    seats: recipe.seats,
    bookings: recipe.bookings,
    updates: new Set(["email", ...placed]),
    // Whether an invitation was accepted is not shown by SCIM: whoever was made is active for all that we can see.
    invites: false,
    pendingGroups: true,
    deactivated: "shown",
    bookingOrder: "bookings-first",
    marker: attributes.externalId,
    seatCounts: false,
    parking: recipe.parking,
    maxConcurrency: recipe.maxConcurrency,
  };
}

function groupChangesWithout({ groups: handling }: ScimRecipe, groups: readonly string[]): readonly ChangeKind[] {
  if (handling.by === "resource") return handling.create ? [] : ["create-group"];
  // Values come to be in the product's own settings.
  const canPlace = handling.by === "attribute" && groups.length > 0;
  return canPlace ? ["create-group"] : ["create-group", "add-to-group", "remove-from-group"];
}
