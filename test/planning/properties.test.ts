import test from "ava";
import fc from "fast-check";
import type { AccountLink, ObservedAccount, Seat, SeatPool } from "../../src/domain/account.ts";
import type { PersonChange, PersonPlan } from "../../src/domain/plan.ts";
import { NEEDS_COMPLETE_OBSERVATION, RANK, ZERO_COUNTS } from "../../src/domain/plan.ts";
import { DEFAULT_LIMITS, REPAIR_EVERYTHING } from "../../src/domain/policy.ts";
import { nextLink } from "../../src/engine/apply/next-link.ts";
import { changeKey } from "../../src/planning/change-key.ts";
import type { PersonFacts } from "../../src/planning/context.ts";
import { PROFILE_FIELDS } from "../../src/planning/diff.ts";
import { passGate } from "../../src/planning/gate.ts";
import { takesAway } from "../../src/planning/guard.ts";
import { assess } from "../../src/planning/limits.ts";
import { passPlan } from "../../src/planning/pass.ts";
import { planPerson } from "../../src/planning/person.ts";
import { arbitraryContext, arbitraryFacts, arbitraryMode, arbitraryPeople } from "../support/plan-arbitraries.ts";
import {
  aContext,
  aGate,
  aGroup,
  aStart,
  asSeat,
  asUser,
  each,
  fold,
  inSettlingOrder,
  planEverybody,
} from "../support/plan-builders.ts";

const RUNS = { numRuns: 400 };
const incomplete = {
  observation: { complete: false, accounts: 0, reason: "page-failed", detail: "page 2 failed" },
} as const;
const breached = fc
  .subarray(Object.keys(ZERO_COUNTS) as (keyof typeof ZERO_COUNTS)[])
  .map((limits) => limits.map((limit) => ({ limit, planned: 9, spent: 0, allowed: 1, rule: "budget" as const })));
const pools: fc.Arbitrary<ReadonlyMap<Seat, SeatPool> | null> = fc.option(
  fc.record({ total: fc.nat(4), used: fc.nat(5), gold: fc.boolean() }).map(({ total, used, gold }) => {
    const pool = { total, used };
    return new Map([[asSeat("standard"), pool], ...(gold ? [[asSeat("gold"), pool] as const] : [])]);
  }),
);

test("people in any order make the same plan", async (t) => {
  await fc.assert(
    fc.asyncProperty(
      arbitraryPeople,
      arbitraryContext,
      pools,
      fc.infiniteStream(fc.nat()),
      async (people, context, seats, keys) => {
        const shuffled = people.map((facts) => ({ facts, key: keys.next().value })).sort((a, b) => a.key - b.key);
        const start = aStart({ seats });
        const one = await planEverybody(people, context, start);
        const other = await planEverybody(
          shuffled.map(({ facts }) => facts),
          context,
          start,
        );
        t.deepEqual(other, one);
      },
    ),
    RUNS,
  );
});

test("people who share nothing have one digest in any order within their class", async (t) => {
  const distinct = fc.uniqueArray(fc.nat(5), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(distinct, async (order) => {
      const leavers = order.map((index) => factsOfLeaver(index));
      const digest = async (list: readonly PersonFacts[]) =>
        (await fold(list.map((facts) => planPerson(facts, aContext())))).result.digest;
      t.is(await digest(leavers), await digest(leavers.toSorted((a, b) => (a.desired.user < b.desired.user ? -1 : 1))));
    }),
    { numRuns: 50 },
  );
});

test("nothing is taken from an account that is not on record, or that is protected", (t) => {
  fc.assert(
    fc.property(arbitraryFacts(0), arbitraryContext, (facts, context) => {
      const { changes } = planPerson(facts, context);
      const own = facts.observed.find(({ account }) => account.id === facts.link?.account)?.account;
      for (const change of changes.filter(({ kind }) => takesAway(kind))) {
        t.is(accountOf(change), own?.id);
        t.true(own !== undefined && own.role === "member");
        t.false(
          [own, facts.desired].some((one) => context.protected.accounts.has(one?.profile.email.toLowerCase() ?? "")),
        );
      }
    }),
    { numRuns: 1500 },
  );
});

