import test from "ava";
import type { AccountLink, DesiredAccount, ObservedAccount } from "../../src/domain/account.ts";
import type { Cause } from "../../src/domain/plan.ts";
import { REPAIR_EVERYTHING, type DriftPolicy } from "../../src/domain/policy.ts";
import { isLeftNote, MOST_REPAIRS } from "../../src/planning/drift.ts";
import { planPerson } from "../../src/planning/person.ts";
import {
  STANDARD,
  aContext,
  aDesired,
  aLink,
  aProfile,
  asSeat,
  asUser,
  detailOf,
  groupId,
  linkedFacts,
  outline,
  someFacts,
} from "../support/plan-builders.ts";

interface Row {
  readonly title: string;
  readonly desired?: Partial<DesiredAccount>;
  readonly observed?: Partial<ObservedAccount>;
  readonly link?: Partial<AccountLink>;
  readonly drift?: Partial<DriftPolicy>;
  readonly released?: boolean;
  /** `kind cause`, then `kind cause!hold`. */
  readonly plan: readonly string[];
  readonly cause?: Cause | null;
  readonly notes?: readonly (string | RegExp)[];
  readonly detail?: RegExp;
}

const GIVEN = { seat: STANDARD, groups: ["Sales"] };
const inSales = { groups: ["Sales"] } as const;
const WORN = { displayName: 3, seat: 3, groups: 3, status: 3 } as const;
const REPORT: Partial<DriftPolicy> = Object.fromEntries(
  Object.keys(REPAIR_EVERYTHING).map((field) => [field, "report"]),
);

