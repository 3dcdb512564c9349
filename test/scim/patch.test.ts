import test from "ava";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import { parsePatch } from "../../src/scim/parse-patch.ts";
import { applyPatch } from "../../src/scim/patch.ts";
import { USER_TYPE } from "../../src/scim/resource-types.ts";
import { CALENDLY_ALIAS, CALENDLY_URN, ENTERPRISE_URN, USER_URN, aResource } from "../support/scim-users.ts";

const ACME = "urn:acme.example:people:2.0:User";
const work = { value: "ana@acme.example", type: "work", primary: true };
const home = { value: "ana@home.example", type: "home" };

function patched(resource: JsonObject, operations: JsonValue): JsonObject {
  return applyPatch(resource, parsePatch({ Operations: operations }), USER_TYPE);
}

const becomes = test.macro((t, before: JsonObject, operations: JsonValue, after: JsonObject) => {
  const resource = aResource(before);
  const untouched = structuredClone(resource);
  t.deepEqual(patched(resource, operations), aResource(after));
  t.deepEqual(resource, untouched);
});

// Entra ID, default job
test(
  "Entra: the documented user update applies",
  becomes,
  { emails: [work], name: { givenName: "A", familyName: "B" } },
  [
    { op: "Replace", path: "active", value: "False" },
    { op: "Replace", path: 'emails[type eq "work"].value', value: "new@x.com" },
    { op: "Replace", path: "name.familyName", value: "F" },
    { op: "Add", path: "nickName", value: "Babs" },
    { op: "Replace", path: `${ENTERPRISE_URN}:employeeNumber`, value: "E1" },
  ],
  {
    active: false,
    emails: [{ ...work, value: "new@x.com" }],
    name: { givenName: "A", familyName: "F" },
    nickName: "Babs",
    [ENTERPRISE_URN]: { employeeNumber: "E1" },
  },
);
test(
  "Entra: add and replace are interchangeable",
  becomes,
  { nickName: "A" },
  [
    { op: "Add", path: "nickName", value: "B" },
    { op: "Replace", path: "title", value: "Boss" },
  ],
  { nickName: "B", title: "Boss" },
);
test(
  "row 19, Entra: replace on a value path without match makes the element",
  becomes,
  { emails: [home] },
  [
    { op: "Replace", path: 'emails[type eq "work"].value', value: "x@acme.example" },
    { op: "Add", path: 'phoneNumbers[type eq "mobile"].value', value: "+1 555" },
  ],
  {
    emails: [home, { type: "work", value: "x@acme.example" }],
    phoneNumbers: [{ type: "mobile", value: "+1 555" }],
  },
);
test(
  "Entra: an element made by several eq terms has all of them",
  becomes,
  {},
  [{ op: "Add", path: 'addresses[type eq "work" and primary eq "True"].locality', value: "Berlin" }],
  { addresses: [{ type: "work", primary: true, locality: "Berlin" }] },
);
test(
  "Entra: roles are selected by a boolean string",
  becomes,
  { roles: [{ value: "a", primary: true }, { value: "b" }] },
  [{ op: "Replace", path: 'roles[primary eq "True"].value', value: '{"id":"1","displayName":"x"}' }],
  { roles: [{ value: '{"id":"1","displayName":"x"}', primary: true }, { value: "b" }] },
);
test(
  "Entra: a role's primary flag comes as a string",
  becomes,
  {},
  [{ op: "Add", path: "roles", value: [{ primary: "True", type: "WindowsAzureActiveDirectoryRole", value: "r" }] }],
  { roles: [{ primary: true, type: "WindowsAzureActiveDirectoryRole", value: "r" }] },
);
test(
  "Entra: the manager comes as a string",
  becomes,
  {},
  [{ op: "Add", path: `${ENTERPRISE_URN}:manager`, value: "M1" }],
  { [ENTERPRISE_URN]: { manager: { value: "M1" } } },
);
test(
  "Entra: the manager comes without URN, as an array",
  becomes,
  { [ENTERPRISE_URN]: { manager: { value: "M0" } } },
  [{ op: "Replace", path: "manager", value: [{ $ref: "https://x/Users/M1", value: "M1" }] }],
  { [ENTERPRISE_URN]: { manager: { value: "M1", $ref: "https://x/Users/M1" } } },
);
for (const operation of [
  { op: "Remove", path: "manager", value: "" },
  { op: "Replace", path: "manager", value: "" },
  { op: "Replace", path: `${ENTERPRISE_URN}:manager`, value: null },
  { op: "Replace", path: `${ENTERPRISE_URN}:manager`, value: [] },
  { op: "Remove", path: `${ENTERPRISE_URN}:manager` },
  { op: "Remove", path: `${ENTERPRISE_URN}:manager.value` },
  { op: "Replace", path: `${ENTERPRISE_URN}:manager`, value: { value: null } },
]) {
  test(
    `Entra: ${JSON.stringify(operation)} removes the manager`,
    becomes,
    {
      [ENTERPRISE_URN]: { manager: { value: "M1" } },
    },
    [operation],
    {},
  );
}
test(
  "another manager does not keep the name of the one before",
  becomes,
  {
    [ENTERPRISE_URN]: { manager: { value: "M1", $ref: "../M1", displayName: "Ana" }, department: "Sales" },
  },
  [{ op: "replace", path: "manager", value: { value: "M2" } }],
  {
    [ENTERPRISE_URN]: { manager: { value: "M2" }, department: "Sales" },
  },
);
test(
  "Entra: a null sub-attribute is cleared, its siblings stay",
  becomes,
  { name: { givenName: "A", familyName: "B" } },
  [{ op: "Replace", path: "name", value: { familyName: null } }],
  { name: { givenName: "A" } },
);
test(
  "Entra: the misspelt URN in a path is the enterprise extension",
  becomes,
  {},
  [{ op: "Add", path: "urn:ietf:params:scim:schemas:extension:enterprise:2.0User:department", value: "Sales" }],
  { [ENTERPRISE_URN]: { department: "Sales" } },
);
for (const value of [[], null, ""]) {
  test(
    `Entra: replacing an element by ${JSON.stringify(value)} removes it`,
    becomes,
    { emails: [work, home] },
    [{ op: "Replace", path: 'emails[type eq "work"]', value }],
    { emails: [home] },
  );
}
for (const operation of [
  { op: "Remove", path: 'emails[type eq "work"].value' },
  { op: "Replace", path: 'emails[type eq "work"].value', value: "" },
  { op: "Replace", path: 'emails[type eq "work"].value', value: null },
  { op: "Remove", path: 'emails[type eq "work"]' },
]) {
  test(
    `Entra: ${JSON.stringify(operation)} leaves no label without a value`,
    becomes,
    { emails: [work] },
    [operation],
    {},
  );
}

