import test from "ava";
import fc from "fast-check";
import type { Seat } from "../../src/domain/account.ts";
import type { DirectoryUserId } from "../../src/domain/directory.ts";
import { ConnectorError } from "../../src/domain/errors.ts";
import type { Hold, PersonChange } from "../../src/domain/plan.ts";
import { CALL_BACK_OFF, delayAfter, PERSON_BACK_OFF, RUN_BACK_OFF } from "../../src/engine/runs/back-off.ts";
import { createCircuit, isolated } from "../../src/engine/runs/breaker.ts";
import { dependsOn } from "../../src/engine/apply/depends-on.ts";
import { createOvertaking } from "../../src/engine/apply/overtaking.ts";
import { createTestClock } from "../support/test-clock.ts";
import { createSeatMemory } from "../../src/engine/plan/seat-memory.ts";
import { createSeatCount } from "../../src/engine/apply/seat-count.ts";
import { createReportCounter, isHeld, toRecord } from "../../src/engine/runs/run-report.ts";
import { aPersonPlan, aPlan, asAccount, asUser, NOW } from "../support/plan-builders.ts";

const ana = asUser("ana");
const onAna = { cause: "leaver", because: [], account: asAccount("m-ana") } as const;
const deactivate: PersonChange = { kind: "deactivate-account", ...onAna };
const remove: PersonChange = { kind: "delete-account", ...onAna };

for (const [name, backOff, delays] of [
  ["a person", PERSON_BACK_OFF, [1_000, 2_000, 4_000, 8_000, 16_000, 900_000]],
  ["a run", RUN_BACK_OFF, [1_000, 2_000, 4_000, 8_000, 16_000, 60_000]],
  ["a call", CALL_BACK_OFF, [200, 400, 800, 1_600, 2_000, 2_000]],
] as const) {
  test(`the pause after ${name} failed doubles up to its cap, and spreads over its upper half`, (t) => {
    for (const [index, attempts] of [1, 2, 3, 4, 5, 40].entries()) {
      const full = delays[index]!;
      t.is(delayAfter(attempts, backOff, 0), full / 2);
      t.true(delayAfter(attempts, backOff, 0.999) > full * 0.99);
      t.true(delayAfter(attempts, backOff, 0.999) <= full);
    }
  });
}

test("a pause is never shorter than what the product asked for", (t) => {
  t.is(delayAfter(1, CALL_BACK_OFF, 0.5, 30_000), 30_000);
  fc.assert(
    fc.property(
      fc.nat(200),
      fc.double({ min: 0, max: 0.9999, noNaN: true }),
      fc.nat(1e7),
      (attempts, random, least) => {
        const delay = delayAfter(attempts + 1, PERSON_BACK_OFF, random, least);
        return delay >= least && delay <= Math.max(least, PERSON_BACK_OFF.capMs) && Number.isInteger(delay);
      },
    ),
  );
});

test("a fault of one reading comes back as a value, anything else is thrown", async (t) => {
  const breaker = createCircuit(createTestClock(), () => 0.5).breaker();
  const fault = new ConnectorError("missing", "gone");
  t.is(await isolated(breaker, () => Promise.reject(fault)), fault);
  t.is(await isolated(breaker, () => Promise.resolve(7)), 7);
  await t.throwsAsync(
    isolated(breaker, () => Promise.reject(new TypeError("ours"))),
    { instanceOf: TypeError },
  );
});

test("a run learns whom others have worked on since it began to watch, and nobody else", (t) => {
  const overtaking = createOvertaking();
  const early = overtaking.watch();
  early.note(ana);
  const late = overtaking.watch();
  t.false(early.isOvertaken(ana));
  t.false(late.isOvertaken(ana));
  late.note(ana);
  t.true(early.isOvertaken(ana));
  t.false(late.isOvertaken(ana));
  late.note(asUser("bo"));
  early.end();
  late.note(asUser("cy"));
  t.false(early.isOvertaken(asUser("cy")), "whoever has ended watches no more");
});

