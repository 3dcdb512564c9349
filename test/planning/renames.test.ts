import test from "ava";
import fc from "fast-check";
import type { DesiredAccount, ObservedAccount } from "../../src/domain/account.ts";
import type { PersonPlan } from "../../src/domain/plan.ts";
import type { PersonFacts, PlanContext } from "../../src/planning/context.ts";
import { isRename } from "../../src/planning/parking.ts";
import { PLAIN_STYLE } from "../../src/planning/plan-style.ts";
import { renderPlan } from "../../src/planning/render.ts";
import {
  aCandidate,
  aContext,
  aDesired,
  aGroup,
  aLink,
  aPlan,
  aProfile,
  aStart,
  asAccount,
  asSeat,
  asUser,
  detailOf,
  NOW,
  outline,
  planEverybody,
  without,
} from "../support/plan-builders.ts";

const mail = (name: string): string => `${name}@acme.example`;
const owner = (name: string) => ({ user: asUser(name), gone: false });

/** Linked people: who has which address now, and is to have which. `has` is also the id of the person and the account. */
function company(
  moves: Readonly<Record<string, string>>,
  parts: Readonly<
    Record<string, { readonly desired?: Partial<DesiredAccount>; readonly account?: Partial<ObservedAccount> }>
  > = {},
): readonly PersonFacts[] {
  const accounts = new Map(
    Object.keys(moves).map((name) => [
      name,
      aCandidate(
        { id: asAccount(`m-${name}`), profile: aProfile({ email: mail(name) }), ...parts[name]?.account },
        owner(name),
      ),
    ]),
  );
  return Object.entries(moves).map(([name, wanted]) => {
    const own = accounts.get(name);
    const taker = wanted === name ? undefined : accounts.get(wanted);
    return {
      directory: aDesired().directory,
      version: 1,
      since: aLink().linkedAt,
      desired: aDesired({ user: asUser(name), profile: aProfile({ email: mail(wanted) }), ...parts[name]?.desired }),
      observed: [own, taker].filter((one) => one !== undefined),
      link: aLink({
        user: asUser(name),
        account: asAccount(`m-${name}`),
        applied: aProfile({ email: mail(name) }),
        entitlements: { seat: own?.account.seat ?? null, groups: [] },
      }),
      bookings: null,
    };
  });
}

/** Who changes to which address, in order. */
function steps(people: readonly PersonPlan[]): readonly string[] {
  return people.flatMap(({ user, changes }) =>
    changes.filter(isRename).map(({ after }) => `${user} → ${after.email.replace("@acme.example", "")}`),
  );
}

const SALES = aContext({ groups: [aGroup("Sales")], managedGroups: new Set(["Sales"]) });

async function plan(
  facts: readonly PersonFacts[],
  parking = true,
  gate: Parameters<typeof planEverybody>[3] = {},
  context: PlanContext = SALES,
) {
  return planEverybody(facts, context, aStart({ parking }), gate);
}

const chains: readonly {
  readonly title: string;
  readonly moves: Readonly<Record<string, string>>;
  readonly order: readonly string[];
}[] = [
  { title: "a chain whose last link comes last", moves: { a: "b", b: "c" }, order: ["b → c", "a → b"] },
  { title: "a chain whose last link comes first", moves: { b: "a", a: "c" }, order: ["a → c", "b → a"] },
  {
    title: "a chain of five in no order",
    moves: { c: "e", a: "c", e: "d", d: "b", b: "x" },
    order: ["b → x", "d → b", "e → d", "c → e", "a → c"],
  },
  { title: "two chains", moves: { a: "b", b: "x", c: "d", d: "y" }, order: ["b → x", "a → b", "d → y", "c → d"] },
  { title: "renames that nobody waits for", moves: { a: "x", b: "y" }, order: ["a → x", "b → y"] },
];

for (const { title, moves, order } of chains) {
  for (const parking of [true, false]) {
    test(`${title} is planned in order, ${parking ? "with" : "without"} parking`, async (t) => {
      const { passed } = await plan(company(moves), parking);
      t.deepEqual(steps(passed), order);
      t.true(passed.every(({ held }) => held.length === 0));
    });
  }
}

