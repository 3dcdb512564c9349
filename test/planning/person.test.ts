import test from "ava";
import type { DirectoryId } from "../../src/domain/directory.ts";
import type { Cause } from "../../src/domain/plan.ts";
import type { PersonFacts, PlanContext } from "../../src/planning/context.ts";
import { planPerson } from "../../src/planning/person.ts";
import {
  ANAS_MARK,
  aCandidate,
  aContext,
  aDesired,
  aGroup,
  aLink,
  aProfile,
  asAccount,
  asGroup,
  asSeat,
  asUser,
  detailOf,
  groupId,
  linkedFacts,
  outline,
  someFacts,
  without,
} from "../support/plan-builders.ts";

interface Row {
  readonly title: string;
  readonly facts: PersonFacts;
  readonly context?: Partial<PlanContext>;
  readonly plan: readonly string[];
  readonly cause?: Cause;
  readonly detail?: RegExp;
  readonly notes?: readonly string[];
}

const returned = "Cancelled bookings stay cancelled.";
const cancelled = { lastLeave: { cancelled: 2, handedOver: 0 } };
const inSales = aDesired({
  groups: ["Sales"],
  because: ['groups.rules[0]: department "Sales" → Sales', "seats.default → seat standard"],
});
const gone = { user: asUser("old"), gone: true };
const renamed = aDesired({ profile: aProfile({ email: "ana.li@acme.example" }) });

