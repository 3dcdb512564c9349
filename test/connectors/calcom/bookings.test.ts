import test from "ava";
import type { AccountId, BookingId } from "../../../src/domain/account.ts";
import type { Instant } from "../../../src/domain/brand.ts";
import type { Connector } from "../../../src/ports/connector.ts";
import { CAUSE } from "../../contracts/connector-changes.ts";
import { anApplyContext } from "../../contracts/connector-harness.ts";
import { json } from "../../twins/kit/answers.ts";
import { connectTwin } from "../../twins/calcom/harness.ts";
import { addBooking, addMember, addUser } from "../../twins/calcom/state.ts";
import type { CalcomBooking } from "../../twins/calcom/state.ts";

const SIGNAL = new AbortController().signal;
const NOW = "2026-11-23T09:00:00.000Z" as Instant;
const TOMORROW = "2026-11-24T10:00:00.000Z";

async function upcoming(connector: Connector, host: number): Promise<readonly string[]> {
  const found = await Array.fromAsync(connector.bookings(String(host) as AccountId, NOW, SIGNAL));
  return found.map(({ id }) => id).sort();
}

function cancellation({ uid, host }: CalcomBooking) {
  const booking = { account: String(host) as AccountId, booking: uid as BookingId, startsAt: NOW, guests: 2 };
  return { kind: "cancel-booking", ...CAUSE, ...booking } as const;
}

test("bookings of all three statuses are listed, each once, with the version header", async (t) => {
  const { connector, state } = await connectTwin(t);
  const { id: host } = addMember(state, { email: "ana@acme.example" });
  const expected = [
    addBooking(state, { host, start: TOMORROW }),
    addBooking(state, { host, start: TOMORROW, series: "series" }),
    addBooking(state, { host, start: TOMORROW, status: "pending" }),
    addBooking(state, { host, start: TOMORROW, status: "pending", series: "series" }),
  ];
  addBooking(state, { host, start: TOMORROW, status: "cancelled" });
  addBooking(state, { host, start: TOMORROW, status: "rejected" });
  t.deepEqual(await upcoming(connector, host), expected.map(({ uid }) => uid).sort());
});

test("a booking that somebody only attends is not theirs to lose", async (t) => {
  const { connector, state } = await connectTwin(t);
  const { id: host, email } = addMember(state, { email: "ana@acme.example" });
  const { id: other } = addMember(state, { email: "bo@acme.example" });
  addBooking(state, { host: other, start: TOMORROW, attendees: [email] });
  t.deepEqual(await upcoming(connector, host), []);
});

test("more bookings than a page holds are all listed", async (t) => {
  const { connector, state } = await connectTwin(t);
  const { id: host } = addMember(state, { email: "ana@acme.example" });
  for (let i = 0; i < 500; i += 1) addBooking(state, { host, start: TOMORROW });
  t.is((await upcoming(connector, host)).length, 500);
});

test("fewer bookings than Cal.com counts are not taken for all, nor are pages that come again", async (t) => {
  const { connector, twin, state } = await connectTwin(t);
  const { id: host } = addMember(state, { email: "ana@acme.example" });
  for (let i = 0; i < 251; i += 1) addBooking(state, { host, start: TOMORROW });
  const path = "/organizations/:org/users/:user/bookings";
  const short = { status: "success", data: [], pagination: { totalItems: 251 } };
  twin.fault({ kind: "answer", answer: json(200, short) }, { path });
  await t.throwsAsync(upcoming(connector, host), { code: "connector.unavailable", message: /0 of 251/ });
  twin.heal();
  let first: unknown;
  twin.fault({ kind: "change-answer", change: (answer) => ({ ...answer, body: (first ??= answer.body) }) }, { path });
  await t.throwsAsync(upcoming(connector, host), { code: "connector.unavailable", message: /twice/ });
});

test("bookings of somebody who is not in the organisation are missing, not none", async (t) => {
  const { connector, state } = await connectTwin(t);
  const { id } = addUser(state, { email: "ana@acme.example", username: "ana" });
  await t.throwsAsync(upcoming(connector, id), { code: "connector.missing" });
  await t.throwsAsync(Array.fromAsync(connector.bookings("../1" as AccountId, NOW, SIGNAL)), {
    code: "connector.missing",
  });
});

