/** Invitations and members: by which id an account goes, and what Calendly's refusals come to. */
import test from "ava";
import type { AccountId, ObservedAccount } from "../../../src/domain/account.ts";
import type { Change } from "../../../src/domain/plan.ts";
import type { Connector } from "../../../src/ports/connector.ts";
import { CAUSE } from "../../contracts/connector-changes.ts";
import { aDesiredAccount, anApplyContext } from "../../contracts/connector-harness.ts";
import { json } from "../../twins/kit/answers.ts";
import { denied, refusal } from "../../twins/calendly/pages.ts";
import {
  accept,
  addGroup,
  addInvitation,
  addMember,
  decline,
  membershipOf,
  place,
  removeMember,
} from "../../twins/calendly/state.ts";
import { openInviteBench } from "./harness.ts";

const SIGNAL = new AbortController().signal;
const ANA = "ana@acme.example";

const create: Change = { kind: "create-account", ...CAUSE, desired: aDesiredAccount() };
const shut = (account: string): Change => ({ kind: "deactivate-account", ...CAUSE, account: account as AccountId });

async function observed(connector: Connector): Promise<readonly ObservedAccount[]> {
  const { pages, completeness } = await connector.observe(SIGNAL);
  const accounts = (await Array.fromAsync(pages)).flat();
  if (!(await completeness).complete) throw new Error("the observation is not complete");
  return accounts.filter(({ role }) => role !== "owner");
}

const brief = ({ id, status, profile }: ObservedAccount) => [id, status, profile.email];

test("an account keeps the id of the invitation when it is accepted, alone and in the list", async (t) => {
  const { connector, state } = await openInviteBench(t);
  const { account } = await connector.apply(create, anApplyContext());
  t.deepEqual((await observed(connector)).map(brief), [[account, "pending", ANA]]);
  accept(state, ANA, { name: "Ana Lima" });
  const active = [[account, "active", ANA]];
  t.deepEqual((await observed(connector)).map(brief), active);
  t.deepEqual((await connector.find({ email: ANA }, SIGNAL)).map(brief), active);
});

test("whoever accepts by another address is the one who was invited", async (t) => {
  const { connector, state } = await openInviteBench(t);
  const { account } = await connector.apply(create, anApplyContext());
  const other = "ana@home.example";
  accept(state, ANA, { email: other });
  const active = [[account, "active", other]];
  t.deepEqual((await connector.find({ ...(account && { account }), email: ANA }, SIGNAL)).map(brief), active);
  t.deepEqual((await connector.find({ email: other }, SIGNAL)).map(brief), active);
  t.deepEqual(await connector.find({ email: ANA }, SIGNAL), []);
  t.deepEqual((await observed(connector)).map(brief), active);
  // A create whose reply was lost is found again by the address that was invited.
  const again = await connector.apply(create, anApplyContext({ mayHaveHappened: true }));
  t.deepEqual(again, { effect: "already-so", account: account as AccountId });
});

test("whoever accepted is not gone because the invitation does not tell who it was", async (t) => {
  const { connector, state } = await openInviteBench(t);
  const invitation = addInvitation(state, ANA);
  const member = accept(state, ANA);
  invitation.user = null;
  const first = invitation.id as AccountId;
  t.deepEqual((await connector.find({ account: first, email: "x@acme.example" }, SIGNAL)).map(brief), [
    [first, "active", ANA],
  ]);
  t.is((await connector.apply(shut(first), anApplyContext())).effect, "changed");
  t.false(state.memberships.has(member.id));
  t.is((await connector.apply(shut(first), anApplyContext())).effect, "already-so");
  addInvitation(state, ANA);
  accept(state, ANA);
  t.is((await connector.apply(shut(first), anApplyContext())).effect, "already-so");
  t.is((await observed(connector)).length, 1);
});

test("after a second invitation the account goes by the later one, and nobody by the earlier one", async (t) => {
  const { connector, state } = await openInviteBench(t);
  const first = addInvitation(state, ANA).id as AccountId;
  removeMember(state, accept(state, ANA).id);
  t.deepEqual(await connector.find({ account: first, email: ANA }, SIGNAL), []);
  const second = addInvitation(state, ANA).id;
  accept(state, ANA);
  t.deepEqual((await observed(connector)).map(brief), [[second, "active", ANA]]);
  t.deepEqual((await connector.find({ account: first, email: "x@acme.example" }, SIGNAL)).map(brief), []);
  t.deepEqual((await connector.find({ account: first, email: ANA }, SIGNAL)).map(brief), [[second, "active", ANA]]);
});