/** Ana as the link remembers her: a standard seat, in Sales. */
const rows: readonly Row[] = [
  {
    title: "a group that was given and is gone was taken away by hand",
    desired: inSales,
    link: { entitlements: GIVEN },
    plan: ["add-to-group drift"],
    cause: "drift",
  },
  {
    title: "a group that was never given was moved by the directory",
    desired: inSales,
    link: { entitlements: { seat: STANDARD, groups: [] } },
    plan: ["add-to-group mover"],
    cause: "mover",
  },
  {
    title: "a managed group that was never given was added by hand",
    observed: { groups: [groupId("Support")] },
    link: { entitlements: { seat: STANDARD, groups: [] } },
    plan: ["remove-from-group drift"],
    cause: "drift",
  },
  {
    title: "a managed group that was given and is not wanted any more was moved",
    observed: { groups: [groupId("Sales")] },
    link: { entitlements: GIVEN },
    plan: ["remove-from-group mover"],
    cause: "mover",
  },
  {
    title: "one group moved and another edited are told apart",
    desired: { groups: ["Support"] },
    observed: { groups: [groupId("Sales")] },
    link: { entitlements: { seat: STANDARD, groups: ["Sales", "Support"] } },
    plan: ["remove-from-group mover", "add-to-group drift"],
    cause: "mover",
  },
  {
    title: "a seat that was given and is gone was taken away by hand",
    observed: { seat: null, groups: [groupId("Handmade")] },
    link: { entitlements: { seat: STANDARD, groups: [] } },
    plan: ["assign-seat drift"],
    cause: "drift",
  },
  {
    title: "a seat that was exchanged by hand is exchanged back",
    observed: { seat: asSeat("gold") },
    link: { entitlements: { seat: STANDARD, groups: [] } },
    plan: ["release-seat drift", "assign-seat drift"],
    cause: "drift",
  },
  {
    title: "a seat that the mapping changed was moved",
    desired: { seat: asSeat("gold") },
    link: { entitlements: { seat: STANDARD, groups: [] } },
    plan: ["release-seat mover", "assign-seat mover"],
    cause: "mover",
  },
  {
    title: "a seat that was given by hand to somebody without one is taken back",
    desired: { seat: null },
    link: { entitlements: { seat: null, groups: [] } },
    plan: ["release-seat drift"],
    cause: "drift",
  },
  {
    title: "where nobody remembers what was given it is told as a move, whatever the policy",
    desired: inSales,
    observed: { seat: asSeat("gold") },
    drift: REPORT,
    plan: ["release-seat mover", "assign-seat mover", "add-to-group mover"],
    cause: "mover",
  },
  {
    title: "an interrupted creation is still a joiner's",
    desired: inSales,
    observed: { seat: null },
    link: { entitlements: { seat: null, groups: [] } },
    plan: ["assign-seat joiner", "add-to-group joiner"],
    cause: "joiner",
  },
  {
    title: "an account that was stripped by hand is not that of a joiner",
    desired: { groups: ["Sales", "Support"] },
    observed: { seat: null },
    link: { entitlements: GIVEN },
    plan: ["assign-seat drift", "add-to-group drift", "add-to-group mover"],
    cause: "mover",
  },
  {
    title: "what an adopted account showed at first contact and nobody wants is moved, not edited",
    observed: { groups: [groupId("Support")] },
    link: { origin: "adopted", entitlements: { seat: STANDARD, groups: ["Support"] } },
    plan: ["remove-from-group mover"],
    cause: "mover",
  },
  {
    title: "whoever returns gets all back as a rehire, whatever was edited and however often",
    desired: { ...inSales, profile: aProfile({ displayName: "Ana" }) },
    observed: { status: "deactivated", seat: null, profile: aProfile({ displayName: "Annie" }) },
    link: { entitlements: GIVEN, offboardedAt: aLink().linkedAt, repairs: WORN },
    drift: REPORT,
    plan: ["reactivate-account rehire", "update-account rehire", "assign-seat rehire", "add-to-group rehire"],
    cause: "rehire",
  },

  {
    title: "an adopted account that has nothing is not that of a joiner",
    desired: inSales,
    observed: { seat: null },
    link: { origin: "adopted", entitlements: { seat: null, groups: [] } },
    plan: ["assign-seat mover", "add-to-group mover"],
    cause: "mover",
  },
  {
    title: "an e-mail that whoever returns cannot have is part of the return",
    desired: { profile: aProfile({ email: "ana@unverified.example" }) },
    observed: { status: "deactivated" },
    link: { offboardedAt: aLink().linkedAt, applied: aProfile({ email: "ana@unverified.example" }) },
    plan: ["reactivate-account rehire", "update-account rehire!identity-conflict"],
    cause: "rehire",
  },

  // Reported and left.
  {
    title: "of what is in step nothing is reported",
    desired: inSales,
    observed: { groups: [groupId("Sales"), groupId("Handmade")] },
    link: { entitlements: GIVEN, repairs: WORN },
    drift: REPORT,
    plan: [],
    cause: null,
  },
  {
    title: "a name that is only reported is left and told",
    observed: { profile: aProfile({ displayName: "Annie" }) },
    drift: { displayName: "report" },
    plan: [],
    cause: null,
    notes: [
      'displayName was edited in the product and is left so ("drift.displayName" is "report"): the product shows "Annie", the directory says "Ana".',
    ],
  },
  {
    title: "a name that is only reported is written as soon as the directory changes it",
    desired: { profile: aProfile({ displayName: "Ana Li" }) },
    observed: { profile: aProfile({ displayName: "Annie" }) },
    drift: { displayName: "report" },
    plan: ["update-account mover"],
    cause: "mover",
  },
  {
    title: "beside a reported name the others are written",
    desired: { profile: aProfile({ locale: "de", timezone: "UTC" }) },
    observed: { profile: aProfile({ displayName: "Annie", timezone: "CET" }) },
    link: { applied: aProfile({ timezone: "UTC" }) },
    drift: { displayName: "report" },
    plan: ["update-account mover"],
    cause: "mover",
    notes: [/^displayName was edited/],
  },
  {
    title: "an e-mail that is only reported is neither written nor judged",
    desired: { profile: aProfile({ email: "ana@unverified.example" }) },
    link: { applied: aProfile({ email: "ana@unverified.example" }) },
    drift: { email: "report" },
    plan: [],
    cause: null,
    notes: [/^email was edited .* shows "ana@acme\.example", the directory says "ana@unverified\.example"\.$/],
  },
  {
    title: "a value that was emptied in the product is told as nothing",
    desired: { profile: aProfile({ timezone: "UTC" }) },
    link: { applied: aProfile({ timezone: "UTC" }) },
    drift: { timezone: "report" },
    plan: [],
    cause: null,
    notes: [/the product shows nothing, the directory says "UTC"\.$/],
  },
  {
    title: "a group that is only reported is left, one that the directory moved goes",
    desired: { groups: ["Sales", "Support"] },
    link: { entitlements: GIVEN },
    drift: { groups: "report" },
    plan: ["add-to-group mover"],
    cause: "mover",
    notes: [
      'Membership of Sales was ended in the product and is left so ("drift.groups" is "report"): the product shows that they are not in it, the mapping puts them into it.',
    ],
  },
  {
    title: "a group that was added by hand and is only reported is left",
    observed: { groups: [groupId("Support")] },
    link: { entitlements: { seat: STANDARD, groups: [] } },
    drift: { groups: "report" },
    plan: [],
    cause: null,
    notes: [/^Membership of Support .* shows that they are in it, the mapping does not\.$/],
  },
  {
    title: "a seat that is only reported is left",
    observed: { seat: asSeat("gold") },
    link: { entitlements: { seat: STANDARD, groups: [] } },
    drift: { seat: "report" },
    plan: [],
    cause: null,
    notes: [/^The seat was changed .* shows seat gold, the mapping gives seat standard\.$/],
  },
  {
    title: "an account that was deactivated by hand and is only reported stays so, and takes no seat",
    desired: { ...inSales, profile: aProfile({ displayName: "Ana Li" }) },
    observed: { status: "deactivated", seat: null },
    link: { entitlements: { seat: STANDARD, groups: [] } },
    drift: { status: "report" },
    plan: ["update-account mover", "add-to-group mover"],
    cause: "mover",
    notes: [
      'The account was deactivated in the product and is left so ("drift.status" is "report"): the product shows it deactivated, the directory says active.',
      "No seat is given to an account that stays deactivated.",
    ],
  },
  {
    title: "an account that is left deactivated takes no seat, though that is all it lacks",
    observed: { status: "deactivated", seat: null },
    link: { entitlements: { seat: null, groups: ["Sales"] } },
    drift: { status: "report" },
    plan: [],
    cause: null,
    notes: [/^The account was deactivated/, "No seat is given to an account that stays deactivated."],
  },
  {
    title: "of an account that is left deactivated, groups that are left are told, too",
    desired: inSales,
    observed: { status: "deactivated", seat: null },
    link: { entitlements: { seat: null, groups: ["Sales"] } },
    drift: { status: "report", groups: "report" },
    plan: [],
    cause: null,
    notes: [/^The account was deactivated/, /^Membership of Sales/, /^No seat is given/],
  },
  {
    title: "an e-mail at the parking address was put there by us, and is no edit",
    observed: { profile: aProfile({ email: "parked-ana@acme.example" }) },
    drift: { email: "report" },
    plan: ["update-account mover"],
    cause: "mover",
  },
  {
    title: "the seat of an account that is left deactivated is not exchanged",
    observed: { status: "deactivated", seat: asSeat("gold") },
    link: { entitlements: { seat: asSeat("gold"), groups: [] } },
    drift: { status: "report" },
    plan: [],
    cause: null,
    notes: [/^The account was deactivated/, "No seat is given to an account that stays deactivated."],
  },

  // Put back so often that it is left to people.
  {
    title: "a name is put back a third time",
    observed: { profile: aProfile({ displayName: "Annie" }) },
    link: { repairs: { displayName: 2 } },
    plan: ["update-account drift"],
    cause: "drift",
  },
  {
    title: "a name that was put back three times is contested",
    observed: { profile: aProfile({ displayName: "Annie" }) },
    link: { repairs: { displayName: 3 } },
    plan: ["update-account drift!contested"],
    cause: "drift",
    detail:
      /^displayName was put back 3 times, and edited in the product again: it shows "Annie", the directory says "Ana"\. Agree on one value, or set "drift\.displayName" to "report"\. To try once more: rosterbridge release ana@acme\.example --reason "…"\.$/,
  },
  {
    title: "a contested name is put back once more for whoever is released",
    observed: { profile: aProfile({ displayName: "Annie" }) },
    link: { repairs: { displayName: 3 } },
    released: true,
    plan: ["update-account drift"],
    cause: "drift",
  },
  {
    title: "a contested name is written when the directory changes it",
    desired: { profile: aProfile({ displayName: "Ana Li" }) },
    observed: { profile: aProfile({ displayName: "Annie" }) },
    link: { repairs: { displayName: 3 } },
    plan: ["update-account mover"],
    cause: "mover",
  },
  {
    title: "what is only reported is never contested",
    observed: { profile: aProfile({ displayName: "Annie" }) },
    link: { repairs: { displayName: 3 } },
    drift: { displayName: "report" },
    plan: [],
    cause: null,
    notes: [/^displayName was edited/],
  },
  {
    title: "two contested fields are held one by one, the others go, and nothing else waits for them",
    desired: { ...inSales, profile: aProfile({ givenName: "Ana", timezone: "UTC" }) },
    observed: { seat: null, profile: aProfile({ displayName: "Annie", givenName: "Annie" }) },
    link: {
      applied: aProfile({ givenName: "Ana" }),
      entitlements: { seat: null, groups: ["Support"] },
      repairs: { displayName: 3, givenName: 4 },
    },
    plan: [
      "update-account mover",
      "assign-seat mover",
      "add-to-group mover",
      "update-account drift!contested",
      "update-account drift!contested",
    ],
    cause: "mover",
    detail: /givenName was put back 4 times/,
  },
  {
    title: "contested groups are held, moved ones go",
    desired: { groups: ["Sales", "Support"] },
    link: { entitlements: GIVEN, repairs: { groups: 3 } },
    plan: ["add-to-group mover", "add-to-group drift!contested"],
    cause: "mover",
    detail:
      /^Membership of Sales was put back 3 times, .* it shows that they are not in it, the mapping puts them into it\./,
  },
  {
    title: "both halves of a contested seat are held, for one reason",
    desired: inSales,
    observed: { seat: asSeat("gold") },
    link: { entitlements: { seat: STANDARD, groups: [] }, repairs: { seat: 3 } },
    plan: ["add-to-group mover", "release-seat drift!contested", "assign-seat drift!contested"],
    cause: "mover",
    detail: /^The seat was put back 3 times, .* it shows seat gold, the mapping gives seat standard\./,
  },
  {
    title: "the command for whoever has no e-mail names that of the account",
    desired: { profile: aProfile({ email: "" }) },
    observed: { seat: null },
    link: { entitlements: { seat: STANDARD, groups: [] }, repairs: { seat: 3 } },
    plan: ["update-account mover!identity-conflict", "assign-seat drift!contested"],
    detail: /rosterbridge release ana@acme\.example --reason/,
  },
  {
    title: "the command for whoever gets another e-mail names the new one",
    desired: { profile: aProfile({ email: "ana.li@acme.example" }) },
    observed: { seat: null },
    link: { entitlements: { seat: STANDARD, groups: [] }, repairs: { seat: 3 } },
    plan: ["update-account mover", "assign-seat drift!contested"],
    detail: /rosterbridge release ana\.li@acme\.example --reason/,
  },
  {
    title: "an account that is deactivated again and again is kept up to date, without a seat",
    desired: { ...inSales, profile: aProfile({ displayName: "Ana Li" }) },
    observed: { status: "deactivated", seat: null },
    link: { entitlements: { seat: null, groups: [] }, repairs: { status: 3 } },
    plan: [
      "update-account mover",
      "add-to-group joiner",
      "reactivate-account drift!contested",
      "assign-seat joiner!waits-for-held",
    ],
    cause: "drift",
    detail: /^The account was reactivated 3 times, .* it shows it deactivated, the directory says active\./,
  },
];