const rows: readonly Row[] = [
  { title: "nothing is planned for somebody in step", facts: linkedFacts(), plan: [] },
  {
    title: "a joiner gets account, seat and groups",
    facts: someFacts({ desired: inSales }),
    plan: ["create-account", "assign-seat", "add-to-group"],
    cause: "joiner",
  },
  {
    title: "a joiner without a seat rule gets no seat",
    facts: someFacts({ desired: aDesired({ seat: null }) }),
    plan: ["create-account"],
    cause: "joiner",
  },
  {
    title: "an account that vanished is made again",
    facts: someFacts({ link: aLink() }),
    plan: ["create-account", "assign-seat"],
    cause: "drift",
    notes: ["The account on record has vanished from the product."],
  },
  {
    title: "a name that the directory changed makes a mover",
    facts: linkedFacts({ desired: aDesired({ profile: aProfile({ displayName: "Ana Li" }) }) }),
    plan: ["update-account"],
    cause: "mover",
  },
  {
    title: "a name that was edited in the product is drift",
    facts: linkedFacts({}, { profile: aProfile({ displayName: "Annie" }) }),
    plan: ["update-account"],
    cause: "drift",
  },
  {
    title: "an e-mail of several other accounts is held, and they are named",
    facts: linkedFacts({
      desired: renamed,
      observed: ["m-2", "m-3"].map((id) => aCandidate({ id: asAccount(id), profile: renamed.profile })),
    }),
    plan: ["update-account!identity-conflict"],
    cause: "mover",
    detail: /^ana\.li@acme\.example is the e-mail of 2 other accounts \(m-2, m-3\)\.$/,
  },
  {
    title: "somebody without an e-mail is held, though the account has none either",
    facts: linkedFacts(
      { desired: aDesired({ profile: aProfile({ email: "" }) }) },
      { profile: aProfile({ email: "" }) },
    ),
    plan: ["update-account!identity-conflict"],
    cause: "mover",
    detail: /gives no e-mail address that can be used/,
  },
  {
    title: "an account with another e-mail is in nobody's way",
    facts: linkedFacts({
      desired: renamed,
      observed: [aCandidate({ id: asAccount("m-2"), profile: aProfile({ email: "bo@acme.example" }) })],
    }),
    plan: ["update-account"],
    cause: "mover",
  },
  {
    title: "a new e-mail is an update",
    facts: linkedFacts({ desired: renamed }),
    plan: ["update-account"],
    cause: "mover",
  },
  {
    title: "a new e-mail that another account still has is held",
    facts: linkedFacts({
      desired: renamed,
      observed: [aCandidate({ id: asAccount("m-2"), profile: aProfile({ email: "ana.li@acme.example" }) })],
    }),
    plan: ["update-account!identity-conflict"],
    cause: "mover",
    detail:
      /ana\.li@acme\.example is still the e-mail of account m-2 \(ana\.li@acme\.example\), which is linked to nobody; it follows when/,
  },
  {
    title: "while an e-mail is held the other fields go on",
    facts: linkedFacts({
      desired: aDesired({ profile: aProfile({ email: "ana.li@acme.example", displayName: "Ana Li" }) }),
      observed: [aCandidate({ id: asAccount("m-2"), profile: aProfile({ email: "ANA.LI@acme.example" }) })],
    }),
    plan: ["update-account", "update-account!identity-conflict"],
    cause: "mover",
  },
  {
    title: "a new e-mail on an unverified domain is held",
    facts: linkedFacts({ desired: aDesired({ profile: aProfile({ email: "ana@evil.example" }) }) }),
    plan: ["update-account!identity-conflict"],
    cause: "mover",
    detail: /verified domain/,
  },
  {
    title: "a missing e-mail is held and nothing is written in its place",
    facts: linkedFacts({ desired: aDesired({ profile: aProfile({ email: "" }) }) }),
    plan: ["update-account!identity-conflict"],
    cause: "mover",
    detail: /no e-mail address that can be used/,
  },
  {
    title: "an e-mail edited in the product that cannot be put back is drift",
    facts: linkedFacts(
      { observed: [aCandidate({ id: asAccount("m-2") })] },
      { profile: aProfile({ email: "edited@acme.example" }) },
    ),
    plan: ["update-account!identity-conflict"],
    cause: "drift",
  },
  {
    title: "an e-mail that differs in case only is updated in place",
    facts: linkedFacts({ desired: aDesired({ profile: aProfile({ email: "Ana@acme.example" }) }) }),
    plan: ["update-account"],
    cause: "mover",
  },
  {
    title: "a protected account keeps its e-mail, but not its name",
    facts: linkedFacts({
      desired: aDesired({ profile: aProfile({ email: "ana.li@acme.example", displayName: "Ana Li" }) }),
    }),
    context: { protected: { accounts: new Set(["ana@acme.example"]), minOwners: 1 } },
    plan: ["update-account", "update-account!protected-account"],
    cause: "mover",
    detail: /ana@acme\.example is listed in protected\.accounts: its e-mail is not changed\./,
  },
  {
    title: "a missing seat is assigned",
    facts: linkedFacts({}, { seat: null, groups: [groupId("Handmade")] }),
    plan: ["assign-seat"],
    cause: "mover",
  },
  {
    title: "an account that we made and that has nothing yet is still a joiner's",
    facts: linkedFacts({ desired: inSales }, { seat: null }),
    plan: ["assign-seat", "add-to-group"],
    cause: "joiner",
  },
  {
    title: "a seat that nobody should have is freed",
    facts: linkedFacts({ desired: aDesired({ seat: null }) }),
    plan: ["release-seat"],
    cause: "mover",
  },
  {
    title: "a seat is moved by freeing the old one first",
    facts: linkedFacts({}, { seat: asSeat("basic") }),
    plan: ["release-seat", "assign-seat"],
    cause: "mover",
  },
  {
    title: "a managed group is left, one that no rule names is kept",
    facts: linkedFacts(
      { desired: inSales },
      { groups: [groupId("Support"), groupId("Handmade"), asGroup("g-unseen")] },
    ),
    plan: ["remove-from-group", "add-to-group"],
    cause: "mover",
  },
  {
    title: "nobody is taken out where the mapping is not authoritative",
    facts: linkedFacts({}, { groups: [groupId("Support")] }),
    context: { authoritative: false },
    plan: [],
  },
  {
    title: "of two groups with one name either will do",
    facts: linkedFacts({ desired: inSales }, { groups: [asGroup("g-2")] }),
    context: {
      groups: [
        { id: asGroup("g-1"), name: "Sales" },
        { id: asGroup("g-2"), name: "Sales" },
      ],
    },
    plan: [],
  },
  {
    title: "group names are compared exactly",
    facts: linkedFacts({ desired: aDesired({ groups: ["sales"] }) }, { groups: [groupId("Sales")] }),
    plan: ["remove-from-group", "add-to-group"],
    cause: "mover",
  },
  {
    title: "a group that does not exist is held where createMissing is false",
    facts: linkedFacts({ desired: aDesired({ groups: ["New"] }) }),
    context: { createMissing: false },
    plan: ["add-to-group!unsupported"],
    cause: "mover",
    detail: /no group "New", and groups\.createMissing in the mapping is false/,
  },
  {
    title: "a group that does not exist is held where the product cannot create groups",
    facts: linkedFacts({ desired: aDesired({ groups: ["New"] }) }),
    context: { changes: without("create-group") },
    plan: ["add-to-group!unsupported"],
    cause: "mover",
    detail: /no group "New" and cannot create groups/,
  },
  {
    title: "a rehire gets account, seat and groups back",
    facts: linkedFacts(
      { desired: inSales, ...cancelled },
      { status: "deactivated", seat: null },
      { offboardedAt: aLink().linkedAt },
    ),
    plan: ["reactivate-account", "assign-seat", "add-to-group"],
    cause: "rehire",
    notes: [returned],
  },
  {
    title: "an account that was deactivated by hand is opened again",
    facts: linkedFacts(
      { desired: aDesired({ profile: aProfile({ displayName: "Ana Li" }) }) },
      { status: "deactivated" },
    ),
    plan: ["reactivate-account", "update-account"],
    cause: "drift",
  },
  {
    title: "whoever returns before they were proved gone is a rehire, not a victim of somebody's hand",
    facts: linkedFacts({ lastLeave: { cancelled: 0, handedOver: 0 } }, { status: "deactivated" }),
    plan: ["reactivate-account"],
    cause: "rehire",
  },
  {
    title: "a rehire waits where the product cannot reactivate",
    facts: linkedFacts(cancelled, { status: "deactivated", seat: null }, { offboardedAt: aLink().linkedAt }),
    context: { changes: without("reactivate-account") },
    plan: ["reactivate-account!unsupported", "assign-seat!waits-for-held"],
    cause: "rehire",
    notes: [returned],
  },
  {
    title: "an invited account counts as active",
    facts: linkedFacts({}, { status: "pending" }),
    plan: [],
    notes: ["The account is pending: invited on Mon 23 Nov, not accepted yet."],
  },
  {
    title: "an account in step is adopted and nothing else",
    facts: someFacts({ observed: [aCandidate()] }),
    plan: ["adopt-account"],
    cause: "joiner",
  },
  {
    title: "adoption adds what is missing",
    facts: someFacts({
      desired: inSales,
      observed: [aCandidate({ seat: null, profile: aProfile({ displayName: "A." }) })],
    }),
    plan: ["adopt-account", "update-account", "assign-seat", "add-to-group"],
    cause: "joiner",
  },
  {
    title: "adoption takes nothing away and moves no seat",
    facts: someFacts({ observed: [aCandidate({ seat: asSeat("basic"), groups: [groupId("Support")] })] }),
    plan: ["adopt-account"],
    cause: "joiner",
    notes: ["Other groups and seats of this account are looked at once it is linked."],
  },
  {
    title: "adoption changes no e-mail, not even its case",
    facts: someFacts({ observed: [aCandidate({ profile: aProfile({ email: "ANA@acme.example" }) })] }),
    plan: ["adopt-account"],
    cause: "joiner",
  },
  {
    title: "whoever returns to an account that is gone gets a new one",
    facts: someFacts({ link: aLink({ offboardedAt: aLink().linkedAt, repairs: { status: 9 } }) }),
    plan: ["create-account", "assign-seat"],
    cause: "rehire",
  },
  {
    title: "whoever returns to an account that is gone learns of their bookings",
    facts: someFacts({ link: aLink(), lastLeave: { cancelled: 1, handedOver: 0 } }),
    context: { drift: { ...aContext().drift, status: "report" } },
    plan: ["create-account", "assign-seat"],
    cause: "rehire",
    notes: [returned],
  },
  {
    title: "whoever returns to an account that was made by hand in place of one that is gone is no drift",
    facts: someFacts({
      link: aLink({ offboardedAt: aLink().linkedAt }),
      lastLeave: { cancelled: 1, handedOver: 0 },
      observed: [aCandidate({ id: asAccount("m-2"), seat: null })],
    }),
    plan: ["adopt-account", "assign-seat"],
    cause: "rehire",
    notes: [returned],
  },
  {
    title: "an account without groups is still a joiner's where a seat comes with it",
    facts: linkedFacts({ desired: inSales }, {}, { entitlements: { seat: null, groups: [] } }),
    context: { seats: "implied" },
    plan: ["add-to-group"],
    cause: "joiner",
  },
  {
    title: "an account without groups is a mover's where its seat was given",
    facts: linkedFacts({ desired: inSales }, {}, { entitlements: { seat: null, groups: [] } }),
    plan: ["add-to-group"],
    cause: "mover",
  },
  {
    title: "another account in place of one that vanished is drift",
    facts: someFacts({ link: aLink(), observed: [aCandidate({ id: asAccount("m-2") })] }),
    plan: ["adopt-account"],
    cause: "drift",
  },
  {
    title: "an account with our mark is linked again and completed",
    facts: someFacts({ observed: [aCandidate({ marker: ANAS_MARK, seat: null })] }),
    plan: ["adopt-account", "assign-seat"],
    cause: "joiner",
  },
  {
    title: "a deactivated account with our mark is only linked again",
    facts: someFacts({ desired: inSales, observed: [aCandidate({ marker: ANAS_MARK, status: "deactivated" })] }),
    plan: ["adopt-account"],
    cause: "joiner",
  },
  {
    title: "whoever takes over a deleted person's account gets it back open",
    facts: someFacts({ observed: [aCandidate({ status: "deactivated", seat: null }, gone)], ...cancelled }),
    context: { rehire: "link" },
    plan: ["adopt-account", "reactivate-account", "assign-seat"],
    cause: "rehire",
    notes: [returned],
  },
  {
    title: "rehire new creates and says what may happen",
    facts: someFacts({ desired: aDesired({ seat: null }), observed: [aCandidate({ status: "deactivated" }, gone)] }),
    context: { rehire: "new" },
    plan: ["create-account"],
    cause: "joiner",
    notes: ["Account m-ana (ana@acme.example) has the same e-mail; most products refuse a second one."],
  },
  {
    title: "a conflict over one account is a held adoption",
    facts: someFacts({ observed: [aCandidate({ role: "admin" })] }),
    plan: ["adopt-account!identity-conflict"],
    cause: "joiner",
    detail: /admin/,
  },
  {
    title: "a conflict over several accounts is a held creation",
    facts: someFacts({ observed: [aCandidate(), aCandidate({ id: asAccount("m-2") })] }),
    plan: ["create-account!identity-conflict"],
    cause: "joiner",
    detail: /^2 accounts/,
  },
  {
    title: "a joiner waits where the product cannot create accounts",
    facts: someFacts({ desired: inSales }),
    context: { changes: without("create-account") },
    plan: ["create-account!unsupported", "assign-seat!waits-for-held", "add-to-group!waits-for-held"],
    cause: "joiner",
    detail: /The product cannot create accounts\./,
  },
  {
    title: "an owner keeps seat and groups",
    facts: linkedFacts({ desired: aDesired({ seat: null }) }, { role: "owner", groups: [groupId("Support")] }),
    plan: ["remove-from-group!protected-account", "release-seat!protected-account"],
    cause: "mover",
    detail:
      /ana@acme\.example is an owner of the product: nothing is taken away from it\. Do it in the product by hand, or make it a member there\./,
  },
  {
    title: "a seat that may not be freed is not moved either",
    facts: linkedFacts({}, { seat: asSeat("basic"), role: "admin" }),
    plan: ["release-seat!protected-account", "assign-seat!waits-for-held"],
    cause: "mover",
  },
  {
    title: "an owner gets groups and names like everybody",
    facts: linkedFacts(
      { desired: aDesired({ groups: ["Sales"], profile: aProfile({ displayName: "Ana Li" }) }) },
      { role: "owner" },
    ),
    plan: ["update-account", "add-to-group"],
    cause: "mover",
  },
];