// Entra ID with ?aadOptscim062020
test("Entra's flag: deactivation with a boolean", becomes, {}, [{ op: "replace", path: "active", value: false }], {
  active: false,
});
test(
  "row 21, Entra's flag: dotted names and full URNs in a value without path",
  becomes,
  {
    name: { formatted: "K U" },
  },
  [
    { op: "replace", path: 'emails[type eq "work"].value', value: "t@x.com" },
    {
      op: "replace",
      value: {
        displayName: "B",
        "name.givenName": "K",
        "name.familyName": "U",
        [`${ENTERPRISE_URN}:employeeNumber`]: "A",
        [`${CALENDLY_URN}:group`]: "Sales",
      },
    },
  ],
  {
    name: { formatted: "K U", givenName: "K", familyName: "U" },
    emails: [{ type: "work", value: "t@x.com" }],
    displayName: "B",
    [ENTERPRISE_URN]: { employeeNumber: "A" },
    [CALENDLY_URN]: { group: "Sales" },
  },
);

// Okta and others
test("Okta: deactivation without path", becomes, {}, [{ op: "replace", value: { active: false } }], { active: false });
test(
  "row 12, Okta: read-only attributes in a value without path are ignored",
  becomes,
  {},
  [{ op: "replace", value: { id: "other", meta: { version: "1" }, groups: [], schemas: ["x"], displayName: "B" } }],
  { displayName: "B" },
);
test(
  "row 39, Okta: a password is taken and dropped",
  becomes,
  {},
  [
    { op: "replace", value: { password: "1mz050nq" } },
    { op: "replace", path: "password", value: "1mz050nq" },
  ],
  {},
);
test(
  "JumpCloud: one operation per attribute",
  becomes,
  { name: { familyName: "B" } },
  [{ op: "replace", path: "name.givenName", value: "A" }],
  { name: { familyName: "B", givenName: "A" } },
);

