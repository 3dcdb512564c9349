import test from "ava";
import { InvalidValueError, PayloadTooLargeError, TooManyError } from "../../src/domain/errors.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import { patchGroup } from "../../src/scim/group-patch.ts";
import { parsePatch } from "../../src/scim/parse-patch.ts";
import { newUser, parseUser, patchUser, type UserContent } from "../../src/scim/user.ts";
import { aPatch } from "../support/scim-users.ts";

const USER_URN = "urn:ietf:params:scim:schemas:core:2.0:User";
const parsed = (parts: JsonObject): UserContent =>
  newUser(parseUser({ schemas: [USER_URN], userName: "ana@acme.example", ...parts }));
const emails = (length: number, from = 0): readonly JsonObject[] =>
  Array.from({ length }, (_, index) => ({ value: `a${from + index}@acme.example`, type: `t${from + index}` }));
const patched = (user: UserContent, ...operations: readonly JsonObject[]): UserContent =>
  patchUser(user, parsePatch(aPatch(...operations)));

test("an attribute holds a thousand values, sent at once or bit by bit", (t) => {
  const full = parsed({ emails: emails(1000) });
  t.throws(() => parsed({ emails: emails(1001) }), { instanceOf: InvalidValueError, message: /emails .*1000 values/ });
  const add = { op: "add", path: "emails", value: emails(1, 1000) };
  t.throws(() => patched(full, add), { instanceOf: InvalidValueError, message: /emails .*1000 values/ });
  t.notThrows(() => patched(full, { op: "remove", path: 'emails[type eq "t0"]' }, add));
});

test("a resource does not outgrow what a PUT may send back, whatever the number of small requests", (t) => {
  const grow = (user: UserContent, turn: number): UserContent =>
    patched(user, { op: "add", path: "roles", value: [{ value: `${turn}${"x".repeat(60_000)}` }] });
  let user = parsed({});
  for (let turn = 0; turn < 16; turn += 1) user = grow(user, turn);
  t.throws(() => grow(user, 16), { instanceOf: PayloadTooLargeError, message: /1000000 bytes/ });
  // What counts is bytes: these texts are a third as long.
  const wide = Array.from({ length: 8 }, (_, index) => ({ value: `${index}${"€".repeat(50_000)}` }));
  t.throws(() => patched(parsed({}), { op: "add", path: "roles", value: wide }), { instanceOf: PayloadTooLargeError });
});

test("extensions do not make more attributes than an object may have", (t) => {
  let user = parsed({});
  const add = (turn: number): UserContent =>
    patched(user, {
      op: "add",
      value: Object.fromEntries(
        Array.from({ length: 400 }, (_, index) => [`urn:acme.example:${turn}.${index}:User:a`, "x"]),
      ),
    });
  user = add(1);
  user = add(2);
  t.throws(() => add(3), { instanceOf: InvalidValueError, message: /1000 attributes/ });
});

test("filters of one PATCH look at so many values and no more, for a user and for a group", (t) => {
  const terms = Array.from({ length: 40 }, (_, index) => `type eq "n${index}"`).join(" or ");
  const edit = (path: string) => ({ op: "replace", path: `${path}[${terms}].display`, value: null });
  const many = (path: string): readonly JsonObject[] => Array.from({ length: 20 }, () => edit(path));
  const user = parsed({ emails: emails(1000) });
  t.throws(() => patched(user, ...many("emails")), { instanceOf: TooManyError, message: /too many values/ });
  t.notThrows(() => patched(user, ...many("emails").slice(0, 5)));
  const members = emails(20_000).map(({ value }) => ({ value: value as string, refersTo: null }));
  const group = { displayName: "Sales", resource: { displayName: "Sales" } };
  const patchMembers = (operations: readonly JsonObject[]) =>
    patchGroup(group, members, parsePatch(aPatch(...operations)));
  t.throws(() => patchMembers([edit("members")]), { instanceOf: TooManyError });
  t.notThrows(() => patchMembers([{ op: "replace", path: 'members[value eq "a7@acme.example"].display', value: "A" }]));
});