for (const { title, facts, context = {}, plan, cause = null, detail, notes = [] } of rows) {
  test(title, (t) => {
    const person = planPerson(facts, aContext(context));
    t.deepEqual(outline(person), plan);
    t.is(person.cause, cause);
    t.deepEqual(person.notes, notes);
    if (detail !== undefined) t.regex(detailOf(person), detail);
  });
}

test("an update holds what the mapping owns, before and after", (t) => {
  const desired = aDesired({ profile: aProfile({ displayName: "Ana Li", timezone: "UTC" }) });
  const [change] = planPerson(
    linkedFacts({ desired }, { profile: aProfile({ locale: "fr", timezone: "CET" }) }),
    aContext(),
  ).changes;
  t.like(change, {
    kind: "update-account",
    before: { email: "ana@acme.example", displayName: "Ana", timezone: "CET" },
    after: { email: "ana@acme.example", displayName: "Ana Li", timezone: "UTC" },
    because: ["displayName changed in the directory", "timezone changed in the directory"],
  });
});

test("an update beside a held e-mail leaves the e-mail as it is", (t) => {
  const desired = aDesired({ profile: aProfile({ email: "x@evil.example", displayName: "Ana Li" }) });
  const { changes, held } = planPerson(linkedFacts({ desired }), aContext());
  t.like(changes[0], { after: { email: "ana@acme.example", displayName: "Ana Li" } });
  t.like(held[0]?.change, {
    because: ["email changed in the directory"],
    before: { email: "ana@acme.example" },
    after: { email: "x@evil.example" },
  });
});

