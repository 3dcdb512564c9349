/** The shipped recipe of LibreBooking against its twin. */
import test from "ava";
import type { ExecutionContext } from "ava";
import type {
  AccountId,
  AccountProfile,
  BookingId,
  ObservedAccount,
  ProductGroupId,
} from "../../../src/domain/account.ts";
import type { Instant } from "../../../src/domain/brand.ts";
import { ConnectorError } from "../../../src/domain/errors.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import type { Change, ChangeKind } from "../../../src/domain/plan.ts";
import type { Connector } from "../../../src/ports/connector.ts";
import { CAUSE } from "../../contracts/connector-changes.ts";
import { connectorContract, type Declared } from "../../contracts/connector.ts";
import { badAnswerContract, type SpoilableHarness, type SpoilableOptions } from "../../contracts/connector-answers.ts";
import { aDesiredAccount, anApplyContext } from "../../contracts/connector-harness.ts";
import { shippedConnector } from "../../support/shipped-recipe.ts";
import { html } from "../../twins/kit/answers.ts";
import type { LibreBookingState, User } from "../../twins/librebooking/state.ts";
import { ADMIN, startLibreBooking } from "../../twins/librebooking/twin.ts";

const SIGNAL = new AbortController().signal;
const CHANGES: readonly ChangeKind[] = [
  "create-group",
  "create-account",
  "adopt-account",
  "update-account",
  "add-to-group",
  "remove-from-group",
  "cancel-booking",
];

async function open(t: ExecutionContext, options: JsonObject = {}, requestTimeoutMs?: number) {
  const twin = await startLibreBooking(t);
  const settings = { username: ADMIN.userName, password: ADMIN.password };
  const given = { baseUrl: twin.url, settings, allowDelete: true, ...options };
  return { twin, ...twin, connector: shippedConnector(t, "librebooking", given, twin.clock, requestTimeoutMs) };
}

async function createHarness(
  t: ExecutionContext,
  { requestTimeoutMs }: SpoilableOptions = {},
): Promise<SpoilableHarness> {
  const { twin, state, connector, clock, spoiler } = await open(t, {}, requestTimeoutMs);
  return {
    connector,
    spoiler,
    severalPages: null,
    seat: null,
    unknownAccount: "99999" as AccountId,
    now: () => clock.now(),
    addAccount: (profile) => Promise.resolve(idOf(addUser(state, profile))),
    addGroup: (name) => Promise.resolve(String(state.addGroup(name).id) as ProductGroupId),
    addBooking(account, hours) {
      const participatingGuests = ["gus@guest.example", "gia@guest.example"];
      const parts = { owner: Number(account), hours, participatingGuests, invitedGuests: ["ivo@guest.example"] };
      return Promise.resolve(state.addReservation(parts).reference as BookingId);
    },
    accounts: () => Promise.resolve([...state.users.values()].map((user) => shown(user, state))),
    groupNames: () => Promise.resolve([...state.groups.values()].map(({ name }) => name)),
    mails: () => Promise.resolve(state.mails.length),
    writes: () => Promise.resolve(twin.writes().length),
    fail: (fault) => Promise.resolve(twin.fail(fault)),
    failSecondPage: () => Promise.resolve(twin.failPage("accounts", 1)),
    heal: () => Promise.resolve(twin.heal()),
  };
}

function addUser(
  state: LibreBookingState,
  { email, givenName, familyName, timezone, displayName }: AccountProfile,
): User {
  const firstName = givenName ?? displayName?.split(" ")[0] ?? "First";
  const parts = { emailAddress: email, firstName, lastName: familyName ?? "Test" };
  return state.addUser(timezone === undefined ? parts : { ...parts, timezone });
}

function shown(user: User, state: LibreBookingState): ObservedAccount {
  const { emailAddress: email, firstName: givenName, lastName: familyName, timezone } = user;
  return {
    id: idOf(user),
    status: "active",
    role: "member",
    profile: { email, givenName, familyName, timezone },
    seat: null,
    groups: state.groupsOf(user.id).map(({ id }) => String(id) as ProductGroupId),
  };
}

