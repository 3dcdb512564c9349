/** The conformance checklist, rows 28 to 34: filters. */
import test from "ava";
import type { ExecutionContext } from "ava";
import { openTestApp, type TestApp } from "../support/app.ts";
import {
  create,
  createId,
  expectStatus,
  found,
  GROUPS,
  KINDS,
  LIST_URN,
  refused,
  resourcesOf,
  ROOT,
  SEARCH_URN,
  textOf,
  USERS,
} from "../support/scim-kinds.ts";
import { CALENDLY_URN, ENTERPRISE_URN } from "../support/scim-users.ts";
import type { JsonObject } from "../../src/domain/json.ts";

/** Three people and two groups. */
async function company(t: ExecutionContext): Promise<{ readonly app: TestApp; readonly ana: string }> {
  const app = await openTestApp(t);
  const ana = await createId(t, app, USERS, "ana", {
    externalId: "E-1",
    title: "Sales Manager",
    userType: "Employee",
    name: { givenName: "Ana", familyName: "Lima" },
    emails: [
      { type: "work", value: "ana@acme.example", primary: true },
      { type: "home", value: "ana@home.example" },
    ],
    [ENTERPRISE_URN]: { department: "Sales" },
  });
  await create(t, app, USERS, "bo", {
    externalId: "E-2",
    title: "Engineer",
    userType: "Employee",
    active: false,
    name: { givenName: "Bo" },
    emails: [{ type: "work", value: "bo@acme.example" }],
    [CALENDLY_URN]: { group: "Sales" },
  });
  await create(t, app, USERS, "cy", {
    externalId: "e-3",
    userType: "Contractor",
    [ENTERPRISE_URN]: { department: "R&D" },
  });
  await create(t, app, GROUPS, "Team One", { externalId: "G-1", members: [{ value: ana }] });
  await create(t, app, GROUPS, "Team Two", { externalId: "g-2" });
  return { app, ana };
}

test("28 · Filter grammar: every operator, precedence, parentheses, value paths and URN-qualified names", async (t) => {
  const { app, ana } = await company(t);
  const users: readonly (readonly [string, readonly string[]])[] = [
    ['userName eq "ana@acme.example"', ["ana"]],
    ['userName ne "ana@acme.example"', ["bo", "cy"]],
    ['title ne "Engineer"', ["ana", "cy"]],
    ['title co "nager"', ["ana"]],
    ['title sw "Sales"', ["ana"]],
    ['title ew "eer"', ["bo"]],
    ["title pr", ["ana", "bo"]],
    ["not (title pr)", ["cy"]],
    ['userName gt "ana@acme.example"', ["bo", "cy"]],
    ['userName ge "bo@acme.example"', ["bo", "cy"]],
    ['userName lt "bo@acme.example"', ["ana"]],
    ['userName le "bo@acme.example"', ["ana", "bo"]],
    ['userType eq "Contractor" or userType eq "Employee" and title eq "Engineer"', ["bo", "cy"]],
    ['(userType eq "Contractor" or userType eq "Employee") and title eq "Engineer"', ["bo"]],
    ['not (userType eq "Contractor") and title co "Manager"', ["ana"]],
    ['not (userType eq "Contractor" or title co "Manager")', ["bo"]],
    ['title eq "Engineer" or not (userType eq "Employee") and active eq true', ["bo", "cy"]],
    ['((userType eq "Employee")) and (((active eq true)))', ["ana"]],
    ['emails[type eq "work" and value co "bo@"]', ["bo"]],
    ['emails[type eq "home"]', ["ana"]],
    ['emails[type eq "home" and value co "acme"]', []],
    ['emails[not (type eq "home")]', ["ana", "bo"]],
    ['emails[type eq "work"] and not (active eq false)', ["ana"]],
    ['emails.type eq "home" and emails.value co "acme"', ["ana"]],
    ['emails co "home.example"', ["ana"]],
    ['name.familyName eq "Lima"', ["ana"]],
    [`${USERS.urn}:userName sw "b"`, ["bo"]],
    [`${USERS.urn}:name.givenName eq "Bo"`, ["bo"]],
    [`${ENTERPRISE_URN}:department eq "Sales"`, ["ana"]],
    [`${ENTERPRISE_URN}:department co "&"`, ["cy"]],
    [`${CALENDLY_URN}:group eq "Sales"`, ["bo"]],
    ["active eq false", ["bo"]],
    ["active ne false", ["ana", "cy"]],
    [`id eq "${ana}"`, ["ana"]],
    ['meta.resourceType eq "User"', ["ana", "bo", "cy"]],
    ['groups.display eq "Team One"', ["ana"]],
    ["groups pr", ["ana"]],
  ];
  for (const [filter, expected] of users) t.deepEqual(await found(t, app, USERS, filter), expected, filter);
  const groups: readonly (readonly [string, readonly string[]])[] = [
    ['displayName eq "Team One"', ["Team One"]],
    ['displayName sw "Team" and externalId ne "G-1"', ["Team Two"]],
    [`members.value eq "${ana}"`, ["Team One"]],
    [`members eq "${ana}"`, ["Team One"]],
    [`members[value eq "${ana}" and type eq "User"]`, ["Team One"]],
    [`not (members.value eq "${ana}")`, ["Team Two"]],
    ["members pr", ["Team One"]],
    ["not (members pr)", ["Team Two"]],
    [`${GROUPS.urn}:displayName ew "two"`, ["Team Two"]],
    [`(displayName co "one" or externalId eq "g-2") and not (members pr)`, ["Team Two"]],
  ];
  for (const [filter, expected] of groups) t.deepEqual(await found(t, app, GROUPS, filter), expected, filter);
});

