import type { AccountProfile } from "../../domain/account.ts";
import type { ChangeKind } from "../../domain/plan.ts";
import type { Capabilities } from "../../ports/connector.ts";

/** One thing that a product can do, cannot do, or does in its own way. */
export interface Ability {
  readonly ability: string;
  /** In a few words; `–`: it cannot. */
  readonly value: string;
}

const NOT = "–";
const NAMES: readonly (readonly [keyof AccountProfile, string])[] = [
  ["email", "e-mail"],
  ["displayName", "name"],
  ["givenName", "given name"],
  ["familyName", "family name"],
  ["timezone", "time zone"],
  ["locale", "locale"],
];

/** What a product can do, for people to read: always the same abilities in the same order. */
export function abilitiesOf(capabilities: Capabilities): readonly Ability[] {
  const { changes, updates, marker, seatCounts } = capabilities;
  const fields = NAMES.filter(([field]) => updates.has(field)).map(([, name]) => name);
  return [
    { ability: "create", value: either(changes, "create-account", capabilities.invites ? "by invitation" : "yes") },
    { ability: "update", value: changes.has("update-account") ? fields.join(", ") : NOT },
    { ability: "seats", value: seatWords(capabilities.seats) },
    { ability: "seat count", value: capabilities.seats === "none" ? NOT : seatCounts ? "yes" : "product.seats" },
    { ability: "deactivate", value: either(changes, "deactivate-account", shutWords(capabilities)) },
    { ability: "return", value: returnWords(capabilities) },
    { ability: "delete", value: either(changes, "delete-account", "yes") },
    { ability: "groups", value: groupWords(changes) },
    { ability: "pending groups", value: pendingWords(capabilities) },
    { ability: "bookings", value: bookingWords(capabilities) },
    { ability: "hand over", value: either(changes, "reassign-booking", "yes") },
    { ability: "our mark", value: marker ? "yes" : NOT },
  ];
}

function either(changes: ReadonlySet<ChangeKind>, kind: ChangeKind, words: string): string {
  return changes.has(kind) ? words : NOT;
}

function seatWords(seats: Capabilities["seats"]): string {
  return { assigned: "assigned", implied: "one per account", none: NOT }[seats];
}

function shutWords({ deactivated }: Capabilities): string {
  return deactivated === "gone" ? "removed" : "yes";
}

function returnWords({ deactivated, changes, invites }: Capabilities): string {
  if (deactivated === "gone") return invites ? "invited anew" : "created anew";
  return either(changes, "reactivate-account", "yes");
}

function groupWords(changes: ReadonlySet<ChangeKind>): string {
  if (!changes.has("add-to-group")) return NOT;
  return changes.has("create-group") ? "made and filled" : "filled";
}

/** Whether an account that is still pending, such as one whose invitation is open, can be put into groups. */
function pendingWords({ changes, pendingGroups }: Capabilities): string {
  return either(changes, "add-to-group", pendingGroups ? "at once" : "once active");
}

function bookingWords({ bookings, changes, bookingOrder }: Capabilities): string {
  if (bookings === "product") return "cancelled by the product";
  if (bookings === "nobody" || !changes.has("cancel-booking")) return NOT;
  return bookingOrder === "deactivate-first" ? "cancelled after shutting" : "cancelled before shutting";
}
