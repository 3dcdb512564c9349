import test from "ava";
import type { AccountId, ProductGroupId } from "../../../src/domain/account.ts";
import { CAUSE } from "../../contracts/connector-changes.ts";
import { aDesiredAccount, anApplyContext } from "../../contracts/connector-harness.ts";
import { addPerson, connectTo } from "../../support/scim-products.ts";
import { empty } from "../../twins/kit/answers.ts";
import { scimError } from "../../twins/scim-product/manners.ts";
import { startScimTwin } from "../../twins/scim-product/twin.ts";
import {
  CALENDARBRIDGE,
  CALENDLY,
  CALENDLY_ENTRA_URN,
  CALENDLY_OKTA_URN,
  FREEBUSY,
  LINKTIME,
  STANDARD,
} from "../../twins/scim-product/vendor-rules.ts";

const SIGNAL = new AbortController().signal;
const ANA = { email: "ana@acme.example", displayName: "Ana", givenName: "Ana", familyName: "Lima" };

function rename(account: AccountId, displayName: string) {
  return { kind: "update-account", ...CAUSE, account, before: ANA, after: { ...ANA, displayName } } as const;
}

function groupChange(kind: "add-to-group" | "remove-from-group", account: AccountId, name: string) {
  const group = { by: "id", id: name as ProductGroupId, name } as const;
  return { kind, ...CAUSE, account: { by: "id", id: account }, group } as const;
}

test("LinkTime by PUT: the whole record is sent, so that nothing of it is nulled", async (t) => {
  const twin = await startScimTwin(t, LINKTIME);
  const account = addPerson(twin, ANA, { externalId: "00u1" });
  const recipe = JSON.stringify({ name: "LinkTime", update: "put", groups: { by: "none" } });
  await connectTo(twin, { recipe }).apply(rename(account, "Ana L."), anApplyContext());
  t.deepEqual(twin.state.user(account)?.attributes, {
    userName: ANA.email,
    displayName: "Ana L.",
    name: { givenName: "Ana", familyName: "Lima" },
    emails: [{ value: ANA.email, type: "work", primary: true }],
    active: true,
    externalId: "00u1",
  });
});

test("Calendly is shown four attributes and no more: one that it does not know is refused", async (t) => {
  const twin = await startScimTwin(t, CALENDLY);
  const account = addPerson(twin, ANA);
  const recipe = JSON.stringify({ groups: { by: "none" } });
  const create = {
    kind: "create-account",
    ...CAUSE,
    desired: aDesiredAccount({ profile: { ...ANA, email: "bo@acme.example" } }),
  } as const;
  await t.throwsAsync(connectTo(twin, { recipe }).apply(create, anApplyContext()), { code: "connector.rejected" });
  t.regex(twin.takeViolations().join(), /name|emails/);
  t.is((await connectTo(twin, { recipe: "calendly" }).apply(create, anApplyContext())).effect, "changed");
  t.is(
    (await connectTo(twin, { recipe: "calendly" }).apply(rename(account, "Ana L."), anApplyContext())).effect,
    "changed",
  );
});

for (const urn of [CALENDLY_ENTRA_URN, CALENDLY_OKTA_URN]) {
  test(`Calendly: the group is written under the schema that is announced, ${urn}`, async (t) => {
    const schemas = [{ id: urn, attributes: ["group"] }];
    const discovery = { patch: true, filter: true, maxResults: 100, schemas };
    const twin = await startScimTwin(t, { ...CALENDLY, discovery });
    const account = addPerson(twin, ANA);
    const connector = connectTo(twin, { recipe: "calendly", groups: ["Sales", "Support"] });
    await connector.apply(groupChange("add-to-group", account, "Sales"), anApplyContext());
    t.deepEqual(twin.state.user(account)?.attributes[urn], { group: "Sales" });
    const [found] = await connector.find({ email: ANA.email }, SIGNAL);
    t.deepEqual(found?.groups as readonly string[], ["Sales"]);
  });
}