function idOf({ id }: User): AccountId {
  return String(id) as AccountId;
}

const DECLARED: Declared = {
  changes: new Set([...CHANGES, "delete-account"]),
  seats: "none",
  bookings: "bridge",
  updates: new Set(["email", "givenName", "familyName", "timezone"]),
  invites: false,
  bookingOrder: "bookings-first",
  marker: false,
  seatCounts: false,
};

connectorContract("librebooking", DECLARED, (t) => createHarness(t));
badAnswerContract("librebooking", DECLARED, createHarness, {
  errorInside: '{"message":"There were errors processing your request","errors":["internal"]}',
});

function find(connector: Connector, email: string): Promise<readonly ObservedAccount[]> {
  return connector.find({ email }, SIGNAL);
}

function creating(connector: Connector, profile: AccountProfile): Change {
  return { kind: "create-account", ...CAUSE, desired: connector.normalize(aDesiredAccount({ profile })) };
}

function joining(user: User, group: { readonly id: number; readonly name: string }): Change {
  const to = { by: "id", id: String(group.id) as ProductGroupId, name: group.name } as const;
  return { kind: "add-to-group", ...CAUSE, account: { by: "id", id: idOf(user) }, group: to };
}

test("nobody is shut out without being deleted, and nobody is deleted unless the configuration says so", async (t) => {
  const { connector } = await open(t, { allowDelete: false });
  t.deepEqual([...connector.capabilities.changes].sort(), [...CHANGES].sort());
  t.deepEqual([...(connector.capabilities.locked ?? [])], ["delete-account"]);
});

test("a login that is refused with 200 is a refusal, and its words are not shown", async (t) => {
  const { connector } = await open(t, { settings: { username: "admin", password: "guessed-wrongly" } });
  const error = await t.throwsAsync(find(connector, "ana@acme.example"), { instanceOf: ConnectorError });
  t.is(error.reason, "auth");
  t.notRegex(error.message, /guessed|Invalid username/);
  t.regex(error.message, / Check product\.settings\.username and product\.settings\.password\.$/);
  const [finding] = await Array.fromAsync(connector.diagnose(SIGNAL));
  t.is(
    finding?.remedy,
    "Check product.settings.username and product.settings.password, and what the credentials may do.",
  );
});

test("a session is begun once, and anew before its half hour is over", async (t) => {
  const { connector, sessions, clock, calls } = await open(t);
  await find(connector, "ana@acme.example");
  clock.advance(20 * 60_000);
  await find(connector, "ana@acme.example");
  t.is(sessions.begun, 1);
  clock.advance(31 * 60_000);
  await find(connector, "ana@acme.example");
  t.is(sessions.begun, 2);
  t.deepEqual(
    calls().filter(({ status }) => status === 401),
    [],
  );
});

test("a session that the product forgot is begun anew, and the write that met it is done once", async (t) => {
  const { twin, connector, state, sessions } = await open(t);
  await find(connector, "ana@acme.example");
  sessions.endAll();
  await connector.apply(creating(connector, { email: "ana@acme.example", displayName: "Ana Lima" }), anApplyContext());
  t.is(sessions.begun, 2);
  t.is([...state.users.values()].filter(({ emailAddress }) => emailAddress === "ana@acme.example").length, 1);
  t.is(twin.writes().filter(({ effect }) => effect).length, 1);
});

test("somebody who is no administrator is refused, without an end of logins", async (t) => {
  const { connector, state, sessions } = await open(t, { settings: { username: "bo", password: "secret" } });
  state.addUser({ emailAddress: "bo@acme.example", userName: "bo", password: "secret" });
  const error = await t.throwsAsync(find(connector, "ana@acme.example"), { instanceOf: ConnectorError });
  t.is(error.reason, "auth");
  t.true(sessions.begun <= 2);
});

