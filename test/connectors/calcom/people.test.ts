import test from "ava";
import type { AccountId, Observation } from "../../../src/domain/account.ts";
import type { DirectoryUserId } from "../../../src/domain/directory.ts";
import { markOf } from "../../../src/domain/marker.ts";
import type { Connector } from "../../../src/ports/connector.ts";
import { CAUSE } from "../../contracts/connector-changes.ts";
import { aDesiredAccount, anApplyContext } from "../../contracts/connector-harness.ts";
import { json } from "../../twins/kit/answers.ts";
import { connectTo, connectTwin, shownAccounts } from "../../twins/calcom/harness.ts";
import { accept, addMember, addMembership, addUser, membershipIn } from "../../twins/calcom/state.ts";

const SIGNAL = new AbortController().signal;
const ANA = "ana@acme.example";

function creation(connector: Connector, email = ANA) {
  const desired = connector.normalize(aDesiredAccount({ profile: { email } }));
  return { kind: "create-account", ...CAUSE, desired } as const;
}

async function drain(observation: Observation) {
  return { accounts: (await Array.fromAsync(observation.pages)).flat(), completeness: await observation.completeness };
}

test("somebody who was taken out comes back in two steps, with the id that they had", async (t) => {
  const { connector, twin, state } = await connectTwin(t);
  const { account } = await connector.apply(creation(connector), anApplyContext());
  const leave = { kind: "deactivate-account", ...CAUSE, account: account as AccountId } as const;
  t.is((await connector.apply(leave, anApplyContext())).effect, "changed");
  t.deepEqual(await connector.find({ account: account as AccountId, email: ANA }, SIGNAL), []);
  t.true(state.users.has(Number(account)));

  const before = twin.writes().length;
  t.deepEqual(await connector.apply(creation(connector), anApplyContext()), { effect: "changed", account });
  t.deepEqual(
    twin
      .writes()
      .slice(before)
      .map(({ path, status }) => `${status} ${path}`),
    ["400 /organizations/42/users", "201 /organizations/42/memberships"],
  );
  t.like(await connector.find({ email: ANA }, SIGNAL), [{ id: account, status: "active" }]);
});

test("a lost reply to the second step is made good by reading", async (t) => {
  const { connector, twin, state } = await connectTwin(t);
  const { account } = await connector.apply(creation(connector), anApplyContext());
  await connector.apply({ kind: "deactivate-account", ...CAUSE, account: account as AccountId }, anApplyContext());
  twin.fault({ kind: "lost-reply" }, { path: "/organizations/:org/memberships", isWrite: true, times: 1 });
  await t.throwsAsync(connector.apply(creation(connector), anApplyContext()), { code: "connector.unavailable" });
  const before = twin.writes().length;
  const again = await connector.apply(creation(connector), anApplyContext({ mayHaveHappened: true }));
  t.deepEqual(again, { effect: "already-so", account: account as AccountId });
  t.is(twin.writes().length, before);
  t.is(state.memberMails.length, 2);
});

test("an account that nobody vouches for is invited, listed as pending, and active once accepted", async (t) => {
  const { connector, state } = await connectTwin(t, { vouchedFor: [] });
  const user = addUser(state, { email: ANA, username: "ana-elsewhere", name: "Ana" });
  const made = await connector.apply(creation(connector), anApplyContext());
  t.deepEqual(made, { effect: "changed", account: String(user.id) as AccountId, pending: true });
  const { account } = made;
  const listed = await drain(await connector.observe(SIGNAL));
  t.deepEqual(listed.accounts, shownAccounts(state));
  t.like(listed.accounts[1], { id: account, status: "pending", seat: "standard", profile: { email: ANA } });
  t.like(await connector.find({ email: ANA }, SIGNAL), [{ id: account, status: "pending" }]);
  const bookings = connector.bookings(account as AccountId, "2026-11-23T09:00:00.000Z" as never, SIGNAL);
  t.deepEqual(await Array.fromAsync(bookings), []);
  // Invited, but never ours: whoever made the account may have been invited by somebody else.
  const again = connector.apply(creation(connector), anApplyContext({ mayHaveHappened: true }));
  await t.throwsAsync(again, { code: "connector.conflict" });
  accept(state, ANA);
  t.like(await connector.find({ account: account as AccountId, email: ANA }, SIGNAL), [{ status: "active" }]);
});

