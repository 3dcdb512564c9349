import test from "ava";
import type { BookingId } from "../../src/domain/account.ts";
import type { LimitName, PersonChange } from "../../src/domain/plan.ts";
import { CHANGE_KINDS } from "../../src/domain/plan.ts";
import { changeKey, groupChangeKey, limitOf } from "../../src/planning/change-key.ts";
import { NOW, aDesired, aProfile, asAccount, asSeat, asUser, groupId } from "../support/plan-builders.ts";

const base = { cause: "mover", because: [] } as const;
const account = asAccount("m-ana");
const byId = { by: "id", id: account } as const;
const byUser = { by: "user", user: asUser("ana") } as const;
const booking = { ...base, account, booking: "b1" as BookingId, startsAt: NOW, guests: 2 };
const sales = { by: "id", id: groupId("Sales"), name: "Sales" } as const;

/** One change of each kind, with its limit and what a leaver's counts under. */
const each: readonly (readonly [change: PersonChange, limit: LimitName | null, ofLeaver: LimitName | null])[] = [
  [{ ...base, kind: "create-account", desired: aDesired() }, "create", "create"],
  [{ ...base, kind: "adopt-account", account, origin: "adopted", profile: aProfile() }, "adopt", "adopt"],
  [{ ...base, kind: "reactivate-account", account }, "create", "create"],
  [
    { ...base, kind: "update-account", account, before: aProfile(), after: aProfile({ displayName: "A" }) },
    "update",
    "update",
  ],
  [{ ...base, kind: "assign-seat", account: byId, seat: asSeat("standard") }, null, null],
  [{ ...base, kind: "add-to-group", account: byId, group: sales }, null, null],
  [{ ...base, kind: "remove-from-group", account: byId, group: sales }, "removeFromGroup", null],
  [{ ...base, kind: "release-seat", account: byId, seat: asSeat("standard") }, "releaseSeat", null],
  [{ ...base, kind: "deactivate-account", account }, "deactivate", "deactivate"],
  [{ ...base, kind: "delete-account", account }, "delete", "delete"],
  [{ ...booking, kind: "cancel-booking" }, "cancelBookings", "cancelBookings"],
  [{ ...booking, kind: "reassign-booking", to: asAccount("m-bo") }, "cancelBookings", "cancelBookings"],
];
const changes = each.map(([change]) => change);

test("every kind of change has a case here", (t) => {
  t.deepEqual(new Set(["create-group", ...changes.map(({ kind }) => kind)]), new Set(CHANGE_KINDS));
});

for (const [change, limit, ofLeaver] of each) {
  test(`${change.kind} counts under ${limit ?? "no limit"}, of a leaver under ${ofLeaver ?? "none"}`, (t) => {
    t.is(limitOf(change), limit);
    t.is(limitOf({ ...change, cause: "leaver" }), ofLeaver);
  });
}

test("linking an account that we made counted when it was made", (t) => {
  t.is(limitOf({ ...base, kind: "adopt-account", account, origin: "created", profile: aProfile() }), null);
});

test("creating a group is not limited", (t) => {
  t.is(limitOf({ ...base, kind: "create-group", name: "Sales" }), null);
});

test("different changes have different keys, and so have different people", (t) => {
  const keys = ["ana", "bo"].flatMap((user) => changes.map((change) => changeKey(asUser(user), change)));
  t.is(new Set(keys).size, keys.length);
});

const update = { ...base, kind: "update-account", account, before: aProfile(), after: aProfile() } as const;
const handover = { ...booking, kind: "reassign-booking", to: asAccount("m-bo") } as const;
const pairs: Readonly<Record<string, readonly [PersonChange, PersonChange]>> = {
  "two updates of two accounts": [update, { ...update, account: asAccount("m-2") }],
  "two updates to one value from two others": [update, { ...update, before: aProfile({ displayName: "A" }) }],
  "two updates from one value to two others": [update, { ...update, after: aProfile({ displayName: "A" }) }],
  "the handovers of two bookings": [handover, { ...handover, booking: "b2" as BookingId }],
  "the handovers of one booking to two people": [handover, { ...handover, to: asAccount("m-cy") }],
};

for (const [title, [one, other]] of Object.entries(pairs)) {
  test(`${title} have two keys`, (t) => {
    t.not(changeKey(asUser("ana"), one), changeKey(asUser("ana"), other));
  });
}

test("causes, reasons and times are not part of a key", (t) => {
  for (const change of changes) {
    const same: PersonChange = { ...change, cause: "drift", because: ["else"] };
    t.is(changeKey(asUser("ana"), same), changeKey(asUser("ana"), change));
  }
});

test("what is planned before an account exists keeps its key afterwards", (t) => {
  const before: PersonChange = { ...base, kind: "add-to-group", account: byUser, group: { by: "name", name: "Sales" } };
  const after: PersonChange = { ...base, kind: "add-to-group", account: byId, group: sales };
  t.is(changeKey(asUser("ana"), before), changeKey(asUser("ana"), after));
});

test("two groups of one name are left by two different changes", (t) => {
  const leave = (id: string): PersonChange => ({
    ...base,
    kind: "remove-from-group",
    account: byId,
    group: { by: "id", id: groupId(id), name: "Sales" },
  });
  t.not(changeKey(asUser("ana"), leave("a")), changeKey(asUser("ana"), leave("b")));
  const byName: PersonChange = {
    ...base,
    kind: "remove-from-group",
    account: byId,
    group: { by: "name", name: "Sales" },
  };
  t.is(changeKey(asUser("ana"), byName), '["remove-from-group","ana","Sales"]');
});

test("the order of a profile's fields does not change the key of an update", (t) => {
  const update = (after: PersonChange & { kind: "update-account" }) => changeKey(asUser("ana"), after);
  const parts = { ...base, kind: "update-account", account, before: aProfile() } as const;
  t.is(
    update({ ...parts, after: { email: "a@acme.example", displayName: "A" } }),
    update({ ...parts, after: { displayName: "A", email: "a@acme.example" } }),
  );
});

test("a group to create has a key of its own", (t) => {
  t.is(groupChangeKey({ ...base, kind: "create-group", name: 'Sa"les' }), '["create-group","Sa\\"les"]');
});