// Calendly's extensions
for (const operation of [
  { op: "Replace", path: `${CALENDLY_URN}:group`, value: "Sales" },
  { op: "Add", path: `${CALENDLY_URN.toLowerCase()}:GROUP`, value: "Sales" },
  { op: "add", path: `${CALENDLY_ALIAS}:group`, value: "Sales" },
  { op: "replace", value: { [`${CALENDLY_URN}:group`]: "Sales" } },
  { op: "replace", value: { [CALENDLY_ALIAS]: { group: "Sales" } } },
  { op: "add", path: CALENDLY_URN, value: { group: "Sales" } },
]) {
  test(`Calendly: ${JSON.stringify(operation)} sets the group`, becomes, {}, [operation], {
    [CALENDLY_URN]: { group: "Sales" },
  });
}
for (const operation of [
  { op: "Remove", path: `${CALENDLY_URN}:group` },
  { op: "Replace", path: `${CALENDLY_URN}:group`, value: null },
  { op: "Replace", path: `${CALENDLY_URN}:group`, value: "" },
  { op: "remove", path: CALENDLY_ALIAS },
  { op: "replace", path: CALENDLY_URN, value: null },
  { op: "replace", value: { [CALENDLY_URN]: null } },
]) {
  test(
    `row 7: ${JSON.stringify(operation)} leaves no empty extension`,
    becomes,
    {
      [CALENDLY_URN]: { group: "Sales" },
    },
    [operation],
    {},
  );
}

