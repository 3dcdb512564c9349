/** The shipped recipe of Chili Piper against its twin. */
import test from "ava";
import type { ExecutionContext } from "ava";
import type { AccountId, BookingId, ObservedAccount, ProductGroupId, Seat } from "../../../src/domain/account.ts";
import { ConnectorError } from "../../../src/domain/errors.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import type { Connector } from "../../../src/ports/connector.ts";
import { CAUSE } from "../../contracts/connector-changes.ts";
import { connectorContract, type Declared } from "../../contracts/connector.ts";
import { badAnswerContract, type SpoilableHarness, type SpoilableOptions } from "../../contracts/connector-answers.ts";
import { anApplyContext } from "../../contracts/connector-harness.ts";
import { shippedConnector } from "../../support/shipped-recipe.ts";
import { json, plain } from "../../twins/kit/answers.ts";
import { LICENCES, licensesOf, type ChiliPiperState, type ChiliUser } from "../../twins/chilipiper/state.ts";
import { API_KEY, startChiliPiper } from "../../twins/chilipiper/twin.ts";

const SIGNAL = new AbortController().signal;
const GUESTS = ["gus@guest.example", "gia@guest.example"];

/** Two concierge licences are bought, and enough of the others. */
async function open(t: ExecutionContext, options: JsonObject = {}, requestTimeoutMs?: number) {
  const twin = await startChiliPiper(t, { concierge: 2 });
  const { url, state, clock } = twin;
  const settings = { workspaceId: state.workspaceId };
  const given = { baseUrl: url, token: API_KEY, settings, ...options };
  return { twin, ...twin, connector: shippedConnector(t, "chilipiper", given, clock, requestTimeoutMs) };
}

async function createHarness(
  t: ExecutionContext,
  { requestTimeoutMs }: SpoilableOptions = {},
): Promise<SpoilableHarness> {
  const { twin, state, connector, clock, spoiler } = await open(t, {}, requestTimeoutMs);
  return {
    connector,
    spoiler,
    severalPages: 101,
    seat: "concierge" as Seat,
    now: () => clock.now(),
    addAccount({ email, displayName = email }) {
      return Promise.resolve(state.addUser(displayName, email, ["chiliCalOrg"]).id as AccountId);
    },
    addGroup: (name) => Promise.resolve(state.addTeam(name).id as ProductGroupId),
    addBooking: (account, hours) => Promise.resolve(state.addMeeting(account, hours, GUESTS).id as BookingId),
    accounts: () => Promise.resolve([...state.users.values()].map((user) => shown(user, state))),
    groupNames: () => Promise.resolve([...state.teams.values()].map(({ name }) => name)),
    mails: () => Promise.resolve(state.mails.length),
    writes: () => Promise.resolve(twin.writes().length),
    fail: (fault) => Promise.resolve(twin.fail(fault)),
    failSecondPage: () => Promise.resolve(twin.failPage("accounts", 2)),
    heal: () => Promise.resolve(twin.heal()),
    // Licences, and the workspace.
    writesPer: (kind) => (kind === "deactivate-account" ? 2 : 1),
  };
}

function shown(
  { id, name, email, isSuperAdmin, licenses, workspaces }: ChiliUser,
  { teams }: ChiliPiperState,
): ObservedAccount {
  const held = LICENCES.filter((licence) => licenses[licence]);
  const own = [...teams.values()].filter(({ members }) => members.includes(id));
  return {
    id: id as AccountId,
    status: held.length === 0 && workspaces.length === 0 ? "deactivated" : "active",
    role: isSuperAdmin ? "admin" : "member",
    profile: { email, displayName: name },
    seat: held.length === 0 ? null : (held.join("+") as Seat),
    groups: own.map((team) => team.id as ProductGroupId),
  };
}

const DECLARED: Declared = {
  changes: new Set([
    "create-group",
    "adopt-account",
    "reactivate-account",
    "assign-seat",
    "add-to-group",
    "remove-from-group",
    "release-seat",
    "deactivate-account",
    "cancel-booking",
  ]),
  seats: "assigned",
  bookings: "bridge",
  updates: new Set(),
  invites: false,
  deactivated: "shown",
  bookingOrder: "bookings-first",
  marker: false,
  seatCounts: false,
};

connectorContract("chilipiper", DECLARED, (t) => createHarness(t));
badAnswerContract("chilipiper", DECLARED, createHarness, {
  errorInside: '{"errorCode":"InternalError","errorMessage":"internal","arguments":{}}',
});

function onSeat(kind: "assign-seat" | "release-seat", { id }: ChiliUser, seat: string) {
  return { kind, ...CAUSE, account: { by: "id", id: id as AccountId }, seat: seat as Seat } as const;
}

