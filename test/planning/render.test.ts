import test from "ava";
import type { Instant } from "../../src/domain/brand.ts";
import type { PersonPlan, Plan, PlanSummary } from "../../src/domain/plan.ts";
import type { PersonFacts } from "../../src/planning/context.ts";
import { passGate } from "../../src/planning/gate.ts";
import type { Gate } from "../../src/planning/gate.ts";
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
  asGroup,
  asSeat,
  asUser,
  fold,
  groupId,
  someFacts,
} from "../support/plan-builders.ts";

async function render(plan: Plan, format: PlanFormat = "table", limit?: number): Promise<readonly string[]> {
  const options = { format, now: NOW, style: PLAIN_STYLE, ...(limit === undefined ? {} : { limit }) };
  return Array.fromAsync(renderPlan(plan, options));
}
const show = async (people: readonly PersonPlan[], parts: Partial<PlanSummary> = {}) =>
  (await render(await aPlan(people, parts))).slice(2);

function person(
  name: string,
  facts: Partial<PersonFacts> = {},
  account?: Parameters<typeof aCandidate>[0],
): PersonPlan {
  const user = asUser(name);
  const profile = aProfile({ email: `${name}@acme.example` });
  const linked = account !== undefined && {
    observed: [aCandidate({ id: asAccount(`m-${name}`), profile, ...account }, { user, gone: false })],
    link: aLink({ user, account: asAccount(`m-${name}`), applied: profile }),
  };
  const { desired = aDesired(), ...rest } = facts;
  return planPerson(
    someFacts({
      ...linked,
      ...rest,
      desired: { ...desired, user, profile: { ...profile, ...desired.profile, email: profile.email } },
    }),
    aContext(),
  );
}
const sales = aDesired({ groups: ["Sales"] });
const dana = person("dana", { desired: sales });
const bo = person(
  "bo",
  { desired: aDesired({ profile: aProfile({ displayName: 'Bo "B" Lind' }) }) },
  { profile: aProfile({ email: "bo@acme.example", displayName: "Bo Li" }) },
);
const bookings = [
  aBooking("b1", { startsAt: "2026-11-24T10:00:00.000Z" as Instant, guests: 2 }),
  aBooking("b2", { startsAt: "2027-01-04T09:30:00.000Z" as Instant, guests: 1 }),
];
const ana = person("ana", { desired: aLeaver(), bookings }, { groups: [groupId("Sales")] });

test("a plan as people read it", async (t) => {
  const leavers = Array.from({ length: 5 }, (_, index) =>
    person(`left${index}`, { desired: aLeaver(), bookings: [] }, {}),
  );
  const breach = { limit: "deactivate", planned: 5, spent: 32, allowed: 12, rule: "budget" } as const;
  const held = leavers.map((one) => passGate(one, aGate({ breaches: [breach] })));
  const waiting = [
    {
      user: asUser("kim"),
      label: "kim@acme.example",
      seat: STANDARD,
      place: 1,
      reason: "over capacity: 50 of 50 standard seats in use, 1 waiting",
    },
  ];
  t.deepEqual(await render(await aPlan([ana, ...held, dana, bo], { breaches: [breach], waiting })), [
    "Plan 7f3a9c1e2b44   directory acme → sandbox   mapping v3   120 people, 118 linked",
    "",
    "  - deactivate  ana@acme.example   frees seat standard · leaves Sales     leaver",
    "      × cancel  2 bookings, 3 guests, first Tue 24 Nov 10:00 UTC (1 within 24 h)",
    "  + create      dana@acme.example  seat standard · groups Sales           joiner",
    '  ~ update      bo@acme.example    displayName "Bo Li" → "Bo \\"B\\" Lind"  mover',
    "  ! held        5 deactivations: 37 in 24 h, limit 12 (limits.deactivate)",
    "                frees 5 seats",
    "                left0@acme.example, left1@acme.example, left2@acme.example, left3@acme.example,",
    "                left4@acme.example",
    '                rosterbridge approve 7f3a9c1e2b44 --reason "…"',
    "  … wait        kim@acme.example  place 1 · over capacity: 50 of 50 standard seats in use, 1 waiting",
    "",
    "1 to create, 1 to update, 1 to deactivate, 2 bookings to cancel, 5 held, 1 waiting for a seat.",
  ]);
});