test("new users get names that the product asks for, a time zone, a language and a password that nobody knows", async (t) => {
  const { connector, state } = await open(t, {
    settings: { username: ADMIN.userName, password: ADMIN.password, timezone: "Europe/Berlin", language: "de_de" },
  });
  for (const profile of [{ email: "ana@acme.example" }, { email: "bo@acme.example", displayName: "Bo Li Lind" }]) {
    await connector.apply(creating(connector, profile), anApplyContext());
  }
  const [ana, bo] = [...state.users.values()].slice(1);
  t.like(ana, {
    firstName: "ana",
    lastName: "-",
    userName: "ana@acme.example",
    timezone: "Europe/Berlin",
    language: "de_de",
  });
  t.like(bo, { firstName: "Bo Li", lastName: "Lind" });
  t.true((ana?.password.length ?? 0) >= 32);
  t.not(ana?.password, bo?.password);
});

test("an update keeps what the directory does not know", async (t) => {
  const { connector, state } = await open(t);
  const attributes = [{ id: 4, value: "blue" }];
  const own = { phone: "123", organization: "Acme", position: "Dentist", attributes };
  const ana = state.addUser({ emailAddress: "ana@acme.example", firstName: "Ana", lastName: "Lima", ...own });
  const group = state.addGroup("Sales");
  state.setMembers(group.id, new Set([ana.id]));
  const before = shown(ana, state).profile;
  const after = { ...before, email: "ana.lima@acme.example", familyName: "Lima-Reis" };
  await connector.apply({ kind: "update-account", ...CAUSE, account: idOf(ana), before, after }, anApplyContext());
  const changed = { emailAddress: "ana.lima@acme.example", userName: "ana.lima@acme.example", lastName: "Lima-Reis" };
  t.deepEqual(state.users.get(ana.id), { ...ana, ...changed });
  t.is(state.groupsOf(ana.id).length, 1);
});

test("a user name that is no address stays when the address changes", async (t) => {
  const { connector, state } = await open(t);
  const ana = state.addUser({ emailAddress: "ana@acme.example", userName: "ana" });
  const before = shown(ana, state).profile;
  const after = { ...before, email: "ana.lima@acme.example" };
  await connector.apply({ kind: "update-account", ...CAUSE, account: idOf(ana), before, after }, anApplyContext());
  t.like(state.users.get(ana.id), { emailAddress: "ana.lima@acme.example", userName: "ana" });
});

test("an address that somebody else has cannot be given", async (t) => {
  const { connector, state } = await open(t);
  state.addUser({ emailAddress: "bo@acme.example" });
  const ana = state.addUser({ emailAddress: "ana@acme.example" });
  const before = shown(ana, state).profile;
  const after = { ...before, email: "bo@acme.example" };
  const update = { kind: "update-account", ...CAUSE, account: idOf(ana), before, after } as const;
  await t.throwsAsync(connector.apply(update, anApplyContext()), { code: "connector.conflict" });
});

test("somebody inactive is not listed, is found by id, and keeps the address", async (t) => {
  const { connector, state } = await open(t);
  const ana = state.addUser({ emailAddress: "ana@acme.example", status: 3 });
  const bo = state.addUser({ emailAddress: "bo@acme.example", status: 2 });
  const { pages } = await connector.observe(SIGNAL);
  t.is((await Array.fromAsync(pages)).flat().length, 1);
  const status = async ({ id, emailAddress: email }: User) =>
    (await connector.find({ account: String(id) as AccountId, email }, SIGNAL)).map((account) => account.status);
  t.deepEqual(await status(ana), ["deactivated"]);
  t.deepEqual(await status(bo), ["pending"]);
  const create = creating(connector, { email: "ana@acme.example", displayName: "Ana Lima" });
  await t.throwsAsync(connector.apply(create, anApplyContext()), { code: "connector.conflict" });
});

test("an account is never taken for another whose address it contains", async (t) => {
  const { connector, state } = await open(t);
  state.addUser({ emailAddress: "joana@acme.example" });
  t.deepEqual(await find(connector, "ana@acme.example"), []);
});