test("an adoption records what was there, and an update after it keeps the e-mail", (t) => {
  const observed = [aCandidate({ profile: aProfile({ email: "ANA@acme.example", displayName: "A.", locale: "fr" }) })];
  const { changes } = planPerson(someFacts({ observed }), aContext());
  t.like(changes[0], {
    kind: "adopt-account",
    origin: "adopted",
    because: ["the account has this person's e-mail"],
    profile: { email: "ANA@acme.example", displayName: "A." },
  });
  t.like(changes[1], { kind: "update-account", after: { email: "ANA@acme.example", displayName: "Ana" } });
});

test("an account with our mark counts as created by us", (t) => {
  const { changes } = planPerson(someFacts({ observed: [aCandidate({ marker: ANAS_MARK })] }), aContext());
  const because = ["the account carries our mark of this person"];
  t.like(changes[0], { kind: "adopt-account", origin: "created", because });
});

test("a group change names the rule behind it", (t) => {
  const { changes } = planPerson(linkedFacts({ desired: inSales }, { groups: [groupId("Support")] }), aContext());
  t.deepEqual(
    changes.map(({ because }) => because),
    [["no rule puts them into Support"], ['groups.rules[0]: department "Sales" → Sales']],
  );
});

test("a group that exists is named by its id, one that does not by its name alone", (t) => {
  const { changes } = planPerson(linkedFacts({ desired: aDesired({ groups: ["New", "Sales"] }) }), aContext());
  t.deepEqual(
    changes.map((change) => (change.kind === "add-to-group" ? change.group : null)),
    [
      { by: "name", name: "New" },
      { by: "id", id: groupId("Sales"), name: "Sales" },
    ],
  );
});

