import test from "ava";
import { isFixedNote } from "../../src/planning/open-fields.ts";
import type { ProfileField } from "../../src/planning/diff.ts";
import { planPerson } from "../../src/planning/person.ts";
import type { PersonFacts, PlanContext } from "../../src/planning/context.ts";
import {
  aCandidate,
  aContext,
  aDesired,
  aLink,
  aProfile,
  asAccount,
  linkedFacts,
  outline,
  someFacts,
  without,
} from "../support/plan-builders.ts";

interface Row {
  readonly title: string;
  readonly updates: readonly ProfileField[];
  readonly facts: PersonFacts;
  readonly context?: Partial<PlanContext>;
  readonly plan: readonly string[];
  readonly notes: readonly string[];
}

const NAME_NOTE =
  'The product does not let displayName be changed: it shows "Annie", the directory says "Ana". Change it there by hand.';
const EMAIL_NOTE =
  'The product does not let email be changed: it shows "old@acme.example", the directory says "ana@acme.example". Change it there by hand.';
const old = { profile: aProfile({ email: "old@acme.example" }) };
const annie = { profile: aProfile({ displayName: "Annie" }) };
const bo = aCandidate({ id: asAccount("m-bo") }, null);

const rows: readonly Row[] = [
  {
    title: "a name that cannot be changed, and was edited, is told",
    updates: ["email"],
    facts: linkedFacts({}, annie),
    plan: [],
    notes: [NAME_NOTE],
  },
  {
    title: "a name that cannot be changed, and that the directory changed, is told",
    updates: ["email"],
    facts: linkedFacts({}, annie, { applied: aProfile({ displayName: "Annie" }) }),
    plan: [],
    notes: [NAME_NOTE],
  },
  {
    title: "it is told where edits are only reported, and where it was put back too often before, too",
    updates: ["email"],
    facts: linkedFacts({}, annie, { repairs: { displayName: 9 } }),
    context: { drift: { ...aContext().drift, displayName: "report" } },
    plan: [],
    notes: [NAME_NOTE],
  },
  {
    title: "a field that can be changed is written beside it",
    updates: ["email"],
    facts: linkedFacts({}, { profile: aProfile({ email: "old@acme.example", displayName: "Annie" }) }),
    plan: ["update-account"],
    notes: [NAME_NOTE],
  },
  {
    title: "an e-mail that cannot be changed is told, and everything else goes on",
    updates: ["displayName"],
    facts: linkedFacts({}, { ...old, seat: null }),
    plan: ["assign-seat"],
    notes: [EMAIL_NOTE],
  },
  {
    title: "an e-mail that cannot be changed waits for nobody who has it",
    updates: ["displayName"],
    facts: linkedFacts({ observed: [bo] }, old),
    plan: [],
    notes: [EMAIL_NOTE],
  },
  {
    title: "an e-mail that nobody can use is told where it cannot be changed anyway",
    updates: [],
    facts: linkedFacts({ desired: aDesired({ profile: { email: "" } }) }),
    plan: [],
    notes: [
      'The product does not let email be changed: it shows "ana@acme.example", the directory says nothing. Change it there by hand.',
    ],
  },
  {
    title: "a name that cannot be changed does not hinder an adoption",
    updates: ["email"],
    facts: someFacts({ observed: [aCandidate(annie)] }),
    plan: ["adopt-account"],
    notes: [NAME_NOTE],
  },
  {
    title: "whoever returns gets no name that cannot be changed",
    updates: ["email"],
    facts: linkedFacts({}, { ...annie, status: "deactivated" }, { offboardedAt: aLink().linkedAt }),
    plan: ["reactivate-account"],
    notes: [NAME_NOTE],
  },
  {
    title: "what can be changed, by a product that changes nothing, is held",
    updates: ["email", "displayName"],
    facts: linkedFacts({}, annie),
    context: { changes: without("update-account") },
    plan: ["update-account!unsupported"],
    notes: [],
  },
];

for (const { title, updates, facts, context, plan, notes } of rows) {
  test(title, (t) => {
    const person = planPerson(facts, aContext({ ...context, updates: new Set(updates) }));
    t.deepEqual(outline(person), plan);
    t.deepEqual(person.notes, notes);
    t.true(notes.every(isFixedNote));
    t.deepEqual((person.remember ?? facts.link)?.applied, facts.link?.applied, "nothing is remembered as written");
  });
}

test("an update leaves alone, before and after, what cannot be changed", (t) => {
  const profile = aProfile({ email: "old@acme.example", displayName: "Annie" });
  const { changes } = planPerson(linkedFacts({}, { profile }), aContext({ updates: new Set(["email"]) }));
  t.like(changes[0], { before: profile, after: { email: "ana@acme.example", displayName: "Annie" } });
});

test("a text of somebody else is no note of such a field", (t) => {
  t.false(isFixedNote("No rule names department: The product does not let email be changed: it."));
});
