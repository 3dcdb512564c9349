import test from "ava";
import type { Instant } from "../../src/domain/brand.ts";
import type { PersonPlan, Plan, PlanSummary } from "../../src/domain/plan.ts";
import type { PersonFacts } from "../../src/planning/context.ts";
import { passGate } from "../../src/planning/gate.ts";
import { planPerson } from "../../src/planning/person.ts";
import { PLAIN_STYLE } from "../../src/planning/plan-style.ts";
import { renderPlan } from "../../src/planning/render.ts";
import type { PlanFormat } from "../../src/planning/render.ts";
import {
  NOW,
  STANDARD,
  aBooking,
  aCandidate,
  aContext,
  aDesired,
  aGate,
  aLeaver,
  aLink,
  aPersonPlan,
  aPlan,
  aProfile,
  asAccount,
  asUser,
  someFacts,
} from "../support/plan-builders.ts";

async function render(plan: Plan, format: PlanFormat = "table"): Promise<readonly string[]> {
  return Array.fromAsync(renderPlan(plan, { format, now: NOW, style: PLAIN_STYLE }));
}
const show = async (people: readonly PersonPlan[], parts: Partial<PlanSummary> = {}) =>
  (await render(await aPlan(people, parts))).slice(2);

const bookings = [
  aBooking("b1", { startsAt: "2026-11-24T10:00:00.000Z" as Instant, guests: 2 }),
  aBooking("b2", { startsAt: "2027-01-04T09:30:00.000Z" as Instant, guests: 1 }),
];
const dana = planPerson(someFacts({ desired: aDesired() }), aContext());

function leaver(name: string): PersonPlan {
  const user = asUser(name);
  const profile = aProfile({ email: `${name}@acme.example` });
  const facts: Partial<PersonFacts> = {
    desired: aLeaver("inactive", { user, profile }),
    observed: [aCandidate({ id: asAccount(`m-${name}`), profile }, { user, gone: false })],
    link: aLink({ user, account: asAccount(`m-${name}`), applied: profile }),
    bookings,
  };
  return planPerson(someFacts(facts), aContext());
}

const EIGHT = { limit: "deactivate", planned: 8, spent: 0, allowed: 5, rule: "budget" } as const;
/** So many leavers over the limit, everyone with the two bookings. */
const heldLeavers = (count: number) =>
  Array.from({ length: count }, (_, index) => passGate(leaver(`l${index}`), aGate({ breaches: [EIGHT] })));

test("whoever approves sees everybody who is held, and what goes with it", async (t) => {
  t.deepEqual(await show(heldLeavers(8), { breaches: [EIGHT] }), [
    "  ! held        8 deactivations: 8 in 24 h, limit 5 (limits.deactivate)",
    "                16 bookings, 24 guests; frees 8 seats",
    "                l0@acme.example, l1@acme.example, l2@acme.example, l3@acme.example, l4@acme.example,",
    "                l5@acme.example, l6@acme.example, l7@acme.example",
    '                rosterbridge approve 7f3a9c1e2b44 --reason "…"',
    "",
    "Nothing to do now, 8 held.",
  ]);
});

test("a hundred held people are named, the others counted with where they are", async (t) => {
  for (const [count, named, others] of [
    [100, 100, null],
    [101, 100, "and 1 other: `rosterbridge plan --format json` has them all"],
    [130, 100, "and 30 others: `rosterbridge plan --format json` has them all"],
  ] as const) {
    const plan = await aPlan(heldLeavers(count), { breaches: [EIGHT] });
    for (const format of ["table", "markdown"] as const) {
      const lines = await render(plan, format);
      t.is(lines.join(" ").split("@acme.example").length - 1, named);
      const last = lines.find((line) => line.includes("has them all"));
      t.is(last?.trim().replace("* ", "") ?? null, others);
      t.true(lines.every((line) => format === "markdown" || line.length <= 100));
    }
  }
});

test("bookings that would be handed over are told apart from those that are cancelled", async (t) => {
  const [held] = heldLeavers(1);
  const [first, ...rest] = held!.held.toSorted((a, b) => a.change.kind.localeCompare(b.change.kind));
  const handed = { ...first!, change: { ...first!.change, kind: "reassign-booking", to: asAccount("m-2") } as never };
  const lines = await show([{ ...held!, held: [handed, ...rest] }], { breaches: [EIGHT] });
  t.is(lines[1], "                1 booking, 1 guest; hands over 1 booking, 2 guests; frees 1 seat");
});

const noted = (name: string, ...notes: string[]) =>
  aPersonPlan({ user: asUser(name), label: `${name}@acme.example`, notes });
const FINANCE = "No rule names department: Finance.";
const finance = (count: number) => Array.from({ length: count }, (_, index) => noted(`p${index}`, FINANCE));
const NOTHING_TO_DO = "No changes. The product matches the directory.";

test("notes on people with nothing to do are gathered, one line each", async (t) => {
  for (const [people, lines] of [
    [finance(1), ["No rule names department: Finance (p0@acme.example)"]],
    [finance(3), ["No rule names department: Finance (p0@acme.example, p1@acme.example, p2@acme.example)"]],
    [finance(19), ["No rule names department: Finance (19 people)"]],
    [
      [noted("a", FINANCE, "Odd"), noted("b", "Odd")],
      ["No rule names department: Finance (a@acme.example)", "Odd (a@acme.example, b@acme.example)"],
    ],
  ] as const) {
    t.deepEqual(await show(people), [...lines.map((line) => `  ? note        ${line}`), "", NOTHING_TO_DO]);
    const markdown = (await render(await aPlan(people), "markdown")).slice(4);
    t.deepEqual(markdown, [...lines.map((line) => `* **note** ${line}`), "", `**${NOTHING_TO_DO}**`]);
    const parsed = JSON.parse((await render(await aPlan(people), "json")).join("")) as { people: PersonPlan[] };
    t.deepEqual(
      parsed.people.map(({ notes }) => notes),
      people.map(({ notes }) => notes),
    );
  }
});

test("of very many different notes the first are shown, the others counted", async (t) => {
  const lines = await show(Array.from({ length: 53 }, (_, index) => noted(`p${index}`, `Note ${index}.`)));
  t.is(lines.length, 53);
  t.is(lines[49], "  ? note        Note 49 (p49@acme.example)");
  t.is(lines[50], "  ? note        and 3 other notes");
});

test("a note in somebody's row is not gathered, one on somebody held is", async (t) => {
  const [held] = heldLeavers(1);
  const lines = await show([
    { ...dana, notes: ["In the row."] },
    { ...held!, notes: ["Beside it."] },
  ]);
  t.is(lines.filter((line) => line.includes("In the row")).length, 1);
  t.true(lines.includes("  ? note        Beside it (l0@acme.example)"));
});

for (const [format, more] of [
  ["table", "                and 3 more: `rosterbridge plan --format json` has them all"],
  ["markdown", "* and 3 more: `rosterbridge plan --format json` has them all"],
] as const) {
  test(`of a long queue the first hundred are shown, and the others counted (${format})`, async (t) => {
    const waiting = Array.from({ length: 103 }, (_, index) => ({
      user: asUser(`p${index}`),
      label: `p${index}@acme.example`,
      seat: STANDARD,
      place: index + 1,
      reason: "over capacity",
    }));
    const lines = await render(await aPlan([], { waiting }), format);
    t.is(lines.filter((line) => /over capacity/.test(line)).length, 100);
    t.true(lines.includes(more), lines.slice(-4).join("\n"));
    t.regex(lines.at(-1) ?? "", /103 waiting for a seat/);
  });
}