test("two people exchange their e-mails by way of a parking address", async (t) => {
  const { passed, result } = await plan(company({ a: "b", b: "a" }));
  t.deepEqual(steps(passed), ["a → parked-a", "b → a", "a → b"]);
  t.is(result.planned.update, 3);
  t.deepEqual(
    passed.map(({ after }) => after),
    [undefined, asUser("a"), asUser("b")],
  );
  t.regex(passed[0]?.notes.join() ?? "", /2 people pass their e-mails round: this one waits at a parking address/);
  const last = passed[2]?.changes.find(isRename);
  t.is(last?.before.email, mail("parked-a"), "the last step starts from where the account then is");
});

test("a circle of four and another of two turn round, one after the other", async (t) => {
  const { passed } = await plan(company({ a: "b", b: "c", c: "d", d: "a", y: "z", z: "y" }));
  t.deepEqual(steps(passed), ["a → parked-a", "d → a", "c → d", "b → c", "a → b", "y → parked-y", "z → y", "y → z"]);
});

test("without parking a circle is held, and each learns of the others", async (t) => {
  const { passed, result } = await plan(company({ a: "b", b: "c", c: "a" }), false);
  t.deepEqual(passed.map(outline), [
    ["update-account!identity-conflict"],
    ["update-account!identity-conflict"],
    ["update-account!identity-conflict"],
  ]);
  t.regex(
    detailOf(passed[0]!),
    /^b@acme\.example is still the e-mail of account m-b \(b@acme\.example\), which is linked to user b;/,
  );
  t.regex(
    detailOf(passed[0]!),
    /round in a circle with those of .*@acme\.example, .*@acme\.example, and the product cannot park/,
  );
  t.is(result.planned.update, 0);
});

test("of a large circle each learns of the next five, and how many more there are", async (t) => {
  const moves = Object.fromEntries([..."abcdefgh"].map((name, place) => [name, "bcdefgha".charAt(place)]));
  const { passed } = await plan(company(moves), false);
  const told = passed.map((person) => /with those of (.*), and the product/.exec(detailOf(person))?.[1]);
  t.deepEqual(
    told.map((names) => names?.replaceAll("@acme.example", "")),
    [
      "c, d, e, f, g, 2 more",
      "d, e, f, g, h, 2 more",
      "e, f, g, h, a, 2 more",
      "f, g, h, a, b, 2 more",
      "g, h, a, b, c, 2 more",
      "h, a, b, c, d, 2 more",
      "a, b, c, d, e, 2 more",
      "b, c, d, e, f, 2 more",
    ],
  );
  const seven = await plan(company({ a: "b", b: "c", c: "d", d: "e", e: "f", f: "g", g: "a" }), false);
  t.regex(detailOf(seven.passed[0]!), /, 1 more, and the product/);
  const six = await plan(company({ a: "b", b: "c", c: "d", d: "e", e: "f", f: "a" }), false);
  t.notRegex(detailOf(six.passed[0]!), / more/);
});

test("whoever waits for somebody who keeps their e-mail is held, and so is whoever waits for them", async (t) => {
  const { passed } = await plan(company({ a: "b", b: "c", c: "c" }));
  t.deepEqual(steps(passed), []);
  t.regex(detailOf(passed.find(({ user }) => user === "b")!), /still the e-mail of account m-c .* linked to user c/);
});

test("a protected account at the end of a chain holds the chain", async (t) => {
  const { passed } = await plan(company({ a: "b", b: "x" }, { b: { account: { role: "owner" } } }));
  t.deepEqual(steps(passed), []);
  t.deepEqual(passed.flatMap(({ held }) => held.map(({ hold }) => hold)).sort(), [
    "identity-conflict",
    "protected-account",
  ]);
});

test("a held rename takes nothing else with it, and a lifted one keeps the person's other changes", async (t) => {
  const parts = { a: { desired: { profile: aProfile({ email: mail("b"), displayName: "New" }), groups: ["Sales"] } } };
  const stuck = await plan(company({ a: "b", b: "b" }, parts));
  t.deepEqual(stuck.passed.map(outline), [["update-account", "add-to-group", "update-account!identity-conflict"]]);
  const moving = await plan(company({ a: "b", b: "x" }, parts));
  t.deepEqual(moving.passed.map(outline), [["update-account"], ["update-account", "update-account", "add-to-group"]]);
  const round = await plan(company({ a: "b", b: "a" }, parts));
  t.deepEqual(round.passed.map(outline), [
    ["update-account"],
    ["update-account"],
    ["update-account", "update-account", "add-to-group"],
  ]);
});

