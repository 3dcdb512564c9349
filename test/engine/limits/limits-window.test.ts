import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import type { DirectoryUser } from "../../../src/domain/directory.ts";
import { ZERO_COUNTS, type LimitCounts } from "../../../src/domain/plan.ts";
import { DEFAULT_LIMITS } from "../../../src/domain/policy.ts";
import { allowance, assess, LIMIT_NAMES, type Assessment } from "../../../src/planning/limits.ts";
import { hire, NO_LIMITS, openTestBridge, patch, runFull, runUrgent, type TestBridge } from "../../support/bridge.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A bridge with so many people in step, under the deactivation limit that the product ships with. */
async function company(
  t: ExecutionContext,
  size: number,
): Promise<{ readonly bridge: TestBridge; readonly people: readonly DirectoryUser[] }> {
  const limits = { ...NO_LIMITS, deactivate: DEFAULT_LIMITS.deactivate };
  const bridge = await openTestBridge(t, { limits, product: { seats: { standard: 1_000 } } });
  const people = await Promise.all(Array.from({ length: size }, (_, n) => hire(bridge, `p${n}@acme.example`)));
  await runFull(bridge);
  return { bridge, people };
}

/** When each account was shut, on a clock that nobody sets. */
function watchShutting({ product, clock }: TestBridge): readonly number[] {
  const times: number[] = [];
  product.hook((moment, change) => {
    if (moment === "after" && change.kind === "deactivate-account") times.push(clock.monotonicMs());
  });
  return times;
}

function mostInADay(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((time) => time >= from && time < from + DAY_MS).length));
}

test("one leaver after the other for more than a day: no window of 24 h holds more than the limit allows", async (t) => {
  const { bridge, people } = await company(t, 60);
  const times = watchShutting(bridge);
  // One an hour: what matters is how many there are, not how far apart.
  for (const [n, { id }] of people.slice(0, 40).entries()) {
    await patch(bridge, id, { active: false });
    await runUrgent(bridge, { only: "leavers" });
    if (n % 8 === 0) await runFull(bridge);
    bridge.clock.advance(60 * MINUTE_MS);
  }
  const allowed = allowance(DEFAULT_LIMITS.deactivate, 60);
  t.true(mostInADay(times) <= allowed, `${mostInADay(times)} in 24 h, ${allowed} are allowed`);
  t.true(times.length > allowed, "and it goes on when the window has moved");
});

for (const [what, jumpMs] of [
  ["nothing else", 0],
  ["a clock that jumps a day ahead", DAY_MS],
  ["a clock that jumps a day back", -DAY_MS],
] as const) {
  test(`a leaver a minute, a restart between each, and ${what}: the window is not emptied`, async (t) => {
    const { bridge, people } = await company(t, 30);
    const times = watchShutting(bridge);
    for (const { id } of people.slice(0, 12)) {
      await patch(bridge, id, { active: false });
      await runUrgent(bridge, { only: "leavers" });
      bridge.restart();
      bridge.clock.jump(jumpMs);
      bridge.clock.advance(MINUTE_MS);
    }
    await runFull(bridge);
    t.is(times.length, 3, "ten percent of the 30 who were here when the day began");
    bridge.clock.advance(DAY_MS);
    const left = people.slice(12, 13);
    for (const { id } of left) await patch(bridge, id, { active: false });
    t.is((await runFull(bridge)).outcome, "held", "ten at once are too many");
    t.is(times.length, 3);
  });
}

for (let size = 1; size <= 12; size += 1) {
  test(`of ${size} people two may leave within a day, never the last account`, async (t) => {
    const { bridge, people } = await company(t, size);
    // The owner's account is not one of those that may be left.
    for (const account of bridge.product.state.accounts.values()) {
      if (account.role === "owner") bridge.product.state.change(account.id, { status: "deactivated" });
    }
    await runFull(bridge);
    const times = watchShutting(bridge);
    for (const { id } of people) {
      await patch(bridge, id, { active: false });
      await runUrgent(bridge, { only: "leavers" });
      bridge.clock.advance(MINUTE_MS);
    }
    await runFull(bridge);
    t.is(times.length, Math.min(2, size - 1));
  });
}

test("one more leaver after an approval: all of them are held again", async (t) => {
  const { bridge, people } = await company(t, 12);
  for (const { id } of people.slice(0, 5)) await patch(bridge, id, { active: false });
  const { digest } = await runFull(bridge);
  await bridge.services().permissions.approve(digest, { author: "cli", reason: "they left" });
  await patch(bridge, people[5]!.id, { active: false });
  const times = watchShutting(bridge);
  t.is((await runFull(bridge)).outcome, "held");
  t.deepEqual(times, []);
});

test("a percentage is of the people who are linked and have not left", async (t) => {
  const { bridge, people } = await company(t, 40);
  for (const person of people.slice(0, 4)) await patch(bridge, person.id, { active: false });
  await runFull(bridge);
  bridge.clock.advance(DAY_MS + MINUTE_MS);
  for (const person of people.slice(4, 8)) await patch(bridge, person.id, { active: false });
  const report = await runFull(bridge);
  t.is(report.outcome, "held", "36 are left: three may go");
  t.like(report.summary.breaches, [{ limit: "deactivate", planned: 4, allowed: 3 }]);
});

const counts: fc.Arbitrary<LimitCounts> = fc
  .array(fc.nat(60), { minLength: LIMIT_NAMES.length, maxLength: LIMIT_NAMES.length })
  .map((values) => ({ ...ZERO_COUNTS, ...Object.fromEntries(LIMIT_NAMES.map((name, n) => [name, values[n] ?? 0])) }));
const assessment: fc.Arbitrary<Assessment> = fc.record({
  planned: counts,
  spent: counts,
  approved: fc.constant(ZERO_COUNTS),
  limits: fc.constant(DEFAULT_LIMITS),
  linked: fc.nat(500),
  active: fc.option(fc.nat(500)),
  deactivating: fc.nat(60),
});

test("fewer changes never breach more limits", (t) => {
  fc.assert(
    fc.property(assessment, fc.constantFrom(...LIMIT_NAMES), fc.nat(60), (whole, name, less) => {
      const planned = { ...whole.planned, [name]: Math.max(0, whole.planned[name] - less) };
      const deactivating = Math.max(0, whole.deactivating - (name === "deactivate" ? less : 0));
      const before = new Set(assess(whole).map(({ limit }) => limit));
      const after = assess({ ...whole, planned, deactivating }).map(({ limit }) => limit);
      t.true(after.every((limit) => before.has(limit)));
    }),
    { numRuns: 300 },
  );
});