async function seatOf(connector: Connector, { email }: ChiliUser): Promise<string | null | undefined> {
  return (await connector.find({ email }, SIGNAL))[0]?.seat;
}

test("a seat is a set of licences, and giving one takes the others", async (t) => {
  const { connector, state } = await open(t);
  const ana = state.addUser("Ana", "ana@acme.example", ["chat", "handoff"]);
  t.is(await seatOf(connector, ana), "chat+handoff");
  await connector.apply(onSeat("assign-seat", ana, "distro+concierge"), anApplyContext());
  t.is(await seatOf(connector, ana), "distro+concierge");
  t.like(state.users.get(ana.id)?.licenses, { distro: true, concierge: true, chat: false, handoff: false });
});

test("a seat of any other name is refused, and takes no licence from anybody", async (t) => {
  const { twin, connector, state } = await open(t);
  const ana = state.addUser("Ana", "ana@acme.example", ["chat"]);
  for (const seat of ["standard", "chat+standard", ""]) {
    await t.throwsAsync(connector.apply(onSeat("assign-seat", ana, seat), anApplyContext()), {
      code: "connector.rejected",
    });
  }
  t.is(await seatOf(connector, ana), "chat");
  t.deepEqual(twin.writes(), []);
});

test("whoever has no licence and is in no workspace counts as shut out", async (t) => {
  const { connector, state } = await open(t);
  const ana = state.addUser("Ana", "ana@acme.example");
  const statusOf = async (parts: Partial<ChiliUser>) => {
    state.putUser({ ...ana, ...parts });
    return (await connector.find({ email: ana.email }, SIGNAL))[0]?.status;
  };
  t.is(await statusOf({}), "active");
  t.is(await statusOf({ workspaces: [] }), "deactivated");
  t.is(await statusOf({ workspaces: [], licenses: licensesOf(["chat"]) }), "active");
});

test("a workspace of one's own is no workspace, and licences of a newer kind are licences", async (t) => {
  const { twin, connector, state } = await open(t);
  const { id, email } = state.addUser("Ana", "ana@acme.example");
  const none = licensesOf([]);
  const cases = [
    [{ licenses: none, workspaces: ["own"], personalWorkspaceId: "own" }, "deactivated"],
    [{ licenses: none, workspaces: ["own", "other"], personalWorkspaceId: "own" }, "active"],
    [{ licenses: { chiliCalOrg: false, handoff: false, tier: "Experiences" } }, "active"],
  ] as const;
  for (const [parts, status] of cases) {
    const item = { id, name: "Ana", email, isSuperAdmin: false, ...parts };
    const answer = json(200, { results: [item], total: 1, page: 0, pageSize: 50 });
    twin.fault({ kind: "answer", answer }, { path: "/v1/org/user/find", times: 1 });
    t.like((await connector.find({ email }, SIGNAL))[0], { status, seat: null });
  }
});

test("a leaver loses licences and every workspace, and nothing is sent for what they do not have", async (t) => {
  const { twin, connector, state } = await open(t);
  const ana = state.addUser("Ana", "ana@acme.example", ["concierge"]);
  state.putUser({ ...ana, workspaces: [...ana.workspaces, "00000000-0000-4000-8000-00000000beef"] });
  const shut = { kind: "deactivate-account", ...CAUSE, account: ana.id as AccountId } as const;
  t.is((await connector.apply(shut, anApplyContext())).effect, "changed");
  t.deepEqual(state.users.get(ana.id), { ...ana, licenses: licensesOf([]), workspaces: [] });
  t.is(twin.writes().length, 3);
  t.is((await connector.apply(shut, anApplyContext())).effect, "already-so");
  t.is(twin.writes().length, 3);
  await connector.apply({ ...shut, kind: "reactivate-account" }, anApplyContext());
  t.deepEqual(state.users.get(ana.id), { ...ana, licenses: licensesOf([]) });
});

test("only a lack of licences is a lack of seats", async (t) => {
  const { twin, connector, state } = await open(t);
  const ana = state.addUser("Ana", "ana@acme.example");
  const cases = [
    [json(403, { errorCode: "MissingPermission", errorMessage: "licenses.modify is missing" }), "connector.auth"],
    [json(422, { errorCode: "LicensesLimitExceeded", errorMessage: "Not enough seats" }), "connector.no-seat"],
    [json(422, { errorCode: "SomethingElse", errorMessage: "No" }), "connector.rejected"],
    [plain(400, "Invalid value for: body"), "connector.rejected"],
  ] as const;
  for (const [answer, code] of cases) {
    twin.fault({ kind: "answer", answer }, { isWrite: true, times: 1 });
    await t.throwsAsync(connector.apply(onSeat("assign-seat", ana, "concierge"), anApplyContext()), { code });
  }
});