test("one group for each person: another one is not overwritten, and none but the named one is emptied", async (t) => {
  const twin = await startScimTwin(t, CALENDLY);
  const account = addPerson(twin, ANA);
  const connector = connectTo(twin, { recipe: "calendly", groups: ["Sales", "Support"] });
  await connector.apply(groupChange("add-to-group", account, "Sales"), anApplyContext());
  const other = connector.apply(groupChange("add-to-group", account, "Support"), anApplyContext());
  await t.throwsAsync(other, { code: "connector.conflict" });
  const removed = await connector.apply(groupChange("remove-from-group", account, "Support"), anApplyContext());
  t.is(removed.effect, "already-so");
  t.deepEqual(twin.state.user(account)?.attributes[CALENDLY_ENTRA_URN], { group: "Sales" });
});

test("of several groups that the mapping gives, the first that the product knows is kept, and that is told", async (t) => {
  const twin = await startScimTwin(t, CALENDLY);
  const connector = connectTo(twin, { recipe: "calendly", groups: ["Support", "Sales"] });
  const { groups, problems } = connector.normalize(aDesiredAccount({ groups: ["Managers", "Sales", "Support"] }));
  t.deepEqual(groups, ["Sales"]);
  t.true(
    problems?.includes('Calendly takes one group for each person: "Sales" is kept, "Managers", "Support" passed over.'),
  );
});

test("without values for its groups, nobody is put into one", async (t) => {
  const twin = await startScimTwin(t, CALENDLY);
  const { capabilities } = connectTo(twin, { recipe: "calendly" });
  t.false(capabilities.changes.has("add-to-group"));
  t.true(connectTo(twin, { recipe: "calendly", groups: ["Sales"] }).capabilities.changes.has("add-to-group"));
});

test("a PATCH that a product announces and does not have is followed by a PUT, and is not sent again", async (t) => {
  const twin = await startScimTwin(t, STANDARD);
  const account = addPerson(twin, ANA);
  twin.fault({ kind: "answer", answer: scimError(501, "Not implemented.") }, { method: "PATCH" });
  const connector = connectTo(twin);
  for (const name of ["Ana L.", "Ana Lima"]) await connector.apply(rename(account, name), anApplyContext());
  t.is(twin.state.user(account)?.attributes["displayName"], "Ana Lima");
  t.deepEqual(
    twin.writes().map(({ method }) => method),
    ["PATCH", "PUT", "PUT"],
  );
});

test("a PUT names the version that it was made of: whoever wrote in between is not overwritten", async (t) => {
  const twin = await startScimTwin(t, STANDARD);
  const account = addPerson(twin, ANA);
  const connector = connectTo(twin, { recipe: JSON.stringify({ update: "put" }) });
  const isRead = { method: "GET", path: "/Users/:id" } as const;
  twin.fault(
    {
      kind: "change-answer",
      change(answer) {
        const user = twin.state.user(account);
        twin.state.setUser(account, { ...user?.attributes, locale: "pt" });
        return answer;
      },
    },
    { ...isRead, times: 1 },
  );
  await t.throwsAsync(connector.apply(rename(account, "Ana L."), anApplyContext()), { code: "connector.unavailable" });
  t.is((await connector.apply(rename(account, "Ana L."), anApplyContext({ mayHaveHappened: true }))).effect, "changed");
  t.like(twin.state.user(account)?.attributes, { displayName: "Ana L.", locale: "pt" });
});

