import test from "ava";
import { askedTooMuch, type Asked } from "../../../src/engine/doctor/asked-too-much.ts";
import { abilitiesOf } from "../../../src/engine/doctor/capability-table.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import { CHANGE_KINDS, type ChangeKind } from "../../../src/domain/plan.ts";
import { REPAIR_EVERYTHING, type LeaverPolicy } from "../../../src/domain/policy.ts";
import { parseMapping } from "../../../src/mapping/rules.ts";
import type { Capabilities } from "../../../src/ports/connector.ts";
import { LEAVERS } from "../../support/bridge.ts";

/** A product that can do everything. */
const ALL: Capabilities = {
  changes: new Set(CHANGE_KINDS),
  seats: "assigned",
  bookings: "bridge",
  updates: new Set(["email", "displayName", "givenName", "familyName", "timezone", "locale"]),
  invites: false,
  pendingGroups: true,
  deactivated: "shown",
  bookingOrder: "bookings-first",
  marker: true,
  seatCounts: true,
  parking: true,
  maxConcurrency: 1,
};

const without = (...kinds: readonly ChangeKind[]): Partial<Capabilities> => ({
  changes: new Set(CHANGE_KINDS.filter((kind) => !kinds.includes(kind))),
});
const ask = (mapping: JsonObject = {}, leavers: Partial<LeaverPolicy> = {}, hasSeatCounts = false): Asked => ({
  mapping: parseMapping(mapping),
  policy: { leavers: { ...LEAVERS, ...leavers }, drift: REPAIR_EVERYTHING },
  hasSeatCounts,
});
const withBookings = (bookings: Partial<LeaverPolicy["bookings"]>): Partial<LeaverPolicy> => ({
  bookings: { ...LEAVERS.bookings, ...bookings },
});
const GROUPS: JsonObject = { groups: { rules: [{ when: 'title co "Manager"', group: "Managers" }] } };

test("a product that can do everything is asked nothing in vain", (t) => {
  t.deepEqual(askedTooMuch(ALL, ask(GROUPS)), []);
});

const cases: readonly (readonly [title: string, able: Partial<Capabilities>, asked: Asked, expected: RegExp])[] = [
  [
    "groups that are not there",
    without("add-to-group", "create-group"),
    ask(GROUPS),
    /^groups: The mapping has 1 rule /,
  ],
  ["groups that cannot be made", without("create-group"), ask(GROUPS), /^groups: .*createMissing is on/],
  [
    "groups that nobody can be taken out of",
    without("remove-from-group"),
    ask(GROUPS),
    /^groups: .*authoritative is on/,
  ],
  [
    "seats that are not there",
    { seats: "none" },
    ask({ seats: { rules: [{ when: "active eq true", seat: "pro" }] } }),
    /^seats: Seats are configured, and this product has none/,
  ],
  ["sizes of seats that are not there", { seats: "none" }, ask({}, {}, true), /^seats: Seats are configured/],
  [
    "no seat where each account takes one",
    { seats: "implied" },
    ask({ seats: { default: null } }),
    /^seats: The mapping gives some people no seat/,
  ],
  ["seats that nobody counts", { seatCounts: false }, ask(), /^seats: This product does not say how many/],
  ["seats that are counted already", {}, ask({}, {}, true), /^seats: product\.seats is not used/],
  [
    "fields that cannot be written",
    { updates: new Set(["email", "displayName", "givenName", "familyName"]) },
    ask(),
    /^fields: The mapping has timezone, locale, .*Edits by hand are told, though drift/,
  ],
  [
    "bookings that nobody cancels",
    { bookings: "nobody", ...without("cancel-booking") },
    ask(),
    /^bookings: .*told nothing/,
  ],
  [
    "bookings kept that the product cancels",
    { bookings: "product", ...without("cancel-booking", "reassign-booking") },
    ask({}, withBookings({ action: "keep" })),
    /^bookings: .* is keep, and this product cancels bookings by itself/,
  ],
  [
    "bookings that cannot be handed over",
    without("reassign-booking"),
    ask({}, withBookings({ action: "reassign" })),
    /^bookings: .* does not let us hand bookings over/,
  ],
  [
    "accounts that cannot be deleted",
    without("delete-account"),
    ask({}, { action: "delete" }),
    /^leavers: .* is delete/,
  ],
  ["accounts that cannot be shut", without("deactivate-account"), ask(), /^leavers: .*leavers keep their access/],
];