test("seats are counted down while a plan is carried out, and given back; where nobody counts there is always one", (t) => {
  const standard = "standard" as Seat;
  const seats = createSeatCount({ pools: new Map([[standard, { total: 3, used: 2 }]]) }, createSeatMemory());
  t.true(seats.take(standard));
  t.false(seats.take(standard));
  seats.give(standard);
  t.true(seats.take(standard));
  t.false(seats.take("premium" as Seat), "a pool that is not named has none");
  t.false(
    createSeatCount({ pools: new Map([[standard, { total: 1, used: 4 }]]) }, createSeatMemory()).take(standard),
    "oversold",
  );
  const uncounted = createSeatCount({ pools: null }, createSeatMemory());
  for (let n = 0; n < 3; n += 1) t.true(uncounted.take(standard));
});

test("what makes no sense, or would do harm, after a failure is not tried", (t) => {
  const cancel: PersonChange = { kind: "cancel-booking", ...onAna, booking: "b" as never, startsAt: NOW, guests: 1 };
  t.true(dependsOn(cancel, deactivate, "deactivate"));
  t.false(dependsOn(deactivate, cancel, "deactivate"));
  t.true(dependsOn(deactivate, cancel, "hold"));
  t.true(dependsOn(remove, cancel, "deactivate"), "deleting would destroy the meeting without a word");
  const seat = {
    cause: "mover",
    because: [],
    account: { by: "id", id: asAccount("m-ana") },
    seat: "standard",
  } as const;
  t.true(dependsOn({ kind: "assign-seat", ...seat } as never, { kind: "release-seat", ...seat } as never, "hold"));
  t.false(dependsOn({ kind: "release-seat", ...seat } as never, { kind: "assign-seat", ...seat } as never, "hold"));
});

const outcome = (state: "done" | "failed" | "superseded", error: ConnectorError | null = null) => ({
  user: ana,
  state,
  error,
  steps: [
    { change: deactivate, effect: "changed", at: NOW } as const,
    { change: remove, effect: error === null ? "already-so" : "failed", at: NOW } as const,
  ],
});

test("a report counts what was changed, what was so, what failed and who", async (t) => {
  const { summary } = await aPlan([]);
  const counter = createReportCounter();
  counter.note(outcome("done"));
  counter.note(outcome("failed", new ConnectorError("rejected", "no")));
  counter.note({ user: ana, state: "superseded", steps: [], error: null });
  counter.noteGroup({ effect: "changed", applied: { effect: "changed" } });
  counter.fail("bo" as DirectoryUserId, "not readable");
  const report = counter.report({ id: "r", summary, durationMs: 5, stopped: false });
  t.like(report, {
    outcome: "partial",
    changed: { "deactivate-account": 2, "create-group": 1 },
    alreadySo: 1,
    failedChanges: 1,
    superseded: 1,
    failed: [
      { user: "ana", reason: "no" },
      { user: "bo", reason: "not readable" },
    ],
  });
  const record = JSON.stringify(toRecord(report));
  t.regex(record, /"failedPeople":2/);
  t.false(record.includes("not readable"), "counts, no words about people");
});

for (const [hold, expected] of [
  ["over-limit", "held"],
  ["identity-conflict", "held"],
  ["protected-account", "held"],
  ["observation-incomplete", "held"],
  ["mode", "held"],
  ["restored", "held"],
  ["unsupported", "held"],
  ["no-free-seat", "done"],
  ["waits-for-held", "done"],
] as const satisfies readonly (readonly [Hold, string])[]) {
  test(`a run whose plan holds something as ${hold} ended ${expected}`, async (t) => {
    const held = [{ change: deactivate, hold, detail: "." }];
    const { summary } = await aPlan([aPersonPlan({ held })]);
    const report = createReportCounter().report({ id: "r", summary, durationMs: 1, stopped: false });
    t.is(report.outcome, expected);
    t.is(isHeld(summary), expected === "held");
    t.is(createReportCounter().report({ id: "r", summary, durationMs: 1, stopped: true }).outcome, "interrupted");
  });
}
