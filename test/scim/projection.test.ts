import test from "ava";
import { InvalidPathError } from "../../src/domain/errors.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import { parseProjection, projectResource } from "../../src/scim/projection.ts";
import type { ProjectionQuery } from "../../src/scim/projection.ts";
import { USER_TYPE } from "../../src/scim/resource-types.ts";
import { CALENDLY_ALIAS, CALENDLY_URN, ENTERPRISE_URN, USER_URN } from "../support/scim-users.ts";

const schemas = [USER_URN, ENTERPRISE_URN];
const meta = { resourceType: "User", version: 'W/"1"' };
const acme = { floor: 3, desk: { code: "D" } };
const full: JsonObject = {
  schemas,
  id: "1",
  userName: "a@x.com",
  password: "secret",
  name: { givenName: "A", familyName: "B" },
  emails: [{ value: "a", type: "work" }, { type: "home" }],
  [ENTERPRISE_URN]: { department: "Sales", manager: { value: "m", displayName: "M" } },
  [CALENDLY_URN]: { group: "G" },
  "urn:acme:2.0:User": acme,
  meta,
};

const shows = test.macro({
  exec(t, query: ProjectionQuery, expected: JsonObject) {
    t.deepEqual(projectResource(full, parseProjection(query, USER_TYPE)), { schemas, id: "1", ...expected });
  },
  title: (_, query) => `row 38: ${JSON.stringify(query)} shows what was asked for`,
});

const { password: _, schemas: __, id: ___, ...rest } = full;
const without = (...names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(rest).filter(([name]) => !names.includes(name)));

test(shows, {}, rest);
test(shows, { attributes: "" }, rest);
test(shows, { attributes: "userName" }, { userName: "a@x.com" });
test(shows, { attributes: " USERNAME , name.givenname" }, { userName: "a@x.com", name: { givenName: "A" } });
test(shows, { attributes: ["name.givenName", "name"] }, { name: { givenName: "A", familyName: "B" } });
test(shows, { attributes: "emails.value" }, { emails: [{ value: "a" }, {}] });
test(shows, { attributes: 'emails[type eq "a,b]"],userName' }, { emails: full["emails"] ?? null, userName: "a@x.com" });
test(shows, { attributes: 'emails[value eq "a\\",b"].value,meta' }, { emails: full["emails"] ?? null, meta });
test(shows, { attributes: "id,schemas" }, {});
test(shows, { attributes: "password" }, {});
test(shows, { attributes: "favouriteColour" }, {});
test(shows, { attributes: ENTERPRISE_URN }, { [ENTERPRISE_URN]: full[ENTERPRISE_URN] ?? null });
test(
  shows,
  { attributes: `${ENTERPRISE_URN.toLowerCase()}:department` },
  { [ENTERPRISE_URN]: { department: "Sales" } },
);
test(shows, { attributes: "manager.value" }, { [ENTERPRISE_URN]: { manager: { value: "m" } } });
test(shows, { attributes: `${ENTERPRISE_URN}:division` }, {});
test(shows, { attributes: `${CALENDLY_ALIAS}:group` }, { [CALENDLY_URN]: { group: "G" } });
test(shows, { attributes: "urn:ACME:2.0:User:FLOOR" }, { "urn:acme:2.0:User": { floor: 3 } });
test(shows, { attributes: `${USER_URN}:userName` }, { userName: "a@x.com" });
test(
  shows,
  { attributes: USER_URN },
  { userName: "a@x.com", name: rest["name"] ?? null, emails: rest["emails"] ?? null },
);
test(shows, { excludedAttributes: "id,schemas,emails" }, without("emails"));
test(shows, { excludedAttributes: "name.givenName,favouriteColour,nickName" }, { ...rest, name: { familyName: "B" } });
test(shows, { excludedAttributes: "emails.type" }, { ...rest, emails: [{ value: "a" }, {}] });
test(shows, { excludedAttributes: ENTERPRISE_URN }, without(ENTERPRISE_URN));
test(shows, { excludedAttributes: `${CALENDLY_URN}:group` }, without(CALENDLY_URN));
test(
  shows,
  { excludedAttributes: "department,urn:acme:2.0:User:desk.code,urn:other:2.0:User:x" },
  {
    ...rest,
    [ENTERPRISE_URN]: { manager: { value: "m", displayName: "M" } },
    "urn:acme:2.0:User": { floor: 3, desk: {} },
  },
);
test(
  shows,
  { attributes: "name,userName", excludedAttributes: "name.givenName" },
  {
    userName: "a@x.com",
    name: { familyName: "B" },
  },
);

test("a malformed name is refused", (t) => {
  t.throws(() => parseProjection({ attributes: "user name" }, USER_TYPE), { instanceOf: InvalidPathError });
  t.throws(() => parseProjection({ excludedAttributes: "__proto__" }, USER_TYPE), { instanceOf: InvalidPathError });
});

test("a list of many brackets is read in linear time", (t) => {
  const started = process.hrtime.bigint();
  t.throws(() => parseProjection({ attributes: "[".repeat(1_000_000) }, USER_TYPE), { instanceOf: InvalidPathError });
  t.true(process.hrtime.bigint() - started < 1_000_000_000n);
});
