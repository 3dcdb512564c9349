import test from "ava";
import fc from "fast-check";
import type { Seat } from "../../../src/domain/account.ts";
import { encodeOpaqueId, isOpaqueId } from "../../../src/connectors/scim/opaque-id.ts";
import { parseScimRecipe, STANDARD_RECIPE } from "../../../src/connectors/scim/recipe.ts";
import { readUser, toAccount } from "../../../src/connectors/scim/user.ts";
import { ConnectorError } from "../../../src/domain/errors.ts";
import { readRecipe } from "../../support/scim-products.ts";
import { CALENDLY_OKTA_URN } from "../../twins/scim-product/vendor-rules.ts";

const STANDARD = { recipe: STANDARD_RECIPE, pool: null };
const ANA = { id: "1", userName: "Ana@ACME.example ", active: true };
const MARK = "acme/01970000-0000-4000-8000-000000000001";

test("names of attributes are read in any letter case, and addresses as one", (t) => {
  const user = readUser({ ID: "1", username: "Ana@ACME.example", ACTIVE: "False", DisplayName: " Ana " }, "it");
  const account = toAccount(user, STANDARD);
  t.like(account, { id: "1", status: "deactivated", profile: { email: "ana@acme.example", displayName: "Ana" } });
});

const ACTIVE: readonly (readonly [shown: object, status: "active" | "deactivated" | null])[] = [
  [{}, "active"],
  [{ active: true }, "active"],
  [{ active: "True" }, "active"],
  [{ active: false }, "deactivated"],
  [{ active: "false" }, "deactivated"],
  [{ active: null }, null],
  [{ active: 0 }, null],
  [{ active: "no" }, null],
];
for (const [shown, status] of ACTIVE) {
  test(`${JSON.stringify(shown)} means ${status ?? "nothing that may be guessed at"}`, (t) => {
    const read = () => readUser({ id: "1", userName: "ana@acme.example", ...shown }, "it");
    if (status === null) t.throws(read, { instanceOf: ConnectorError, code: "connector.unavailable" });
    else t.is(toAccount(read(), STANDARD).status, status);
  });
}

const STRANGE: readonly unknown[] = [
  null,
  [],
  "user",
  {},
  { id: 1, userName: "a" },
  { id: "1" },
  { id: "1", userName: " " },
  { id: "../2", userName: "a" },
  { id: "a/b", userName: "a" },
  { id: "", userName: "a" },
];
for (const body of STRANGE) {
  test(`${JSON.stringify(body)} is no user`, (t) => {
    const error = t.throws(() => readUser(body, "it"), { instanceOf: ConnectorError, code: "connector.unavailable" });
    t.notRegex(error.message, /\.\./);
  });
}

test("our mark is a marker, and what another tool gave is an external id", (t) => {
  const seen = (externalId: string | null) => {
    const { marker, externalId: foreign } = toAccount(readUser({ ...ANA, externalId }, "it"), STANDARD);
    return { marker, foreign };
  };
  t.deepEqual(seen(MARK), { marker: MARK, foreign: undefined });
  t.deepEqual(seen("00u1"), { marker: "00u1", foreign: "00u1" });
  t.deepEqual(seen(""), { marker: undefined, foreign: undefined });
  t.deepEqual(seen(null), { marker: undefined, foreign: undefined });
});

test("where a product keeps no externalId, what it shows for one is nothing", (t) => {
  const recipe = parseScimRecipe(readRecipe("freebusy"), "freebusy");
  const account = toAccount(readUser({ ...ANA, externalId: MARK }, "it"), { recipe, pool: "standard" as Seat });
  t.is(account.marker, undefined);
  t.is(account.seat, "standard" as Seat);
});

const ROLES: readonly (readonly [roles: unknown, role: "owner" | "admin" | "member"])[] = [
  [undefined, "member"],
  [[{ value: "user" }], "member"],
  [[{ value: "user" }, { display: "Administrator" }], "admin"],
  [[{ value: "admin" }, { value: "OWNER" }], "owner"],
  ["Owner", "owner"],
  [[{ value: "administrative assistant" }], "member"],
];
for (const [roles, role] of ROLES) {
  test(`the roles ${JSON.stringify(roles)} make a ${role}`, (t) => {
    const body = { ...ANA, ...(roles === undefined ? {} : { roles }) };
    t.is(toAccount(readUser(body, "it"), STANDARD).role, role);
  });
}

test("groups are those that somebody is in directly", (t) => {
  const groups = [
    { value: "g1" },
    { value: "g2", type: "direct" },
    { value: "g3", type: "Indirect" },
    { value: "a/b" },
    7,
  ];
  t.deepEqual(toAccount(readUser({ ...ANA, groups }, "it"), STANDARD).groups as readonly string[], ["g1", "g2"]);
});

test("a group that is an attribute is read under each of its schemas, in any letter case", (t) => {
  const recipe = parseScimRecipe(readRecipe("calendly"), "calendly");
  const shown = { ...ANA, [CALENDLY_OKTA_URN.toUpperCase()]: { Group: " Sales " } };
  t.deepEqual(toAccount(readUser(shown, "it"), { recipe, pool: null }).groups as readonly string[], ["Sales"]);
});

test("an id is any text that cannot lead to another path", (t) => {
  for (const id of ["1", "user|1 @=%", "ä b", "a.b", "%2e%2e", "~"]) t.true(isOpaqueId(id), id);
  for (const id of ["", ".", "..", "a/b", "a\\b", "a?b", "a#b", "a..b", "\u0000", "a\nb", "\ud800", "x".repeat(257)]) {
    t.false(isOpaqueId(id), JSON.stringify(id));
    t.throws(() => encodeOpaqueId(id), { code: "connector.rejected" });
  }
});

test("an id in a path is one segment, whatever it is", (t) => {
  const url = (id: string) => new URL(`https://scim.example/v2/Users/${encodeOpaqueId(id)}?x=1`);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }), (id) => {
      if (!isOpaqueId(id)) return;
      const { pathname, search, hash } = url(id);
      t.deepEqual([pathname.split("/").length, search, hash], [4, "?x=1", ""]);
      t.is(decodeURIComponent(pathname.split("/")[3] ?? ""), id);
    }),
    { numRuns: 300 },
  );
});
