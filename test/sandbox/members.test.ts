import test from "ava";
import { startApi } from "../support/sandbox-api.ts";

test("a member is created active, without seat and groups, and shown by id and e-mail", async (t) => {
  const { call, clock } = await startApi(t);
  const created = await call("POST", "/members", {
    email: "Ana@Acme.example",
    givenName: "Ana",
    familyName: "Lima",
    timezone: "Europe/Lisbon",
    externalRef: "u1",
  });
  t.is(created.status, 201);
  t.deepEqual(created.body as unknown, {
    id: created.body.id,
    email: "ana@acme.example",
    givenName: "Ana",
    familyName: "Lima",
    displayName: "Ana Lima",
    timezone: "Europe/Lisbon",
    role: "member",
    externalRef: "u1",
    status: "active",
    seat: null,
    groupIds: [],
    createdAt: clock.now(),
  });
  t.deepEqual((await call("GET", `/members/${created.body.id}`)).body, created.body);
  const found = await call("GET", "/members?email=ANA@acme.EXAMPLE");
  t.deepEqual(found.body as unknown, { items: [created.body], nextCursor: null, total: 1 });
});

test("an e-mail belongs to one member, whatever its letter case", async (t) => {
  const { call, member } = await startApi(t);
  const ana = await member("ana@acme.example");
  const bo = await member("bo@acme.example");
  t.like(await call("POST", "/members", { email: "ANA@acme.example" }), {
    status: 409,
    body: { error: { code: "email_taken" } },
  });
  t.is((await call("PATCH", `/members/${bo}`, { email: "Ana@acme.example" })).body.error.code, "email_taken");
  t.is((await call("PATCH", `/members/${ana}`, { email: "ANA@acme.example" })).status, 200);
  await call("PATCH", `/members/${ana}`, { email: "ana.lima@acme.example" });
  t.is((await call("PATCH", `/members/${bo}`, { email: "ana@acme.example" })).status, 200);
  t.is((await call("GET", "/members?email=bo@acme.example")).body.total, 0);
});

test("a patch changes only what it names, and null clears", async (t) => {
  const { call, member } = await startApi(t);
  const id = await member("ana@acme.example", { givenName: "Ana", timezone: "UTC" });
  const { body } = await call("PATCH", `/members/${id}`, { displayName: "A. Lima", timezone: null });
  t.like(body, { displayName: "A. Lima", givenName: "Ana", timezone: null, email: "ana@acme.example" });
});

test("a deactivated member keeps seat, groups and bookings", async (t) => {
  const { call, member, booking } = await startApi(t);
  const id = await member("ana@acme.example");
  const group = (await call("POST", "/groups", { name: "Sales" })).body.id;
  await call("PUT", `/members/${id}/seat`, { seat: "standard" });
  await call("PUT", `/groups/${group}/members/${id}`);
  await booking(id, 24);
  const { status, body } = await call("POST", `/members/${id}/deactivate`);
  t.is(status, 200);
  t.like(body, { status: "deactivated", seat: "standard", groupIds: [group] });
  t.is((await call("GET", `/bookings?hostId=${id}&status=upcoming`)).body.total, 1);
  t.is((await call("POST", `/members/${id}/deactivate`)).body.error.code, "already_deactivated");
  t.like((await call("POST", `/members/${id}/reactivate`)).body, { status: "active", seat: "standard" });
  t.is((await call("POST", `/members/${id}/reactivate`)).body.error.code, "already_active");
});

test("deleting a member frees seat and e-mail and destroys the bookings without a word to the guests", async (t) => {
  const { call, member, booking } = await startApi(t, { seats: { standard: 1 } });
  const id = await member("ana@acme.example");
  await call("PUT", `/members/${id}/seat`, { seat: "standard" });
  await booking(id, 24);
  t.is((await call("DELETE", `/members/${id}`)).status, 204);
  t.is((await call("GET", "/bookings")).body.total, 0);
  t.is((await call("GET", "/outbox")).body.total, 0);
  t.deepEqual((await call("GET", "/seats")).body["pools"], [{ id: "standard", total: 1, used: 0 }]);
  t.is((await call("DELETE", `/members/${id}`)).status, 404);
  t.not(await member("ana@acme.example"), id);
});

