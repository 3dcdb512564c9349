import test from "ava";
import type { Mode } from "../../src/domain/policy.ts";
import type { Breach, Hold, PersonPlan } from "../../src/domain/plan.ts";
import type { PlanContext } from "../../src/planning/context.ts";
import { changeKey } from "../../src/planning/change-key.ts";
import { passGate } from "../../src/planning/gate.ts";
import type { Gate } from "../../src/planning/gate.ts";
import { planPerson } from "../../src/planning/person.ts";
import { passPlan, tally } from "../../src/planning/pass.ts";
import {
  STANDARD,
  aBooking,
  aCandidate,
  aContext,
  aDesired,
  aGate,
  aLeaver,
  aProfile,
  asAccount,
  asSeat,
  asUser,
  detailOf,
  each,
  groupId,
  linkedFacts,
  outline,
  planEverybody,
  someFacts,
  NO_GRACE,
} from "../support/plan-builders.ts";

const inSales = aDesired({ groups: ["Sales"] });
const joiner = planPerson(someFacts({ desired: inSales }), aContext());
const mover = planPerson(
  linkedFacts({ desired: inSales }, { groups: [groupId("Support")], profile: aProfile({ displayName: "A" }) }),
  aContext(),
);
const seatMover = planPerson(linkedFacts({}, { seat: asSeat("basic") }), aContext());
const adoption = planPerson(
  someFacts({ observed: [aCandidate({ profile: aProfile({ displayName: "A" }) })] }),
  aContext(),
);
const rehire = planPerson(linkedFacts({}, { status: "deactivated" }, { offboardedAt: aContext().now }), aContext());

function leaver(context: Partial<PlanContext> = {}, bookings = [aBooking("b1")]): PersonPlan {
  return planPerson(linkedFacts({ desired: aLeaver(), bookings }, { groups: [groupId("Sales")] }), aContext(context));
}
const deleting: Partial<PlanContext> = {
  leavers: { action: "delete", bookings: { action: "cancel", reason: "", onFailure: "deactivate", ...NO_GRACE } },
};
const handsOver: PlanContext["leavers"] = {
  action: "delete",
  bookings: { action: "reassign", reason: "", onFailure: "deactivate", ...NO_GRACE },
};
function handover(context: Partial<PlanContext> = {}): PersonPlan {
  const succession = { candidates: [[{ account: asAccount("m-bo"), label: "bo@acme.example" }]], refused: [] };
  const facts = linkedFacts({ desired: aLeaver(), bookings: [aBooking("b1")], succession }, { seat: null });
  return planPerson(facts, aContext({ leavers: handsOver, ...context }));
}
const returner = planPerson(
  linkedFacts({ desired: inSales }, { status: "deactivated" }, { offboardedAt: aContext().now }),
  aContext(),
);
const breach = (limit: Breach["limit"], rule: Breach["rule"] = "budget"): Breach => ({
  limit,
  planned: 37,
  spent: 3,
  allowed: 12,
  rule,
});

interface Row {
  readonly title: string;
  readonly person: PersonPlan;
  readonly gate: Partial<Gate>;
  readonly passed: readonly string[];
  readonly detail?: RegExp;
}

const incomplete: Partial<Gate> = {
  observation: { complete: false, accounts: 12, reason: "too-few", detail: "12 of 120 accounts" },
};
const mode = (name: Mode): Partial<Gate> => ({ mode: name });

