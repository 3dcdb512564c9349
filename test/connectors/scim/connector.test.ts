import type { ExecutionContext } from "ava";
import { CHANGE_KINDS, type ChangeKind } from "../../../src/domain/plan.ts";
import { badAnswerContract, type SpoilableHarness, type SpoilableOptions } from "../../contracts/connector-answers.ts";
import { connectorContract, type Declared } from "../../contracts/connector.ts";
import { scimHarness } from "../../support/scim-products.ts";
import { CALENDARBRIDGE, CALENDLY, FREEBUSY, LINKTIME, STANDARD } from "../../twins/scim-product/vendor-rules.ts";

const without = (...kinds: readonly ChangeKind[]): ReadonlySet<ChangeKind> =>
  new Set(CHANGE_KINDS.filter((kind) => !kinds.includes(kind)));

const NO_BOOKINGS = ["cancel-booking", "reassign-booking"] as const;
const NO_GROUPS = ["create-group", "add-to-group", "remove-from-group"] as const;
const NO_SEATS = ["assign-seat", "release-seat"] as const;

const PEOPLE_ONLY: Declared = {
  changes: without("delete-account", ...NO_BOOKINGS, ...NO_GROUPS, ...NO_SEATS),
  bookingOrder: "bookings-first",
  bookings: "nobody",
  seats: "none",
  marker: true,
  seatCounts: false,
  parking: false,
};
const SEATED: Declared = {
  ...PEOPLE_ONLY,
  changes: without("delete-account", ...NO_BOOKINGS, ...NO_GROUPS),
  seats: "implied",
};
const WITH_GROUPS: Declared = { ...PEOPLE_ONLY, changes: without("delete-account", ...NO_BOOKINGS, ...NO_SEATS) };
const NAMES = ["email", "givenName", "familyName"] as const;

type Create = (t: ExecutionContext, how: SpoilableOptions) => Promise<SpoilableHarness>;

/** What every connector must do, and what it must make of bad answers. */
function both(name: string, declared: Declared, create: Create): void {
  connectorContract(name, declared, (t) => create(t, {}));
  badAnswerContract(name, declared, create);
}

both("scim linktime", { ...PEOPLE_ONLY, bookings: "product", updates: new Set([...NAMES, "displayName"]) }, (t, how) =>
  scimHarness(t, LINKTIME, { recipe: "linktime" }, how),
);

both("scim calendarbridge", { ...SEATED, marker: false, updates: new Set(NAMES) }, (t, how) =>
  scimHarness(
    t,
    { ...CALENDARBRIDGE, domains: ["acme.example", "acme.example.org"] },
    { recipe: "calendarbridge" },
    how,
  ),
);

both("scim freebusy", { ...SEATED, marker: false, updates: new Set(NAMES) }, (t, how) =>
  scimHarness(t, FREEBUSY, { recipe: "freebusy" }, how),
);

both(
  "scim calendly",
  {
    ...SEATED,
    changes: without("create-group", "delete-account", ...NO_BOOKINGS),
    updates: new Set(["email", "displayName"]),
  },
  (t, how) => scimHarness(t, CALENDLY, { recipe: "calendly", groups: ["Sales", "Sales EMEA"] }, how),
);

both("scim", { ...WITH_GROUPS, updates: new Set([...NAMES, "displayName", "timezone", "locale"]) }, (t, how) =>
  scimHarness(t, STANDARD, {}, how),
);

// Everything that the standard leaves open, the other way round.
both(
  "scim by PUT, cursor and list",
  { ...WITH_GROUPS, changes: without(...NO_BOOKINGS, ...NO_SEATS), parking: true },
  (t, how) => {
    const rules = {
      ...STANDARD,
      patch: true,
      discovery: { patch: false, filter: false, maxResults: 40, schemas: null },
      paging: { firstIndex: 1 as const, cap: 100, cursor: true },
      otherFilters: "everybody" as const,
      usersShowGroups: false,
    };
    const recipe = {
      name: "Odd",
      groups: { by: "resource", members: "put", shownBy: "group" },
      delete: true,
      parking: true,
    };
    return scimHarness(t, rules, { recipe: JSON.stringify(recipe) }, how);
  },
);