test("first contact changes no e-mail and opens no login, but for a rehire", (t) => {
  fc.assert(
    fc.property(arbitraryFacts(0), arbitraryContext, (facts, context) => {
      const { changes } = planPerson(facts, context);
      if (!changes.some(({ kind }) => kind === "adopt-account")) return;
      for (const change of changes) {
        if (change.kind === "update-account") t.is(change.after.email, change.before.email);
        if (change.kind === "reactivate-account") t.is(change.cause, "rehire");
      }
    }),
    { numRuns: 1500 },
  );
});

test("no field is written that the product does not let us write, and nothing at all to an invitation", (t) => {
  fc.assert(
    fc.property(arbitraryFacts(0), arbitraryContext, (facts, context) => {
      const { changes, held } = planPerson(facts, context);
      for (const change of [...changes, ...held.map((one) => one.change)]) {
        if (change.kind !== "update-account" && change.kind !== "reactivate-account") continue;
        const account = facts.observed.find((one) => one.account.id === change.account)?.account;
        t.not(account?.status, "pending");
        if (change.kind === "reactivate-account") continue;
        const written = PROFILE_FIELDS.filter((field) => change.after[field] !== change.before[field]);
        t.deepEqual(
          written.filter((field) => !context.updates.has(field)),
          [],
        );
      }
    }),
    { numRuns: 1500 },
  );
});

test("groups that cannot be given to whoever is pending are neither planned nor held: they are told, and follow", (t) => {
  const isAboutGroups = ({ kind }: PersonChange): boolean => kind === "add-to-group" || kind === "remove-from-group";
  const aboutGroups = ({ changes, held }: PersonPlan) =>
    [...changes, ...held.map((one) => one.change)].filter(isAboutGroups).length;
  let waiting = 0;
  fc.assert(
    fc.property(arbitraryFacts(0), arbitraryContext, (facts, any) => {
      const context = { ...any, pendingGroups: false, changes: new Set([...any.changes, "add-to-group" as const]) };
      if (facts.desired.status !== "active") return;
      const plan = planPerson(facts, context);
      const able = planPerson(facts, { ...context, pendingGroups: true });
      const isNew = able.changes.some(({ kind }) => kind === "create-account") && context.invites;
      const { account } = facts.observed.find((one) => one.account.id === facts.link?.account) ?? {};
      if (!isNew && account?.status !== "pending") return;
      t.is(aboutGroups(plan), 0);
      const told = plan.notes.filter((note) => /groups follow/.test(note)).length;
      t.deepEqual(others(plan), others(able));
      if (isNew) t.is(told, facts.desired.groups.length > 0 ? 1 : 0);
      else if (aboutGroups(able) > 0) t.is(told, 1);
      waiting += told;
    }),
    { numRuns: 1500 },
  );
  t.true(waiting > 20, `${waiting} waited`);

  function others({ changes, held, seatClaim }: PersonPlan) {
    return {
      changes: changes.filter((one) => !isAboutGroups(one)),
      held: held.filter(({ change }) => !isAboutGroups(change)),
      seatClaim,
    };
  }
});

test("whoever is in step but for what the product cannot do is told of, not worked on", (t) => {
  fc.assert(
    fc.property(arbitraryFacts(0), arbitraryContext, (facts, context) => {
      const plan = planPerson(facts, { ...context, updates: new Set() });
      if (facts.desired.status !== "active") return;
      t.false(
        [...plan.changes, ...plan.held.map(({ change }) => change)].some(({ kind }) => kind === "update-account"),
      );
    }),
    { numRuns: 500 },
  );
});

test("nothing empty and no unusable e-mail is ever written", (t) => {
  fc.assert(
    fc.property(arbitraryFacts(0), arbitraryContext, (facts, context) => {
      for (const change of planPerson(facts, context).changes) {
        if (change.kind === "create-account") t.regex(change.desired.profile.email, /@acme\.example$/);
        if (change.kind === "update-account") t.regex(change.after.email, /@/);
      }
    }),
    { numRuns: 1500 },
  );
});