// The rules of RFC 7644
test(
  "row 14: each operation sees the result of the one before",
  becomes,
  {},
  [
    { op: "add", path: "emails", value: [work] },
    { op: "replace", path: 'emails[type eq "work"].display', value: "W" },
    { op: "remove", path: "title" },
    { op: "add", path: "title", value: "T" },
  ],
  { emails: [{ ...work, display: "W" }], title: "T" },
);
test(
  "row 20: add appends, and repeats nothing",
  becomes,
  { emails: [work] },
  [
    { op: "add", path: "emails", value: [home] },
    { op: "add", path: "emails", value: home },
    { op: "add", path: "emails", value: [{ ...home, display: "H" }] },
    { op: "add", path: "emails", value: null },
  ],
  { emails: [work, { ...home, display: "H" }] },
);
test(
  "row 20: an equal element without value is not repeated",
  becomes,
  { addresses: [{ type: "work", locality: "X" }] },
  [
    {
      op: "add",
      path: "addresses",
      value: [
        { locality: "X", type: "work" },
        { locality: "Y", type: "work" },
      ],
    },
  ],
  {
    addresses: [
      { type: "work", locality: "X" },
      { locality: "Y", type: "work" },
    ],
  },
);
test(
  "row 21: add without path appends to lists and sets the rest",
  becomes,
  { emails: [work], title: "A" },
  [{ op: "add", value: { emails: [home], title: "B", [USER_URN]: { nickName: "N" } } }],
  { emails: [work, home], title: "B", nickName: "N" },
);
test(
  "row 21: replace without path replaces lists and merges objects",
  becomes,
  {
    emails: [work],
    name: { givenName: "A", familyName: "B" },
  },
  [{ op: "replace", value: { emails: [home], name: { givenName: "C" } } }],
  {
    emails: [home],
    name: { givenName: "C", familyName: "B" },
  },
);
test(
  "row 22: a new primary element clears the others",
  becomes,
  { emails: [work] },
  [{ op: "add", path: "emails", value: [{ ...home, primary: true }] }],
  {
    emails: [
      { ...work, primary: false },
      { ...home, primary: true },
    ],
  },
);
test(
  "row 22: setting primary clears the others",
  becomes,
  { emails: [work, home] },
  [{ op: "replace", path: 'emails[type eq "home"].primary', value: true }],
  {
    emails: [
      { ...work, primary: false },
      { ...home, primary: true },
    ],
  },
);
test(
  "row 22: of several new primary elements the first stays so",
  becomes,
  {},
  [{ op: "replace", path: "emails", value: [work, { ...home, primary: true }] }],
  { emails: [work, { ...home, primary: false }] },
);
test(
  "row 24: the last value gone is unassigned",
  becomes,
  { emails: [home], phoneNumbers: [{ value: "1" }] },
  [
    { op: "remove", path: 'emails[type eq "home"]' },
    { op: "replace", path: "phoneNumbers", value: [] },
  ],
  {},
);
test(
  "a removal that selects nothing changes nothing",
  becomes,
  { emails: [home] },
  [
    { op: "remove", path: 'emails[type eq "work"]' },
    { op: "remove", path: 'emails[type eq "work"].value' },
    { op: "replace", path: 'emails[type eq "work"].value', value: "" },
    { op: "remove", path: 'phoneNumbers[type eq "work"]' },
    { op: "remove", path: "title" },
    { op: "remove", path: "name.givenName" },
    { op: "remove", path: "urn:other:2.0:User:thing" },
    { op: "remove", path: "urn:other:2.0:User" },
  ],
  { emails: [home] },
);
test(
  "elements are removed by a list that names them",
  becomes,
  { emails: [work, home, { value: "x@y.example" }] },
  [
    { op: "remove", path: "emails", value: [{ value: "ANA@acme.example", type: "home" }, { value: "x@y.example" }] },
    { op: "remove", path: "emails", value: ["ana@home.example"] },
    { op: "remove", path: "emails", value: [] },
  ],
  { emails: [work] },
);
test(
  "an attribute is removed with everything in it",
  becomes,
  { emails: [work], name: { givenName: "A" }, title: "T" },
  [
    { op: "remove", path: "emails" },
    { op: "remove", path: "name" },
    { op: "remove", path: "title", value: "something else" },
  ],
  {},
);
test(
  "a sub-attribute without filter is set in every element, or in a new one",
  becomes,
  { emails: [work, home] },
  [
    { op: "replace", path: "emails.display", value: "D" },
    { op: "add", path: "phoneNumbers.value", value: "+1" },
    { op: "remove", path: "emails.type" },
  ],
  {
    emails: [
      { value: work.value, primary: true, display: "D" },
      { value: home.value, display: "D" },
    ],
    phoneNumbers: [{ value: "+1" }],
  },
);
test(
  "replace on a selected element merges",
  becomes,
  { emails: [work, home] },
  [
    { op: "replace", path: 'emails[type eq "work"]', value: { value: "w@acme.example", display: null } },
    { op: "replace", path: 'emails[type eq "home"]', value: ["h@acme.example"] },
  ],
  {
    emails: [
      { ...work, value: "w@acme.example" },
      { ...home, value: "h@acme.example" },
    ],
  },
);
test(
  "a value filter works on a single complex attribute",
  becomes,
  { [ENTERPRISE_URN]: { manager: { value: "M1" } } },
  [
    { op: "replace", path: `${ENTERPRISE_URN}:manager[value eq "M1"].displayName`, value: "Ana" },
    { op: "add", path: 'name[givenName eq "A"].familyName', value: "B" },
  ],
  {
    [ENTERPRISE_URN]: { manager: { value: "M1", displayName: "Ana" } },
    name: { givenName: "A", familyName: "B" },
  },
);
test(
  "row 49: a path with the core URN is a core path",
  becomes,
  {},
  [
    { op: "replace", path: `${USER_URN}:name.givenName`, value: "A" },
    { op: "replace", path: USER_URN, value: { title: "T" } },
  ],
  { name: { givenName: "A" }, title: "T" },
);
test(
  "names are found in any letter case",
  becomes,
  { emails: [work] },
  [
    { op: "REPLACE", path: "NAME.GIVENNAME", value: "A" },
    { op: "replace", path: 'EMAILS[TYPE EQ "WORK"].VALUE', value: "w@acme.example" },
    { op: "replace", value: { DISPLAYNAME: "D" } },
  ],
  { emails: [{ ...work, value: "w@acme.example" }], name: { givenName: "A" }, displayName: "D" },
);
test(
  "attributes that no schema has are ignored",
  becomes,
  {},
  [
    { op: "replace", path: "favouriteColour", value: "red" },
    { op: "add", path: "name.nickname", value: "x" },
    { op: "add", path: 'favourites[type eq "x"].value', value: "x" },
    { op: "replace", value: { favouriteColour: "red", "name.nickname": "x" } },
    { op: "replace", path: "schemas", value: ["urn:x"] },
    { op: "add", path: "emails", value: [{ colour: "red" }] },
  ],
  {},
);