test("people who join a group at the same time all get in, and those who were there stay", async (t) => {
  const { connector, state } = await open(t);
  const [ana, bo, cy] = ["ana", "bo", "cy"].map((name) => state.addUser({ emailAddress: `${name}@acme.example` }));
  if (ana === undefined || bo === undefined || cy === undefined) return t.fail();
  const group = state.addGroup("Sales");
  state.setMembers(group.id, new Set([cy.id]));
  await Promise.all([ana, bo].map((user) => connector.apply(joining(user, group), anApplyContext())));
  t.deepEqual([...(state.groups.get(group.id)?.members ?? [])].sort(), [ana.id, bo.id, cy.id].sort());
});

test("a group is made once, though the product would take its name twice, and also where there was none", async (t) => {
  const { connector, state } = await open(t);
  t.deepEqual((await connector.observe(SIGNAL)).groups, []);
  const create = { kind: "create-group", ...CAUSE, name: "Sales" } as const;
  const first = await connector.apply(create, anApplyContext());
  const again = await connector.apply(create, anApplyContext());
  t.deepEqual(again, { ...first, effect: "already-so" });
  t.is(state.groups.size, 1);
});

test("reservations beyond the product's two weeks are listed, and guests are those who will be told", async (t) => {
  const { connector, state, clock } = await open(t);
  const ana = state.addUser({ emailAddress: "ana@acme.example" });
  const bo = state.addUser({ emailAddress: "bo@acme.example" });
  const cy = state.addUser({ emailAddress: "cy@acme.example" });
  const guests = { participatingGuests: ["gus@guest.example"], invitedGuests: ["ivo@guest.example"] };
  const hours = 20 * 24;
  const { reference } = state.addReservation({
    owner: ana.id,
    hours,
    participants: [bo.id],
    invitees: [cy.id],
    ...guests,
  });
  // Somebody who is only invited owns nothing.
  state.addReservation({ owner: bo.id, hours: 24, invitees: [ana.id] });
  const bookings = await Array.fromAsync(connector.bookings(idOf(ana), clock.now(), SIGNAL));
  t.deepEqual(
    bookings.map(({ id, guests: told }) => [id, told]),
    [[reference, 2]],
  );
  const [{ id: booking, startsAt } = { id: "" as BookingId, startsAt: "" as Instant }] = bookings;
  const cancel = { kind: "cancel-booking", ...CAUSE, account: idOf(ana), booking, startsAt, guests: 2 } as const;
  t.is((await connector.apply(cancel, anApplyContext())).effect, "changed");
  t.deepEqual(state.mails.map(({ to }) => to).sort(), ["bo@acme.example", "gus@guest.example"]);
});

test("of a series, only the reservation that was meant is cancelled", async (t) => {
  const { connector, state, clock } = await open(t);
  const ana = state.addUser({ emailAddress: "ana@acme.example" });
  const [first, second] = [24, 48, 72].map((hours) => state.addReservation({ owner: ana.id, hours, series: 7 }));
  const booking = (second?.reference ?? "") as BookingId;
  const cancel = {
    kind: "cancel-booking",
    ...CAUSE,
    account: idOf(ana),
    booking,
    startsAt: clock.now(),
    guests: 0,
  } as const;
  await connector.apply(cancel, anApplyContext());
  t.is(state.reservations.size, 2);
  t.true(state.reservations.has(first?.reference ?? ""));
});

test("a reservation that is gone already is cancelled already", async (t) => {
  const { connector, state, clock } = await open(t);
  const ana = state.addUser({ emailAddress: "ana@acme.example" });
  const booking = "5f3e1c2b0a4d7123456799" as BookingId;
  const cancel = {
    kind: "cancel-booking",
    ...CAUSE,
    account: idOf(ana),
    booking,
    startsAt: clock.now(),
    guests: 0,
  } as const;
  t.is((await connector.apply(cancel, anApplyContext())).effect, "already-so");
});

