import test from "ava";
import { isPendingNote, pendingNote } from "../../src/planning/pending.ts";
import { planPerson } from "../../src/planning/person.ts";
import type { PersonFacts, PlanContext } from "../../src/planning/context.ts";
import {
  NOW,
  aCandidate,
  aContext,
  aDesired,
  aGroup,
  aLink,
  aProfile,
  asUser,
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
  readonly notes: readonly string[];
}

const pending = { status: "pending" } as const;
const INVITED = "The account is pending: invited on Mon 23 Nov, not accepted yet";
const inSales = aDesired({ groups: ["Sales"] });

const rows: readonly Row[] = [
  {
    title: "whoever has not accepted is in step, and that is told",
    facts: linkedFacts({}, pending),
    plan: [],
    notes: [`${INVITED}.`],
  },
  {
    title: "fields follow once the invitation is accepted",
    facts: linkedFacts({}, { ...pending, profile: { email: "ana@acme.example" } }),
    plan: [],
    notes: [`${INVITED}; displayName follows once it is.`],
  },
  {
    title: "a new e-mail waits with the others, whoever has it",
    facts: linkedFacts(
      { desired: aDesired({ profile: aProfile({ email: "ana.li@acme.example", displayName: "Ana Li" }) }) },
      pending,
    ),
    plan: [],
    notes: [`${INVITED}; email, displayName follow once it is.`],
  },
  {
    title: "a field that can never be changed does not follow, and what an invitation does not show is not told",
    facts: linkedFacts({}, { ...pending, profile: { email: "old@acme.example" } }),
    context: { updates: new Set() },
    plan: [],
    notes: [
      `${INVITED}.`,
      'The product does not let email be changed: it shows "old@acme.example", the directory says "ana@acme.example". Change it there by hand.',
    ],
  },
  {
    title: "groups are given where the product can",
    facts: linkedFacts({ desired: inSales }, pending),
    plan: ["add-to-group"],
    notes: [`${INVITED}.`],
  },
  {
    title: "and held where it cannot",
    facts: linkedFacts({ desired: inSales }, pending),
    context: { changes: without("add-to-group") },
    plan: ["add-to-group!unsupported"],
    notes: [`${INVITED}.`],
  },
  {
    title: "groups follow where nobody is in any before they accept",
    facts: linkedFacts({ desired: inSales }, pending),
    context: { pendingGroups: false },
    plan: [],
    notes: [`${INVITED}; its groups follow once it is.`],
  },
  {
    title: "groups follow with the fields, those to leave as well",
    facts: linkedFacts({}, { ...pending, profile: { email: "ana@acme.example" }, groups: [aGroup("Sales").id] }),
    context: { pendingGroups: false },
    plan: [],
    notes: [`${INVITED}; displayName, its groups follow once it is.`],
  },
  {
    title: "nothing follows for whoever is in the right groups already",
    facts: linkedFacts({ desired: inSales }, { ...pending, groups: [aGroup("Sales").id] }),
    context: { pendingGroups: false },
    plan: [],
    notes: [`${INVITED}.`],
  },
  {
    title: "groups that can never be given are held before and after",
    facts: linkedFacts({ desired: inSales }, pending),
    context: { pendingGroups: false, changes: without("add-to-group") },
    plan: ["add-to-group!unsupported"],
    notes: [`${INVITED}.`],
  },
  {
    title: "whoever is invited is put into groups at once where the product can",
    facts: someFacts({ desired: inSales }),
    context: { invites: true },
    plan: ["create-account", "assign-seat", "add-to-group"],
    notes: [],
  },
  {
    title: "and later where it cannot",
    facts: someFacts({ desired: inSales }),
    context: { invites: true, pendingGroups: false },
    plan: ["create-account", "assign-seat"],
    notes: ["The groups follow once the invitation is accepted."],
  },
  {
    title: "whoever is to be in no group waits for none",
    facts: someFacts(),
    context: { invites: true, pendingGroups: false },
    plan: ["create-account", "assign-seat"],
    notes: [],
  },
  {
    title: "where not everybody is invited, it shows only once the account is there",
    facts: someFacts({ desired: inSales }),
    context: { pendingGroups: false },
    plan: ["create-account", "assign-seat", "add-to-group"],
    notes: [],
  },
  {
    title: "an adopted invitation gets its groups later, too",
    facts: someFacts({ desired: inSales, observed: [aCandidate({ ...pending, profile: aProfile() })] }),
    context: { pendingGroups: false },
    plan: ["adopt-account"],
    notes: ["The account is pending: the invitation is not accepted yet; its groups follow once it is."],
  },
  {
    title: "an invitation of somebody else is adopted, and nothing is written to it",
    facts: someFacts({ observed: [aCandidate({ ...pending, profile: { email: "ana@acme.example" } })] }),
    plan: ["adopt-account"],
    notes: ["The account is pending: the invitation is not accepted yet; displayName follows once it is."],
  },
  {
    title: "an admin's invitation is not adopted",
    facts: someFacts({ observed: [aCandidate({ ...pending, role: "admin" })] }),
    plan: ["adopt-account!identity-conflict"],
    notes: [],
  },
  {
    title: "an invitation of whom another person is linked to is not adopted",
    facts: someFacts({ observed: [aCandidate(pending, { user: asUser("bo"), gone: false })] }),
    plan: ["adopt-account!identity-conflict"],
    notes: [],
  },
  {
    title: "whoever was invited anew by hand after they had left is a rehire without a login to give back",
    facts: someFacts({
      observed: [aCandidate(pending)],
      link: aLink({ account: aCandidate({}).account.id, offboardedAt: NOW }),
    }),
    plan: [],
    notes: [`${INVITED}.`],
  },
];

for (const { title, facts, context, plan, notes } of rows) {
  test(title, (t) => {
    const person = planPerson(facts, aContext(context));
    t.deepEqual(outline(person), plan);
    t.deepEqual(person.notes, notes);
  });
}

test("the day of an invitation is told only where it was ours", (t) => {
  t.is(
    pendingNote(aLink({ origin: "adopted" }), [], NOW),
    "The account is pending: the invitation is not accepted yet.",
  );
  t.true(isPendingNote(pendingNote(aLink(), ["email"], NOW)));
  t.false(isPendingNote("Somebody said: The account is pending: no."));
});