test("29 · Filter case: names and operators have none, values as their attribute says", async (t) => {
  const { app, ana } = await company(t);
  t.deepEqual(await found(t, app, USERS, 'USERNAME EQ "ANA@Acme.Example"'), ["ana"]);
  t.deepEqual(await found(t, app, USERS, 'UserName Sw "AN" AND Active Eq true'), ["ana"]);
  t.deepEqual(await found(t, app, USERS, 'NOT (TITLE PR) OR EMAILS[TYPE EQ "HOME"]'), ["ana", "cy"]);
  t.deepEqual(await found(t, app, USERS, 'title eq "sales MANAGER"'), ["ana"]);
  t.deepEqual(await found(t, app, USERS, `${ENTERPRISE_URN.toUpperCase()}:DEPARTMENT eq "sales"`), ["ana"]);
  t.deepEqual(await found(t, app, USERS, 'externalId eq "E-1"'), ["ana"]);
  t.deepEqual(await found(t, app, USERS, 'externalId eq "e-1"'), []);
  t.deepEqual(await found(t, app, USERS, 'externalId sw "E-"'), ["ana", "bo"]);
  const upper = await createId(t, app, USERS, "dee", { externalId: "abcdef" });
  t.deepEqual(await found(t, app, USERS, `id eq "${upper}"`), ["dee"]);
  t.deepEqual(await found(t, app, USERS, 'externalId co "CDE"'), []);
  t.deepEqual(await found(t, app, USERS, `id sw "${upper.slice(0, 8)}"`), ["ana", "bo", "cy", "dee"]);
  t.deepEqual(await found(t, app, GROUPS, 'displayname EQ "TEAM one"'), ["Team One"]);
  t.deepEqual(await found(t, app, GROUPS, 'externalId eq "g-1"'), []);
  t.deepEqual(await found(t, app, GROUPS, `MEMBERS.VALUE Eq "${ana}"`), ["Team One"]);
});

