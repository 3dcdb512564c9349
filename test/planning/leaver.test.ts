import test from "ava";
import type { Instant } from "../../src/domain/brand.ts";
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
  readonly dueAt?: string;
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

const rows: Row[] = [
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
    notes: ["The invitation was not accepted: it is taken back."],
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
    title: "an owner is not deleted",
    facts: linkedFacts(noBookings, { role: "owner", seat: null, status: "deactivated" }),
    context: { leavers: deletes },
    plan: ["delete-account!protected-account"],
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
    title: "what is left of somebody who was shut before they became an admin is held, not called wound up",
    facts: linkedFacts({ desired: aLeaver(), bookings: [aBooking("b1")] }, { ...shut, role: "admin" }),
    plan: ["cancel-booking!protected-account"],
    detail: /is an admin of the product/,
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

/** Told to leave an hour ago, with a grace of two days. */
const DAY_MS = 24 * 3_600_000;
const hourAgo = { leftAt: "2026-11-23T11:00:00.000Z" as Instant };
const longAgo = { leftAt: "2026-11-20T11:00:00.000Z" as Instant };
const graceOf = (policy: LeaverPolicy): { leavers: LeaverPolicy } => ({
  leavers: { ...policy, bookings: { ...policy.bookings, delayMs: 2 * DAY_MS } },
});
const cancels: LeaverPolicy = { ...deletes, action: "deactivate" };
const reassigns: LeaverPolicy = { ...cancels, bookings: { ...cancels.bookings, action: "reassign" } };
const toBo = { succession: { candidates: [[{ account: asAccount("m-bo"), label: "bo@acme.example" }]], refused: [] } };
const UNTIL =
  /^Waits until Wed 25 Nov 11:00 UTC \(leavers\.bookings\.delay\): a return until then loses nothing\. To do it now: rosterbridge release ana@acme\.example --reason "…"\.$/m;
const STAYS = /this product destroys bookings with the account, so that access stays until then/;

rows.push(
  {
    title: "bookings are handed over",
    facts: linkedFacts({ ...leaves, ...toBo }),
    context: { leavers: reassigns },
    plan: ["deactivate-account", "reassign-booking", "reassign-booking", "release-seat"],
  },
  {
    title: "bookings that nobody takes over are cancelled, and the plan says so",
    facts: linkedFacts({ ...leaves, succession: { candidates: [[]], refused: [] } }),
    context: { leavers: reassigns },
    plan: ["deactivate-account", "cancel-booking", "cancel-booking", "release-seat"],
    notes: ["Nobody can take over 2 bookings: they are cancelled."],
  },
  {
    title: "a product that cannot hand bookings over does otherwise",
    facts: linkedFacts(leaves),
    context: { leavers: reassigns, changes: without("reassign-booking") },
    plan: ["deactivate-account", "cancel-booking", "cancel-booking", "release-seat"],
    notes: ["The product cannot hand bookings over: leavers.bookings.otherwise is done with them."],
  },
  {
    title: "nothing happens to bookings while nobody has looked who takes them over",
    facts: linkedFacts(leaves),
    context: { leavers: reassigns },
    plan: [
      "deactivate-account",
      "release-seat",
      "cancel-booking!observation-incomplete",
      "cancel-booking!observation-incomplete",
    ],
    detail: /who could take over/,
  },
  {
    title: "one booking is enough that nothing happens while nobody has looked",
    facts: linkedFacts({ desired: aLeaver(), bookings: [aBooking("b1")] }),
    context: { leavers: reassigns, bookingOrder: "bookings-first" },
    plan: [
      "cancel-booking!observation-incomplete",
      "release-seat!waits-for-held",
      "deactivate-account!observation-incomplete",
    ],
  },
  {
    title: "where there are no bookings nobody has to be looked for",
    facts: linkedFacts(noBookings),
    context: { leavers: reassigns, bookingOrder: "bookings-first" },
    plan: ["release-seat", "deactivate-account"],
  },
  {
    title: "a product that cannot cancel is no matter where bookings are kept",
    facts: linkedFacts(leaves),
    context: { leavers: keeps, changes: without("cancel-booking") },
    plan: ["deactivate-account", "release-seat"],
  },
  {
    title: "within the grace the account is shut and its bookings wait, where bookings survive that",
    facts: linkedFacts({ ...leaves, ...hourAgo }, full),
    context: graceOf(cancels),
    plan: [
      "deactivate-account",
      "remove-from-group",
      "remove-from-group",
      "release-seat",
      "cancel-booking!delayed",
      "cancel-booking!delayed",
    ],
    dueAt: "2026-11-25T11:00:00.000Z",
    detail: UNTIL,
  },
  {
    title: "within the grace handovers wait as cancellations do",
    facts: linkedFacts({ ...leaves, ...hourAgo, ...toBo }, shut),
    context: graceOf(reassigns),
    plan: ["reassign-booking!delayed", "reassign-booking!delayed"],
    dueAt: "2026-11-25T11:00:00.000Z",
  },
  {
    title: "within the grace access stays where shutting an account destroys its bookings",
    facts: linkedFacts({ ...leaves, ...hourAgo }),
    context: { ...graceOf(cancels), bookingOrder: "bookings-first" },
    plan: [
      "cancel-booking!delayed",
      "cancel-booking!delayed",
      "release-seat!waits-for-held",
      "deactivate-account!delayed",
    ],
    dueAt: "2026-11-25T11:00:00.000Z",
    detail: STAYS,
  },
  {
    title: "within the grace access stays for one booking, too",
    facts: linkedFacts({ desired: aLeaver(), bookings: [aBooking("b1")], ...hourAgo }),
    context: { ...graceOf(cancels), bookingOrder: "bookings-first" },
    plan: ["cancel-booking!delayed", "release-seat!waits-for-held", "deactivate-account!delayed"],
    dueAt: "2026-11-25T11:00:00.000Z",
  },
  {
    title: "nobody without bookings waits",
    facts: linkedFacts({ ...noBookings, ...hourAgo }),
    context: { ...graceOf(cancels), bookingOrder: "bookings-first" },
    plan: ["release-seat", "deactivate-account"],
  },
  {
    title: "within the grace an account is shut, but not deleted",
    facts: linkedFacts({ ...noBookings, ...hourAgo }),
    context: graceOf(deletes),
    plan: ["deactivate-account", "release-seat", "delete-account!delayed"],
    dueAt: "2026-11-25T11:00:00.000Z",
    detail: UNTIL,
  },
  {
    title: "within the grace everything waits where an account can only be deleted",
    facts: linkedFacts({ ...noBookings, ...hourAgo }),
    context: { ...graceOf(deletes), changes: without("deactivate-account") },
    plan: ["release-seat!delayed", "delete-account!delayed"],
    dueAt: "2026-11-25T11:00:00.000Z",
    detail: STAYS,
  },
  {
    title: "nothing waits when the grace is over",
    facts: linkedFacts({ ...leaves, ...longAgo }),
    context: graceOf(cancels),
    plan: ["deactivate-account", "cancel-booking", "cancel-booking", "release-seat"],
  },
  {
    title: "nothing waits at the moment when the grace is over",
    facts: linkedFacts({ ...leaves, leftAt: "2026-11-21T12:00:00.000Z" as Instant }),
    context: graceOf(cancels),
    plan: ["deactivate-account", "cancel-booking", "cancel-booking", "release-seat"],
  },
  {
    title: "nothing waits where nobody knows since when",
    facts: linkedFacts(leaves),
    context: graceOf(cancels),
    plan: ["deactivate-account", "cancel-booking", "cancel-booking", "release-seat"],
  },
  {
    title: "without a grace nothing waits, though the clock was put back since the word came",
    facts: linkedFacts({ ...leaves, leftAt: "2026-11-24T11:00:00.000Z" as Instant }),
    context: { leavers: cancels },
    plan: ["deactivate-account", "cancel-booking", "cancel-booking", "release-seat"],
  },
  {
    title: "nothing waits where bookings are kept",
    facts: linkedFacts({ ...leaves, ...hourAgo }),
    context: graceOf({ ...keeps, action: "delete" }),
    plan: ["deactivate-account", "release-seat", "delete-account"],
  },
  {
    title: "whoever is released waits for nothing",
    facts: linkedFacts({ ...leaves, ...hourAgo }),
    context: { ...graceOf(cancels), released: new Set([asUser("ana")]) },
    plan: ["deactivate-account", "cancel-booking", "cancel-booking", "release-seat"],
  },
  {
    title: "an account that was opened again after it had been shut again is left to people",
    facts: linkedFacts(noBookings, {}, { ...proved, repairs: { status: 1 } }),
    plan: ["release-seat!contested", "deactivate-account!contested"],
    detail: /again after it had been shut again: it is left to people\. To shut it: rosterbridge release ana@/,
    notes: ["Somebody reactivated this account in the product after it was shut."],
  },
  {
    title: "a released person is shut however often somebody opened the account",
    facts: linkedFacts(noBookings, { seat: null }, { ...proved, repairs: { status: 3 } }),
    context: { released: new Set([asUser("ana")]) },
    plan: ["deactivate-account"],
    notes: ["Somebody reactivated this account in the product after it was shut."],
  },
);

for (const { title, facts, context = {}, plan, dueAt, confirms = false, detail, notes = [] } of rows) {
  test(title, (t) => {
    const person = planPerson(facts, aContext(context));
    t.deepEqual(outline(person), plan);
    t.is(person.confirms === true, confirms);
    t.is(person.cause, plan.length === 0 ? null : "leaver");
    t.deepEqual(person.notes, notes);
    t.is(person.dueAt, dueAt as Instant | undefined);
    if (detail !== undefined) t.regex(detailOf(person), detail);
  });
}

test("a plan carries since when somebody leaves, where that is known", (t) => {
  t.is(planPerson(linkedFacts({ ...leaves, ...hourAgo }), aContext()).leftAt, hourAgo.leftAt);
  t.false("leftAt" in planPerson(linkedFacts(leaves), aContext()));
});

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
    "of a leaver who was shut, and then protected",
    true,
    linkedFacts({ desired: aLeaver() }, { ...shut, role: "admin" }),
  ],
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
