import test from "ava";
import type { DirectoryId } from "../../src/domain/directory.ts";
import type { LeaverPolicy } from "../../src/domain/policy.ts";
import type { PersonFacts, PlanContext } from "../../src/planning/context.ts";
import { needsBookings, planPerson } from "../../src/planning/person.ts";
import {
  NOW,
  aBooking,
  ANAS_MARK,
  aCandidate,
  aContext,
  aLeaver,
  aLink,
  asAccount,
  asGroup,
  asUser,
  detailOf,
  groupId,
  linkedFacts,
  outline,
  someFacts,
  without,
  NO_GRACE,
} from "../support/plan-builders.ts";

interface Row {
  readonly title: string;
  readonly facts: PersonFacts;
  readonly context?: Partial<PlanContext>;
  readonly plan: readonly string[];
  readonly confirms?: boolean;
  readonly detail?: RegExp;
  readonly notes?: readonly string[];
}

const deletes: LeaverPolicy = {
  action: "delete",
  bookings: { action: "cancel", reason: "", onFailure: "deactivate", ...NO_GRACE },
};
const keeps: LeaverPolicy = {
  action: "deactivate",
  bookings: { action: "keep", reason: "", onFailure: "deactivate", ...NO_GRACE },
};
const bookings = [aBooking("b2"), aBooking("b1")];
const leaves = { desired: aLeaver(), bookings };
const noBookings = { desired: aLeaver(), bookings: [] };
const full = { groups: [groupId("Sales"), groupId("Handmade")] };
const shut = { status: "deactivated", seat: null } as const;
const proved = { offboardedAt: NOW };

const rows: readonly Row[] = [
  {
    title: "a leaver is shut first where bookings survive that, and leaves every group",
    facts: linkedFacts(leaves, full),
    plan: [
      "deactivate-account",
      "cancel-booking",
      "cancel-booking",
      "remove-from-group",
      "remove-from-group",
      "release-seat",
    ],
  },
  {
    title: "a leaver is shut last where that would destroy bookings",
    facts: linkedFacts(leaves, full),
    context: { bookingOrder: "bookings-first" },
    plan: [
      "cancel-booking",
      "cancel-booking",
      "remove-from-group",
      "remove-from-group",
      "release-seat",
      "deactivate-account",
    ],
  },
  {
    title: "bookings are kept if so configured",
    facts: linkedFacts(leaves),
    context: { leavers: keeps },
    plan: ["release-seat", "deactivate-account"].toReversed(),
  },
  {
    title: "a product that cannot cancel bookings is left with them, and the plan says so",
    facts: linkedFacts(leaves),
    context: { changes: without("cancel-booking") },
    plan: ["deactivate-account", "release-seat"],
    notes: ["The product cannot cancel bookings: upcoming ones are left to it."],
  },
  {
    title: "an account to be deleted is deactivated first",
    facts: linkedFacts(leaves),
    context: { leavers: deletes },
    plan: ["deactivate-account", "cancel-booking", "cancel-booking", "release-seat", "delete-account"],
  },
  {
    title: "a product that can only delete is not asked to deactivate",
    facts: linkedFacts(noBookings),
    context: { leavers: deletes, changes: without("deactivate-account") },
    plan: ["release-seat", "delete-account"],
  },
  {
    title: "a deactivated account that was never proved is still deleted",
    facts: linkedFacts(noBookings, shut),
    context: { leavers: deletes },
    plan: ["delete-account"],
  },
  {
    title: "an account that was proved shut is not deleted afterwards",
    facts: linkedFacts(noBookings, shut, proved),
    context: { leavers: deletes },
    plan: [],
  },
  {
    title: "an invited account is shut like any other",
    facts: linkedFacts(noBookings, { status: "pending", seat: null }),
    plan: ["deactivate-account"],
  },
  {
    title: "what an earlier attempt left is finished",
    facts: linkedFacts(leaves, { ...shut, groups: [groupId("Sales")] }),
    plan: ["cancel-booking", "cancel-booking", "remove-from-group"],
  },
  {
    title: "nothing is left, but it was never proved: confirm",
    facts: linkedFacts(noBookings, shut),
    plan: [],
    confirms: true,
  },
  {
    title: "nothing is left and it was proved: nothing",
    facts: linkedFacts({ desired: aLeaver() }, shut, proved),
    plan: [],
  },
  {
    title: "the account vanished and it was never proved: confirm",
    facts: someFacts({ desired: aLeaver(), link: aLink() }),
    plan: [],
    confirms: true,
  },
  {
    title: "the account vanished and it was proved: nothing",
    facts: someFacts({ desired: aLeaver(), link: aLink(proved) }),
    plan: [],
  },
  {
    title: "nobody without a link is touched",
    facts: someFacts({ desired: aLeaver("deleted"), observed: [aCandidate()] }),
    plan: [],
  },
  {
    title: "an account that carries our mark but no record is put on record first",
    facts: someFacts({ desired: aLeaver(), observed: [aCandidate({ marker: ANAS_MARK })] }),
    plan: ["adopt-account"],
    notes: ["This account was made by us but never recorded; it is shut as soon as it is."],
  },
  {
    title: "two accounts that carry our mark are left alone",
    facts: someFacts({
      desired: aLeaver(),
      observed: [aCandidate({ marker: ANAS_MARK }), aCandidate({ id: asAccount("m-2"), marker: ANAS_MARK })],
    }),
    plan: [],
  },
  {
    title: "an account that was opened again by hand is shut again",
    facts: linkedFacts(noBookings, { seat: null }, proved),
    plan: ["deactivate-account"],
    notes: ["Somebody reactivated this account in the product after it was shut."],
  },
  {
    title: "whoever is active in another directory keeps the account",
    facts: linkedFacts({ ...leaves, rival: { directory: "beta" as DirectoryId, listedFirst: false } }),
    plan: [],
    notes: ["Still active in directory beta: leaving this one shuts nothing."],
  },
  {
    title: "an owner is not shut",
    facts: linkedFacts(leaves, { role: "owner", groups: [groupId("Sales")] }),
    plan: [
      "remove-from-group!protected-account",
      "release-seat!protected-account",
      "deactivate-account!protected-account",
    ],
    detail: /is an owner of the product/,
  },
  {
    title: "an account on the protected list is not shut, in whatever case it is written",
    facts: linkedFacts(leaves, { profile: { email: "ANA@acme.example" }, seat: null }),
    context: { protected: { accounts: new Set(["ana@acme.example"]), minOwners: 1 } },
    plan: ["deactivate-account!protected-account"],
    detail: /protected\.accounts/,
  },
  {
    title: "nothing goes while the product cannot deactivate",
    facts: linkedFacts({ desired: aLeaver(), bookings: [aBooking("b1")] }),
    context: { changes: without("deactivate-account") },
    plan: ["cancel-booking!waits-for-held", "release-seat!waits-for-held", "deactivate-account!unsupported"],
    detail: /cannot deactivate accounts/,
  },
  {
    title: "bookings that were not listed do not keep an account open where it can be shut first",
    facts: linkedFacts({ desired: aLeaver() }),
    context: { leavers: deletes },
    plan: ["deactivate-account", "release-seat!waits-for-held", "delete-account!observation-incomplete"],
    detail: /have not been listed/,
  },
  {
    title: "bookings that were not listed are not destroyed",
    facts: linkedFacts({ desired: aLeaver() }),
    context: { bookingOrder: "bookings-first" },
    plan: ["release-seat!waits-for-held", "deactivate-account!observation-incomplete"],
  },
];

