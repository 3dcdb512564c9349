import test from "ava";
import { loadRecipe } from "../../../src/connectors/recipe/load.ts";
import { settingsOf } from "../../../src/connectors/recipe/settings.ts";
import { ConfigError } from "../../../src/domain/errors.ts";
import { smallRecipe, type RecipeParts } from "../../support/small-recipe.ts";

const WRITE = { request: { method: "POST", path: "x" } };
const PAGED = { request: { path: "x" }, items: "=$" };
const OPTIONS = {
  connector: "recipe",
  recipe: "small.json",
  settings: {},
  seat: "standard",
  allowDelete: false,
} as const;

test("a small recipe can be used", (t) => {
  t.is(loadRecipe("small.json", smallRecipe()).recipe.operations.listAccounts.items, "=users");
});

/** What is wrong with a recipe: its parts, and what is said of them. */
const WRONG: readonly (readonly [string, RecipeParts, RegExp])[] = [
  ["unknown keys", { operations: { listUsers: PAGED } }, /operations: unknown key "listUsers"/],
  [
    "a path with a host",
    { operations: { getAccount: { request: { path: "//evil.example" } } } },
    /relative to the base/,
  ],
  ["a path that climbs", { operations: { getAccount: { request: { path: "a/../b" } } } }, /\. or \.\./],
  ["a query in a path", { operations: { getAccount: { request: { path: "a?b=c" } } } }, /write it under query/],
  ["a GET with a body", { operations: { getAccount: { request: { path: "a", body: {} } } } }, /a GET has no body/],
  [
    "a list that writes",
    {
      operations: {
        listGroups: { ...PAGED, request: { path: "x", effect: "write" }, group: { id: "=id", name: "=n" } },
      },
    },
    /must not be write/,
  ],
  [
    "steps that only read",
    { operations: { updateAccount: { steps: [{ request: { path: "x" } }] } } },
    /must hold a request that writes/,
  ],
  [
    "a jump backwards",
    {
      operations: {
        updateAccount: {
          steps: [
            { name: "a", ...WRITE },
            { ...WRITE, outcomes: [{ status: 400, goto: "a" }] },
          ],
        },
      },
    },
    /must be the name of a later step/,
  ],
  [
    "a jump out of a list",
    {
      operations: {
        listGroups: { ...PAGED, group: { id: "=id", name: "=n" }, outcomes: [{ status: 404, goto: "end" }] },
      },
    },
    /only stand among the outcomes of a step/,
  ],
  [
    "an outcome without a condition",
    { operations: { updateAccount: { steps: [{ ...WRITE, outcomes: [{ is: "ok" }] }] } } },
    /at least one condition/,
  ],
  [
    "an outcome with two meanings",
    { operations: { updateAccount: { steps: [{ ...WRITE, outcomes: [{ status: 400, is: "ok", goto: "end" }] }] } } },
    /must have is or goto/,
  ],
  [
    "two ways to fill groups",
    {
      operations: {
        addToGroup: { steps: [WRITE] },
        removeFromGroup: { steps: [WRITE] },
        setGroups: { steps: [WRITE] },
      },
    },
    /in one way/,
  ],
  ["groups that nobody lists", { operations: { createGroup: { steps: [WRITE] } } }, /createGroup: needs listGroups/],
  [
    "nobody is said to be in a group",
    { operations: { setMembers: { steps: [WRITE] }, listGroups: { ...PAGED, group: { id: "=id", name: "=n" } } } },
    /must say who is in a group/,
  ],
  [
    "seats that are not read",
    { operations: { assignSeat: { steps: [WRITE] }, releaseSeat: { steps: [WRITE] } } },
    /account\.seat: is required/,
  ],
  [
    "half of the seats",
    { account: { seat: "=s" }, operations: { assignSeat: { steps: [WRITE] } } },
    /both of assignSeat and releaseSeat/,
  ],
  [
    "a cancellation of what is not listed",
    { operations: { cancelBooking: { steps: [WRITE] } } },
    /cancelBooking: needs listBookings/,
  ],
  [
    "a deactivation that does not show",
    { operations: { deactivateAccount: { steps: [WRITE] } } },
    /must tell who is deactivated/,
  ],
  [
    "a return of whoever is gone",
    {
      capabilities: { deactivated: "gone" },
      operations: { deactivateAccount: { steps: [WRITE] }, reactivateAccount: { steps: [WRITE] } },
    },
    /created anew/,
  ],
  [
    "bookings of whoever is gone, after they are gone",
    { capabilities: { deactivated: "gone", bookingOrder: "deactivate-first" } },
    /nobody's bookings can be listed/,
  ],
  ["a mark that nobody stores", { account: { marker: "=ref" } }, /belongs together with \$marker/],
  [
    "fields that cannot be written",
    { profile: { displayName: {} }, account: { displayName: "=n" } },
    /there is no updateAccount/,
  ],
  [
    "fields that are not read",
    { profile: { locale: {} }, operations: { updateAccount: { steps: [WRITE] } } },
    /account\.locale: is required/,
  ],
  [
    "end by total without total",
    { defaults: { paging: { by: "page", first: 1, size: 5, end: "total" } } },
    /needs total/,
  ],
  [
    "a setting that nobody declares",
    { auth: { type: "basic", username: "{user}", password: "{token}" } },
    /there is no setting "user"/,
  ],
  ["ids of no pattern", { ids: { pattern: "(" } }, /must be a regular expression/],
  [
    "names that stand for nothing",
    { operations: { getAccount: { request: { path: "users/{$acount}" } } } },
    /getAccount\.request\.path: \$acount stands for nothing here: did you mean \$account/,
  ],
  [
    "names of other operations",
    {
      operations: { updateAccount: { steps: [{ request: { method: "POST", path: "x", body: { a: "=$members" } } }] } },
    },
    /\$members stands for nothing/,
  ],
  [
    "values that are captured later",
    {
      operations: {
        updateAccount: {
          steps: [
            { request: { method: "POST", path: "x", query: { a: "=$later" } } },
            { ...WRITE, capture: { later: "=id" } },
          ],
        },
      },
    },
    /\$later stands for nothing/,
  ],
];