for (const { title, desired, observed, link, drift, released = false, plan, cause, notes = [], detail } of rows) {
  test(title, (t) => {
    const context = aContext({
      drift: { ...REPAIR_EVERYTHING, ...drift },
      released: new Set(released ? [asUser("ana")] : []),
    });
    const person = planPerson(linkedFacts({ desired: aDesired(desired) }, observed, link), context);
    t.deepEqual(withCauses(person), plan);
    if (cause !== undefined) t.is(person.cause, cause);
    t.is(person.notes.length, notes.length, person.notes.join("\n"));
    for (const [index, note] of notes.entries()) {
      if (typeof note === "string") t.is(person.notes[index], note);
      else t.regex(person.notes[index] ?? "", note);
    }
    if (detail !== undefined) t.regex(detailOf(person), detail);
  });
}

const FIELDS = ["email", "displayName", "givenName", "familyName", "timezone", "locale"] as const;
const TWICE = MOST_REPAIRS - 1;

for (const field of FIELDS) {
  const value = (text: string): string => (field === "email" ? `${text}@acme.example` : text);
  const cases: readonly [
    title: string,
    observed: string,
    applied: string,
    drift: "repair" | "report",
    repairs: number,
    outcome: string,
  ][] = [
    ["in step", "a", "a", "repair", 0, "nothing"],
    ["in step, moved on both sides", "a", "b", "report", 3, "nothing"],
    ["edited", "b", "a", "repair", TWICE, "drift"],
    ["edited once too often", "b", "a", "repair", MOST_REPAIRS, "contested"],
    ["edited and only reported", "b", "a", "report", MOST_REPAIRS, "note"],
    ["moved", "b", "b", "repair", MOST_REPAIRS, "mover"],
    ["moved, though edits are only reported", "b", "b", "report", MOST_REPAIRS, "mover"],
    ["moved and edited", "b", "c", "report", MOST_REPAIRS, "mover"],
  ];
  for (const [title, observed, applied, drift, times, outcome] of cases) {
    test(`${field}: ${title}`, (t) => {
      const facts = linkedFacts(
        { desired: aDesired({ profile: aProfile({ [field]: value("a") }) }) },
        { profile: aProfile({ [field]: value(observed) }) },
        { applied: aProfile({ [field]: value(applied) }), repairs: { [field]: times } },
      );
      const context = aContext({ drift: { ...REPAIR_EVERYTHING, [field]: drift } });
      t.is(outcomeOf(planPerson(facts, context)), outcome);
    });
  }
}

