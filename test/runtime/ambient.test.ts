import test from "ava";
import { createAmbient, systemClock, timeOrderedId } from "../../src/runtime/ambient.ts";
import { anAmbient } from "../support/bridge.ts";

test("the machine's clock tells instants with milliseconds, and durations that do not go back", (t) => {
  t.regex(systemClock.now(), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const before = systemClock.monotonicMs();
  t.true(systemClock.monotonicMs() >= before);
});

test("a sleeper wakes when time is up, or at once when its signal is aborted, and never fails", async (t) => {
  await t.notThrowsAsync(systemClock.sleep(5));
  const stop = new AbortController();
  const asleep = systemClock.sleep(60_000, stop.signal);
  stop.abort();
  await t.notThrowsAsync(asleep);
  await t.notThrowsAsync(systemClock.sleep(60_000, AbortSignal.abort()));
});

test("ids are UUIDs in the order of time, never twice the same; chance is at least 0 and below 1", (t) => {
  const { newId, random } = createAmbient(anAmbient(systemClock).log);
  const ids = Array.from({ length: 100 }, () => newId());
  t.is(new Set(ids).size, 100);
  t.regex(ids[0] ?? "", /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  t.regex(timeOrderedId(0), /^00000000-0000-7/);
  t.true(timeOrderedId(1_000) < timeOrderedId(1_001));
  for (let n = 0; n < 100; n += 1) t.true(random() >= 0 && random() < 1);
});