test("a plan without changes says so", async (t) => {
  const confirmed = { ...aPersonPlan(), confirms: true } as const;
  t.deepEqual(await show([confirmed]), ["No changes. The product matches the directory."]);
});

test("a plan without anybody says that nobody has come yet", async (t) => {
  const lines = (await render(await aPlan([], { people: 0 }), "table")).slice(-1);
  t.deepEqual(lines, ["No changes. No identity provider has pushed anybody yet, and no file was imported."]);
});

test("several directories are named", async (t) => {
  const [title] = await render(await aPlan([], { directories: ["a", "b"] as never, people: 1, linked: 12_345 }));
  t.is(title, "Plan 7f3a9c1e2b44   directories a, b → sandbox   mapping v3   1 person, 12,345 linked");
});

test("in observe everything is shown as it would be", async (t) => {
  const observing = [ana, dana].map((one) => passGate(one, aGate({ mode: "observe" })));
  t.deepEqual(await show(observing), [
    "  - deactivate  ana@acme.example   frees seat standard · leaves Sales  leaver, held by mode",
    "      × cancel  2 bookings, 3 guests, first Tue 24 Nov 10:00 UTC (1 within 24 h)",
    "  + create      dana@acme.example  seat standard · groups Sales        joiner, held by mode",
    '  ! held        8 changes: the mode forbids them ("mode" in the configuration)',
    "",
    "Nothing to do now, 8 held.",
  ]);
});

test("what is held for one person alone is shown once per reason, with the reason", async (t) => {
  const owner = person("eve", { desired: aLeaver(), bookings: [] }, { role: "owner" });
  t.deepEqual(await show([owner]), [
    "  ! held        eve@acme.example  eve@acme.example is an owner of the product: nothing is taken away from it. Do it in the product by hand, or make it a member there.  protected-account",
    "",
    "Nothing to do now, 2 held.",
  ]);
});

test("an incomplete listing is told once", async (t) => {
  const observation = { complete: false, accounts: 12, reason: "too-few", detail: "12 of 120 accounts" } as const;
  const basis = { mappingVersion: 3, observedAt: NOW, observation };
  const held = [dana, ana].map((one) => passGate(one, aGate({ observation })));
  t.deepEqual(await show(held, { basis }), [
    "  ! held        6 changes: the product's list of accounts is not complete (12 of 120 accounts)",
    "",
    "Nothing to do now, 6 held.",
  ]);
});

test("bookings that were not listed are told as such", async (t) => {
  const context = aContext({ bookingOrder: "bookings-first" });
  const unlisted = planPerson(someFacts({ desired: aLeaver(), link: aLink(), observed: [aCandidate()] }), context);
  t.is((await show([unlisted]))[0], "  ! held        1 change: their upcoming bookings could not be listed");
});

test("people whom a mapping edit shuts out are told with the way out", async (t) => {
  const held = passGate({ ...ana, needsApproval: true }, aGate());
  t.deepEqual((await show([held])).slice(0, 4), [
    "  ! held        1 person taken out of scope by an edit of the mapping",
    "                2 bookings, 3 guests; frees 1 seat; ends 1 group membership",
    "                ana@acme.example",
    '                rosterbridge approve 7f3a9c1e2b44 --reason "…"',
  ]);
});