function outcomeOf({ changes, held, notes }: ReturnType<typeof planPerson>): string {
  const [change] = changes;
  if (change !== undefined) return change.cause;
  const [first] = held;
  if (first !== undefined) return first.hold;
  return notes.some(isLeftNote) ? "note" : "nothing";
}

test("an update holds the observed value of a field that is left, so that it is not written with the others", (t) => {
  const facts = linkedFacts(
    { desired: aDesired({ profile: aProfile({ locale: "de", timezone: "UTC" }) }) },
    { profile: aProfile({ displayName: "Annie" }) },
    { applied: aProfile({ timezone: "UTC" }), repairs: { timezone: 3 } },
  );
  const context = aContext({ drift: { ...REPAIR_EVERYTHING, displayName: "report" } });
  const { changes, held } = planPerson(facts, context);
  t.like(changes[0], {
    because: ["locale changed in the directory"],
    before: { email: "ana@acme.example", displayName: "Annie" },
    after: { email: "ana@acme.example", displayName: "Annie", locale: "de" },
  });
  t.like(held[0]?.change, {
    because: ["timezone was edited in the product"],
    before: { email: "ana@acme.example" },
    after: { email: "ana@acme.example", timezone: "UTC" },
  });
});

test("an update says of each field why it is written", (t) => {
  const facts = linkedFacts(
    { desired: aDesired({ profile: aProfile({ locale: "de" }) }) },
    { profile: aProfile({ displayName: "Annie" }) },
  );
  const [change] = planPerson(facts, aContext()).changes;
  t.is(change?.cause, "mover");
  t.deepEqual(change?.because, ["displayName was edited in the product", "locale changed in the directory"]);
});

