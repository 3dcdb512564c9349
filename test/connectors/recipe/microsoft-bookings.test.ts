/** The shipped recipe of Microsoft Bookings against its twin. */
import test from "ava";
import type { ExecutionContext } from "ava";
import type { AccountId, AccountProfile, BookingId, ObservedAccount, Seat } from "../../../src/domain/account.ts";
import { ConnectorError } from "../../../src/domain/errors.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import type { Change } from "../../../src/domain/plan.ts";
import type { Connector } from "../../../src/ports/connector.ts";
import { CAUSE } from "../../contracts/connector-changes.ts";
import { connectorContract, type Declared } from "../../contracts/connector.ts";
import { badAnswerContract, type SpoilableHarness, type SpoilableOptions } from "../../contracts/connector-answers.ts";
import { aDesiredAccount, anApplyContext } from "../../contracts/connector-harness.ts";
import { shippedConnector } from "../../support/shipped-recipe.ts";
import { APPLICATION } from "../../twins/msbookings/login.ts";
import { refusal, type BookingsHabits } from "../../twins/msbookings/routes.ts";
import type { BookingsState, StaffMember } from "../../twins/msbookings/state.ts";
import { BUSINESS, startBookings, type BookingsTwin } from "../../twins/msbookings/twin.ts";

const SIGNAL = new AbortController().signal;

async function open(t: ExecutionContext, habits: Partial<BookingsHabits> = {}, requestTimeoutMs?: number) {
  const twin = await startBookings(t, habits);
  return { twin, ...twin, connector: connect(t, twin, {}, requestTimeoutMs) };
}

function connect(
  t: ExecutionContext,
  { url, login, clock }: BookingsTwin,
  settings: JsonObject = {},
  requestTimeoutMs?: number,
): Connector {
  const given = { ...APPLICATION, business: BUSINESS, login: login.url, ...settings };
  return shippedConnector(t, "microsoft-bookings", { baseUrl: url, settings: given }, clock, requestTimeoutMs);
}

async function createHarness(
  t: ExecutionContext,
  { requestTimeoutMs }: SpoilableOptions = {},
): Promise<SpoilableHarness> {
  const { twin, state, login, connector, clock, spoiler } = await open(t, {}, requestTimeoutMs);
  return {
    connector,
    spoiler,
    severalPages: 65,
    seat: "standard" as Seat,
    now: () => clock.now(),
    addAccount: (profile) => Promise.resolve(addStaff(state, profile).id as AccountId),
    addBooking(account, hours) {
      const customers = ["gus@guest.example", "gia@guest.example"];
      return Promise.resolve(state.addAppointment([account], hours, customers).id as BookingId);
    },
    accounts: () => Promise.resolve([...state.staff.values()].map(shown)),
    mails: () => Promise.resolve(state.mails.filter(({ isStaff }) => !isStaff).length),
    writes: () => Promise.resolve(twin.writes().length),
    fail(fault) {
      login.fail(fault);
      return Promise.resolve(twin.fail(fault));
    },
    failSecondPage: () => Promise.resolve(twin.failPage("accounts", 2)),
    heal() {
      login.heal();
      return Promise.resolve(twin.heal());
    },
    fillSeats: () => Promise.resolve(fill(state)),
  };
}

function addStaff(state: BookingsState, { email, displayName = email, timezone }: AccountProfile): StaffMember {
  return state.addStaff({
    emailAddress: email,
    displayName,
    ...(timezone === undefined ? {} : { timeZone: timezone }),
  });
}

function fill(state: BookingsState): void {
  while (state.staff.size < 100) state.addStaff({ emailAddress: `staff${state.staff.size}@acme.example` });
}

function shown({ id, emailAddress: email, displayName, timeZone: timezone, role }: StaffMember): ObservedAccount {
  return {
    id: id as AccountId,
    status: "active",
    role: role === "administrator" ? "admin" : "member",
    profile: { email, displayName, timezone },
    seat: "standard" as Seat,
    groups: [],
  };
}

const DECLARED: Declared = {
  changes: new Set([
    "create-account",
    "adopt-account",
    "update-account",
    "assign-seat",
    "release-seat",
    "deactivate-account",
    "cancel-booking",
  ]),
  seats: "implied",
  bookings: "bridge",
  updates: new Set(["email", "displayName", "timezone"]),
  invites: false,
  deactivated: "gone",
  bookingOrder: "bookings-first",
  marker: false,
  seatCounts: false,
};

connectorContract("microsoft-bookings", DECLARED, (t) => createHarness(t));
badAnswerContract("microsoft-bookings", DECLARED, createHarness, {
  linksPages: true,
  errorInside: '{"error":{"code":"InternalServerError","message":"internal"}}',
});

function creating(connector: Connector, profile: AccountProfile): Change {
  return { kind: "create-account", ...CAUSE, desired: connector.normalize(aDesiredAccount({ profile })) };
}

async function everybody(connector: Connector): Promise<readonly ObservedAccount[]> {
  return (await Array.fromAsync((await connector.observe(SIGNAL)).pages)).flat();
}

test("one access token serves until it ends, and is then fetched anew", async (t) => {
  const { connector, tokens, clock } = await open(t);
  for (let count = 0; count < 3; count++) await everybody(connector);
  t.is(tokens.given, 1);
  clock.advance(3_599_000);
  await everybody(connector);
  t.is(tokens.given, 2);
});

test("a token that the product does not take any more is replaced, and the write that met it is done once", async (t) => {
  const { twin, connector, state, tokens } = await open(t);
  await everybody(connector);
  tokens.revokeAll();
  await connector.apply(creating(connector, { email: "ana@acme.example", displayName: "Ana" }), anApplyContext());
  t.is(tokens.given, 2);
  t.is(state.staff.size, 2);
  t.is(twin.writes().filter(({ effect }) => effect).length, 1);
});