test("30 · pr: false for null, empty texts and empty lists, and missing is equal to null", async (t) => {
  const app = await openTestApp(t);
  await create(t, app, USERS, "full", { title: "T", emails: [{ value: "f@acme.example" }], name: { givenName: "G" } });
  await create(t, app, USERS, "nulls", { title: null, emails: null, name: null });
  await create(t, app, USERS, "empty", { title: "", emails: [], name: { givenName: "" } });
  await create(t, app, USERS, "missing");
  const others = ["empty", "missing", "nulls"];
  for (const path of ["title", "emails", "emails.value", "name", "name.givenName"]) {
    t.deepEqual(await found(t, app, USERS, `${path} pr`), ["full"], path);
    t.deepEqual(await found(t, app, USERS, `not (${path} pr)`), others, path);
  }
  for (const path of ["title", "name.givenName", "emails.value"]) {
    t.deepEqual(await found(t, app, USERS, `${path} eq null`), others, path);
    t.deepEqual(await found(t, app, USERS, `${path} ne null`), ["full"], path);
  }
  t.deepEqual(await found(t, app, USERS, "active pr"), [...others, "full"].sort());
  t.deepEqual(await found(t, app, USERS, `${ENTERPRISE_URN}:department pr`), []);
  const someone = textOf((await create(t, app, USERS, "one"))["id"]);
  await create(t, app, GROUPS, "Full", { externalId: "e", members: [{ value: someone }] });
  await create(t, app, GROUPS, "Empty", { externalId: "", members: [] });
  await create(t, app, GROUPS, "Nulls", { externalId: null, members: null });
  for (const path of ["members", "members.value", "externalId"]) {
    t.deepEqual(await found(t, app, GROUPS, `${path} pr`), ["Full"], path);
    t.deepEqual(await found(t, app, GROUPS, `not (${path} pr)`), ["Empty", "Nulls"], path);
  }
  t.deepEqual(await found(t, app, GROUPS, "externalId eq null"), ["Empty", "Nulls"]);
});

test("31 · Ordering: not of booleans and binaries; date-times are instants", async (t) => {
  const { app } = await company(t);
  for (const operator of ["gt", "ge", "lt", "le"]) {
    for (const filter of [
      `active ${operator} true`,
      `x509Certificates.value ${operator} "YQ=="`,
      `emails[primary ${operator} true]`,
    ])
      await refused(t, app, [400, "invalidFilter"], ["GET", `${USERS.path}?filter=${encodeURIComponent(filter)}`]);
  }
  const [bo] = resourcesOf(await app.ask("GET", `${USERS.path}?filter=userName%20sw%20%22bo%22`));
  const created = textOf((bo?.["meta"] as JsonObject | undefined)?.["created"]);
  const at = new Date(created);
  // The same instant, written in the zone of Kiribati, a day later on the calendar.
  const elsewhere = new Date(at.getTime() + 14 * 3_600_000).toISOString().replace("Z", "+14:00");
  t.deepEqual(await found(t, app, USERS, `meta.created eq "${elsewhere}"`), ["bo"]);
  t.deepEqual(await found(t, app, USERS, `meta.created eq "${created}"`), ["bo"]);
  t.deepEqual(await found(t, app, USERS, `meta.created gt "${elsewhere}"`), ["cy"]);
  t.deepEqual(await found(t, app, USERS, `meta.created ge "${elsewhere}"`), ["bo", "cy"]);
  t.deepEqual(await found(t, app, USERS, `meta.lastModified lt "${elsewhere}"`), ["ana"]);
  t.deepEqual(await found(t, app, USERS, `meta.lastModified le "${elsewhere}"`), ["ana", "bo"]);
  t.deepEqual(await found(t, app, GROUPS, `meta.lastModified gt "${elsewhere}"`), ["Team One", "Team Two"]);
  t.deepEqual(await found(t, app, GROUPS, `meta.lastModified lt "${elsewhere}"`), []);
  for (const kind of KINDS)
    await refused(
      t,
      app,
      [400, "invalidFilter"],
      ["GET", `${kind.path}?filter=${encodeURIComponent('meta.created gt "soon"')}`],
    );
});