test("of two people who want the address that a third gives up, one gets it", async (t) => {
  const { passed } = await plan(company({ a: "c", b: "c", c: "x" }));
  t.deepEqual(steps(passed), ["c → x", "a → c"]);
  t.regex(detailOf(passed.find(({ user }) => user === "b")!), /c@acme\.example is claimed by .* in the same plan/);
});

test("somebody who wants an address of a circle is held, and the circle turns", async (t) => {
  const { passed } = await plan(company({ a: "b", b: "a", q: "b", r: "q" }));
  t.deepEqual(steps(passed), ["a → parked-a", "b → a", "a → b"]);
  t.deepEqual(
    passed.filter(({ held }) => held.length > 0).map(({ user }) => user),
    [asUser("q"), asUser("r")],
  );
});

test("a circle turns whole, wherever it is come upon", async (t) => {
  const { passed } = await plan(company({ a: "d", c: "d", d: "c" }));
  t.deepEqual(steps(passed), ["c → parked-c", "d → c", "c → d"]);
});

test("a circle in which somebody lost the address to a person outside does not turn", async (t) => {
  for (const lost of ["a", "b", "c"]) {
    // The product did not show the one who has the address.
    const facts = company({ a: "b", b: "c", c: "a", q: lost }).map((one) =>
      one.desired.user === "q" ? { ...one, observed: one.observed.slice(0, 1) } : one,
    );
    const { passed } = await plan(facts);
    t.deepEqual(steps(passed), [`q → ${lost}`]);
    const held = ["update-account!identity-conflict"];
    t.deepEqual(passed.map(outline), [["update-account"], held, held, held]);
  }
});

test("what is told of somebody stays told when their circle turns", async (t) => {
  const { passed } = await plan(company({ a: "b", b: "a" }, { a: { desired: { unmapped: ["department: Ops"] } } }));
  t.true(passed.at(-1)?.notes.includes("No rule names department: Ops."));
});

test("an account that is deleted gives its e-mail up", async (t) => {
  const context = aContext({ leavers: { ...aContext().leavers, action: "delete" } });
  const shut = { status: "deactivated", leaver: "inactive", seat: null } as const;
  const people = company({ a: "b", b: "b" }, { b: { desired: shut } }).map((facts) => ({ ...facts, bookings: [] }));
  const { passed } = await plan(people, true, {}, context);
  t.deepEqual(steps(passed), ["a → b"]);
  const keeping = await plan(people, true, {}, aContext());
  t.deepEqual(steps(keeping.passed), [], "a deactivated one keeps it");
});

test("a product that cannot change accounts lifts nothing", async (t) => {
  const { passed } = await plan(
    company({ a: "b", b: "a" }),
    true,
    {},
    aContext({ changes: without("update-account") }),
  );
  t.true(passed.every(({ changes }) => changes.length === 0));
});

const breach = { limit: "update", planned: 9, spent: 0, allowed: 1, rule: "budget" } as const;

test("whoever comes after a renaming that a limit holds is held, too", async (t) => {
  const { passed } = await plan(company({ a: "b", b: "x" }), true, {
    breaches: [breach],
    released: new Set([asUser("a")]),
  });
  t.deepEqual(passed.map(outline), [["update-account!over-limit"], ["update-account!waits-for-held"]]);
});

test("nobody steps aside in a circle of which one is held at the gate", async (t) => {
  for (const released of [["a"], ["b"], ["a", "b"]]) {
    const { passed } = await plan(company({ a: "b", b: "c", c: "a" }), true, {
      breaches: [breach],
      released: new Set(released.map(asUser)),
    });
    t.deepEqual(steps(passed), [], released.join());
    const holds = passed.flatMap(({ held }) => held.map(({ hold }) => hold));
    t.deepEqual([...new Set(holds)].sort(), ["over-limit", "waits-for-held"]);
  }
});

test("a mode that writes nothing holds a circle whole", async (t) => {
  const { passed } = await plan(company({ a: "b", b: "a" }), true, { mode: "observe" });
  t.deepEqual(passed.map(outline), [["update-account!mode"], ["update-account!mode"], ["update-account!mode"]]);
});

test("an order of renames leaves the queue for seats as it is", async (t) => {
  const seats = new Map([[asSeat("standard"), { total: 1, used: 0 }]]);
  const bare = { account: { seat: null } };
  const facts = company({ a: "b", b: "x", c: "c" }, { a: bare, b: bare, c: bare });
  const { passed } = await planEverybody(facts, SALES, aStart({ seats }), {});
  const served = passed.filter(({ changes }) => changes.some(({ kind }) => kind === "assign-seat"));
  t.is(served.length, 1);
});