test("whoever was never invited goes by the user, and is removed by it", async (t) => {
  const { connector, state } = await openInviteBench(t);
  const { user } = addMember(state, { email: ANA, role: "admin" });
  t.like((await observed(connector))[0], { id: user, role: "admin", status: "active" });
  t.deepEqual(
    (await connector.find({ email: ANA }, SIGNAL)).map(({ id }) => id),
    [user as AccountId],
  );
  t.is((await connector.apply(shut(user), anApplyContext())).effect, "changed");
  t.is(membershipOf(state, user), undefined);
});

test("pages of invitations that were accepted long ago are passed over, not taken for the end", async (t) => {
  const { connector, state } = await openInviteBench(t);
  for (let i = 0; i < 150; i++) {
    addInvitation(state, `p${i}@acme.example`);
    removeMember(state, accept(state, `p${i}@acme.example`).id);
  }
  const { id } = addInvitation(state, ANA);
  t.deepEqual((await observed(connector)).map(brief), [[id, "pending", ANA]]);
});

test("somebody who declined is shown as out, is not invited again, and leaves nothing to shut", async (t) => {
  const { connector, state, twin } = await openInviteBench(t);
  const { account } = await connector.apply(create, anApplyContext());
  decline(state, ANA);
  const out = [[account, "deactivated", ANA]];
  const [shown] = await observed(connector);
  t.like(shown, { id: account, status: "deactivated", seat: null });
  t.deepEqual((await connector.find({ email: ANA }, SIGNAL)).map(brief), out);
  const writes = twin.writes().length;
  t.is((await connector.apply(shut(account ?? ""), anApplyContext())).effect, "already-so");
  t.is(twin.writes().length, writes);

  const again = addInvitation(state, ANA).id;
  t.deepEqual((await observed(connector)).map(brief), [[again, "pending", ANA]]);
  decline(state, ANA);
  addMember(state, { email: ANA });
  t.deepEqual(
    (await observed(connector)).map(({ status }) => status),
    ["active"],
  );
});

test("groups are shown for members and for those who are invited", async (t) => {
  const { connector, state } = await openInviteBench(t);
  const sales = addGroup(state, "Sales");
  const support = addGroup(state, "Support");
  const { id } = addMember(state, { email: "bo@acme.example" });
  const invitation = addInvitation(state, ANA);
  place(state, id, support);
  place(state, id, sales);
  place(state, invitation.id, sales);
  const groups = new Map((await observed(connector)).map((one) => [one.profile.email, one.groups]));
  t.deepEqual(groups.get("bo@acme.example"), [sales, support] as never);
  t.deepEqual(groups.get(ANA), [sales] as never);
  const [found] = await connector.find({ email: "bo@acme.example" }, SIGNAL);
  t.deepEqual(found?.groups, [sales, support] as never);
});

test("an invitation that is accepted while it is being revoked ends with the removal of the member", async (t) => {
  const { connector, state, twin } = await openInviteBench(t);
  const { id } = addInvitation(state, ANA);
  const { user } = accept(state, ANA);
  const late = (body: unknown) => JSON.parse(JSON.stringify(body).replace('"accepted"', '"pending"')) as unknown;
  twin.fault(
    { kind: "change-answer", change: ({ status, body }) => json(status, late(body)) },
    { method: "GET", path: "/organizations/:org/invitations/:id", times: 1 },
  );
  t.is((await connector.apply(shut(id), anApplyContext())).effect, "changed");
  t.is(membershipOf(state, user), undefined);
  t.deepEqual(
    twin.writes().map(({ method, status }) => `${method} ${status}`),
    ["DELETE 400", "DELETE 204"],
  );
});

for (const isTrial of [false, true]) {
  test(`no seat is left${isTrial ? " of a trial" : ""}: that is told as such, and not as a lack of rights`, async (t) => {
    const { connector, state } = await openInviteBench(t);
    state.seats = 2;
    state.isTrial = isTrial;
    addInvitation(state, "bo@acme.example");
    await t.throwsAsync(connector.apply(create, anApplyContext()), { code: "connector.no-seat" });
  });
}

test("while SCIM is on, nobody is invited, revoked or removed, and the error names the other profile", async (t) => {
  const { connector, state } = await openInviteBench(t);
  const member = addMember(state, { email: "bo@acme.example" });
  const { id } = addInvitation(state, "cy@acme.example");
  state.hasScim = true;
  for (const change of [create, shut(id), shut(member.user)]) {
    const error = await t.throwsAsync(connector.apply(change, anApplyContext()), { code: "connector.auth" });
    t.regex(error.message, /Set product\.profile to scim/);
  }
});

