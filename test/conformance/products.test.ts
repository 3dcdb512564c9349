/**
 * What the guides of the named products document of their SCIM, held against the bridge: an administrator who followed
 * one of them changes the address and the token, and nothing else.
 */
import test from "ava";
import type { ExecutionContext } from "ava";
import { accountOf, ACME, book, runFull, snapshot } from "../support/bridge.ts";
import { openTestApp, type TestApp } from "../support/app.ts";
import {
  create,
  createId,
  expectStatus,
  found,
  isScimError,
  op,
  patchBody,
  patched,
  refused,
  resourcesOf,
  ROOT,
  textOf,
  USERS,
} from "../support/scim-kinds.ts";
import { CALENDLY_ALIAS, CALENDLY_URN, ENTERPRISE_URN, USER_URN } from "../support/scim-users.ts";
import type { JsonObject } from "../../src/domain/json.ts";

const PATH = USERS.path;

/** Group names in the product of whoever has this address. */
function groupsOf(app: TestApp, email: string): unknown {
  const accounts = snapshot(app)["accounts"] as JsonObject;
  return (accounts[email] as JsonObject | undefined)?.["groups"];
}

// ---- Calendly

/** The attributes that both guides leave mapped, and the group attribute under the URN of either guide. */
const calendlyPerson = (urn: string | null, group?: string | null): JsonObject => ({
  schemas: [USER_URN],
  userName: "ana@acme.example",
  active: true,
  displayName: "Ana Lima",
  name: { givenName: "Ana", familyName: "Lima" },
  emails: [{ value: "ana@acme.example", type: "work", primary: true }],
  ...(urn === null ? {} : { [urn]: { group } }),
});
const groupIn = (body: JsonObject): unknown => (body[CALENDLY_URN] as JsonObject | undefined)?.["group"];

for (const urn of [CALENDLY_URN, CALENDLY_ALIAS]) {
  test(`Calendly: every mapped attribute is kept, and ${urn}:group is set, changed and cleared in every way`, async (t) => {
    const app = await openTestApp(t);
    const made = await expectStatus(t, app, 201, ["POST", PATH, { json: calendlyPerson(urn, "Sales") }]);
    const { schemas: _, ...sent } = calendlyPerson(null);
    const { id, schemas, meta, [CALENDLY_URN]: extension, ...kept } = made.body;
    t.deepEqual(kept, sent);
    t.deepEqual([schemas, extension], [[USER_URN, CALENDLY_URN], { group: "Sales" }], "one URN is kept of the two");
    t.truthy(meta);
    const path = `${PATH}/${textOf(id)}`;
    const put = async (json: JsonObject): Promise<unknown> => {
      const { body } = await expectStatus(t, app, 200, ["PUT", path, { json }]);
      t.deepEqual((await app.ask("GET", path)).body, body);
      return groupIn(body);
    };
    const by = async (...operations: readonly JsonObject[]): Promise<unknown> => {
      const body = await patched(t, app, path, ...operations);
      t.is(CALENDLY_URN in body, groupIn(body) !== undefined, "no empty extension stays");
      return groupIn(body);
    };
    t.is(await put(calendlyPerson(urn, "Support")), "Support");
    t.is(await put(calendlyPerson(urn, "")), undefined);
    t.is(await put(calendlyPerson(urn, "Support")), "Support");
    t.is(await put(calendlyPerson(urn, null)), undefined);
    t.is(await put(calendlyPerson(urn, "Support")), "Support");
    t.is(await put(calendlyPerson(null)), undefined, "left out of a PUT");

    const target = `${urn}:group`;
    for (const verb of ["Add", "Replace", "replace"]) {
      t.is(await by(op(verb, target, `by ${verb}`)), `by ${verb}`);
      t.is(await by(op("Replace", target, "again")), "again");
      t.is(await by(op("Remove", target)), undefined);
      t.is(await by(op("Remove", target)), undefined, "twice");
      t.is(await by(op(verb, target, "x"), op(verb, target, null)), undefined);
      t.is(await by(op(verb, target, "x"), op(verb, target, "")), undefined);
    }
    t.is(await by(op("replace", undefined, { [target]: "flat" })), "flat");
    t.is(await by(op("replace", undefined, { [urn]: { group: "nested" } })), "nested");
    t.is(await by(op("replace", undefined, { [target.toUpperCase()]: "upper" })), "upper");
    t.is(await by(op("replace", undefined, { [target]: "" })), undefined);
    t.is(await by(op("add", undefined, { [target]: "y" })), "y");
    t.is(await by(op("replace", undefined, { [target]: null })), undefined);
    t.is(await by(op("add", urn, { group: "whole" })), "whole");
    t.is(await by(op("remove", urn)), undefined);
    t.deepEqual(await found(t, app, USERS, `${target} pr`), []);
    await by(op("add", target, "Sales"));
    for (const name of [CALENDLY_URN, CALENDLY_ALIAS])
      t.deepEqual(await found(t, app, USERS, `${name}:group eq "sales"`), ["ana"], name);
  });

  test(`Calendly: ${urn}:group decides the group in the product, and none when it is cleared`, async (t) => {
    const values = { Sales: "Sales EMEA", Support: "Support" };
    const mapping = {
      groups: { rules: [{ attribute: `${CALENDLY_URN}:group`, values }] },
      seats: { default: "standard" },
    };
    const app = await openTestApp(t, { mapping });
    const made = await expectStatus(t, app, 201, ["POST", PATH, { json: calendlyPerson(urn, "Sales") }]);
    const path = `${PATH}/${textOf(made.body["id"])}`;
    const after = async (): Promise<unknown> => {
      await runFull(app);
      return groupsOf(app, "ana@acme.example");
    };
    t.deepEqual(await after(), ["Sales EMEA"]);
    await expectStatus(t, app, 200, ["PUT", path, { json: calendlyPerson(urn, "Support") }]);
    t.deepEqual(await after(), ["Support"]);
    await patched(t, app, path, op("Replace", `${urn}:group`, "Sales"));
    t.deepEqual(await after(), ["Sales EMEA"]);
    await patched(t, app, path, op("Remove", `${urn}:group`));
    t.deepEqual(await after(), []);
  });
}

