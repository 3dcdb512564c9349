import test from "ava";
import { InvalidValueError } from "../../src/domain/errors.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import { parsePatch } from "../../src/scim/parse-patch.ts";
import { newUser, parseUser, patchUser, replaceUser } from "../../src/scim/user.ts";
import { CALENDLY_ALIAS, CALENDLY_URN, ENTERPRISE_URN, USER_URN, aStagedUser } from "../support/scim-users.ts";

// The habits of scim-clients.md sections 1 and 5 that bodies show, as far as no other test file has them.

const body = (parts: JsonObject): JsonObject => ({ schemas: [USER_URN], userName: "ana@acme.example", ...parts });

function patched(before: JsonObject, ...operations: readonly JsonObject[]): JsonObject {
  return patchUser(aStagedUser(before), parsePatch({ Operations: operations })).resource;
}

const manages = test.macro({
  exec(t, sent: JsonValue, manager: JsonObject | undefined) {
    const stored = { [ENTERPRISE_URN]: { manager: { value: "old" }, department: "Sales" } };
    const wanted = manager === undefined ? { department: "Sales" } : { department: "Sales", manager };
    for (const op of ["Add", "Replace"]) {
      for (const path of [
        "manager",
        `${ENTERPRISE_URN}:manager`,
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0User:manager",
      ]) {
        t.deepEqual(patched(stored, { op, path, value: sent })[ENTERPRISE_URN], wanted, `${op} ${path}`);
      }
      t.deepEqual(patched(stored, { op, value: { [`${ENTERPRISE_URN}:manager`]: sent } })[ENTERPRISE_URN], wanted);
    }
    const posted = parseUser(body({ [ENTERPRISE_URN]: { manager: sent, department: "Sales" } })).resource;
    t.deepEqual(posted[ENTERPRISE_URN], wanted);
    t.deepEqual(parseUser(body({ manager: sent, department: "Sales" })).resource[ENTERPRISE_URN], wanted);
  },
  title: (_, sent: JsonValue) => `Entra: the manager as ${JSON.stringify(sent)}`,
});
test(manages, "m", { value: "m" });
test(manages, { value: "m" }, { value: "m" });
test(manages, [{ value: "m" }], { value: "m" });
test(manages, ["m"], { value: "m" });
test(manages, { $ref: null, value: "m" }, { value: "m" });
test(manages, "", undefined);
test(manages, null, undefined);
test(manages, [], undefined);
test(manages, { value: "" }, undefined);
test(manages, { value: null }, undefined);
test(manages, [{ $ref: null, value: "" }], undefined);

test("Entra: a manager is removed by path, with or without a value", (t) => {
  const stored = { [ENTERPRISE_URN]: { manager: { value: "m", displayName: "M" } } };
  for (const value of [undefined, null, "", "m", [{ value: "m" }]] as readonly (JsonValue | undefined)[]) {
    for (const path of ["manager", `${ENTERPRISE_URN}:manager`, `${ENTERPRISE_URN}:manager.value`]) {
      const operation = { op: "Remove", path, ...(value === undefined ? {} : { value }) };
      const left = patched(stored, operation)[ENTERPRISE_URN];
      t.is(left, undefined, `${path} ${JSON.stringify(value)}`);
    }
  }
});

const roles = [
  { value: "reader", primary: true },
  { value: "writer", primary: false },
];
for (const path of ['roles[primary eq "True"].value', "roles[primary eq True].value", "roles[primary eq true].value"]) {
  test(`Entra: ${path} compares after coercion`, (t) => {
    const { roles: after } = patched({ roles }, { op: "Replace", path, value: "owner" });
    t.deepEqual(after, [{ value: "owner", primary: true }, roles[1] ?? null]);
  });
}

test("Entra: a role that is a JSON document stays a text", (t) => {
  const value = '{"id":"1","displayName":"Reader"}';
  t.deepEqual(parseUser(body({ roles: [{ value, primary: "True" }] })).resource["roles"], [{ value, primary: true }]);
});

const emails = [
  { value: "w@x", type: "work" },
  { value: "h@x", type: "home" },
];
for (const value of [[], null, "", [null]] as readonly JsonValue[]) {
  test(`Entra: replace on emails[...] with ${JSON.stringify(value)} clears that element`, (t) => {
    for (const path of ['emails[type eq "work"]', 'emails[type eq "work"].value', "emails[type eq work].value"]) {
      if (Array.isArray(value) && value.length > 0 && path.endsWith(".value")) continue;
      t.deepEqual(patched({ emails }, { op: "Replace", path, value })["emails"], [emails[1] ?? null], path);
    }
    t.is(patched({ emails }, { op: "Replace", path: "emails", value })["emails"], undefined);
  });
}

