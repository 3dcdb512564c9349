import test from "ava";
import { createCircuit } from "../../../src/engine/runs/breaker.ts";
import { ConnectorError } from "../../../src/domain/errors.ts";
import { hire, openTestBridge, runFull } from "../../support/bridge.ts";
import { createTestClock } from "../../support/test-clock.ts";

const fault = new ConnectorError("unavailable", "503");

const open = () => {
  const clock = createTestClock();
  const circuit = createCircuit(clock, () => 0.5);
  return { clock, circuit, breaker: circuit.breaker() };
};

test("five people in a row whom the product fails are one too many; one who succeeds starts the count anew", (t) => {
  const { breaker } = open();
  for (const error of [fault, fault, fault, fault, null, fault, fault, fault, fault]) breaker.note(error);
  t.throws(() => breaker.note(fault), { is: fault });
});

test("what the product says of one person is never everybody's", (t) => {
  const { breaker, circuit } = open();
  for (const reason of ["rejected", "conflict", "missing", "no-seat", "rejected", "rejected"] as const) {
    t.notThrows(() => breaker.note(new ConnectorError(reason, "no")));
  }
  t.is(circuit.state(), null);
});

for (const reason of ["auth", "rate-limited"] as const) {
  test(`${reason} is everybody's at once, and nothing to remember: the next run finds out for itself`, (t) => {
    const { breaker, circuit } = open();
    t.throws(() => breaker.note(new ConnectorError(reason, "no")), { instanceOf: ConnectorError });
    t.is(circuit.state(), null);
  });
}

/** After how many of a row of failures (x) and successes (.), repeated, the circuit opens; null: never. */
const opensAt = (pattern: string, times: number): number | null => {
  const { breaker } = open();
  const outcomes = [...pattern.repeat(times)];
  for (const [index, outcome] of outcomes.entries()) {
    try {
      breaker.note(outcome === "x" ? fault : null);
    } catch {
      return index + 1;
    }
  }
  return null;
};

for (const [pattern, expected] of [
  [".", null],
  ["x....", null],
  ["x..", null],
  ["x.", 21],
  ["xxx..", 21],
  ["xxxx.", 21],
  ["xxxxx", 5],
] as const) {
  test(`the product that fails ${pattern} and so on opens the circuit ${expected === null ? "never" : `at ${expected}`}`, (t) => {
    const at = opensAt(pattern, 40);
    if (expected === null) t.is(at, null);
    else t.true(at !== null && at <= expected && at >= Math.min(expected, 20), `${at}`);
  });
}

test("what was long ago does not count", (t) => {
  const { breaker, clock } = open();
  for (const outcome of "x.x.x.x.x.x.x.x.x.") breaker.note(outcome === "x" ? fault : null);
  clock.advance(6 * 60_000);
  for (const outcome of "x.x.x.x.x.") t.notThrows(() => breaker.note(outcome === "x" ? fault : null));
});

test("an open circuit is left alone, tried with care, opened for longer by one failure, closed by one success", (t) => {
  const { circuit, clock, breaker } = open();
  t.false(breaker.isCareful());
  t.throws(() => {
    for (let n = 0; n < 5; n += 1) breaker.note(fault);
  });
  const error = t.throws(() => circuit.expectReady(), { instanceOf: ConnectorError });
  t.true(error.retryAfterMs! > 700 && error.retryAfterMs! <= 750);
  t.regex(
    error.message,
    /^The circuit breaker is open, so that nothing is written: the product failed 5 people in a row \(503\)\. It is tried again at /,
  );
  clock.advance(750);
  t.notThrows(() => circuit.expectReady());
  const second = circuit.breaker();
  t.true(second.isCareful());
  t.throws(() => second.note(fault), { is: fault });
  t.true(t.throws(() => circuit.expectReady(), { instanceOf: ConnectorError }).retryAfterMs! > 1_400);
  clock.advance(1_500);
  const third = circuit.breaker();
  third.note(null);
  t.false(third.isCareful());
  t.is(circuit.state(), null);
});

test("a product that fails half of the people ends the run's writes; health says so until it is well", async (t) => {
  const bridge = await openTestBridge(t, { product: { seats: { standard: 200 } } });
  for (let n = 0; n < 60; n += 1) await hire(bridge, `p${n}@acme.example`);
  let isSick = true;
  const poisoned = (email: string): boolean => isSick && Number(/\d+/.exec(email)?.[0]) % 2 === 0;
  bridge.product.hook((moment, change) => {
    if (moment === "before" && change.kind === "create-account" && poisoned(change.desired.profile.email))
      throw new ConnectorError("unavailable", "502");
  });
  await t.throwsAsync(runFull(bridge), { code: "connector.unavailable" });
  t.true(bridge.product.state.accounts.size < 30, "the others were left alone");
  const product = async () =>
    (await bridge.services().health.report()).components.find(({ component }) => component === "product");
  t.is((await product())?.status, "degraded");
  t.regex((await product())!.detail, /The circuit breaker is open, .* of the last \d+ people \(502\)/);
  const calls = bridge.product.writes.length;
  await t.throwsAsync(runFull(bridge), { message: /It is tried again at/ });
  t.is(bridge.product.writes.length, calls, "nothing is asked before its time");
  isSick = false;
  bridge.clock.advance(20 * 60_000);
  await runFull(bridge);
  t.is((await product())?.status, "ok");
  t.is(bridge.product.state.accounts.size, 61);
});

test("somebody who asks for a run by hand need not wait", async (t) => {
  const bridge = await openTestBridge(t);
  for (let n = 0; n < 10; n += 1) await hire(bridge, `p${n}@acme.example`);
  let isSick = true;
  bridge.product.hook((moment) => {
    if (moment === "before" && isSick) throw new ConnectorError("unavailable", "502");
  });
  await t.throwsAsync(runFull(bridge), { code: "connector.unavailable" });
  isSick = false;
  t.is((await runFull(bridge, { trigger: "cli" })).changed["create-account"], 10);
});