const REFUSALS = [
  [scimError(400, "No such value.", "invalidValue"), "rejected"],
  [scimError(400, "Taken.", "uniqueness"), "conflict"],
  [scimError(403, "Not this person."), "rejected"],
  [scimError(404, "Gone."), "missing"],
  [scimError(409, "Taken.", "uniqueness"), "conflict"],
  [scimError(412, "Changed."), "unavailable"],
  [scimError(501, "Not implemented."), "rejected"],
  [{ status: 400, text: "<h1>Bad request: ana@acme.example</h1>", type: "text/html" }, "rejected"],
] as const;
for (const [answer, reason] of REFUSALS) {
  test(`a change that is answered ${answer.status} (${JSON.stringify(answer)}) is ${reason}, and nothing of it is shown`, async (t) => {
    const twin = await startScimTwin(t, LINKTIME);
    const account = addPerson(twin, ANA);
    twin.fault({ kind: "answer", answer }, { isWrite: true });
    const apply = connectTo(twin, { recipe: "linktime" }).apply(rename(account, "Ana L."), anApplyContext());
    const error = await t.throwsAsync(apply, { code: `connector.${reason}` });
    t.regex(error.message, /^LinkTime answered \d{3}/);
    t.notRegex(error.message, /Taken|Gone|person|acme|clt0/);
  });
}

const FULL = [
  ["calendarbridge", CALENDARBRIDGE],
  ["freebusy", FREEBUSY],
  ["calendly", CALENDLY],
] as const;
for (const [recipe, rules] of FULL) {
  test(`${recipe}: whoever returns when no seat is free is told as such`, async (t) => {
    const twin = await startScimTwin(t, rules);
    const account = addPerson(twin, ANA, { active: false });
    twin.state.setSeats(0);
    const change = { kind: "reactivate-account", ...CAUSE, account } as const;
    await t.throwsAsync(connectTo(twin, { recipe }).apply(change, anApplyContext()), { code: "connector.no-seat" });
  });
}

test("CalendarBridge: somebody on another domain is refused alone", async (t) => {
  const twin = await startScimTwin(t, CALENDARBRIDGE);
  const desired = aDesiredAccount({ profile: { ...ANA, email: "ana@other.example" } });
  const create = { kind: "create-account", ...CAUSE, desired } as const;
  const apply = connectTo(twin, { recipe: "calendarbridge" }).apply(create, anApplyContext());
  await t.throwsAsync(apply, { code: "connector.rejected" });
});

test("a product that ignores filters is not believed: all users are read instead", async (t) => {
  const twin = await startScimTwin(t, {
    ...STANDARD,
    otherFilters: "everybody",
    paging: { firstIndex: 1, cap: 2, cursor: false },
  });
  for (const name of ["bo", "cy", "di"]) addPerson(twin, { email: `${name}@acme.example` });
  const account = addPerson(twin, ANA);
  const connector = connectTo(twin, { recipe: JSON.stringify({ groups: { by: "none" } }) });
  const find = async (email: string) => (await connector.find({ email }, SIGNAL)).map(({ id }) => id);
  t.deepEqual(await find(ANA.email), [account]);
  t.deepEqual(await find("nobody@acme.example"), []);
  t.is(twin.calls().filter(({ query }) => query.includes("filter")).length, 1);
});

test("accounts are deleted only where the recipe allows it", async (t) => {
  const twin = await startScimTwin(t, STANDARD);
  const account = addPerson(twin, ANA);
  const change = { kind: "delete-account", ...CAUSE, account } as const;
  await t.throwsAsync(connectTo(twin).apply(change, anApplyContext()), { code: "connector.rejected" });
  t.deepEqual(twin.writes(), []);
  const deleting = connectTo(twin, { recipe: JSON.stringify({ delete: true }) });
  t.is((await deleting.apply(change, anApplyContext())).effect, "changed");
  t.is((await deleting.apply(change, anApplyContext())).effect, "already-so");
});

test("a create that is answered with nothing leaves open what became of it, and is found again", async (t) => {
  const twin = await startScimTwin(t, LINKTIME);
  const connector = connectTo(twin, { recipe: "linktime" });
  const create = { kind: "create-account", ...CAUSE, desired: aDesiredAccount() } as const;
  twin.fault({ kind: "answer-after-effect", answer: empty(201) }, { method: "POST", times: 1 });
  await t.throwsAsync(connector.apply(create, anApplyContext()), { code: "connector.unavailable" });
  const again = await connector.apply(create, anApplyContext({ mayHaveHappened: true }));
  t.is(again.effect, "already-so");
  t.is(twin.state.users().length, 1);
});