test("a plan is in order, each change once, and planned twice the same", (t) => {
  fc.assert(
    fc.property(arbitraryFacts(0), arbitraryContext, (facts, context) => {
      const plan = planPerson(facts, context);
      const ranks = plan.changes.map(({ kind }) => RANK[context.bookingOrder][kind]);
      t.deepEqual(
        ranks,
        ranks.toSorted((a, b) => a - b),
      );
      const keys = [...plan.changes, ...plan.held.map(({ change }) => change)].map((change) =>
        changeKey(plan.user, change),
      );
      t.is(new Set(keys).size, keys.length);
      t.deepEqual(planPerson(facts, context), plan);
      t.true(plan.changes.every(({ kind }) => context.changes.has(kind)));
    }),
    { numRuns: 1500 },
  );
});

test("once a plan is carried out the next one changes nothing, after an adoption the one after that", (t) => {
  fc.assert(
    fc.property(arbitraryFacts(0), fc.boolean(), (facts, isGone) => {
      const context = aContext({ groups: ["Sales", "Support", "Handmade", "New"].map(aGroup) });
      let state = { ...facts, bookings: [] };
      // Where an account is gone once it is shut, one that carries our mark may be found in its place.
      for (let round = 0; round < (isGone ? 4 : 2); round += 1)
        state = carryOut(state, planPerson(state, context), isGone);
      t.deepEqual(planPerson(state, context).changes, []);
    }),
    { numRuns: 1500 },
  );
});

test("what the link remembers changes the word for a change, never what is done", (t) => {
  fc.assert(
    fc.property(arbitraryFacts(0), arbitraryFacts(0), arbitraryContext, (facts, other, context) => {
      const everything = { ...context, drift: REPAIR_EVERYTHING };
      const keysWith = (parts: Partial<AccountLink>): readonly string[] => {
        const link = facts.link === null ? null : { ...facts.link, repairs: {}, ...parts };
        return keysOf(planPerson({ ...facts, link }, everything));
      };
      const { applied = null, entitlements = null } = other.link ?? {};
      t.deepEqual(keysWith({ applied, entitlements }), keysWith({}));
    }),
    { numRuns: 1500 },
  );
});

test("what is only reported is never written before the directory changes it", (t) => {
  const drift = {
    ...REPAIR_EVERYTHING,
    email: "report",
    displayName: "report",
    seat: "report",
    groups: "report",
  } as const;
  fc.assert(
    fc.property(arbitraryFacts(0), arbitraryContext, (facts, context) => {
      const { changes, held } = planPerson(facts, { ...context, drift: { ...drift, status: "report" } });
      if (facts.link?.entitlements == null || facts.desired.status !== "active") return;
      const isOnRecord = facts.observed.some(({ account }) => account.id === facts.link?.account);
      if (isOnRecord) t.false([...changes, ...held.map(({ change }) => change)].some(({ cause }) => cause === "drift"));
    }),
    { numRuns: 1500 },
  );
});

test("nothing waits for a contested field, but for the seat of somebody who may not come in", (t) => {
  fc.assert(
    fc.property(arbitraryFacts(0), arbitraryContext, (facts, context) => {
      const isOnRecord = facts.observed.some(({ account }) => account.id === facts.link?.account);
      if (!isOnRecord || facts.desired.status !== "active") return;
      const contested = planPerson(facts, context);
      const released = planPerson(facts, { ...context, released: new Set([facts.desired.user]) });
      t.false(released.held.some(({ hold }) => hold === "contested"));
      const passing = new Set(keysOf(released));
      const stopped = contested.held
        .filter(({ hold, change }) => hold === "waits-for-held" && passing.has(changeKey(contested.user, change)))
        .map(({ change }) => change.kind);
      const isShutOut = contested.held.some(
        ({ hold, change }) => hold === "contested" && change.kind === "reactivate-account",
      );
      t.deepEqual(
        stopped.filter((kind) => !isShutOut || (kind !== "assign-seat" && kind !== "release-seat")),
        [],
      );
    }),
    { numRuns: 1500 },
  );
});

test("the gate is idempotent, and only ever holds more", (t) => {
  fc.assert(
    fc.property(
      arbitraryFacts(0),
      arbitraryContext,
      arbitraryMode,
      breached,
      fc.boolean(),
      (facts, context, mode, breaches, complete) => {
        const gate = aGate({ mode, breaches, bookingOrder: context.bookingOrder, ...(complete ? {} : incomplete) });
        const plan = planPerson(facts, context);
        const once = passGate(plan, gate);
        t.deepEqual(passGate(once, gate), once);
        t.is(once.changes.length + once.held.length, plan.changes.length + plan.held.length);
        t.true(once.changes.every((change) => plan.changes.includes(change)));
      },
    ),
    { numRuns: 1500 },
  );
});