for (const [title, parts, message] of WRONG) {
  test(`${title}: the recipe is refused, with the place`, (t) => {
    const error = t.throws(() => loadRecipe("small.json", smallRecipe(parts)), { instanceOf: ConfigError });
    t.regex(error?.message ?? "", message);
    t.regex(error?.message ?? "", /^the recipe small\.json cannot be used:/);
  });
}

test("a recipe that is no JSON is told as such", (t) => {
  t.throws(() => loadRecipe("small.json", "{"), { instanceOf: ConfigError, message: /is not JSON/ });
});

test("a regular expression that might never end is refused, wherever it stands", (t) => {
  for (const [parts, message] of [
    [{ ids: { pattern: "(\\w+-?)+" } }, /ids\.pattern: might never end on an odd id: do not repeat a group/],
    [
      { operations: { listAccounts: { request: { path: "users" }, items: "=$contains(name, /(a+)+$/) ? users" } } },
      /operations\.listAccounts\.items: \/\(a\+\)\+\$\/ might never end on an odd text/,
    ],
  ] as const) {
    t.throws(() => loadRecipe("small.json", smallRecipe(parts)), { instanceOf: ConfigError, message });
  }
});

test("a file that is no recipe is not shown: it may be one of secrets", (t) => {
  const error = t.throws(() => loadRecipe("token", "tkn-4711-secret"), { instanceOf: ConfigError });
  t.notRegex(error?.message ?? "", /tkn/);
});

test("settings that the recipe asks for and nobody gives are told, all at once", (t) => {
  const settings = { username: { describe: "Who logs in" }, zone: { describe: "The zone", default: "UTC" } };
  const loaded = loadRecipe("small.json", smallRecipe({ settings, auth: { type: "bearer" } }));
  const error = t.throws(() => settingsOf(loaded, { ...OPTIONS, settings: { usrname: "x" } }), {
    instanceOf: ConfigError,
  });
  t.regex(
    error?.message ?? "",
    /product\.settings\.usrname: the recipe has no such setting; did you mean "username"\?/,
  );
  t.regex(error?.message ?? "", /product\.settings\.username: is required by the recipe: Who logs in/);
  t.regex(error?.message ?? "", /product\.token: is required/);
  t.regex(error?.message ?? "", /product\.baseUrl: is required/);
  const given = { ...OPTIONS, baseUrl: "http://x.example", token: "t", settings: { username: "u" } };
  t.deepEqual(settingsOf(loaded, given), { zone: "UTC", username: "u", token: "t" });
});