test("a wrong secret is told as such, without the secret", async (t) => {
  const twin = await startBookings(t);
  const connector = connect(t, twin, { clientSecret: "wrong~secret" });
  const error = await t.throwsAsync(connector.find({ email: "ana@acme.example" }, SIGNAL), {
    instanceOf: ConnectorError,
  });
  t.is(error.reason, "auth");
  t.notRegex(error.message, /wrong~secret|AADSTS/);
});

test("a list that shows ids only is completed one by one, and one that shows everything is not", async (t) => {
  for (const [listsIdsOnly, details] of [
    [true, 3],
    [false, 0],
  ] as const) {
    const { connector, state, calls } = await open(t, { listsIdsOnly });
    for (const name of ["ana", "bo"]) addStaff(state, { email: `${name}@acme.example` });
    t.deepEqual(await everybody(connector), [...state.staff.values()].map(shown));
    t.is(calls().filter(({ route }) => route?.endsWith("/staffMembers/:id") === true).length, details);
  }
});

test("staff who have not accepted yet are pending, and newer roles are known", async (t) => {
  const { connector, state } = await open(t);
  state.addStaff({ emailAddress: "ana@acme.example", role: "teamMember", membershipStatus: "pendingAcceptance" });
  const [ana] = await connector.find({ email: "ana@acme.example" }, SIGNAL);
  t.like(ana, { status: "pending", role: "member" });
});

test("new staff have the role of the settings", async (t) => {
  const twin = await startBookings(t);
  const connector = connect(t, twin, { role: "teamMember" });
  await connector.apply(creating(connector, { email: "ana@acme.example" }), anApplyContext());
  t.like([...twin.state.staff.values()][1], { displayName: "ana", role: "teamMember", timeZone: "UTC" });
});

test("the hundred-and-first staff member has no seat, and is not even sent", async (t) => {
  const { twin, connector, state } = await open(t);
  fill(state);
  const create = creating(connector, { email: "ana@acme.example" });
  await t.throwsAsync(connector.apply(create, anApplyContext()), { code: "connector.no-seat" });
  t.deepEqual(twin.writes(), []);
});

test("a refusal for want of room is no refusal for good", async (t) => {
  const { twin, connector } = await open(t);
  const full = refusal(400, "ErrorExceededStaffLimit", "The maximum number of staff members is 100.");
  twin.fault({ kind: "answer", answer: full }, { method: "POST", times: 1 });
  const create = creating(connector, { email: "ana@acme.example" });
  await t.throwsAsync(connector.apply(create, anApplyContext()), { code: "connector.no-seat" });
});

test("appointments of others are not listed, and times come in either form", async (t) => {
  const forms = [
    ["start", "end"],
    ["startDateTime", "endDateTime"],
  ] as const;
  for (const times of forms) {
    const { connector, state, clock } = await open(t, { times, pageSize: 2 });
    const ana = addStaff(state, { email: "ana@acme.example" });
    const bo = addStaff(state, { email: "bo@acme.example" });
    for (const hours of [24, 48, 72, 24 * 400]) state.addAppointment([bo.id], hours, ["gus@guest.example"]);
    const { id, startsMs } = state.addAppointment([ana.id], 24 * 500, ["gus@guest.example"]);
    const bookings = await Array.fromAsync(connector.bookings(ana.id as AccountId, clock.now(), SIGNAL));
    t.deepEqual(
      bookings.map((one) => [one.id, Date.parse(one.startsAt), one.guests]),
      [[id, startsMs, 1]],
    );
  }
});

test("appointments with other staff are kept, unless the settings have them cancelled", async (t) => {
  for (const collective of [undefined, "keep", "cancel"]) {
    const twin = await startBookings(t);
    const connector = connect(t, twin, collective === undefined ? {} : { collective });
    const ana = addStaff(twin.state, { email: "ana@acme.example" });
    const bo = addStaff(twin.state, { email: "bo@acme.example" });
    const own = twin.state.addAppointment([ana.id], 24, ["gus@guest.example"]).id;
    const shared = twin.state.addAppointment([bo.id, ana.id], 25, ["gus@guest.example"]).id;
    const bookings = await Array.fromAsync(connector.bookings(ana.id as AccountId, twin.clock.now(), SIGNAL));
    t.deepEqual(
      bookings.map(({ id }) => String(id)),
      collective === "cancel" ? [own, shared] : [own],
    );
  }
});

test("customers and staff are told why", async (t) => {
  const { connector, state, clock } = await open(t);
  const ana = addStaff(state, { email: "ana@acme.example" });
  const booking = state.addAppointment([ana.id], 24, ["gus@guest.example"]).id as BookingId;
  const cancel = {
    kind: "cancel-booking",
    ...CAUSE,
    account: ana.id as AccountId,
    booking,
    startsAt: clock.now(),
    guests: 1,
  } as const;
  await connector.apply(cancel, anApplyContext({ guestReason: "Ana has left." }));
  t.deepEqual(state.mails, [
    { to: "gus@guest.example", isStaff: false, message: "Ana has left." },
    { to: "ana@acme.example", isStaff: true, message: "Ana has left." },
  ]);
  // Gone is cancelled.
  t.is((await connector.apply(cancel, anApplyContext())).effect, "already-so");
});

test("another business is another organisation", async (t) => {
  const { connector } = await open(t);
  t.is((await connector.observe(SIGNAL)).tenant, BUSINESS);
});
