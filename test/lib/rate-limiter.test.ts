import test from "ava";
import fc from "fast-check";
import { createRateLimiter } from "../../src/lib/rate-limiter.ts";
import type { RateLimit } from "../../src/lib/rate-limiter.ts";
import { createManualClock } from "../support/manual-clock.ts";

const SIGNAL = new AbortController().signal;

/** When each of `count` requests goes out, sent one after the other with the pauses given, in milliseconds. */
async function sent(
  limit: RateLimit,
  count: number,
  pauseMs: (index: number) => number = () => 0,
): Promise<readonly number[]> {
  const clock = createManualClock();
  const limiter = createRateLimiter(limit, clock);
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    clock.advance(pauseMs(i));
    await limiter.turn(SIGNAL);
    times.push(clock.monotonicMs());
  }
  return times;
}

test("no minute holds more requests than allowed, however they come", async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 600 }),
      fc.double({ min: 0, max: 0.9, noNaN: true }),
      fc.array(fc.integer({ min: 0, max: 90_000 }), { minLength: 1, maxLength: 10 }),
      async (perMinute, reserve, pauses) => {
        const allowed = perMinute * (1 - reserve);
        if (allowed < 2) return;
        const times = await sent({ perMinute, reserve }, 700, (i) =>
          i % 70 === 0 ? (pauses[(i / 70) % pauses.length] ?? 0) : 0,
        );
        for (const [i, from] of times.entries()) {
          const end = times.findIndex((time) => time >= from + 60_000 - 1e-6);
          t.true((end === -1 ? times.length : end) - i <= Math.ceil(allowed), `${perMinute} ${reserve}`);
        }
      },
    ),
    { numRuns: 40 },
  );
});

for (const perMinute of [60, 120, 300, 500]) {
  test(`at least 95 % of ${perMinute} a minute are used while there is work`, async (t) => {
    const times = await sent({ perMinute, reserve: 0 }, perMinute * 3);
    const perMinuteSent = times.length / ((times.at(-1) ?? 0) / 60_000);
    t.true(perMinuteSent >= perMinute * 0.95);
  });
}

test("the first request does not wait", async (t) => {
  t.deepEqual(await sent({ perMinute: 1, reserve: 0.9 }, 1), [0]);
});

test("whoever waits gets a turn in the order of asking", async (t) => {
  const waits: number[] = [];
  const clock = { monotonicMs: () => 0, sleep: (ms: number) => Promise.resolve(void waits.push(ms)) };
  const limiter = createRateLimiter({ perMinute: 60, reserve: 0 }, clock);
  await Promise.all([limiter.turn(SIGNAL), limiter.turn(SIGNAL), limiter.turn(SIGNAL)]);
  t.deepEqual(waits, [60_000 / 59, 120_000 / 59]);
});
