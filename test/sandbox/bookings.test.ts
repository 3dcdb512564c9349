import test from "ava";
import { startApi } from "../support/sandbox-api.ts";

test("a booking is upcoming until it has ended, and past from then on", async (t) => {
  const { call, member, booking, clock } = await startApi(t);
  const id = await booking(await member("ana@acme.example"), 1);
  const status = async () => (await call("GET", `/bookings/${id}`)).body["status"];
  t.is(await status(), "upcoming");
  clock.advance(3_600_000 + 1_799_999);
  t.is(await status(), "upcoming");
  clock.advance(1);
  t.is(await status(), "past");
  t.is((await call("POST", `/bookings/${id}/cancel`, {})).body.error.code, "booking_past");
});

test("bookings are listed by host, status and time", async (t) => {
  const { call, member, booking, clock } = await startApi(t);
  const ana = await member("ana@acme.example");
  const bo = await member("bo@acme.example");
  const [past, soon, late] = [await booking(ana, -48), await booking(ana, 2), await booking(ana, 9_000)];
  const other = await booking(bo, 2);
  const ids = async (query: string) => (await call("GET", `/bookings?${query}`)).body.items.map(({ id }) => id);
  t.deepEqual(await ids(""), [past, soon, late, other]);
  t.deepEqual(await ids(`hostId=${ana}`), [past, soon, late]);
  t.deepEqual(await ids(`hostId=${ana}&status=upcoming`), [soon, late]);
  t.deepEqual(await ids(`status=past`), [past]);
  const now = clock.now();
  const inADay = new Date(Date.parse(now) + 86_400_000).toISOString();
  t.deepEqual(await ids(`from=${now}`), [soon, late, other]);
  t.deepEqual(await ids(`from=${now}&to=${inADay}`), [soon, other]);
  t.deepEqual(await ids(`hostId=mem_nobody`), []);
});

test("every guest of a cancelled booking gets one mail with the reason, and never a second", async (t) => {
  const { call, member, booking, clock } = await startApi(t);
  const guests = [
    { name: "Gus", email: "gus@guest.example" },
    { name: "Gia", email: "gia@guest.example" },
  ];
  const id = await booking(await member("ana@acme.example"), 24, { guests });
  const cancelled = await call("POST", `/bookings/${id}/cancel`, { reason: "Please book again." });
  t.like(cancelled, { status: 200, body: { status: "cancelled" } });
  t.is((await call("POST", `/bookings/${id}/cancel`, { reason: "Again" })).body.error.code, "already_cancelled");
  const { items, total } = (await call("GET", "/outbox")).body;
  t.is(total, 2);
  t.deepEqual(
    items.map(({ id: _, ...mail }) => mail),
    guests.map(({ email }) => ({
      at: clock.now(),
      to: email,
      bookingId: id,
      kind: "booking-cancelled",
      subject: "Cancelled: Intro",
      reason: "Please book again.",
    })),
  );
});

test("a booking can be cancelled without a body", async (t) => {
  const { call, member, booking } = await startApi(t);
  const id = await booking(await member("ana@acme.example"), 24);
  t.is((await call("POST", `/bookings/${id}/cancel`)).status, 200);
  t.is((await call("GET", "/outbox")).body.items[0]?.["reason"], null);
});

test("a booking moves to an active member, and the guests are told", async (t) => {
  const { call, member, booking } = await startApi(t);
  const ana = await member("ana@acme.example");
  const bo = await member("bo@acme.example", { displayName: "Bo Li" });
  const id = await booking(ana, 24);
  const reassign = (hostId: string) => call("POST", `/bookings/${id}/reassign`, { hostId });
  t.is((await reassign(ana)).body.error.code, "already_host");
  t.is((await reassign("mem_nobody")).body.error.code, "unknown_host");
  t.like((await reassign(bo)).body, { hostId: bo, status: "upcoming" });
  t.is((await call("GET", `/bookings?hostId=${ana}`)).body.total, 0);
  t.is((await call("GET", `/bookings?hostId=${bo}`)).body.total, 1);
  const { items, total } = (await call("GET", "/outbox")).body;
  t.is(total, 1);
  t.like(items[0], { kind: "booking-reassigned", subject: "Intro: now with Bo Li", to: "gus@guest.example" });
  await call("POST", `/members/${ana}/deactivate`);
  t.is((await reassign(ana)).body.error.code, "host_deactivated");
  await call("POST", `/bookings/${id}/cancel`);
  t.is((await reassign(ana)).body.error.code, "already_cancelled");
});

test("a deactivated member cannot be booked, but the bookings made before can be cancelled", async (t) => {
  const { call, member, booking } = await startApi(t);
  const ana = await member("ana@acme.example");
  const id = await booking(ana, 24);
  await call("POST", `/members/${ana}/deactivate`);
  const times = { startsAt: "2026-12-01T10:00:00Z", endsAt: "2026-12-01T10:30:00Z" };
  t.is(
    (await call("POST", "/bookings", { hostId: ana, title: "Intro", ...times })).body.error.code,
    "host_deactivated",
  );
  t.is((await call("POST", `/bookings/${id}/cancel`)).status, 200);
});

test("times are taken with any offset and shown in UTC; a booking must end after it starts", async (t) => {
  const { call, member } = await startApi(t);
  const hostId = await member("ana@acme.example");
  const times = { startsAt: "2026-12-01T10:00:00+02:00", endsAt: "2026-12-01T10:30:00+02:00" };
  const { body } = await call("POST", "/bookings", { hostId, title: "Intro", ...times });
  t.like(body, {
    startsAt: "2026-12-01T08:00:00.000Z",
    endsAt: "2026-12-01T08:30:00.000Z",
    guests: [],
    seriesId: null,
  });
  const reversed = { startsAt: times.endsAt, endsAt: times.startsAt };
  t.like(await call("POST", "/bookings", { hostId, title: "Intro", ...reversed }), {
    status: 400,
    body: { error: { code: "invalid_request", details: [{ path: "endsAt", message: "must be after startsAt" }] } },
  });
});