test("the verb is that of the largest change", async (t) => {
  const moved = person(
    "cy",
    { desired: aDesired({ groups: ["Sales"], seat: asSeat("gold") }) },
    { groups: [groupId("Support")] },
  );
  const rehired = person("dee", {}, { status: "deactivated" });
  const adopted = person("eli", {
    observed: [aCandidate({ profile: aProfile({ email: "eli@acme.example" }), seat: null })],
  });
  const cleared = person("fay", { desired: aLeaver(), bookings: [] }, { status: "deactivated" });
  const freed = person("gus", { desired: aDesired({ seat: null }) }, {});
  const deleted = {
    ...cleared,
    user: asUser("hal"),
    changes: [{ kind: "delete-account", cause: "leaver", because: [], account: asAccount("m-hal") } as const],
  };
  const lines = (await show([moved, rehired, adopted, cleared, freed, deleted])).map((line) =>
    line.replaceAll(/ {2,}/g, "  ").trim(),
  );
  t.deepEqual(lines, [
    "~ update  cy@acme.example  seat standard → gold · joins Sales · leaves Support  mover",
    "+ reactivate  dee@acme.example  drift",
    "+ adopt  eli@acme.example  links the existing account · gets seat standard  joiner",
    "- clear  fay@acme.example  frees seat standard  leaver",
    "~ update  gus@acme.example  frees seat standard  mover",
    "- delete  fay@acme.example  leaver",
    "",
    "1 to adopt, 1 to reactivate, 2 to update, 1 to delete, 1 to clear.",
  ]);
});

test("bookings that are handed over, groups to create, and long lists have their words", async (t) => {
  const names = ["G1", "G2", "G3", "G4", "G5", "G6"];
  const joiner = person("dana", { desired: aDesired({ groups: names }) });
  const [booking] = ana.changes.filter(({ kind }) => kind === "cancel-booking");
  const handed = aPersonPlan({
    cause: "leaver",
    changes: [{ ...booking, kind: "reassign-booking", to: asAccount("m-2") } as never],
  });
  const lines = await show([handed, joiner]);
  t.is(lines[0], "  + group       G1");
  t.true(lines.some((line) => line.includes("groups G1, G2, G3, G4 and 2 more")));
  t.true(
    lines.some((line) =>
      line.includes("→ reassign  1 booking to account m-2, 2 guests, first Tue 24 Nov 10:00 UTC (1 within 24 h)"),
    ),
  );
  t.is(lines.at(-1), "6 groups to create, 1 to create, 1 to clear, 1 booking to reassign.");
});

test("a booking of another year is told with the year, a field that was not set without its value", async (t) => {
  const later = person("ana", { desired: aLeaver(), bookings: bookings.slice(1) }, {});
  const zoned = person("bo", { desired: aDesired({ profile: aProfile({ timezone: "UTC" }) }) }, {});
  const lines = await show([later, zoned]);
  t.is(lines[1], "      × cancel  1 booking, 1 guest, first Mon 4 Jan 2027 09:30 UTC");
  t.regex(lines[2]!, /timezone → "UTC"/);
});

test("only so many people are shown, but all are counted", async (t) => {
  const many = Array.from({ length: 5 }, (_, index) => person(`p${index}`));
  const lines = await render(await aPlan(many), "table", 2);
  t.deepEqual(lines.slice(4), ["  … and 3 more people", "", "5 to create."]);
  t.is((await render(await aPlan(many), "markdown", 4)).at(-3), "… and 1 more person");
});

test("a long plan is aligned in blocks and loses nobody", async (t) => {
  const many = Array.from({ length: 450 }, (_, index) => person(`p${index}`));
  t.is((await show(many)).filter((line) => line.includes("+ create")).length, 450);
});

test("columns are aligned by what a terminal shows", async (t) => {
  const wide = { ...dana, label: "王芳🙂é@acme.example" };
  const lines = await show([wide, dana]);
  t.is(lines[0], "  + create      王芳🙂é@acme.example  seat standard · groups Sales  joiner");
  t.is(lines[1], "  + create      dana@acme.example     seat standard · groups Sales  joiner");
});

test("no name can colour, move or forge a line", async (t) => {
  const evil = "\u001b[31mEve\u001b[0m\r\n\u202e\u009b2J\ud800|`<b>";
  const forged = person("dana", { desired: aDesired({ groups: [evil] }) });
  const plan = await aPlan([{ ...forged, label: evil, notes: [evil] }], { product: evil });
  for (const format of ["table", "json", "markdown"] as const) {
    for (const line of await render(plan, format)) t.notRegex(line, /[\p{Cc}\p{Cf}\p{Cs}]/u);
  }
  const row = (await render(plan, "markdown")).find((line) => line.startsWith("| `+"))!;
  t.is(row.replaceAll(/\\./g, "").split("|").length, 6);
  t.true(row.includes("\\<b\\>"));
  const parsed = JSON.parse((await render(plan, "json")).join("\n")) as { people: { label: string }[] };
  t.is(parsed.people[0]!.label, evil);
});