test("an incomplete listing never lets through what needs a complete one, whoever is released or approved", (t) => {
  fc.assert(
    fc.property(arbitraryFacts(0), arbitraryContext, arbitraryMode, (facts, context, mode) => {
      const gate = aGate({ mode, ...incomplete, released: new Set([facts.desired.user]), approved: () => true });
      t.false(
        passGate(planPerson(facts, context), gate).changes.some(({ kind }) => NEEDS_COMPLETE_OBSERVATION.has(kind)),
      );
    }),
    { numRuns: 1000 },
  );
});

test("create-only never takes anything away, nor does no-removals, and observe does nothing", (t) => {
  fc.assert(
    fc.property(arbitraryFacts(0), arbitraryContext, arbitraryMode, (facts, context, mode) => {
      const { changes } = passGate(planPerson(facts, context), aGate({ mode, bookingOrder: context.bookingOrder }));
      if (mode !== "full") t.false(changes.some(({ kind }) => takesAway(kind)));
      if (mode === "observe") t.is(changes.length, 0);
    }),
    { numRuns: 1000 },
  );
});

test("a deletion never goes while a cancellation of the same person is held", (t) => {
  const leaving = arbitraryFacts(0).filter(
    ({ desired, link, bookings }) =>
      desired.status === "deactivated" && link !== null && bookings !== null && bookings.length > 0,
  );
  let cases = 0;
  fc.assert(
    fc.property(leaving, arbitraryContext, breached, (facts, context, breaches) => {
      const { changes, held } = passGate(
        planPerson(facts, context),
        aGate({ breaches, bookingOrder: context.bookingOrder }),
      );
      const cancelHeld = held.some(({ change }) => change.kind === "cancel-booking");
      if (cancelHeld) cases += 1;
      if (cancelHeld) t.false(changes.some(({ kind }) => kind === "delete-account"));
      if (cancelHeld && context.bookingOrder === "bookings-first")
        t.false(changes.some(({ kind }) => kind === "deactivate-account"));
    }),
    { numRuns: 1000 },
  );
  t.true(cases > 10, "some cancellations were held");
});

test("fewer deactivations never give more breaches", (t) => {
  const counts = fc.record({
    fewer: fc.nat(60),
    more: fc.nat(60),
    spent: fc.nat(60),
    linked: fc.nat(600),
    active: fc.option(fc.nat(60)),
  });
  fc.assert(
    fc.property(counts, ({ fewer, more, spent, linked, active }) => {
      const breaches = (deactivate: number) =>
        assess({
          planned: { ...ZERO_COUNTS, deactivate },
          approved: ZERO_COUNTS,
          spent: { ...ZERO_COUNTS, deactivate: spent },
          limits: DEFAULT_LIMITS,
          linked,
          active,
          deactivating: deactivate,
        }).length;
      t.true(breaches(Math.min(fewer, fewer + more)) <= breaches(fewer + more));
    }),
    RUNS,
  );
});

test("seats are never oversubscribed, before the gate or behind it", async (t) => {
  await fc.assert(
    fc.asyncProperty(
      arbitraryPeople,
      arbitraryContext,
      pools,
      arbitraryMode,
      breached,
      async (people, context, seats, mode, breaches) => {
        const { people: folded } = await fold(
          inSettlingOrder(people.map((facts) => planPerson(facts, context))),
          aStart({ seats }),
        );
        const gate = aGate({ mode, breaches, bookingOrder: context.bookingOrder });
        const passed = await Array.fromAsync(passPlan(each(folded), gate, seats));
        for (const plans of [folded, passed]) {
          for (const seat of [asSeat("standard"), asSeat("gold")]) t.true(isServable(plans, seat, seats), seat);
        }
      },
    ),
    RUNS,
  );
});