test("the invitation of somebody who leaves is taken back", async (t) => {
  const { connector, state } = await connectTwin(t, { vouchedFor: [] });
  addUser(state, { email: ANA, username: "ana-elsewhere" });
  const { account } = await connector.apply(creation(connector), anApplyContext());
  const leave = { kind: "deactivate-account", ...CAUSE, account: account as AccountId } as const;
  t.is((await connector.apply(leave, anApplyContext())).effect, "changed");
  t.is(membershipIn(state, 42, Number(account)), undefined);
});

test("a taken user name is replaced by another, the same for every attempt", async (t) => {
  const { connector, state } = await connectTwin(t);
  addMember(state, { email: "ana@acme.example.org", username: "ana" });
  const user = "0f8fad5b-d9cb-469f-a165-70867728950e" as DirectoryUserId;
  const desired = connector.normalize(aDesiredAccount({ user, profile: { email: ANA } }));
  const create = { kind: "create-account", ...CAUSE, desired } as const;
  const { account } = await connector.apply(create, anApplyContext());
  t.is(state.users.get(Number(account))?.username, "ana-0f8fad");
  t.like(await connector.find({ email: ANA }, SIGNAL), [{ id: account, marker: markOf(desired) }]);
});

test("e-mails are kept in lower case, languages and time zones by Cal.com's own names", async (t) => {
  const { connector, state } = await connectTwin(t);
  const profile = { email: "Ana.Lima@ACME.example", timezone: "europe/berlin", locale: "de-CH" };
  const desired = connector.normalize(aDesiredAccount({ profile }));
  const { account } = await connector.apply({ kind: "create-account", ...CAUSE, desired }, anApplyContext());
  t.like(state.users.get(Number(account)), {
    email: "ana.lima@acme.example",
    timeZone: "Europe/Berlin",
    locale: "de",
    name: null,
  });
});

test("an unpaid invoice keeps people out for want of a seat, whichever step meets it; the key is not to blame", async (t) => {
  const { connector, state } = await connectTwin(t);
  addUser(state, { email: "bo@acme.example", username: "bo" });
  state.isBlocked = true;
  await t.throwsAsync(connector.apply(creation(connector), anApplyContext()), { code: "connector.no-seat" });
  state.isBlocked = false;
  const { account } = await connector.apply(creation(connector, "bo@acme.example"), anApplyContext());
  t.is(state.users.get(Number(account))?.username, "bo");
});

test("a refusal that is about the key stops everything", async (t) => {
  const { connector, twin } = await connectTwin(t);
  const forbidden = json(403, { status: "error", error: { code: "ForbiddenException", message: "RolesGuard - no." } });
  twin.fault({ kind: "answer", answer: forbidden }, { method: "POST" });
  await t.throwsAsync(connector.apply(creation(connector), anApplyContext()), { code: "connector.auth" });
});

test("an older Cal.com leaves profiles behind: nobody is shown by one, and a rehire is let in by the id", async (t) => {
  const { connector, twin } = await connectTwin(t, { version: "older" });
  const { account } = await connector.apply(creation(connector), anApplyContext());
  await connector.apply({ kind: "deactivate-account", ...CAUSE, account: account as AccountId }, anApplyContext());
  t.deepEqual(await connector.find({ email: ANA }, SIGNAL), []);
  const { accounts, completeness } = await drain(await connector.observe(SIGNAL));
  t.deepEqual([accounts.length, completeness.complete], [1, true]);
  const before = twin.writes().length;
  t.deepEqual(await connector.apply(creation(connector), anApplyContext()), { effect: "changed", account });
  t.deepEqual(
    twin
      .writes()
      .slice(before)
      .map(({ status }) => status),
    [409, 201],
  );
  t.like(await connector.find({ account: account as AccountId, email: ANA }, SIGNAL), [{ status: "active" }]);
});

test("an older Cal.com does not let anybody in by an e-mail, and that is told", async (t) => {
  const { connector, state } = await connectTwin(t, { version: "older" });
  addUser(state, { email: ANA, username: "ana" });
  const error = await t.throwsAsync(connector.apply(creation(connector), anApplyContext()), {
    code: "connector.rejected",
  });
  t.regex(error?.message ?? "", /add it by hand/);
});