for (const [title, able, asked, expected] of cases) {
  test(`told: ${title}`, (t) => {
    const found = askedTooMuch({ ...ALL, ...able }, asked);
    t.is(found.length, 1, JSON.stringify(found));
    const [finding] = found;
    t.regex(`${finding?.subject}: ${finding?.detail}`, expected);
    t.is(finding?.verdict, finding?.subject === "leavers" ? "bad" : "warning");
    t.regex(finding?.remedy ?? "", /^[A-Zl].*\.$/);
  });
}

test("a locale that only the usual mapping asks for is noted, and warns nobody", (t) => {
  const able = { ...ALL, updates: new Set(["email", "displayName", "givenName", "familyName", "timezone"] as const) };
  const [noted, ...others] = askedTooMuch(able, ask());
  t.like(noted, { subject: "fields", verdict: "good" });
  t.regex(noted?.detail ?? "", /^locale cannot be changed in this product/);
  t.deepEqual(others, []);
  t.like(askedTooMuch(able, ask({ account: { locale: ["preferredLanguage"] } }))[0], { verdict: "warning" });
  t.deepEqual(askedTooMuch(able, ask({ account: { locale: [] } })), []);
});

test("what the product does by itself, or what nobody wants, is not told", (t) => {
  const product = { ...ALL, bookings: "product", ...without("cancel-booking", "reassign-booking") } as const;
  t.deepEqual(askedTooMuch(product, ask()), []);
  const nobody = { ...ALL, bookings: "nobody", ...without("cancel-booking", "reassign-booking") } as const;
  t.deepEqual(askedTooMuch(nobody, ask({}, withBookings({ action: "keep" }))), []);
  t.deepEqual(askedTooMuch({ ...ALL, ...without("add-to-group", "create-group") }, ask()), []);
});

const noWay = without("deactivate-account", "delete-account");
const locked = { ...noWay, locked: new Set<ChangeKind>(["delete-account"]) };
const BY_HAND = "hut leavers out in the product by hand: the plan holds them.";

for (const [title, able, action, remedy] of [
  [
    "only for good",
    without("deactivate-account"),
    "deactivate",
    "Set leavers.action to delete, which cannot be undone.",
  ],
  ["only for a time", without("delete-account"), "delete", "Set leavers.action to deactivate."],
  [
    "only for good, which is locked",
    locked,
    "deactivate",
    `Set product.allowDelete to true and leavers.action to delete: deleting cannot be undone; or s${BY_HAND}`,
  ],
  [
    "for good, which is meant and locked",
    locked,
    "delete",
    `Set product.allowDelete to true: deleting cannot be undone; or s${BY_HAND}`,
  ],
  ["in no way", noWay, "delete", `S${BY_HAND}`],
] as const) {
  test(`the way to shut out leavers, where that goes ${title}`, (t) => {
    const [finding] = askedTooMuch({ ...ALL, ...able }, ask({}, { action }));
    t.is(finding?.remedy, remedy);
  });
}

test("abilities are told in the same order, and what is not there as a dash", (t) => {
  const words = (capabilities: Capabilities) =>
    Object.fromEntries(abilitiesOf(capabilities).map(({ ability, value }) => [ability, value]));
  t.deepEqual(words(ALL), {
    create: "yes",
    update: "e-mail, name, given name, family name, time zone, locale",
    seats: "assigned",
    "seat count": "yes",
    deactivate: "yes",
    return: "yes",
    delete: "yes",
    groups: "made and filled",
    "pending groups": "at once",
    bookings: "cancelled before shutting",
    "hand over": "yes",
    "our mark": "yes",
  });
  const least = { ...ALL, changes: new Set<ChangeKind>(), seats: "none", bookings: "nobody", marker: false } as const;
  t.deepEqual([...new Set(Object.values(words(least)))], ["–"]);
  t.like(words({ ...ALL, invites: true, deactivated: "gone", seats: "implied", seatCounts: false }), {
    create: "by invitation",
    seats: "one per account",
    "seat count": "product.seats",
    deactivate: "removed",
    return: "invited anew",
  });
  t.is(words({ ...ALL, bookings: "product" })["bookings"], "cancelled by the product");
  t.is(words({ ...ALL, pendingGroups: false })["pending groups"], "once active");
});