for (const { title, facts, context = {}, plan, confirms = false, detail, notes = [] } of rows) {
  test(title, (t) => {
    const person = planPerson(facts, aContext(context));
    t.deepEqual(outline(person), plan);
    t.is(person.confirms === true, confirms);
    t.is(person.cause, plan.length === 0 ? null : "leaver");
    t.deepEqual(person.notes, notes);
    if (detail !== undefined) t.regex(detailOf(person), detail);
  });
}

test("a leaver's changes say what the directory said", (t) => {
  const { changes } = planPerson(linkedFacts(leaves, full), aContext());
  t.true(changes.every(({ because }) => because[0] === "the directory says active: false"));
});

test("a group that the product does not list is called by its id", (t) => {
  const { changes } = planPerson(
    linkedFacts(noBookings, { ...shut, groups: [asGroup("g-x"), asGroup("g-x")] }),
    aContext(),
  );
  t.deepEqual(
    changes.map((change) => (change.kind === "remove-from-group" ? change.group : null)),
    [{ by: "id", id: asGroup("g-x"), name: "g-x" }],
  );
});

test("whoever leaves by an edit of the mapping needs an approval", (t) => {
  const facts = { desired: aLeaver("out-of-scope"), bookings: [], leftByMapping: true };
  t.true(planPerson(linkedFacts(facts), aContext()).needsApproval);
  t.is(planPerson(linkedFacts({ ...facts, leftByMapping: false }), aContext()).needsApproval, undefined);
  t.is(planPerson(linkedFacts(facts, shut, proved), aContext()).needsApproval, undefined);
});

const needs: readonly (readonly [
  title: string,
  needed: boolean,
  facts: PersonFacts,
  context?: Partial<PlanContext>,
])[] = [
  ["of a leaver", true, linkedFacts({ desired: aLeaver() })],
  ["of a leaver whose shut account was never proved", true, linkedFacts({ desired: aLeaver() }, shut)],
  ["of a leaver whose account was opened again", true, linkedFacts({ desired: aLeaver() }, {}, proved)],
  [
    "of a proved leaver who still has a seat",
    true,
    linkedFacts({ desired: aLeaver() }, { status: "deactivated" }, proved),
  ],
  ["of a proved leaver", false, linkedFacts({ desired: aLeaver() }, shut, proved)],
  ["of somebody active", false, linkedFacts()],
  [
    "of a leaver without a link",
    false,
    someFacts({ desired: aLeaver(), observed: [aCandidate({}, { user: asUser("bo"), gone: false })] }),
  ],
  ["of a leaver whose account vanished", false, someFacts({ desired: aLeaver(), link: aLink() })],
  ["of a protected leaver", false, linkedFacts({ desired: aLeaver() }, { role: "owner" })],
  [
    "of somebody active elsewhere",
    false,
    linkedFacts({ desired: aLeaver(), rival: { directory: "b" as DirectoryId, listedFirst: true } }),
  ],
  ["where bookings are kept", false, linkedFacts({ desired: aLeaver() }), { leavers: keeps }],
  [
    "where the product cannot cancel",
    false,
    linkedFacts({ desired: aLeaver() }),
    { changes: without("cancel-booking") },
  ],
];

for (const [title, needed, facts, context] of needs) {
  test(`bookings ${title} are ${needed ? "" : "not "}listed`, (t) => {
    t.is(needsBookings(facts, aContext(context)), needed);
  });
}