const rows: readonly Row[] = [
  {
    title: "everything passes an open gate",
    person: joiner,
    gate: {},
    passed: ["create-account", "assign-seat", "add-to-group"],
  },
  {
    title: "nothing is written in observe",
    person: mover,
    gate: mode("observe"),
    passed: ["remove-from-group!mode", "update-account!mode", "add-to-group!mode"],
    detail: /mode is "observe"/,
  },
  {
    title: "joiners arrive in create-only",
    person: joiner,
    gate: mode("create-only"),
    passed: ["create-account", "assign-seat", "add-to-group"],
  },
  {
    title: "adoption in create-only changes no fields",
    person: adoption,
    gate: mode("create-only"),
    passed: ["adopt-account", "update-account!mode"],
  },
  {
    title: "nobody moves in create-only",
    person: mover,
    gate: mode("create-only"),
    passed: ["remove-from-group!mode", "update-account!mode", "add-to-group!mode"],
    detail: /create-only/,
  },
  {
    title: "nobody returns in create-only",
    person: rehire,
    gate: mode("create-only"),
    passed: ["reactivate-account!mode"],
  },
  {
    title: "no-removals adds and changes",
    person: mover,
    gate: mode("no-removals"),
    passed: ["update-account", "add-to-group", "remove-from-group!mode"],
    detail: /no-removals/,
  },
  {
    title: "nobody is shut in no-removals",
    person: leaver(),
    gate: mode("no-removals"),
    passed: ["cancel-booking!mode", "remove-from-group!mode", "release-seat!mode", "deactivate-account!mode"],
  },
  {
    title: "nothing is deleted or handed over in no-removals",
    person: handover(),
    gate: mode("no-removals"),
    passed: ["reassign-booking!mode", "deactivate-account!mode", "delete-account!mode"],
  },
  {
    title: "a seat is not moved where the old one may not be freed",
    person: seatMover,
    gate: mode("no-removals"),
    passed: ["release-seat!mode", "assign-seat!waits-for-held"],
  },
  {
    title: "an incomplete listing creates, links and removes nothing",
    person: joiner,
    gate: incomplete,
    passed: ["create-account!observation-incomplete", "assign-seat!waits-for-held", "add-to-group!waits-for-held"],
    detail: /list of accounts is not complete \(12 of 120 accounts\)/,
  },
  {
    title: "an incomplete listing still updates and adds",
    person: mover,
    gate: incomplete,
    passed: ["update-account", "add-to-group", "remove-from-group!observation-incomplete"],
  },
  {
    title: "an incomplete listing still reactivates",
    person: rehire,
    gate: incomplete,
    passed: ["reactivate-account"],
  },
  {
    title: "deactivations over the limit hold all that goes with them",
    person: leaver(),
    gate: { breaches: [breach("deactivate")] },
    passed: [
      "cancel-booking!waits-for-held",
      "remove-from-group!waits-for-held",
      "release-seat!waits-for-held",
      "deactivate-account!over-limit",
    ],
    detail:
      /37 deactivations: 40 in 24 h, limit 12 \(limits\.deactivate\)\. To let the whole plan through: rosterbridge approve 0123456789ab --reason "…"; this person alone: rosterbridge release ana@acme\.example --reason "…"\./,
  },
  {
    title: "the last account has words of its own",
    person: leaver(),
    gate: { breaches: [breach("deactivate", "last-account")] },
    passed: [
      "cancel-booking!waits-for-held",
      "remove-from-group!waits-for-held",
      "release-seat!waits-for-held",
      "deactivate-account!over-limit",
    ],
    detail: /37 deactivations: no active account would be left \(limits\.deactivate\)/,
  },
  {
    title: "cancellations over the limit do not keep an account open where it can be shut first",
    person: leaver(),
    gate: { breaches: [breach("cancelBookings")] },
    passed: ["deactivate-account", "remove-from-group", "release-seat", "cancel-booking!over-limit"],
  },
  {
    title: "cancellations over the limit hold a deactivation that would destroy the bookings",
    person: leaver({ bookingOrder: "bookings-first" }),
    gate: { breaches: [breach("cancelBookings")], bookingOrder: "bookings-first" },
    passed: [
      "cancel-booking!over-limit",
      "remove-from-group!waits-for-held",
      "release-seat!waits-for-held",
      "deactivate-account!waits-for-held",
    ],
  },
  {
    title: "cancellations over the limit hold a deletion, which destroys bookings in any order",
    person: leaver(deleting),
    gate: { breaches: [breach("cancelBookings")] },
    passed: [
      "deactivate-account",
      "cancel-booking!over-limit",
      "remove-from-group!waits-for-held",
      "release-seat!waits-for-held",
      "delete-account!waits-for-held",
    ],
  },
  {
    title: "handovers over the limit hold a deletion, too",
    person: handover(),
    gate: { breaches: [breach("cancelBookings")] },
    passed: ["deactivate-account", "reassign-booking!over-limit", "delete-account!waits-for-held"],
  },
  {
    title: "handovers over the limit hold a deactivation that would destroy the bookings",
    person: handover({ bookingOrder: "bookings-first" }),
    gate: { breaches: [breach("cancelBookings")], bookingOrder: "bookings-first" },
    passed: ["reassign-booking!over-limit", "deactivate-account!waits-for-held", "delete-account!waits-for-held"],
  },
  {
    title: "deletions over the limit still shut the account",
    person: leaver(deleting),
    gate: { breaches: [breach("delete")] },
    passed: [
      "deactivate-account",
      "cancel-booking!waits-for-held",
      "remove-from-group!waits-for-held",
      "release-seat!waits-for-held",
      "delete-account!over-limit",
    ],
  },
  {
    title: "a leaver's groups do not count as removals of their own",
    person: leaver(),
    gate: { breaches: [breach("removeFromGroup"), breach("releaseSeat")] },
    passed: ["deactivate-account", "cancel-booking", "remove-from-group", "release-seat"],
  },
  {
    title: "removals over the limit let the rest of a move through",
    person: mover,
    gate: { breaches: [breach("removeFromGroup")] },
    passed: ["update-account", "add-to-group", "remove-from-group!over-limit"],
  },
  {
    title: "seats over the limit are not moved",
    person: seatMover,
    gate: { breaches: [breach("releaseSeat")] },
    passed: ["release-seat!over-limit", "assign-seat!waits-for-held"],
  },
  {
    title: "creations over the limit hold what follows",
    person: joiner,
    gate: { breaches: [breach("create")] },
    passed: ["create-account!over-limit", "assign-seat!waits-for-held", "add-to-group!waits-for-held"],
    detail: /37 new accounts/,
  },
  {
    title: "an adoption over the limit holds what follows",
    person: adoption,
    gate: { breaches: [breach("adopt")] },
    passed: ["adopt-account!over-limit", "update-account!waits-for-held"],
  },
  {
    title: "a returning person counts as created",
    person: rehire,
    gate: { breaches: [breach("create")] },
    passed: ["reactivate-account!over-limit"],
  },
  {
    title: "nothing else is given to a returning person over the limit",
    person: returner,
    gate: { breaches: [breach("create")] },
    passed: ["reactivate-account!over-limit", "add-to-group!waits-for-held"],
  },
  {
    title: "a released person passes every limit",
    person: leaver(),
    gate: { breaches: [breach("deactivate"), breach("cancelBookings")], released: new Set([asUser("ana")]) },
    passed: ["deactivate-account", "cancel-booking", "remove-from-group", "release-seat"],
  },
  {
    title: "a released person does not pass the mode",
    person: rehire,
    gate: { ...mode("observe"), released: new Set([asUser("ana")]) },
    passed: ["reactivate-account!mode"],
  },
  {
    title: "a person whom a mapping edit shuts out is held",
    person: { ...leaver(), needsApproval: true },
    gate: {},
    passed: [
      "cancel-booking!over-limit",
      "remove-from-group!over-limit",
      "release-seat!over-limit",
      "deactivate-account!over-limit",
    ],
    detail: /An edit of the mapping takes this person out of scope\. .*rosterbridge approve 0123456789ab/,
  },
  {
    title: "a person whom a mapping edit shuts out passes when released",
    person: { ...leaver(), needsApproval: true },
    gate: { released: new Set([asUser("ana")]) },
    passed: ["deactivate-account", "cancel-booking", "remove-from-group", "release-seat"],
  },
];