/** Everybody has an address; any of them may be given any of the addresses, or a new one. */
const permutation = fc.integer({ min: 1, max: 7 }).chain((count) =>
  fc.shuffledSubarray(
    Array.from({ length: count }, (_, index) => index),
    { minLength: count },
  ),
);
const NAMES = "abcdefg";

function permuted(order: readonly number[]): Readonly<Record<string, string>> {
  return Object.fromEntries(order.map((to, from) => [NAMES.charAt(from), NAMES.charAt(to)]));
}

test("any exchange of addresses is one plan, in which no two accounts ever have the same", async (t) => {
  await fc.assert(
    fc.asyncProperty(permutation, async (order) => {
      const moves = permuted(order);
      const { passed } = await plan(company(moves));
      const holders = new Map(Object.keys(moves).map((name) => [`m-${name}`, mail(name)]));
      for (const change of passed.flatMap(({ changes }) => changes)) {
        if (change.kind !== "update-account") continue;
        t.is(holders.get(change.account), change.before.email);
        holders.set(change.account, change.after.email);
        t.is(new Set(holders.values()).size, holders.size, "each address once, after each step");
      }
      for (const [name, wanted] of Object.entries(moves)) t.is(holders.get(`m-${name}`), mail(wanted));
      t.true(passed.every(({ held }) => held.length === 0));
    }),
    { numRuns: 300 },
  );
});

test("without parking exactly the circles are held", async (t) => {
  await fc.assert(
    fc.asyncProperty(permutation, async (order) => {
      const { passed } = await plan(company(permuted(order)), false);
      const moving = order.filter((to, from) => to !== from).length;
      t.is(passed.filter(({ held }) => held.length > 0).length, moving);
      t.deepEqual(steps(passed), []);
    }),
    { numRuns: 200 },
  );
});

test("any renaming, some of it to new addresses, has one digest and no address twice", async (t) => {
  const wish = fc.integer({ min: 0, max: 9 });
  await fc.assert(
    fc.asyncProperty(fc.array(wish, { minLength: 1, maxLength: 6 }), fc.boolean(), async (wishes, parking) => {
      const moves = Object.fromEntries(wishes.map((to, from) => [NAMES.charAt(from), "abcdefghij".charAt(to)]));
      const facts = company(moves);
      const { passed, result } = await plan(facts, parking);
      t.is((await plan([...facts].reverse(), parking)).result.digest, result.digest);
      const holders = new Map(Object.keys(moves).map((name) => [`m-${name}`, mail(name)]));
      for (const change of passed.flatMap(({ changes }) => changes)) {
        if (change.kind !== "update-account") continue;
        holders.set(change.account, change.after.email);
        t.is(new Set(holders.values()).size, holders.size);
      }
    }),
    { numRuns: 300 },
  );
});

test("the same people make the same plan when it is read again", async (t) => {
  const facts = company({ a: "b", b: "a", c: "d", d: "x" });
  t.deepEqual(await plan(facts), await plan(facts));
});

test("a plan says in words what happens to people who pass their e-mails round", async (t) => {
  const shown = async (parking: boolean): Promise<readonly string[]> => {
    const { passed } = await plan(company({ a: "b", b: "a" }), parking);
    const lines = await Array.fromAsync(
      renderPlan(await aPlan(passed), { format: "table", now: NOW, style: PLAIN_STYLE }),
    );
    return lines.slice(2).map((line) => line.replaceAll("@acme.example", ""));
  };
  t.deepEqual(
    (await shown(true)).map((line) => line.trim().replace(/ +/g, " ")),
    [
      '~ update b email "a" → "parked-a" mover',
      "note 2 people pass their e-mails round: this one waits at a parking address meanwhile.",
      '~ update a email "b" → "a" mover',
      '~ update b email "parked-a" → "b" mover',
      "note Comes from the parking address to the final one.",
      "",
      "3 to update.",
    ],
  );
  const held = await shown(false);
  t.is(held.at(-1), "Nothing to do now, 2 held.");
  t.regex(
    held[0] ?? "",
    /! held +b +b is still the e-mail of account m-b \(b\), .* round in a circle with those of a, /,
  );
});