// Extensions that no schema describes
test(
  "an unknown extension is written and kept like any other",
  becomes,
  {},
  [
    { op: "add", path: `${ACME}:floor`, value: 3 },
    { op: "add", path: `${ACME.toLowerCase()}:Sites`, value: [{ code: "A" }] },
    { op: "add", path: `${ACME}:sites`, value: [{ code: "B" }, { code: "A" }] },
    { op: "replace", path: `${ACME}:sites[code eq "b"].name`, value: "Bonn" },
    { op: "add", path: `${ACME}:address`, value: { city: "X" } },
    { op: "replace", path: `${ACME}:address`, value: { zip: "1" } },
    { op: "replace", path: `${ACME}:address.city`, value: "Y" },
    { op: "replace", value: { [ACME]: { note: "n", nothing: null } } },
  ],
  {
    [ACME]: {
      floor: 3,
      Sites: [{ code: "A" }, { code: "B", name: "Bonn" }],
      address: { city: "Y", zip: "1" },
      note: "n",
    },
  },
);
test(
  "parts of an unknown extension are removed one by one",
  becomes,
  {
    [ACME]: { floor: 3, sites: [{ code: "A" }, { code: "B" }], tags: ["x", "y"], address: { city: "X" } },
  },
  [
    { op: "remove", path: `${ACME}:floor` },
    { op: "remove", path: `${ACME}:sites[code eq "A"]` },
    { op: "remove", path: `${ACME}:tags`, value: ["y"] },
    { op: "remove", path: `${ACME}:address[city eq "X"]` },
  ],
  { [ACME]: { sites: [{ code: "B" }], tags: ["x"] } },
);
test(
  "an element of an unknown list can be made",
  becomes,
  {},
  [
    { op: "add", path: `${ACME}:sites[code eq "A"].name`, value: "Aachen" },
    { op: "add", path: `${ENTERPRISE_URN}:badge`, value: "B-7" },
  ],
  { [ACME]: { sites: [{ code: "A", name: "Aachen" }] }, [ENTERPRISE_URN]: { badge: "B-7" } },
);
test(
  "an unknown list is replaced as it is sent",
  becomes,
  { [ACME]: { tags: ["x"] } },
  [
    { op: "replace", path: `${ACME}:tags`, value: ["y", "z"] },
    { op: "add", path: `${ACME}:tags`, value: "z" },
    { op: "add", path: `${ACME}:tags`, value: "a" },
  ],
  { [ACME]: { tags: ["y", "z", "a"] } },
);
test(
  "an unknown extension is removed as a whole",
  becomes,
  { [ACME]: { floor: 3 } },
  [{ op: "remove", path: ACME.toUpperCase() }],
  {},
);