test("colours set off what is done and keep the columns", async (t) => {
  const mark = (sign: string) => (text: string) => `${sign}${text}${sign}`;
  const style = {
    title: mark("T"),
    create: mark("C"),
    update: mark("U"),
    remove: mark("R"),
    held: mark("H"),
    muted: mark("M"),
  };
  const lines = await Array.fromAsync(renderPlan(await aPlan([dana]), { format: "table", now: NOW, style }));
  t.is(lines[2], "  C+ create      Cdana@acme.example  seat standard · groups Sales  MjoinerM");
});

test("JSON is one document with everybody in it", async (t) => {
  for (const people of [[], [dana], [ana, dana, bo]]) {
    const plan = await aPlan(people);
    const parsed = JSON.parse((await render(plan, "json", 1)).join("")) as unknown;
    t.deepEqual(parsed, JSON.parse(JSON.stringify({ summary: plan.summary, people })));
  }
});

test("Markdown is a table, a list of what is held and a sentence", async (t) => {
  const breach = { limit: "deactivate", planned: 1, spent: 0, allowed: 0, rule: "budget" } as const;
  const gate: Partial<Gate> = { breaches: [breach] };
  const waiting = [
    { user: asUser("kim"), label: "kim@acme.example", seat: STANDARD, place: 1, reason: "over capacity" },
  ];
  const fresh = person("dana", { desired: aDesired({ groups: ["New"] }) });
  const observed = passGate(bo, aGate({ mode: "observe" }));
  const people = [passGate(ana, aGate(gate)), fresh, observed];
  t.deepEqual(await render(await aPlan(people, { breaches: [breach], waiting }), "markdown"), [
    "## Plan 7f3a9c1e2b44",
    "",
    "directory acme → sandbox · mapping v3 · 120 people, 118 linked",
    "",
    "* `+ group` New",
    "",
    "| | person | change | cause |",
    "|---|---|---|---|",
    "| `+ create` | dana@acme.example | seat standard · groups New | joiner |",
    '| `~ update` | bo@acme.example | displayName "Bo Li" → "Bo \\\\"B\\\\" Lind" | mover, held by mode |',
    "",
    '* **held** 1 deactivation: 1 in 24 h, limit 0 (limits.deactivate): `rosterbridge approve 7f3a9c1e2b44 --reason "…"`',
    "  * 2 bookings, 3 guests; frees 1 seat; ends 1 group membership",
    "  * ana@acme.example",
    '* **held** 1 change: the mode forbids them ("mode" in the configuration)',
    "* **waits** kim@acme.example: place 1, over capacity",
    "",
    "**1 group to create, 1 to create, 2 held, 1 waiting for a seat.**",
  ]);
  t.is((await render(await aPlan([]), "markdown")).at(-1), "**No changes. The product matches the directory.**");
});

test("who waits for a seat is shown in the queue, who waits for a held leaver beside the others", async (t) => {
  const seats = new Map([[STANDARD, { total: 0, used: 0 }]]);
  const { people, result } = await fold([dana], { seats, parking: true, approved: () => false, released: new Set() });
  t.deepEqual(await show(people, { waiting: result.waiting }), [
    "  … wait        dana@acme.example  place 1 · over capacity: 0 of 0 standard seats in use, 1 waiting",
    "",
    "Nothing to do now, 1 waiting for a seat.",
  ]);
  t.regex((await show(people))[0]!, /! held {8}dana@acme\.example {2}No seat is free/);
});

test("a group the product does not list is called by its id", async (t) => {
  const leaving = person("ana", { desired: aLeaver(), bookings: [] }, { groups: [asGroup("g-unseen")] });
  t.regex((await show([leaving]))[0]!, /leaves g-unseen/);
});