test("Entra: an element that is not there is made, whatever the operator and the quotes", (t) => {
  for (const op of ["Add", "Replace"]) {
    for (const path of ['phoneNumbers[type eq "mobile"].value', "phoneNumbers[type eq mobile].value"]) {
      t.deepEqual(patched({}, { op, path, value: "+1" })["phoneNumbers"], [{ type: "mobile", value: "+1" }]);
    }
  }
});

test("Entra: one part of a name is cleared, its siblings stay", (t) => {
  const name = { givenName: "A", familyName: "B" };
  for (const value of [null, ""]) {
    t.deepEqual(patched({ name }, { op: "Replace", path: "name", value: { familyName: value } })["name"], {
      givenName: "A",
    });
    t.deepEqual(patched({ name }, { op: "Replace", path: "name.familyName", value })["name"], { givenName: "A" });
    t.deepEqual(patched({ name }, { op: "replace", value: { "name.familyName": value } })["name"], { givenName: "A" });
    t.deepEqual(patched({ name }, { op: "replace", value: { name: { familyName: value } } })["name"], {
      givenName: "A",
    });
  }
});

test("Ping: a user may be created inactive", (t) => {
  t.false(newUser(parseUser(body({ active: false }))).active);
});

test("Okta: the body of a PUT repeats what it got", (t) => {
  const put = body({
    id: "u",
    meta: { version: "x" },
    groups: [{ value: "g", display: "G" }],
    display: "?",
    name: { middleName: "", givenName: "A" },
  });
  t.deepEqual(parseUser(put).resource, { userName: "ana@acme.example", name: { givenName: "A" } });
});

test("JumpCloud: photos without type, telephone numbers as URIs, empty lists", (t) => {
  const sent = { photos: [{ value: "https://x/p" }], phoneNumbers: [{ type: "work", value: "tel:+1-555-555-5555" }] };
  t.deepEqual(parseUser(body({ ...sent, addresses: [], emails: null })).resource, {
    userName: "ana@acme.example",
    ...sent,
  });
});

test("OneLogin: the old core URN alone, without a primary flag", (t) => {
  const sent = {
    schemas: ["urn:scim:schemas:extension:enterprise:2.0", "urn:scim:schemas:core:2.0"],
    userName: "a@x",
    emails: { value: "a@x", type: "work" },
  };
  t.deepEqual(parseUser(sent).resource["emails"], [{ value: "a@x", type: "work" }]);
});

for (const urn of [CALENDLY_URN, CALENDLY_ALIAS, CALENDLY_URN.toLowerCase()]) {
  test(`Calendly: a group is set, changed and cleared under ${urn}`, (t) => {
    const group = (resource: JsonObject) => resource[CALENDLY_URN];
    const sales = newUser(parseUser(body({ [urn]: { group: "Sales" } })));
    t.deepEqual(group(sales.resource), { group: "Sales" });
    t.deepEqual(group(replaceUser(sales, parseUser(body({ [urn]: { group: "Support" } }))).resource), {
      group: "Support",
    });
    for (const parts of [{}, { [urn]: { group: null } }, { [urn]: { group: "" } }, { [urn]: null }]) {
      t.is(group(replaceUser(sales, parseUser(body(parts as JsonObject))).resource), undefined, JSON.stringify(parts));
    }
    const changed = (operation: JsonObject) =>
      group(patchUser(sales, parsePatch({ Operations: [operation] })).resource);
    for (const op of ["Add", "Replace"]) {
      t.deepEqual(changed({ op, path: `${urn}:group`, value: "New" }), { group: "New" });
      t.deepEqual(changed({ op, value: { [`${urn}:group`]: "New" } }), { group: "New" });
      t.deepEqual(changed({ op, value: { [urn]: { group: "New" } } }), { group: "New" });
      t.deepEqual(changed({ op, path: urn, value: { group: "New" } }), { group: "New" });
      for (const value of [null, ""]) t.is(changed({ op, path: `${urn}:group`, value }), undefined);
      for (const value of [null, ""]) t.is(changed({ op, value: { [`${urn}:group`]: value } }), undefined);
    }
    t.is(changed({ op: "Remove", path: `${urn}:group` }), undefined);
    t.is(changed({ op: "Remove", path: urn }), undefined);
  });
}

test("a value that nothing can be made of is an error, not a success that changes nothing", (t) => {
  for (const value of [5, true, [["m", "n"]]] as readonly JsonValue[]) {
    t.throws(() => patched({}, { op: "Replace", path: "manager", value }), { instanceOf: InvalidValueError });
  }
});