test("what is contested shows what the product has and what it should have", (t) => {
  const facts = linkedFacts({}, { profile: aProfile({ displayName: "Annie" }) }, { repairs: { displayName: 3 } });
  const [held] = planPerson(facts, aContext()).held;
  t.like(held?.change, { before: aProfile({ displayName: "Annie" }), after: aProfile() });
});

test("a seat that was edited says so beside the rule, one that was moved names the rule alone", (t) => {
  const because = ["seats.default → seat standard", 'groups.rules[0]: department "Sales" → Sales'];
  const causes = [
    ["standard", ["seats.default → seat standard", "the seat was edited in the product"]],
    ["gold", ["seats.default → seat standard"]],
  ] as const;
  for (const [given, expected] of causes) {
    const link = { entitlements: { seat: asSeat(given), groups: [] } };
    const { changes } = planPerson(linkedFacts({ desired: aDesired({ because }) }, { seat: null }, link), aContext());
    t.deepEqual(changes[0]?.because, expected);
  }
});

test("a group that was edited says so beside the rule", (t) => {
  const because = ['groups.rules[0]: department "Sales" → Sales'];
  const facts = linkedFacts(
    { desired: aDesired({ ...inSales, because }) },
    { groups: [groupId("Support")] },
    { entitlements: GIVEN },
  );
  t.deepEqual(
    planPerson(facts, aContext()).changes.map((change) => change.because),
    [
      ["no rule puts them into Support", "they were put into Support in the product"],
      [...because, "they were taken out of Sales in the product"],
    ],
  );
});

