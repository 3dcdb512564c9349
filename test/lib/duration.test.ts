import test from "ava";
import fc from "fast-check";
import { formatDuration, parseDuration } from "../../src/lib/duration.ts";

for (const [text, ms] of [
  ["0s", 0],
  ["500ms", 500],
  ["5s", 5_000],
  ["15m", 900_000],
  ["1h", 3_600_000],
  ["30d", 2_592_000_000],
] as const) {
  test(`${text} is ${ms} ms`, (t) => {
    t.is(parseDuration(text), ms);
  });
}

for (const text of ["", "5", "s", "5 s", "-5s", "1.5h", "5S", "5s ", "1h30m", "5w", "1000000000s", "5constructor"]) {
  test(`${JSON.stringify(text)} is not a duration`, (t) => {
    t.is(parseDuration(text), null);
  });
}

test("a duration is printed in the largest unit that loses nothing", (t) => {
  t.deepEqual([0, 999, 1_000, 90_000, 120_000, 3_600_000, 172_800_000].map(formatDuration), [
    "0s",
    "999ms",
    "1s",
    "90s",
    "2m",
    "1h",
    "2d",
  ]);
});

test("a printed duration reads as the same number of milliseconds", (t) => {
  const same = fc.property(fc.nat(999_999_999), (ms) => parseDuration(formatDuration(ms)) === ms);
  t.notThrows(() => fc.assert(same, { numRuns: 200 }));
});