test("the owner and the owner of the token are not removed, and nobody else is kept from it", async (t) => {
  const { connector, state } = await openInviteBench(t);
  const owner = state.tokenOwner;
  const admin = addMember(state, { email: "adam@acme.example", role: "admin" });
  const rejected = { code: "connector.rejected" };
  await t.throwsAsync(connector.apply(shut(owner), anApplyContext()), rejected);
  state.tokenOwner = admin.user;
  await t.throwsAsync(connector.apply(shut(owner), anApplyContext()), rejected);
  const { user } = addMember(state, { email: ANA });
  t.is((await connector.apply(shut(user), anApplyContext())).effect, "changed");
});

test("an administrator's token may not remove itself", async (t) => {
  const { connector, state } = await openInviteBench(t);
  state.tokenOwner = addMember(state, { email: "adam@acme.example", role: "admin" }).user;
  const error = await t.throwsAsync(connector.apply(shut(state.tokenOwner), anApplyContext()), {
    code: "connector.rejected",
  });
  t.regex(error.message, /remove themselves/);
});

test("a token without rights stops everything", async (t) => {
  const { connector, state } = await openInviteBench(t);
  state.tokenOwner = addMember(state, { email: "mia@acme.example" }).user;
  const error = await t.throwsAsync(connector.apply(create, anApplyContext()), { code: "connector.auth" });
  t.regex(error.message, /owner or admin/);
});

test("what Calendly refuses about one invitation stays with that person", async (t) => {
  const { connector, twin } = await openInviteBench(t);
  const cases = [
    [refusal(400, "Race Condition", "Please try again."), "connector.unavailable"],
    [refusal(400, "Invalid Email", "The e-mail is not valid."), "connector.rejected"],
    [refusal(400, "Invalid Argument", "The supplied parameters are invalid."), "connector.rejected"],
    [refusal(400, "Already Invited", "The user was invited already."), "connector.conflict"],
    [refusal(400, "Something New", "Ana is at home."), "connector.rejected"],
    [denied(), "connector.auth"],
  ] as const;
  for (const [answer, code] of cases) {
    twin.fault({ kind: "answer", answer }, { method: "POST", times: 1 });
    const error = await t.throwsAsync(connector.apply(create, anApplyContext()), { code });
    t.notRegex(error.message, /at home|please try/i);
  }
  t.is((await connector.apply(create, anApplyContext())).effect, "changed");
});

test("no members at all is an answer that is not believed", async (t) => {
  const { connector, twin } = await openInviteBench(t);
  const none = { collection: [], pagination: { count: 0, next_page: null, next_page_token: null } };
  twin.fault({ kind: "answer", answer: json(200, none) }, { path: "/organization_memberships" });
  const { pages, completeness } = await connector.observe(SIGNAL);
  t.deepEqual(await Array.fromAsync(pages), []);
  t.like(await completeness, { complete: false, reason: "page-failed" });
});

test("pages of invitations that lead in a circle end the listing", async (t) => {
  const { connector, twin } = await openInviteBench(t);
  const round = { collection: [], pagination: { count: 0, next_page: null, next_page_token: "again" } };
  twin.fault({ kind: "answer", answer: json(200, round) }, { path: "/organizations/:org/invitations" });
  const { pages, completeness } = await connector.observe(SIGNAL);
  t.deepEqual(await Array.fromAsync(pages), []);
  t.like(await completeness, { complete: false, reason: "page-failed" });
});

test("a URI that leads elsewhere is not believed", async (t) => {
  const { connector, state, twin } = await openInviteBench(t);
  addMember(state, { email: ANA });
  const foreign = (body: unknown) => JSON.parse(JSON.stringify(body).replaceAll("/users/", "/../users/")) as unknown;
  twin.fault(
    { kind: "change-answer", change: ({ status, body }) => json(status, foreign(body)) },
    { path: "/organization_memberships" },
  );
  const error = await t.throwsAsync(connector.find({ email: ANA }, SIGNAL), { code: "connector.unavailable" });
  t.regex(error.message, /shape that we do not know/);
});

test("the organisation may be named, by its URI or the last segment of it", async (t) => {
  for (const organization of ["ORGACME000000001", "https://api.calendly.com/organizations/ORGACME000000001"]) {
    const { connector, twin } = await openInviteBench(t, { organization });
    t.is((await connector.observe(SIGNAL)).tenant, "ORGACME000000001");
    t.false(twin.calls().some(({ path }) => path === "/users/me"));
  }
});