for (const { title, person, gate, passed, detail } of rows) {
  test(title, (t) => {
    const once = passGate(person, aGate(gate));
    t.deepEqual(outline(once), passed);
    t.deepEqual(passGate(once, aGate(gate)), once, "twice is once");
    if (detail !== undefined) t.regex(detailOf(once), detail);
  });
}

test("a person whom a mapping edit shuts out passes when every change is approved", (t) => {
  const person: PersonPlan = { ...leaver(), needsApproval: true };
  const keys = new Set(person.changes.map((change) => changeKey(person.user, change)));
  t.is(passGate(person, aGate({ approved: (key) => keys.has(key) })).held.length, 0);
});

test("a name that a shell might read otherwise is not put into a command", (t) => {
  const person = { ...leaver(), label: "$(reboot)@acme.example" };
  t.regex(detailOf(passGate(person, aGate({ breaches: [breach("deactivate")] }))), /rosterbridge release ana --reason/);
});

test("a joiner does not get the seat of a leaver who is held", async (t) => {
  const seats = new Map([[STANDARD, { total: 1, used: 1 }]]);
  const bo = aDesired({ user: asUser("bo"), profile: aProfile({ email: "bo@acme.example" }) });
  const facts = [linkedFacts({ desired: aLeaver(), bookings: [] }), someFacts({ desired: bo })];
  const start = { seats, parking: true, approved: () => false, released: new Set<never>() };
  const open = await planEverybody(facts, aContext(), start);
  t.deepEqual(open.passed.map(outline), [
    ["deactivate-account", "release-seat"],
    ["create-account", "assign-seat"],
  ]);
  const held = await planEverybody(facts, aContext(), start, { breaches: [breach("deactivate")] });
  t.deepEqual(held.passed.map(outline), [
    ["release-seat!waits-for-held", "deactivate-account!over-limit"],
    ["create-account!waits-for-held", "assign-seat!no-free-seat"],
  ]);
  t.regex(detailOf(held.passed[1]!), /freed by a leaver who is held/);
});

