import test from "ava";
import type { ProductCall } from "../../../src/ports/metrics.ts";
import { createLimitMeter, createLimitMeters } from "../../../src/runtime/metrics/limit-use.ts";
import { createManualClock } from "../../support/manual-clock.ts";

const CALL: ProductCall = {
  method: "GET",
  status: 200,
  durationMs: 1,
  waitedMs: 0,
  fault: null,
  perMinute: null,
  budget: null,
};

test("who was never asked, or has no limit, has no share", (t) => {
  const meter = createLimitMeter(createManualClock());
  t.deepEqual(meter.now(), { configured: null, stated: null });
  meter.note(CALL);
  t.deepEqual(meter.now(), { configured: null, stated: null });
});

test("the configured limit is used by the requests of the last minute, sign-ins left out, and never more than whole", (t) => {
  const clock = createManualClock();
  const meter = createLimitMeter(clock);
  for (let count = 0; count < 3; count += 1) meter.note({ ...CALL, perMinute: 10 });
  meter.note(CALL);
  t.is(meter.now().configured, 0.3);
  clock.advance(30_000);
  for (let count = 0; count < 9; count += 1) meter.note({ ...CALL, perMinute: 10 });
  t.is(meter.now().configured, 1);
  clock.advance(40_000);
  t.is(meter.now().configured, 0.9);
  clock.advance(60_000);
  t.is(meter.now().configured, 0);
});

test("the stated limit is used as the newest answer says, until its window is over", (t) => {
  const clock = createManualClock();
  const meter = createLimitMeter(clock);
  meter.note({ ...CALL, budget: { limit: 200, remaining: 150, resetMs: 20_000 } });
  meter.note(CALL);
  t.is(meter.now().stated, 0.25);
  clock.advance(19_999);
  t.is(meter.now().stated, 0.25);
  clock.advance(1);
  t.is(meter.now().stated, 0);
});

test("where the whole is not said, it is the most that was ever left; a limit of nothing is used up", (t) => {
  const meter = createLimitMeter(createManualClock());
  meter.note({ ...CALL, budget: { limit: null, remaining: 80, resetMs: null } });
  t.is(meter.now().stated, 0);
  meter.note({ ...CALL, budget: { limit: null, remaining: 20, resetMs: null } });
  t.is(meter.now().stated, 0.75);
  meter.note({ ...CALL, budget: { limit: 0, remaining: 0, resetMs: null } });
  t.is(meter.now().stated, 1);
});

test("two products have a meter each", (t) => {
  const meters = createLimitMeters(createManualClock());
  meters.of("scim").note({ ...CALL, perMinute: 10 });
  meters.of("calendly").note({ ...CALL, perMinute: 100 });
  t.is(meters.of("scim").now().configured, 0.1);
  t.deepEqual([...meters.all().keys()], ["scim", "calendly"]);
});
