import type { AccountProfile } from "../../domain/account.ts";
import type { Policy } from "../../domain/policy.ts";
import { parseMapping, type MappingDocument } from "../../mapping/rules.ts";
import type { Capabilities, Finding } from "../../ports/connector.ts";

/** What is asked of a product. */
export interface Asked {
  readonly mapping: Pick<MappingDocument, "account" | "groups" | "seats">;
  readonly policy: Pick<Policy, "leavers" | "drift">;
  /** Whether `product.seats` is configured. */
  readonly hasSeatCounts: boolean;
}

const FIELDS = ["email", "displayName", "givenName", "familyName", "timezone", "locale"] as const;

/** What the mapping and the policy ask and the product cannot do, with what to do about it; empty when there is nothing. */
export function askedTooMuch(capabilities: Capabilities, asked: Asked): readonly Finding[] {
  return [
    ...groups(capabilities, asked.mapping),
    ...seats(capabilities, asked),
    ...fields(capabilities, asked),
    ...bookings(capabilities, asked.policy),
    ...leavers(capabilities, asked.policy),
  ];
}

function warning(subject: string, detail: string, remedy: string): Finding {
  return { subject, verdict: "warning", detail, remedy };
}

function groups({ changes }: Capabilities, { groups: asked }: Asked["mapping"]): readonly Finding[] {
  if (asked.rules.length === 0) return [];
  const count = asked.rules.length === 1 ? "1 rule" : `${asked.rules.length} rules`;
  if (!changes.has("add-to-group")) {
    const detail = `The mapping has ${count} for groups, and this product has none that we can fill: placements are held as unsupported.`;
    return [warning("groups", detail, "Remove mapping.groups.rules, or fill the groups in the product.")];
  }
  return [
    ...(asked.createMissing && !changes.has("create-group")
      ? [
          warning(
            "groups",
            "mapping.groups.createMissing is on, and this product does not let us make groups.",
            "Make the groups that the rules name in the product, and set mapping.groups.createMissing to false.",
          ),
        ]
      : []),
    ...(asked.authoritative && !changes.has("remove-from-group")
      ? [
          warning(
            "groups",
            "mapping.groups.authoritative is on, and this product does not let us take anybody out of a group.",
            "Set mapping.groups.authoritative to false.",
          ),
        ]
      : []),
  ];
}

function seats({ seats: handling, seatCounts }: Capabilities, { mapping, hasSeatCounts }: Asked): readonly Finding[] {
  const rules = mapping.seats.rules;
  if (handling === "none") {
    if (rules.length === 0 && !hasSeatCounts) return [];
    const detail = "Seats are configured, and this product has none: everybody is served.";
    return [warning("seats", detail, "Remove mapping.seats.rules and product.seats.")];
  }
  const withoutSeat = mapping.seats.default === null || rules.some(({ seat }) => seat === null);
  const implied = warning(
    "seats",
    "The mapping gives some people no seat, and in this product each account takes one.",
    "Leave those who should have no seat out of mapping.scope, or give everybody a seat.",
  );
  const uncounted = warning(
    "seats",
    "This product does not say how many seats there are: who is too many is learnt from its refusal.",
    'Set product.seats, such as {"standard": 50}, so that joiners wait in order.',
  );
  const unused = warning("seats", "product.seats is not used: this product counts its seats itself.", "Remove it.");
  return [
    ...(handling === "implied" && withoutSeat ? [implied] : []),
    ...(!seatCounts && !hasSeatCounts ? [uncounted] : []),
    ...(seatCounts && hasSeatCounts ? [unused] : []),
  ];
}

function fields({ updates }: Capabilities, { mapping, policy }: Asked): readonly Finding[] {
  const left = FIELDS.filter((field) => !updates.has(field) && mapping.account[field].length > 0);
  if (left.length === 0) return [];
  if (left.join() === "locale" && isUsual("locale", mapping)) return [LOCALE_LEFT];
  const repaired = left.filter((field: keyof AccountProfile) => policy.drift[field] === "repair");
  const drift = repaired.length === 0 ? "" : " Edits by hand are told, though drift wants them put back.";
  const detail = `The mapping has ${left.join(", ")}, which we cannot change in this product once the account is there: differences are told, where it shows them, and left.${drift}`;
  const remedy =
    "Nothing has to be done; to hear no more of it, empty them under account in the mapping, except email.";
  return [warning("fields", detail, remedy)];
}

/** A mapping that says nothing of it has it all the same: nobody asked, and most directories send none. */
const LOCALE_LEFT: Finding = {
  subject: "fields",
  verdict: "good",
  detail:
    "locale cannot be changed in this product once the account is there. The usual mapping has it; differences are told, where the product shows them, and left.",
};

function isUsual(field: keyof AccountProfile, { account }: Asked["mapping"]): boolean {
  return account[field].join() === parseMapping({}).account[field].join();
}

function bookings(capabilities: Capabilities, { leavers: { bookings: wanted } }: Asked["policy"]): readonly Finding[] {
  const { bookings: handling, changes } = capabilities;
  const { action, otherwise } = wanted;
  const cancels = action === "cancel" || (action === "reassign" && otherwise === "cancel");
  if (handling === "product") {
    if (action === "cancel") return [];
    const detail = `leavers.bookings.action is ${action}, and this product cancels bookings by itself when the account is shut.`;
    return [warning("bookings", detail, "Set leavers.bookings.action to cancel, or hand bookings over by hand first.")];
  }
  return [
    ...(action === "reassign" && !changes.has("reassign-booking")
      ? [
          warning(
            "bookings",
            "leavers.bookings.action is reassign, and this product does not let us hand bookings over.",
            "leavers.bookings.otherwise is done with all of them: set it to what you want.",
          ),
        ]
      : []),
    ...(cancels && !changes.has("cancel-booking")
      ? [
          warning(
            "bookings",
            "Leavers' bookings are to be cancelled, and this product does not let us: their guests are told nothing.",
            "Name the product that guests book in under product.bookings, or have somebody cancel them by hand.",
          ),
        ]
      : []),
  ];
}

/** Worse than the rest: leavers would keep their access. */
function leavers(capabilities: Capabilities, { leavers: { action } }: Asked["policy"]): readonly Finding[] {
  const { changes } = capabilities;
  const kind = action === "delete" ? "delete-account" : "deactivate-account";
  if (changes.has(kind)) return [];
  return [
    {
      subject: "leavers",
      verdict: "bad",
      detail: `leavers.action is ${action}, and this product does not let us ${action} accounts: leavers keep their access.`,
      remedy: wayToShut(capabilities, action),
    },
  ];
}

function wayToShut({ changes, locked }: Capabilities, action: Policy["leavers"]["action"]): string {
  const other = action === "delete" ? "deactivate" : "delete";
  const unlock = locked?.has("delete-account") === true ? "set product.allowDelete to true" : null;
  const ways = [
    ...(changes.has(`${other}-account`)
      ? [`set leavers.action to ${other}${other === "delete" ? ", which cannot be undone" : ""}`]
      : []),
    ...(unlock === null
      ? []
      : [`${unlock}${action === "delete" ? "" : " and leavers.action to delete"}: deleting cannot be undone`]),
    ...(changes.has(`${other}-account`) ? [] : ["shut leavers out in the product by hand: the plan holds them"]),
  ].join("; or ");
  return `${ways.charAt(0).toUpperCase()}${ways.slice(1)}.`;
}