test("Calendly: with Delete off somebody is turned off and may come back, with Delete on they are gone", async (t) => {
  const app = await openTestApp(t);
  const made = await expectStatus(t, app, 201, ["POST", PATH, { json: calendlyPerson(null) }]);
  const path = `${PATH}/${textOf(made.body["id"])}`;
  t.is((await patched(t, app, path, op("Replace", "active", "False")))["active"], false);
  t.deepEqual(await found(t, app, USERS, 'userName eq "ana@acme.example"'), ["ana"]);
  t.is((await patched(t, app, path, op("Replace", "active", "True")))["active"], true);
  await expectStatus(t, app, 204, ["DELETE", path]);
  await refused(t, app, [404, null], ["GET", path]);
});

test("Calendly: the connection test of Okta and of Entra passes, and groups need not be pushed", async (t) => {
  const app = await openTestApp(t);
  for (const query of ["?count=1", "?startIndex=1&count=2", `?filter=${encodeURIComponent('userName eq "x"')}`])
    t.is((await expectStatus(t, app, 200, ["GET", `${PATH}${query}`])).body["totalResults"], 0);
});

// ---- CalendarBridge

test("CalendarBridge: what it reads is kept, and what anybody sends beside that is accepted and ignored", async (t) => {
  const app = await openTestApp(t, { directories: { acme: ["acme.example"] } });
  const read = {
    userName: "ana@acme.example",
    emails: [
      { type: "work", value: "ana@acme.example" },
      { type: "other", value: "a.lima@acme.example", primary: true },
    ],
    name: { givenName: "Ana", familyName: "Lima" },
    active: true,
  };
  const noise = { shoeSize: 43, badge: { colour: "blue" }, list: [1, [2, { a: null }]], "x.y": "z" };
  const made = await expectStatus(t, app, 201, ["POST", PATH, { json: { schemas: [USER_URN], ...read, ...noise } }]);
  const { schemas, id, meta, ...kept } = made.body;
  t.deepEqual(kept, read);
  t.truthy([schemas, id, meta]);
  const path = `${PATH}/${textOf(id)}`;
  const same = await patched(t, app, path, op("add", "shoeSize", 44), op("replace", undefined, noise));
  t.deepEqual(same, made.body);
  const { familyName: _, ...givenOnly } = read.name;
  const json = { schemas: [USER_URN], ...read, name: givenOnly };
  t.deepEqual((await expectStatus(t, app, 200, ["PUT", path, { json }])).body["name"], { givenName: "Ana" });
});