test("groups are created only for additions that pass, once, by name", async (t) => {
  const wish = (name: string, groups: readonly string[]) =>
    planPerson(
      someFacts({
        desired: aDesired({ user: asUser(name), groups, profile: aProfile({ email: `${name}@acme.example` }) }),
      }),
      aContext(),
    );
  const people = [wish("a", ["Zebra", "New"]), wish("b", ["New", "Sales", "Alpha"])];
  const open = await tally(passPlan(each(people), aGate(), null));
  t.deepEqual(
    open.groups.map(({ name }) => name),
    ["Alpha", "New", "Zebra"],
  );
  t.like(open.tally.counts, { "create-group": 3, "create-account": 2, "add-to-group": 5 });
  const shut = await tally(passPlan(each(people), aGate(mode("observe")), null));
  t.deepEqual(shut.groups, []);
  t.is(shut.tally.held.mode, 9);
});

test("holds of every kind are counted", async (t) => {
  const once: Readonly<Record<Hold, 1>> = {
    unsupported: 1,
    mode: 1,
    restored: 1,
    "over-limit": 1,
    "protected-account": 1,
    "observation-incomplete": 1,
    "identity-conflict": 1,
    "no-free-seat": 1,
    contested: 1,
    delayed: 1,
    "waits-for-held": 1,
  };
  const [change] = joiner.changes;
  const held = (Object.keys(once) as Hold[]).map((hold) => ({ change: change!, hold, detail: "Held." }));
  t.deepEqual((await tally(each([{ ...joiner, held }]))).tally.held, once);
});

test("guests are those who would be told", async (t) => {
  const bookings = [aBooking("b1", { guests: 2 }), aBooking("b2", { guests: 5 })];
  t.is((await tally(each([leaver({}, bookings)]))).tally.guests, 7);
  t.is((await tally(each([passGate(leaver({}, bookings), aGate(mode("observe")))]))).tally.guests, 0);
});

test("passing a plan ends with what a count of it says", async (t) => {
  const passing = passPlan(each([joiner, mover]), aGate(), null);
  let step = await passing.next();
  while (step.done !== true) step = await passing.next();
  t.deepEqual(step.value, await tally(passPlan(each([joiner, mover]), aGate(), null)));
});