const vanished: readonly [
  title: string,
  link: Partial<AccountLink>,
  drift: Partial<DriftPolicy>,
  plan: readonly string[],
  note: RegExp,
][] = [
  ["is made again", { repairs: { status: 2 } }, {}, ["create-account drift", "assign-seat drift"], /has vanished/],
  [
    "three times is contested, and all that belongs to it waits",
    { repairs: { status: 3 } },
    {},
    ["create-account drift!contested", "assign-seat drift!contested"],
    /has vanished/,
  ],
  ["is left where the status is only reported", {}, { status: "report" }, [], /^The account on record was deleted/],
  [
    "after its holder had left is made for whoever returns, whatever the policy",
    { offboardedAt: aLink().linkedAt, repairs: { status: 3 } },
    { status: "report" },
    ["create-account rehire", "assign-seat rehire"],
    /^$/,
  ],
];

for (const [title, link, drift, plan, note] of vanished) {
  test(`an account that vanished ${title}`, (t) => {
    const context = aContext({ drift: { ...REPAIR_EVERYTHING, ...drift } });
    const person = planPerson(someFacts({ link: aLink(link) }), context);
    t.deepEqual(withCauses(person), plan);
    t.is(person.cause, plan.length === 0 ? null : link.offboardedAt === undefined ? "drift" : "rehire");
    t.regex(person.notes.join("\n"), note);
  });
}

test("a leaver is shut again whatever the policy on edits", (t) => {
  const desired = aDesired({ status: "deactivated", leaver: "inactive", seat: null });
  const facts = linkedFacts({ desired, bookings: [] }, { seat: null }, { offboardedAt: aLink().linkedAt });
  const drift = { ...REPAIR_EVERYTHING, ...REPORT };
  t.deepEqual(outline(planPerson(facts, aContext({ drift }))), ["deactivate-account"]);
});

function withCauses({ changes, held }: ReturnType<typeof planPerson>): readonly string[] {
  return [
    ...changes.map(({ kind, cause }) => `${kind} ${cause}`),
    ...held.map(({ change, hold }) => `${change.kind} ${change.cause}!${hold}`),
  ];
}