test("CalendarBridge: a user name or an address that is on no verified domain is refused, in the words of the contract", async (t) => {
  const app = await openTestApp(t, { directories: { acme: ["acme.example", "acme.test"] } });
  const path = `${PATH}/${await createId(t, app, USERS, "ana")}`;
  const says = async (attribute: string, ...request: Parameters<TestApp["ask"]>): Promise<void> => {
    const answer = await app.ask(...request);
    isScimError(t, answer, 400, "invalidValue");
    const domains = "acme.example, acme.test";
    t.is(answer.body["detail"], `${attribute} must be on a verified domain of this directory (${domains})`);
  };
  for (const userName of [
    "ana@elsewhere.example",
    "ana@acme.example.evil",
    "ana",
    "@acme.example",
    "ana@sub.acme.example",
  ]) {
    const json = { schemas: [USER_URN], userName };
    await says("userName", "POST", PATH, { json });
    await says("userName", "PUT", path, { json });
    await says("userName", "PATCH", path, { json: patchBody(op("replace", "userName", userName)) });
  }
  const emails = [{ value: "ana@acme.example" }, { value: "ana@elsewhere.example", type: "home" }];
  await says("emails", "POST", PATH, { json: USERS.body("bo", { emails }) });
  await says("emails", "PUT", path, { json: USERS.body("ana", { emails }) });
  await says("emails", "PATCH", path, { json: patchBody(op("add", "emails", emails)) });
  t.deepEqual(await found(t, app, USERS, "userName pr"), ["ana"]);
  t.false("emails" in (await app.ask("GET", path)).body);
  for (const userName of ["bo@ACME.example", "cy@acme.test"])
    await expectStatus(t, app, 201, ["POST", PATH, { json: { schemas: [USER_URN], userName } }]);
  const single = await openTestApp(t, { directories: { acme: ["acme.example"] } });
  const { body } = await single.ask("POST", PATH, { json: { schemas: [USER_URN], userName: "x@y.example" } });
  t.is(body["detail"], "userName must be on a verified domain of this directory (acme.example)");
});

test("CalendarBridge: active=false deactivates and frees the licence, assigning again reactivates", async (t) => {
  const app = await openTestApp(t, { product: { seats: { standard: 1 } } });
  const path = `${PATH}/${await createId(t, app, USERS, "ana")}`;
  await runFull(app);
  const account = accountOf(app, "ana@acme.example");
  t.like(account, { status: "active", seat: "standard" });
  await patched(t, app, path, op("replace", "active", false));
  await runFull(app);
  t.like(accountOf(app, "ana@acme.example"), { status: "deactivated", seat: null });
  // The IdP looks, finds the inactive person and assigns again.
  const [person] = resourcesOf(await app.ask("GET", `${PATH}?filter=userName%20eq%20%22ana%40acme.example%22`));
  t.is(person?.["active"], false);
  await patched(t, app, path, op("replace", undefined, { active: true }));
  await runFull(app);
  t.like(accountOf(app, "ana@acme.example"), { id: account?.id, status: "active", seat: "standard" });
});

test("CalendarBridge: a token that was replaced stops at once", async (t) => {
  const app = await openTestApp(t);
  const { tokens } = app.services();
  const [old] = await tokens.list();
  const token = await app.newToken("scim", ACME);
  await tokens.revoke(old?.id ?? "", "test");
  await refused(t, app, [401, null], ["GET", PATH]);
  await expectStatus(t, app, 200, ["GET", PATH, { token }]);
});

// ---- FreeBusy

for (const [how, leave] of [
  [
    "disabled",
    (app: TestApp, path: string) =>
      app.ask("PATCH", path, { json: patchBody(op("replace", undefined, { active: false })) }),
  ],
  [
    "disabled by PUT",
    (app: TestApp, path: string) => app.ask("PUT", path, { json: USERS.body("ana", { active: false }) }),
  ],
  ["deleted", (app: TestApp, path: string) => app.ask("DELETE", path)],
] as const) {
  test(`FreeBusy: who is assigned takes a seat, who is ${how} frees it for whoever waits`, async (t) => {
    const app = await openTestApp(t, { product: { seats: { standard: 1 } } });
    const email = (name: string): JsonObject => ({ emails: [{ value: `${name}@acme.example`, type: "work" }] });
    const name = { givenName: "Ana", familyName: "Lima" };
    const ana = `${PATH}/${await createId(t, app, USERS, "ana", { name, ...email("ana") })}`;
    await runFull(app);
    t.like(accountOf(app, "ana@acme.example"), { status: "active", seat: "standard" });
    await create(t, app, USERS, "bo", email("bo"));
    await runFull(app);
    t.falsy(accountOf(app, "bo@acme.example")?.seat, "no seat is free");
    t.true([200, 204].includes((await leave(app, ana)).status));
    await runFull(app);
    t.like(accountOf(app, "ana@acme.example"), { status: "deactivated", seat: null });
    t.like(accountOf(app, "bo@acme.example"), { status: "active", seat: "standard" });
  });
}

test("FreeBusy: the token is typed as it was copied, in the header of Okta's test application", async (t) => {
  const app = await openTestApp(t);
  for (const authorization of [app.token, `Bearer ${app.token}`])
    await expectStatus(t, app, 200, ["GET", `${PATH}?count=1`, { token: null, headers: { authorization } }]);
});

// ---- LinkTime