test("a cancellation is believed only when the reservation is gone", async (t) => {
  const { twin, connector, state, clock } = await open(t);
  const ana = state.addUser({ emailAddress: "ana@acme.example" });
  const booking = state.addReservation({ owner: ana.id, hours: 24 }).reference as BookingId;
  const cancel = {
    kind: "cancel-booking",
    ...CAUSE,
    account: idOf(ana),
    booking,
    startsAt: clock.now(),
    guests: 0,
  } as const;
  const said = { status: 200, body: { message: "The item was deleted" } };
  twin.fault({ kind: "answer", answer: said }, { method: "DELETE", times: 1 });
  await t.throwsAsync(connector.apply(cancel, anApplyContext()), { code: "connector.unavailable" });
});

test("nobody is deleted while something is booked with them", async (t) => {
  const { connector, state } = await open(t);
  const ana = state.addUser({ emailAddress: "ana@acme.example" });
  const { reference } = state.addReservation({ owner: ana.id, hours: 24 * 90 });
  const remove = { kind: "delete-account", ...CAUSE, account: idOf(ana) } as const;
  await t.throwsAsync(connector.apply(remove, anApplyContext()), { code: "connector.unavailable" });
  t.true(state.users.has(ana.id));
  state.cancel(reference, "this");
  t.is((await connector.apply(remove, anApplyContext())).effect, "changed");
  t.false(state.users.has(ana.id));
});

test("an answer without a list of reservations does not say that there are none", async (t) => {
  const { twin, connector, state } = await open(t);
  const ana = state.addUser({ emailAddress: "ana@acme.example" });
  state.addReservation({ owner: ana.id, hours: 24 });
  const remove = { kind: "delete-account", ...CAUSE, account: idOf(ana) } as const;
  for (const body of [{}, { reservations: null }, { message: "internal" }]) {
    twin.fault({ kind: "answer", answer: { status: 200, body } }, { path: "/Reservations/", times: 1 });
    await t.throwsAsync(connector.apply(remove, anApplyContext()), { code: "connector.unavailable" });
  }
  t.true(state.users.has(ana.id));
});

test("reservations of others are not a leaver's, though the product lists them", async (t) => {
  const { twin, connector, state, clock } = await open(t);
  const [ana, bo] = ["ana", "bo"].map((name) => state.addUser({ emailAddress: `${name}@acme.example` }));
  if (ana === undefined || bo === undefined) return t.fail();
  const at = { startDate: "2099-01-05T10:00:00+0000", endDate: "2099-01-05T10:30:00+0000" };
  const rest = { ...at, participants: [], participatingGuests: [] };
  const reservations = [
    { referenceNumber: "hers", userId: String(ana.id), ...rest },
    { referenceNumber: "his", userId: String(bo.id), ...rest },
  ];
  twin.fault({ kind: "answer", answer: { status: 200, body: { reservations } } }, { path: "/Reservations/" });
  const listed = await Array.fromAsync(connector.bookings(idOf(ana), clock.now(), SIGNAL));
  t.deepEqual(
    listed.map(({ id }) => id),
    ["hers" as BookingId],
  );
});

test("somebody who does not exist is not deleted, though the product would say that they were", async (t) => {
  const { connector } = await open(t);
  const remove = { kind: "delete-account", ...CAUSE, account: "4711" as AccountId } as const;
  t.is((await connector.apply(remove, anApplyContext())).effect, "already-so");
});

test("a page for people where an answer is due says nothing about what happened", async (t) => {
  const { twin, connector } = await open(t);
  twin.fault({ kind: "answer-after-effect", answer: html(500) }, { method: "POST", path: "/Users/", times: 1 });
  const create = creating(connector, { email: "ana@acme.example", displayName: "Ana Lima" });
  await t.throwsAsync(connector.apply(create, anApplyContext()), { code: "connector.unavailable" });
  const again = await connector.apply(create, anApplyContext({ mayHaveHappened: true }));
  t.is(again.effect, "already-so");
});

test("a list of nobody's is no empty list", async (t) => {
  const { twin, connector } = await open(t);
  twin.fault({ kind: "answer", answer: { status: 200, body: { users: null } } }, { path: "/Users/" });
  await t.throwsAsync(find(connector, "ana@acme.example"), { code: "connector.unavailable" });
});