test("the last active owner can be neither shut out, demoted nor deleted", async (t) => {
  const { call, member } = await startApi(t);
  const owner = (await call("GET", "/members?email=owner@acme.example")).body.items[0]?.id;
  t.is((await call("POST", `/members/${owner}/deactivate`)).body.error.code, "last_owner");
  t.is((await call("PATCH", `/members/${owner}`, { role: "member" })).body.error.code, "last_owner");
  t.is((await call("DELETE", `/members/${owner}`)).body.error.code, "last_owner");
  await member("second@acme.example", { role: "owner" });
  t.is((await call("POST", `/members/${owner}/deactivate`)).status, 200);
});

test("seats are bought and given back; those in use stay in use", async (t) => {
  const { state, member } = await startApi(t, { seats: { standard: 1 } });
  state.members.assignSeat(await member("ana@acme.example"), "standard");
  state.seats.resize("standard", 0);
  t.deepEqual(state.seats.pools(), [{ id: "standard", total: 0, used: 1 }]);
  state.seats.resize("standard", 2);
  t.true(state.members.assignSeat(await member("bo@acme.example"), "standard").taken);
  t.throws(() => state.seats.resize("gold", 1), { message: "there is no seat pool of that name" });
});

test("seats run out, and a freed seat can be taken", async (t) => {
  const { call, member } = await startApi(t, { seats: { standard: 1, pro: 1 } });
  const ana = await member("ana@acme.example");
  const bo = await member("bo@acme.example");
  t.is((await call("PUT", `/members/${ana}/seat`, { seat: "standard" })).status, 201);
  t.is((await call("PUT", `/members/${ana}/seat`, { seat: "standard" })).status, 200);
  t.like(await call("PUT", `/members/${bo}/seat`, { seat: "standard" }), {
    status: 409,
    body: { error: { code: "no_seats_left" } },
  });
  t.is((await call("PUT", `/members/${bo}/seat`, { seat: "gold" })).body.error.code, "unknown_seat");
  t.is((await call("PUT", `/members/${ana}/seat`, { seat: "pro" })).status, 201);
  t.is((await call("PUT", `/members/${bo}/seat`, { seat: "standard" })).status, 201);
  t.is((await call("DELETE", `/members/${bo}/seat`)).status, 204);
  t.like(await call("DELETE", `/members/${bo}/seat`), { status: 404, body: { error: { code: "no_seat" } } });
  t.deepEqual((await call("GET", "/seats")).body["pools"], [
    { id: "standard", total: 1, used: 0 },
    { id: "pro", total: 1, used: 1 },
  ]);
});

test("group names are unique and memberships are set, not counted", async (t) => {
  const { call, member } = await startApi(t);
  const id = await member("ana@acme.example");
  const created = await call("POST", "/groups", { name: "Sales" });
  t.is(created.status, 201);
  t.like(await call("POST", "/groups", { name: "Sales" }), { status: 409, body: { error: { code: "name_taken" } } });
  const path = `/groups/${created.body.id}/members/${id}`;
  t.is((await call("PUT", path)).status, 201);
  t.is((await call("PUT", path)).status, 204);
  t.deepEqual((await call("GET", `/members/${id}`)).body["groupIds"], [created.body.id]);
  t.is((await call("DELETE", path)).status, 204);
  t.is((await call("DELETE", path)).body.error.code, "not_a_member");
  t.is((await call("PUT", `/groups/grp_none/members/${id}`)).body.error.code, "not_found");
  t.is((await call("PUT", `/groups/${created.body.id}/members/mem_none`)).body.error.code, "not_found");
  t.like((await call("GET", "/groups")).body, { total: 1, nextCursor: null });
});