test("a search that finds too much takes nobody for another", async (t) => {
  const { connector, state } = await open(t);
  for (let count = 0; count < 60; count++) state.addUser(`ana@acme.example ${count}`, `ana${count}@other.example`);
  state.addUser("Joana", "joana@acme.example");
  const ana = state.addUser("Ana", "Ana@acme.example");
  const found = await connector.find({ email: "ana@acme.example" }, SIGNAL);
  t.deepEqual(
    found.map(({ id }) => id),
    [ana.id],
  );
});

test("a year of meetings is listed week by week, page by page, and nobody else's", async (t) => {
  const { connector, state, clock, calls } = await open(t);
  const ana = state.addUser("Ana", "ana@acme.example");
  const bo = state.addUser("Bo", "bo@acme.example");
  for (let count = 0; count < 120; count++) state.addMeeting(ana.id, 1 + count / 10, []);
  state.addMeeting(ana.id, 24 * 365, []);
  state.addMeeting(bo.id, 24, []);
  // One that has begun is still to be told of; one that is over is not.
  state.addMeeting(ana.id, -0.4, []);
  state.addMeeting(ana.id, -1, []);
  const bookings = await Array.fromAsync(connector.bookings(ana.id as AccountId, clock.now(), SIGNAL));
  t.is(bookings.length, 122);
  t.is(new Set(bookings.map(({ id }) => id)).size, 122);
  t.true(calls().every(({ status }) => status === 200));
});

test("a meeting is cancelled once, whatever becomes of the reply", async (t) => {
  const { twin, connector, state, clock } = await open(t);
  const ana = state.addUser("Ana", "ana@acme.example");
  const booking = state.addMeeting(ana.id, 24, GUESTS).id as BookingId;
  const cancel = {
    kind: "cancel-booking",
    ...CAUSE,
    account: ana.id as AccountId,
    booking,
    startsAt: clock.now(),
    guests: 2,
  } as const;
  // A GET, and yet nothing that may be sent again.
  twin.fault({ kind: "lost-reply" }, { path: "/v1/org/meetings/cancel/:id", times: 1 });
  await t.throwsAsync(connector.apply(cancel, anApplyContext()), { code: "connector.unavailable" });
  t.is((await connector.apply(cancel, anApplyContext())).effect, "already-so");
  t.is(twin.writes().length, 1);
  t.is(state.mails.length, 2);
});

test("a cancellation that answers 200 and failure is not believed", async (t) => {
  const { twin, connector, state, clock } = await open(t);
  const ana = state.addUser("Ana", "ana@acme.example");
  const booking = state.addMeeting(ana.id, 24, GUESTS).id as BookingId;
  const cancel = {
    kind: "cancel-booking",
    ...CAUSE,
    account: ana.id as AccountId,
    booking,
    startsAt: clock.now(),
    guests: 2,
  } as const;
  twin.fault(
    { kind: "answer", answer: json(200, { type: "Failure" }) },
    { path: "/v1/org/meetings/cancel/:id", times: 1 },
  );
  await t.throwsAsync(connector.apply(cancel, anApplyContext()), { code: "connector.unavailable" });
});

test("teams without members, and an organisation without teams, are read", async (t) => {
  const { connector, state } = await open(t);
  t.deepEqual((await connector.observe(SIGNAL)).groups, []);
  const { id } = state.addTeam("Sales");
  t.deepEqual((await connector.observe(SIGNAL)).groups, [{ id, name: "Sales" }]);
});

test("a team is made in the workspace of the settings, and only once", async (t) => {
  const { connector, state } = await open(t);
  const create = { kind: "create-group", ...CAUSE, name: "Sales" } as const;
  const first = await connector.apply(create, anApplyContext());
  t.deepEqual(await connector.apply(create, anApplyContext()), { ...first, effect: "already-so" });
  t.deepEqual(
    [...state.teams.values()].map(({ name, workspaceId }) => [name, workspaceId]),
    [["Sales", state.workspaceId]],
  );
});

test("the organisation is known by its tenant", async (t) => {
  const { connector } = await open(t);
  t.is((await connector.observe(SIGNAL)).tenant, "acme.app3");
});

test("a list whose total is more than what came is not believed", async (t) => {
  const { twin, connector } = await open(t);
  const answer = json(200, { total: 40, page: 0, pageSize: 50 });
  twin.fault({ kind: "answer", answer }, { list: "accounts" });
  const seen = await connector.observe(SIGNAL).then(
    async ({ pages, completeness }) => ({ pages: await Array.fromAsync(pages), completeness: await completeness }),
    (error: unknown) => error,
  );
  if (seen instanceof ConnectorError) t.is(seen.reason, "unavailable");
  else t.like(seen, { completeness: { complete: false } });
});