test("a joiner's seat and groups refer to the account by person", (t) => {
  const { changes } = planPerson(someFacts({ desired: inSales }), aContext());
  t.like(changes[1], { account: { by: "user", user: "ana" } });
  t.like(changes[2], { account: { by: "user", user: "ana" } });
});

test("a wish for a seat is a claim with rank and time", (t) => {
  const { seatClaim } = planPerson(someFacts({ desired: aDesired({ seatRank: 3 }) }), aContext());
  t.deepEqual(seatClaim, { seat: asSeat("standard"), rank: 3, since: someFacts().since });
});

test("a seat that cannot be assigned is no claim", (t) => {
  t.is(planPerson(someFacts(), aContext({ changes: without("assign-seat") })).seatClaim, null);
});

test("values that no rule names and values that were passed over are noted", (t) => {
  const desired = aDesired({ unmapped: ["department: Ops"], problems: ["The value of title is too long."] });
  t.deepEqual(planPerson(linkedFacts({ desired }), aContext()).notes, [
    "No rule names department: Ops.",
    "The value of title is too long.",
  ]);
  t.deepEqual(
    planPerson(someFacts({ desired, link: aLink() }), aContext()).notes,
    [
      "The account on record has vanished from the product.",
      "No rule names department: Ops.",
      "The value of title is too long.",
    ],
    "behind what the plan itself has to say",
  );
});

test("a person is called by e-mail, by the account's e-mail, or by id", (t) => {
  const nameless = aDesired({ profile: aProfile({ email: "" }) });
  t.is(planPerson(someFacts(), aContext()).label, "ana@acme.example");
  t.is(planPerson(linkedFacts({ desired: nameless }), aContext()).label, "ana@acme.example");
  t.is(planPerson(someFacts({ desired: nameless }), aContext()).label, "ana");
});

test("a rival that is not listed first hinders nothing", (t) => {
  const rival = { directory: "b" as DirectoryId, listedFirst: false };
  t.deepEqual(outline(planPerson(linkedFacts({ rival }), aContext())), []);
});

test("groups are found whatever their order", (t) => {
  const groups = [aGroup("Support"), { id: asGroup("g-b"), name: "Sales" }, { id: asGroup("g-a"), name: "Sales" }];
  const add = (list: typeof groups) =>
    planPerson(linkedFacts({ desired: inSales }), aContext({ groups: list })).changes;
  t.deepEqual(add(groups), add(groups.toReversed()));
  t.like(add(groups)[0], { group: { id: "g-a" } });
});