test("LinkTime: every endpoint of its list is there, and none without a token", async (t) => {
  const app = await openTestApp(t);
  const path = `${PATH}/${await createId(t, app, USERS, "ana")}`;
  const json = USERS.body("bo");
  const list = [
    [200, "GET", `${PATH}?filter=userName%20pr&startIndex=1&count=10`, {}],
    [201, "POST", PATH, { json }],
    [200, "GET", path, {}],
    [200, "PUT", path, { json: USERS.body("ana", { title: "T" }) }],
    [200, "PATCH", path, { json: patchBody(op("replace", "active", false)) }],
    [204, "DELETE", path, {}],
    [200, "GET", `${ROOT}/ServiceProviderConfig`, {}],
    [200, "GET", `${ROOT}/Schemas`, {}],
  ] as const;
  for (const [, method, endpoint, ask] of list) {
    await refused(t, app, [401, null], [method, endpoint, { ...ask, token: null }]);
    await refused(t, app, [401, null], [method, endpoint, { ...ask, token: `${app.token}x` }]);
  }
  t.deepEqual(await found(t, app, USERS, "active eq true"), ["ana"], "nothing was done");
  for (const [status, method, endpoint, ask] of list) await expectStatus(t, app, status, [method, endpoint, ask]);
  t.deepEqual(await found(t, app, USERS, "active eq true"), ["bo"]);
});

/** Whom each documented filter finds. */
async function linkTimePeople(t: ExecutionContext): Promise<TestApp> {
  const app = await openTestApp(t);
  const person = (name: string, displayName: string, externalId: string): JsonObject => ({
    displayName,
    externalId,
    emails: [{ type: "work", value: `${name}.mail@acme.example` }],
    [ENTERPRISE_URN]: { department: "Sales" },
  });
  await create(t, app, USERS, "ana", person("ana", "Ana Lima", "ext-1"));
  await create(t, app, USERS, "bo", person("bo", "Bo Lind", "ext-2"));
  await create(t, app, USERS, "anabel", person("anabel", "Anabel Lim", "ext-10"));
  return app;
}

test("LinkTime: its filters find whom its table says", async (t) => {
  const app = await linkTimePeople(t);
  const all = ["ana", "anabel", "bo"];
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['userName eq "ANA@acme.example"', ["ana"]],
    ['externalId eq "ext-1"', ["ana"]],
    ['emails.value eq "bo.mail@ACME.example"', ["bo"]],
    ['displayName eq "anabel lim"', ["anabel"]],
    ['userName co "NA"', ["ana", "anabel"]],
    ['emails.value co ".mail@"', all],
    ['displayName co "lin"', ["bo"]],
    ['userName sw "ana"', ["ana", "anabel"]],
    ['emails.value sw "anabel"', ["anabel"]],
    ['displayName sw "Ana "', ["ana"]],
    ['externalId co "t-1"', ["ana", "anabel"]],
    ['externalId sw "ext-"', all],
    ['userName eq "nobody@acme.example"', []],
    ['emails.value eq "ana@acme.example"', []],
  ];
  for (const [filter, expected] of rows) t.deepEqual(await found(t, app, USERS, filter), expected, filter);
});

test("LinkTime: a filter that it does not support works here, and what is no filter is refused, not answered with nobody", async (t) => {
  const app = await linkTimePeople(t);
  t.deepEqual(await found(t, app, USERS, 'externalId ew "2" or not (displayName co "lim")'), ["bo"]);
  t.deepEqual(await found(t, app, USERS, `${ENTERPRISE_URN}:department eq "Sales" and active eq true`), [
    "ana",
    "anabel",
    "bo",
  ]);
  for (const filter of ["userName", 'userName like "ana"', 'userName eq "ana', 'title == "x"', "eq", "emails.value co"])
    await refused(t, app, [400, "invalidFilter"], ["GET", `${PATH}?filter=${encodeURIComponent(filter)}`]);
});

test("LinkTime: who is removed is revoked with the bookings cancelled, and a changed address follows", async (t) => {
  const app = await openTestApp(t);
  const parts = (mail: string): JsonObject => ({ emails: [{ type: "work", value: `${mail}@acme.example` }] });
  const path = `${PATH}/${await createId(t, app, USERS, "ana", parts("ana"))}`;
  await runFull(app);
  const before = accountOf(app, "ana@acme.example");
  await patched(t, app, path, op("Replace", 'emails[type eq "work"].value', "lima@acme.example"));
  await runFull(app);
  t.is(accountOf(app, "lima@acme.example")?.id, before?.id);
  t.is(accountOf(app, "ana@acme.example"), undefined);
  const booking = book(app, "lima@acme.example");
  await expectStatus(t, app, 204, ["DELETE", path]);
  await runFull(app);
  t.is(accountOf(app, "lima@acme.example")?.status, "deactivated", "the record is kept");
  const { bookings, mails } = snapshot(app);
  t.truthy((bookings as JsonObject)[booking], "the meeting is cancelled");
  t.deepEqual(mails, [booking], "and its guest told");
});