test("32 · Bad filter: an unknown operator or a broken filter is invalidFilter, and never lists everybody", async (t) => {
  const { app } = await company(t);
  for (const kind of KINDS) {
    const filters = [
      "",
      " ",
      "x",
      kind.named,
      `${kind.named} eq`,
      `${kind.named} is "x"`,
      `${kind.named} = "x"`,
      `${kind.named} eq "x`,
      `${kind.named} eq "x" and`,
      `${kind.named} eq "x" xor ${kind.named} pr`,
      `and ${kind.named} pr`,
      `(${kind.named} pr`,
      `${kind.named} pr)`,
      `not ${kind.named} pr or`,
      `emails[type eq "work"`,
      `${kind.named} pr pr`,
      `nothing eq "x"`,
      `urn:nothing:eq "x"`,
      `__proto__ pr`,
      `constructor.name pr`,
      `${kind.named} eq {"a":1}`,
      `${kind.named} eq "\\x"`,
    ];
    for (const filter of filters) {
      const error = [400, "invalidFilter"] as const;
      const got = await refused(t, app, error, ["GET", `${kind.path}?filter=${encodeURIComponent(filter)}`]);
      t.false("Resources" in got.body);
      const json = { schemas: [SEARCH_URN], filter };
      await refused(t, app, error, ["POST", `${kind.path}/.search`, { json }]);
    }
  }
  for (const filter of ["", "x", 'nothing eq "x"', "userName is 1"]) {
    const json = { schemas: [SEARCH_URN], filter };
    await refused(t, app, [400, "invalidFilter"], ["POST", `${ROOT}/.search`, { json }]);
  }
});

test("33 · Filter strings: JSON escapes, and values that hold words and signs of the grammar", async (t) => {
  const app = await openTestApp(t);
  const values = [
    'quo"te',
    "back\\slash",
    "a and b",
    "x or not (y)",
    "square [brackets] and (round) ones",
    "tab\there",
    "Grüße, 世界 🎉",
    "per%cent_and*star",
    "it's; drop table users",
    "a.b:c/d",
    " spaces ",
    "null",
    "true",
    "plus + plus",
  ];
  for (const [index, value] of values.entries()) {
    await create(t, app, USERS, `u${index}`, { title: value });
    await create(t, app, GROUPS, value, { externalId: `g${index}` });
  }
  for (const [index, value] of values.entries()) {
    const text = JSON.stringify(value);
    t.deepEqual(await found(t, app, USERS, `title eq ${text}`), [`u${index}`], text);
    t.deepEqual(await found(t, app, USERS, `title eq ${text} and active eq true`), [`u${index}`], text);
    t.deepEqual(await found(t, app, USERS, `title sw ${text} or title ew ${text}`), [`u${index}`], text);
    t.deepEqual(await found(t, app, GROUPS, `displayName eq ${text}`), [value], text);
    t.deepEqual(await found(t, app, GROUPS, `displayName co ${text}`), [value], text);
  }
  t.deepEqual(await found(t, app, USERS, 'title eq "\\u0061 \\u0061nd b"'), ["u2"]);
  t.deepEqual(await found(t, app, USERS, 'title co "\\ud83c\\udf89"'), ["u6"], "a pair of surrogates");
  t.deepEqual(await found(t, app, USERS, 'title co "\\/d"'), ["u9"]);
  t.deepEqual(await found(t, app, USERS, 'title co "%"'), ["u7"], "a percent sign is itself");
  t.deepEqual(await found(t, app, USERS, 'title co "r_c"'), [], "so is an underscore");
});

test("34 · No hit: 200 with no results", async (t) => {
  const { app } = await company(t);
  const empty = { schemas: [LIST_URN], totalResults: 0, startIndex: 1, itemsPerPage: 0, Resources: [] };
  for (const kind of KINDS) {
    const filter = `${kind.named} eq "nobody"`;
    const answer = await expectStatus(t, app, 200, ["GET", `${kind.path}?filter=${encodeURIComponent(filter)}`]);
    t.deepEqual(answer.body, empty);
    const json = { schemas: [SEARCH_URN], filter };
    t.deepEqual((await expectStatus(t, app, 200, ["POST", `${kind.path}/.search`, { json }])).body, empty);
    t.deepEqual((await expectStatus(t, app, 200, ["POST", `${ROOT}/.search`, { json }])).body, empty);
  }
  const other = await openTestApp(t);
  for (const kind of KINDS) t.deepEqual((await expectStatus(t, other, 200, ["GET", kind.path])).body, empty);
});