test("a membership that does not tell whose it is makes a listing incomplete, not shorter", async (t) => {
  const { connector, state } = await connectTwin(t, { version: "older" });
  const { id } = addUser(state, { email: ANA, username: "ana" });
  addMembership(state, { user: id, team: 42, role: "MEMBER", accepted: false });
  t.like((await drain(await connector.observe(SIGNAL))).completeness, { complete: false, reason: "page-failed" });
});

test("a page that comes again and again ends a listing", async (t) => {
  const { connector, twin, state } = await connectTwin(t);
  for (let i = 0; i < 300; i += 1) addMember(state, { email: `person${i}@acme.example` });
  let first: unknown;
  twin.fault(
    { kind: "change-answer", change: (answer) => ({ ...answer, body: (first ??= answer.body) }) },
    { list: "users" },
  );
  t.like((await drain(await connector.observe(SIGNAL))).completeness, { complete: false, reason: "page-failed" });
});

test("roles are told, and one that is unknown is rather protected than not", async (t) => {
  const { connector, twin, state } = await connectTwin(t);
  addMember(state, { email: "admin@acme.example" }, "ADMIN");
  addMember(state, { email: ANA });
  const roles = async () => (await drain(await connector.observe(SIGNAL))).accounts.map(({ role }) => role);
  t.deepEqual(await roles(), ["owner", "admin", "member"]);
  const rename = (body: unknown): unknown => JSON.parse(JSON.stringify(body).replaceAll('"MEMBER"', '"SUPPORT"'));
  twin.fault(
    { kind: "change-answer", change: (answer) => ({ ...answer, body: rename(answer.body) }) },
    { list: "accounts" },
  );
  t.deepEqual(await roles(), ["owner", "admin", "admin"]);
});

test("an update of somebody who is not in the organisation any more is told as missing, and the key is not blamed", async (t) => {
  const { connector, state } = await connectTwin(t);
  const { id } = addUser(state, { email: ANA, username: "ana" });
  const change = { kind: "update-account", ...CAUSE, account: String(id) as AccountId } as const;
  const update = { ...change, before: { email: ANA, locale: "en" }, after: { email: ANA, locale: "de" } };
  await t.throwsAsync(connector.apply(update, anApplyContext()), { code: "connector.missing" });
  addMembership(state, { user: id, team: 42, role: "MEMBER", accepted: false });
  await t.throwsAsync(connector.apply(update, anApplyContext()), { code: "connector.rejected" });
});

test("an e-mail that somebody else has is a conflict; a name is never sent", async (t) => {
  const { connector, twin, state } = await connectTwin(t);
  const { id } = addMember(state, { email: ANA, name: "Ana" });
  addMember(state, { email: "bo@acme.example" });
  const change = { kind: "update-account", ...CAUSE, account: String(id) as AccountId } as const;
  const before = { email: ANA, displayName: "Ana" };
  const taken = { ...change, before, after: { email: "bo@acme.example" } };
  await t.throwsAsync(connector.apply(taken, anApplyContext()), { code: "connector.conflict" });
  const writes = twin.writes().length;
  const named = { ...change, before, after: { ...before, displayName: "Ana Lima" } };
  t.deepEqual(await connector.apply(named, anApplyContext()), { effect: "already-so" });
  t.is(twin.writes().length, writes);
});

test("a bridge that has seen nobody yet finds the membership by going through all of them, and then knows it", async (t) => {
  const { twin, state, clock } = await connectTwin(t);
  for (let i = 0; i < 300; i += 1) addMember(state, { email: `person${i}@acme.example` });
  const last = String([...state.users.keys()].at(-1)) as AccountId;
  const fresh = connectTo(t, twin.url, clock);
  const requests = async (email: string): Promise<readonly string[]> => {
    const before = twin.calls().length;
    t.is((await fresh.find({ account: last, email }, SIGNAL)).length, 1);
    return twin
      .calls()
      .slice(before)
      .map(({ route }) => route?.replace("/organizations/:org/", "") ?? "");
  };
  const first = await requests("person299@acme.example");
  t.is(first.filter((route) => route === "memberships").length, 2);
  t.deepEqual(await requests("person299@acme.example"), ["users", "memberships/:membership"]);
});
