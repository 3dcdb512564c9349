import { randomUUID } from "node:crypto";
import test from "ava";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { parseSeed, SeedError } from "../../src/sandbox/seed.ts";
import { createManualClock } from "../support/manual-clock.ts";

function planted(json: unknown, seats?: Readonly<Record<string, number>>) {
  const clock = createManualClock("2026-11-23T09:00:00.000Z");
  const more = seats === undefined ? {} : { seats };
  return createSandbox({ token: "t", newId: randomUUID, clock, seed: parseSeed(json), ...more }).state;
}

test("an empty seed is an owner and fifty seats", (t) => {
  const state = planted({});
  t.like(
    state.members.rows().map(({ value }) => value),
    [{ email: "owner@acme.example", role: "owner", seat: null }],
  );
  t.deepEqual(state.seats.pools(), [{ id: "standard", total: 50, used: 0 }]);
});

test("a seed with an owner of its own gets no second one", (t) => {
  const state = planted({ members: [{ email: "boss@acme.example", role: "owner" }] });
  t.deepEqual(
    state.members.rows().map(({ value }) => value.email),
    ["boss@acme.example"],
  );
});

test("members come with seats, groups and status", (t) => {
  const state = planted({
    seats: { pro: 3 },
    groups: ["Empty"],
    members: [{ email: "ana@acme.example", seat: "pro", groups: ["Sales"], status: "deactivated" }],
    bookings: [{ host: "ana@acme.example", startsIn: "2d" }],
  });
  const [ana] = state.members.rows("ana@acme.example");
  t.like(ana?.value, { seat: "pro", status: "deactivated", groupIds: [state.groups.byName("Sales")?.id] });
  t.deepEqual(
    state.groups.rows().map(({ value }) => value.name),
    ["Empty", "Sales"],
  );
  t.deepEqual(state.seats.pools(), [{ id: "pro", total: 3, used: 1 }]);
});

test("seats given beside the seed stand above it", (t) => {
  t.deepEqual(planted({ seats: { pro: 3 } }, { standard: 7 }).seats.pools(), [{ id: "standard", total: 7, used: 0 }]);
});

test("bookings are given by a time or from now, and repeat as a series", (t) => {
  const state = planted({
    members: [{ email: "ana@acme.example" }],
    bookings: [
      { host: "ana@acme.example", startsIn: "-1d" },
      { host: "ANA@acme.example", startsAt: "2026-12-01T10:00:00+01:00", minutes: 60 },
      { host: "ana@acme.example", startsIn: "2h", repeat: { every: "1w", count: 3 } },
    ],
  });
  const bookings = state.bookings.rows({}).map(({ value }) => value);
  t.deepEqual(
    bookings.map(({ startsAt }) => startsAt),
    [
      "2026-11-22T09:00:00.000Z",
      "2026-12-01T09:00:00.000Z",
      "2026-11-23T11:00:00.000Z",
      "2026-11-30T11:00:00.000Z",
      "2026-12-07T11:00:00.000Z",
    ],
  );
  t.is(bookings[1]?.endsAt, "2026-12-01T10:00:00.000Z");
  t.is(new Set(bookings.slice(2).map(({ seriesId }) => seriesId)).size, 1);
  t.is(bookings[0]?.seriesId, null);
});

test("every fault of a seed is listed with its place", (t) => {
  const json = {
    members: [{ email: "nobody" }],
    bookings: [{ host: "a@b" }, { host: "a@b", startsIn: "soon" }],
    colour: 1,
  };
  const error = t.throws(() => parseSeed(json), { instanceOf: SeedError });
  t.deepEqual(error.problems.map(({ path }) => path).sort(), [
    "",
    "bookings.0",
    "bookings.1.startsIn",
    "members.0.email",
  ]);
  t.is(error.code, "sandbox.seed");
});

for (const [what, json, path] of [
  ["an e-mail twice", { members: [{ email: "a@b.example" }, { email: "A@b.example" }] }, "members.1"],
  ["more seats than there are", { seats: { s: 0 }, members: [{ email: "a@b.example", seat: "s" }] }, "members.0"],
  ["a host that is nobody", { bookings: [{ host: "a@b.example", startsIn: "1d" }] }, "bookings.0"],
] as const) {
  test(`a seed with ${what} is refused`, (t) => {
    const error = t.throws(() => planted(json), { instanceOf: SeedError });
    t.is(error.problems[0]?.path, path);
  });
}