test("a member whose bookings may not be read is no leaver without bookings", async (t) => {
  const { connector, twin, state } = await connectTwin(t);
  const { id } = addMember(state, { email: "ana@acme.example" });
  const forbidden = json(403, {
    status: "error",
    error: { code: "ForbiddenException", message: "Forbidden resource" },
  });
  twin.fault({ kind: "answer", answer: forbidden }, { path: "/organizations/:org/users/:user/bookings" });
  await t.throwsAsync(upcoming(connector, id), { code: "connector.rejected" });
});

test("a booking of an older shape is not read as if it were one of today's", async (t) => {
  const { connector, twin, state } = await connectTwin(t);
  const { id } = addMember(state, { email: "ana@acme.example" });
  const old = { status: "success", data: [{ id: 1, uid: "bk_1", startTime: TOMORROW, endTime: TOMORROW }] };
  twin.fault({ kind: "answer", answer: json(200, old) }, { path: "/organizations/:org/users/:user/bookings" });
  await t.throwsAsync(upcoming(connector, id), { code: "connector.unavailable", message: /shape/ });
});

test("guests are told the reason; a booking that is cancelled, over or not there is so already, and nobody is told twice", async (t) => {
  const { connector, state, clock } = await connectTwin(t);
  const { id: host } = addMember(state, { email: "ana@acme.example" });
  const booking = addBooking(state, { host, start: TOMORROW, hasSeats: true, series: "series" });
  const next = addBooking(state, { host, start: "2026-11-25T10:00:00.000Z", series: "series" });
  const cancel = (one: CalcomBooking, mayHaveHappened = false) =>
    connector.apply(cancellation(one), anApplyContext({ mayHaveHappened }));
  t.is((await cancel(booking)).effect, "changed");
  t.is(state.bookings.get(next.uid)?.status, "accepted", "the rest of the series stays");
  t.deepEqual(
    state.guestMails.map(({ reason }) => reason),
    Array(2).fill("Your host is no longer available."),
  );
  for (const again of [false, true]) t.is((await cancel(booking, again)).effect, "already-so");
  t.is((await cancel({ ...booking, uid: "nobodyKnowsThis" })).effect, "already-so");
  clock.advance(72 * 3_600_000);
  t.is((await cancel(next)).effect, "already-so");
  t.is(state.guestMails.length, 2);
});

test("a booking that Cal.com does not cancel is rejected, whichever status it says that with", async (t) => {
  const { connector, twin, state } = await connectTwin(t);
  const { id: host } = addMember(state, { email: "ana@acme.example" });
  const booking = addBooking(state, { host, start: TOMORROW });
  for (const [status, code] of [
    [400, "BadRequestException"],
    [401, "UnauthorizedException"],
    [403, "ForbiddenException"],
  ] as const) {
    const message = "User not a host of this event: gus@guest.example";
    twin.fault(
      { kind: "answer", answer: json(status, { status: "error", error: { code, message } }) },
      { method: "POST" },
    );
    const error = await t.throwsAsync(connector.apply(cancellation(booking), anApplyContext()), {
      code: "connector.rejected",
    });
    t.notRegex(error?.message ?? "", /guest/);
    twin.heal();
  }
  t.is(state.guestMails.length, 0);
});

test("a booking of one host alone cannot be handed over: that is rejected, and it stays", async (t) => {
  const { connector, state } = await connectTwin(t);
  const { id: host } = addMember(state, { email: "ana@acme.example" });
  const to = String(addMember(state, { email: "bo@acme.example" }).id) as AccountId;
  const booking = addBooking(state, { host, start: TOMORROW, pool: null });
  const change = { ...cancellation(booking), kind: "reassign-booking", to } as const;
  await t.throwsAsync(connector.apply(change, anApplyContext()), { code: "connector.rejected" });
  t.is(state.bookings.get(booking.uid)?.host, host);
  t.is(state.guestMails.length, 0);
});
