import test from "ava";
import type { Instant } from "../../src/domain/brand.ts";
import type { LeaverPolicy } from "../../src/domain/policy.ts";
import type { PersonFacts, PlanContext } from "../../src/planning/context.ts";
import { needsBookings, planPerson } from "../../src/planning/person.ts";
import {
  NO_GRACE,
  aBooking,
  aCandidate,
  aContext,
  aLeaver,
  detailOf,
  groupId,
  linkedFacts,
  outline,
  someFacts,
  without,
} from "../support/plan-builders.ts";

// Leavers of products that cannot do everything, or do some of it by themselves.

interface Row {
  readonly title: string;
  readonly facts: PersonFacts;
  readonly context?: Partial<PlanContext>;
  readonly plan: readonly string[];
  readonly dueAt?: string;
  readonly detail?: RegExp;
  readonly notes?: readonly string[];
}

const DAY_MS = 86_400_000;
const bookings = { action: "cancel", reason: "", onFailure: "deactivate", ...NO_GRACE } as const;
const cancels: LeaverPolicy = { action: "deactivate", bookings };
const keeps: LeaverPolicy = { ...cancels, bookings: { ...bookings, action: "keep" } };
const reassigns: LeaverPolicy = { ...cancels, bookings: { ...bookings, action: "reassign" } };
const graceOf = (policy: LeaverPolicy): { leavers: LeaverPolicy } => ({
  leavers: { ...policy, bookings: { ...policy.bookings, delayMs: 2 * DAY_MS } },
});
const hourAgo = { leftAt: "2026-11-23T11:00:00.000Z" as Instant };
const noBookings = { desired: aLeaver(), bookings: [] };
const shut = { status: "deactivated", seat: null } as const;
const notOurs = without("cancel-booking", "reassign-booking");
const cancelsItself = { bookings: "product", changes: notOurs } as const;

const rows: readonly Row[] = [
  {
    title: "an invitation is taken back at once, though a grace is given and the product cancels bookings by itself",
    facts: linkedFacts({ ...noBookings, ...hourAgo }, { status: "pending", seat: null }),
    context: { ...graceOf(cancels), ...cancelsItself },
    plan: ["deactivate-account"],
    notes: ["The invitation was not accepted: it is taken back."],
  },
  {
    title: "a product that cancels bookings by itself is said to do so",
    facts: linkedFacts({ desired: aLeaver() }),
    context: cancelsItself,
    plan: ["deactivate-account", "release-seat"],
    notes: ["The product cancels upcoming bookings by itself when the account is shut."],
  },
  {
    title: "a product that cancels bookings that were to be kept is said to do so",
    facts: linkedFacts({ desired: aLeaver() }),
    context: { ...cancelsItself, leavers: keeps },
    plan: ["deactivate-account", "release-seat"],
    notes: [
      "The product cancels upcoming bookings by itself when the account is shut, though leavers.bookings wants them kept.",
    ],
  },
  {
    title: "a product that cancels bookings by itself hands none over",
    facts: linkedFacts({ desired: aLeaver() }),
    context: { ...cancelsItself, leavers: reassigns },
    plan: ["deactivate-account", "release-seat"],
    notes: [
      "The product cannot hand bookings over.",
      "The product cancels upcoming bookings by itself when the account is shut.",
    ],
  },
  {
    title: "nothing is said of bookings of an account that is shut already, where the product cancels them by itself",
    facts: linkedFacts({ desired: aLeaver() }, { ...shut, groups: [groupId("Sales")] }),
    context: cancelsItself,
    plan: ["remove-from-group"],
  },
  {
    title: "bookings that nobody cancels are said to be left to the product",
    facts: linkedFacts({ desired: aLeaver() }),
    context: { bookings: "nobody", changes: notOurs },
    plan: ["deactivate-account", "release-seat"],
    notes: ["The product cannot cancel bookings: upcoming ones are left to it."],
  },
  {
    title: "the grace keeps an account open whose bookings the product would cancel, known or not",
    facts: linkedFacts({ desired: aLeaver(), ...hourAgo }),
    context: { ...graceOf(cancels), ...cancelsItself },
    plan: ["release-seat!waits-for-held", "deactivate-account!delayed"],
    dueAt: "2026-11-25T11:00:00.000Z",
    detail: /this product cancels bookings when the account is shut, so that access stays until then/,
    notes: ["The product cancels upcoming bookings by itself when the account is shut."],
  },
  {
    title: "the grace keeps it open although bookings were to be kept",
    facts: linkedFacts({ desired: aLeaver(), ...hourAgo }, { seat: null }),
    context: { ...graceOf(keeps), ...cancelsItself },
    plan: ["deactivate-account!delayed"],
    dueAt: "2026-11-25T11:00:00.000Z",
    notes: [
      "The product cancels upcoming bookings by itself when the account is shut, though leavers.bookings wants them kept.",
    ],
  },
  {
    title: "no grace is given for bookings that nobody touches",
    facts: linkedFacts({ desired: aLeaver(), ...hourAgo }, { seat: null }),
    context: { ...graceOf(cancels), bookings: "nobody", changes: notOurs },
    plan: ["deactivate-account"],
    notes: ["The product cannot cancel bookings: upcoming ones are left to it."],
  },
  {
    title: "an account whose making was never confirmed is recorded, so that the next plan shuts it",
    facts: someFacts({ desired: aLeaver(), observed: [aCandidate()], tried: ["ana@acme.example"] }),
    plan: ["adopt-account"],
    notes: ["This account was made by us but never recorded; it is shut as soon as it is."],
  },
];

for (const { title, facts, context = {}, plan, dueAt, detail, notes = [] } of rows) {
  test(title, (t) => {
    const person = planPerson(facts, aContext(context));
    t.deepEqual(outline(person), plan);
    t.is(person.cause, "leaver");
    t.deepEqual(person.notes, notes);
    t.is(person.dueAt, dueAt as Instant | undefined);
    if (detail !== undefined) t.regex(detailOf(person), detail);
  });
}

test("bookings of somebody who has not accepted the invitation are not asked for", (t) => {
  t.false(needsBookings(linkedFacts({ desired: aLeaver() }, { status: "pending" }), aContext()));
  t.true(needsBookings(linkedFacts({ desired: aLeaver() }), aContext()));
});

test("whoever is released is shut though the product cancels their bookings with it", (t) => {
  const facts = linkedFacts({ desired: aLeaver(), ...hourAgo }, { seat: null });
  const released = new Set([facts.desired.user]);
  t.deepEqual(outline(planPerson(facts, aContext({ ...graceOf(cancels), ...cancelsItself, released }))), [
    "deactivate-account",
  ]);
});

test("nothing is taken back of an account that was made by somebody else", (t) => {
  const facts = someFacts({ desired: aLeaver(), observed: [aCandidate()], bookings: [aBooking("b1")] });
  t.deepEqual(outline(planPerson(facts, aContext())), []);
});