test("no account and no e-mail is claimed twice in one plan", async (t) => {
  await fc.assert(
    fc.asyncProperty(arbitraryPeople, async (people) => {
      const { passed } = await planEverybody(people, aContext());
      const claimed = passed.flatMap(({ changes }) =>
        changes.flatMap((change) => {
          if (change.kind === "create-account") return [change.desired.profile.email.toLowerCase()];
          return change.kind === "adopt-account" ? [change.account] : [];
        }),
      );
      t.is(new Set(claimed).size, claimed.length);
    }),
    RUNS,
  );
});

function keysOf({ user, changes }: PersonPlan): readonly string[] {
  return changes.map((change) => changeKey(user, change));
}

/** Whether what a plan frees and assigns fits into the pool; one that was full before may stay as it is. */
function isServable(plans: readonly PersonPlan[], seat: Seat, pools: ReadonlyMap<Seat, SeatPool> | null): boolean {
  if (pools === null) return true;
  const changes = plans.flatMap((plan) => plan.changes).filter((change) => "seat" in change && change.seat === seat);
  const assigned = changes.filter(({ kind }) => kind === "assign-seat").length;
  const freed = changes.filter(({ kind, cause }) => kind === "release-seat" && cause === "leaver").length;
  const { total, used } = pools.get(seat) ?? { total: 0, used: 0 };
  return assigned === 0 || used - freed + assigned <= total;
}

function accountOf(change: PersonChange): string | undefined {
  if (!("account" in change)) return undefined;
  const { account } = change;
  return typeof account === "string" ? account : account.by === "id" ? account.id : undefined;
}

function factsOfLeaver(index: number): PersonFacts {
  const [facts] = fc.sample(arbitraryFacts(index), { numRuns: 1, seed: index });
  const user = asUser(`u${index}`);
  const { desired } = facts!;
  return {
    ...facts!,
    desired: { ...desired, user, status: "deactivated", leaver: "inactive", seat: null, groups: [] },
  };
}

/** What a product and the store hold after these changes: a model as small as this test allows. */
function carryOut(
  facts: PersonFacts & { readonly bookings: never[] },
  plan: PersonPlan,
  isGone: boolean,
): PersonFacts & { readonly bookings: never[] } {
  let { link } = facts;
  let observed = facts.observed;
  const user = facts.desired.user;
  const edit = (id: string, change: (account: ObservedAccount) => ObservedAccount): void => {
    observed = observed.map((one) => (one.account.id === id ? { ...one, account: change(one.account) } : one));
  };
  if (link !== null && plan.remember !== undefined) link = { ...link, ...plan.remember };
  for (const change of plan.changes) {
    const id = accountOf(change) ?? link?.account ?? "";
    if (change.kind === "create-account") {
      const account: ObservedAccount = {
        id: "made" as ObservedAccount["id"],
        status: "active",
        role: "member",
        profile: change.desired.profile,
        seat: null,
        groups: [],
      };
      observed = [...observed, { account, linkedTo: { user, gone: false } }];
    } else if (change.kind === "adopt-account")
      observed = observed.map((one) =>
        one.account.id === change.account ? { ...one, linkedTo: { user, gone: false } } : one,
      );
    else if (change.kind === "update-account")
      edit(id, (account) => ({ ...account, profile: { ...account.profile, ...change.after } }));
    else if (change.kind === "reactivate-account") edit(id, (account) => ({ ...account, status: "active" }));
    else if (change.kind === "deactivate-account" && isGone)
      observed = observed.filter(({ account }) => account.id !== change.account);
    else if (change.kind === "deactivate-account") edit(id, (account) => ({ ...account, status: "deactivated" }));
    else if (change.kind === "assign-seat") edit(id, (account) => ({ ...account, seat: change.seat }));
    else if (change.kind === "release-seat") edit(id, (account) => ({ ...account, seat: null }));
    else if (change.kind === "add-to-group")
      edit(id, (account) => ({ ...account, groups: [...account.groups, aGroup(change.group.name).id] }));
    else if (change.kind === "remove-from-group") {
      const left = change.group.by === "id" ? change.group.id : "";
      edit(id, (account) => ({ ...account, groups: account.groups.filter((group) => group !== left) }));
    }
    const applied = { effect: "changed", account: "made" as ObservedAccount["id"] } as const;
    link = nextLink({ user, link, putBack: new Set() }, change, applied, facts.since) ?? link;
  }
  return { ...facts, link, observed };
}
