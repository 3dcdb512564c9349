import test from "ava";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import {
  BODY_DEVIATIONS,
  OPERATION_DEVIATIONS,
  PATCH_VALUE_DEVIATIONS,
  VALUE_DEVIATIONS,
} from "../../src/scim/dialect.ts";
import { parseGroup } from "../../src/scim/group.ts";
import { parsePatch } from "../../src/scim/parse-patch.ts";
import { attribute } from "../../src/scim/schema.ts";
import { parseUser, patchUser } from "../../src/scim/user.ts";
import { ENTERPRISE_URN, USER_URN, aStagedUser } from "../support/scim-users.ts";

const posted = (parts: JsonObject): JsonObject =>
  parseUser({ schemas: [USER_URN], userName: "a@x.com", ...parts }).resource;
const patched = (operation: JsonObject): JsonObject =>
  patchUser(aStagedUser(), parsePatch({ Operations: [operation] })).resource;

/** What each deviation makes possible, as it is sent: what was read, and what it should be. */
const EXERCISES: Readonly<Record<string, readonly (readonly [JsonValue | undefined, JsonValue])[]>> = {
  "boolean as a string": [
    [posted({ active: "False" })["active"], false],
    [patched({ op: "Replace", path: "active", value: "False" })["active"], false],
    [posted({ roles: [{ value: "r", primary: "True" }] })["roles"], [{ value: "r", primary: true }]],
  ],
  "array for a single value": [
    [
      patched({ op: "Add", path: "manager", value: [{ $ref: "../Users/m", value: "m" }] })[ENTERPRISE_URN],
      { manager: { $ref: "../Users/m", value: "m" } },
    ],
  ],
  "single value for an array": [
    [posted({ emails: { value: "a@x.com" } })["emails"], [{ value: "a@x.com" }]],
    [
      parseGroup({
        schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        displayName: "G",
        members: "id1",
      }).members?.map(({ value }) => value),
      ["id1"],
    ],
  ],
  "bare value for a complex one": [
    [
      patched({ op: "Add", path: `${ENTERPRISE_URN}:manager`, value: "m" })[ENTERPRISE_URN],
      { manager: { value: "m" } },
    ],
    [posted({ emails: ["a@x.com"] })["emails"], [{ value: "a@x.com" }]],
  ],
  "core attributes under their URN": [[posted({ [USER_URN]: { title: "T" } })["title"], "T"]],
  "operators in capitals": [
    [patched({ op: "Add", path: "title", value: "T" })["title"], "T"],
    [patched({ Op: "REPLACE", path: "title", value: "T" })["title"], "T"],
  ],
  "read-only attributes repeated": [[patched({ op: "replace", value: { id: "x", title: "T" } })["title"], "T"]],
};

const ALL = [...VALUE_DEVIATIONS, ...BODY_DEVIATIONS, ...OPERATION_DEVIATIONS, ...PATCH_VALUE_DEVIATIONS];

for (const { name, seenIn } of ALL) {
  test(`${name} (${seenIn}) is put right`, (t) => {
    for (const [read, wanted] of EXERCISES[name] ?? []) t.deepEqual(read, wanted);
    t.regex(seenIn, /Entra|Okta|OneLogin|JumpCloud|Ping|conformance row/, "it says who sends it");
  });
}

test("every deviation is exercised, and none that is not there", (t) => {
  t.deepEqual(Object.keys(EXERCISES).toSorted(), ALL.map(({ name }) => name).toSorted());
});

test("deviations leave right values alone", (t) => {
  const right: readonly (readonly [JsonValue, Parameters<typeof attribute>[2]])[] = [
    [true, { type: "boolean" }],
    ["text", {}],
    [["a"], { multiValued: true }],
    [{ value: "a" }, { subAttributes: [attribute("value", "")] }],
    [[{ value: "a" }], { multiValued: true, subAttributes: [attribute("value", "")] }],
    [[{ value: "a" }, { value: "b" }], { subAttributes: [attribute("value", "")] }],
  ];
  for (const { rewrite } of VALUE_DEVIATIONS) {
    for (const [value, traits] of right) t.deepEqual(rewrite(value, attribute("it", "", traits)), value);
  }
});
