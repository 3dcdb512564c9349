import test from "ava";
import fc from "fast-check";
import { createRateLimiter, type Heard, type RateLimit, type Turn } from "../../src/lib/rate-limiter.ts";
import { createEventClock, type EventClock } from "../support/event-clock.ts";
import { createManualClock } from "../support/manual-clock.ts";

const signal = new AbortController().signal;
const MINUTE_MS = 60_000;

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
    granted(await limiter.turn({ signal, urgent: i % 7 === 3 }));
    times.push(clock.monotonicMs());
  }
  return times;
}

function granted(turn: Turn): Turn & { readonly granted: true } {
  if (!turn.granted) throw new Error(`The turn was not granted: ${turn.why}.`);
  return turn;
}

/** The most that went out within any window of a minute. */
function mostInAMinute(times: readonly number[]): number {
  return Math.max(
    ...times.map((from, i) => {
      const end = times.findIndex((time) => time >= from + MINUTE_MS - 1e-6);
      return (end === -1 ? times.length : end) - i;
    }),
  );
}

test("no minute holds more requests than allowed, urgent ones included, however they come", async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 600 }),
      fc.double({ min: 0, max: 0.9, noNaN: true }),
      fc.array(fc.integer({ min: 0, max: 90_000 }), { minLength: 1, maxLength: 10 }),
      async (perMinute, reserve, pauses) => {
        const times = await sent({ perMinute, reserve }, 500, (i) =>
          i % 70 === 0 ? (pauses[(i / 70) % pauses.length] ?? 0) : 0,
        );
        t.true(mostInAMinute(times) <= perMinute, `${perMinute} ${reserve}`);
      },
    ),
    { numRuns: 40 },
  );
});

for (const perMinute of [1, 10, 59, 60, 120, 300, 500]) {
  test(`at least 95 % of ${perMinute} a minute are used while there is work`, async (t) => {
    const clock = createManualClock();
    const limiter = createRateLimiter({ perMinute, reserve: 0 }, clock);
    const minutes = 20;
    let count = 0;
    for (; clock.monotonicMs() < minutes * MINUTE_MS; count += 1) await limiter.turn({ signal });
    t.true(count - 1 >= perMinute * minutes * 0.95, `${count - 1} of ${perMinute * minutes}`);
  });
}

test("ordinary requests leave the reserve alone; urgent ones use it, and go first", async (t) => {
  const clock = createEventClock();
  const limiter = createRateLimiter({ perMinute: 100, reserve: 0.2 }, clock);
  const order: string[] = [];
  const ask = (name: string, urgent: boolean) =>
    limiter.turn({ signal, urgent }).then(() => order.push(`${name} ${Math.round(clock.monotonicMs() / 100)}`));
  const ordinary = Array.from({ length: 200 }, () => ask("other", false));
  await clock.passUntil(30_000);
  const before = order.length;
  t.true(before >= 39 && before <= 42, `${before} of 80 a minute within half a minute`);
  const leavers = Array.from({ length: 25 }, () => ask("leaver", true));
  await clock.passUntil(30_001);
  t.deepEqual(order.slice(before), new Array(25).fill("leaver 300"), "none of them waits");
  await clock.passUntil(60_000);
  t.is(order.length, 80, "what leavers took is not sent once more by the others");
  await clock.passUntil(300_000);
  await Promise.all([...ordinary, ...leavers]);
});

test("a leaver's request waits behind at most one other, however long the line", async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 200 }),
      fc.double({ min: 0, max: 0.9, noNaN: true }),
      fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 5 }),
      async (perMinute, reserve, arrivals) => {
        const clock = createEventClock();
        const limiter = createRateLimiter({ perMinute, reserve }, clock);
        const gone: string[] = [];
        const others = Array.from({ length: 50 }, () => limiter.turn({ signal }).then(() => gone.push("other")));
        const leavers: Promise<unknown>[] = [];
        for (const at of arrivals.toSorted((a, b) => a - b)) {
          await clock.passUntil(at);
          const before = gone.filter((who) => who === "other").length;
          leavers.push(
            limiter.turn({ signal, urgent: true }).then(() => {
              t.true(gone.filter((who) => who === "other").length - before <= 1);
              gone.push("leaver");
            }),
          );
        }
        await clock.passUntil(100 * MINUTE_MS);
        await Promise.all([...others, ...leavers]);
      },
    ),
    { numRuns: 30 },
  );
});

test("the first request does not wait", async (t) => {
  t.deepEqual(await sent({ perMinute: 1, reserve: 0.9 }, 1), [0]);
});

test("whoever waits gets a turn in the order of asking", async (t) => {
  const clock = createManualClock();
  const limiter = createRateLimiter({ perMinute: 60, reserve: 0 }, clock);
  const order: number[] = [];
  await Promise.all([1, 2, 3].map((n) => limiter.turn({ signal }).then(() => order.push(n))));
  t.deepEqual(order, [1, 2, 3]);
  t.deepEqual(clock.sleeps, [60_250 / 60, 60_250 / 60]);
});

const heard = (parts: Partial<Heard> = {}): Heard => ({
  budget: null,
  refused: false,
  retryAfterMs: undefined,
  ...parts,
});

/** A limiter without a configured limit, and a request that has just been answered so. */
async function after(...answers: readonly Heard[]) {
  const clock = createEventClock();
  const limiter = createRateLimiter(null, clock);
  for (const answer of answers) granted(await limiter.turn({ signal })).answered(answer);
  return { clock, limiter };
}

const whenSent = async ({ clock, limiter }: Awaited<ReturnType<typeof after>>, urgent: boolean): Promise<number> => {
  const turn = limiter.turn({ signal, urgent }).then(() => clock.monotonicMs());
  await clock.passUntil(10 * MINUTE_MS);
  return turn;
};

for (const urgent of [false, true]) {
  const who = urgent ? "leavers" : "everybody";
  test(`a pause that one answer asks for holds for ${who}`, async (t) => {
    t.is(await whenSent(await after(heard({ refused: true, retryAfterMs: 20_000 })), urgent), 20_000);
  });
  test(`a budget that is used up lets ${who} wait for the next window`, async (t) => {
    t.is(await whenSent(await after(heard({ budget: { limit: 100, remaining: 0, resetMs: 12_000 } })), urgent), 12_000);
  });
}

test("what is left of a stated budget is spread over its window, and used to at least 95 %", async (t) => {
  for (const limit of [10, 120, 500]) {
    const clock = createEventClock();
    const limiter = createRateLimiter({ perMinute: 100_000, reserve: 0 }, clock);
    const times: number[] = [];
    for (let i = 0; i < limit; i += 1) {
      const turn = limiter.turn({ signal });
      await clock.passUntil(clock.monotonicMs() + MINUTE_MS, turn);
      times.push(clock.monotonicMs());
      const resetMs = MINUTE_MS - clock.monotonicMs();
      granted(await turn).answered(heard({ budget: { limit, remaining: limit - 1 - i, resetMs } }));
    }
    t.true(times.at(-1)! < MINUTE_MS, `${limit}: all of it before the next window`);
    t.true(times.at(-1)! > MINUTE_MS * 0.8, `${limit}: not all at once`);
  }
});

test("a reserve of a stated budget is left alone by all but leavers", async (t) => {
  const low = heard({ budget: { limit: 100, remaining: 20, resetMs: 30_000 } });
  t.is(await whenSent(await after(low), false), 30_000);
  t.is(await whenSent(await after(low), true), 0);
});

const BURSTS: readonly (readonly [remaining: number, atOnce: number])[] = [
  [119, 25],
  [25, 25],
  [24, 24],
  [1, 1],
];
for (const [remaining, atOnce] of BURSTS) {
  test(`of 25 urgent requests ${atOnce} go at once while ${remaining} of 120 are left, then the others`, async (t) => {
    const budget = { limit: 120, remaining, resetMs: 50_000 };
    const { clock, limiter } = await after(heard({ budget }));
    const times: number[] = [];
    const urgent = Array.from({ length: 25 }, () =>
      limiter.turn({ signal, urgent: true }).then(() => times.push(clock.monotonicMs())),
    );
    await clock.passUntil(49_999);
    t.deepEqual(times, new Array(atOnce).fill(0));
    await clock.passUntil(50_000);
    await Promise.all(urgent);
    t.deepEqual(times.slice(atOnce), new Array(25 - atOnce).fill(50_000));
  });
}

test("a leaver's 24 requests, one after the other, take no longer than the answers, whatever the others have left", async (t) => {
  const clock = createEventClock();
  const product = aProduct(clock, 120, MINUTE_MS);
  const limiter = createRateLimiter(null, clock);
  const others = { stopped: false };
  const ordinary = Promise.all([1, 2, 3, 4].map(() => keepAsking(limiter, product, others)));
  await clock.passUntil(40_000);
  const leaver = (async () => {
    for (let count = 0; count < 24; count += 1)
      await product.ask(granted(await limiter.turn({ signal, urgent: true })));
  })();
  await clock.passUntil(59_000, leaver);
  t.is(clock.monotonicMs(), 40_000 + 24 * LATENCY_MS, "the reserve of a fifth is theirs");
  others.stopped = true;
  await clock.passUntil(3 * MINUTE_MS);
  await Promise.all([ordinary, leaver]);
  t.is(product.refused(), 0);
});

test("no window of a product holds more than it states, and nobody urgent waits while it has something left", async (t) => {
  let waited = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 12, max: 150 }),
      fc.integer({ min: 5_000, max: MINUTE_MS }),
      fc.array(fc.record({ at: fc.nat(100_000), count: fc.integer({ min: 1, max: 40 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      async (limit, windowMs, bursts) => {
        const clock = createEventClock();
        const product = aProduct(clock, limit, windowMs);
        const limiter = createRateLimiter(null, clock);
        const others = { stopped: false };
        const ordinary = [1, 2, 3, 4].map(() => keepAsking(limiter, product, others));
        const leaver = async (count: number): Promise<void> => {
          for (let sent = 0; sent < count; sent += 1) {
            const [askedAt, free] = [clock.monotonicMs(), product.left() - product.underWay()];
            const turn = granted(await limiter.turn({ signal, urgent: true }));
            if (clock.monotonicMs() > askedAt) {
              waited += 1;
              t.true(free <= 0, `waited though ${free} were left`);
            }
            await product.ask(turn);
          }
        };
        const leavers: Promise<void>[] = [];
        for (const { at, count } of bursts.toSorted((one, other) => one.at - other.at)) {
          await clock.passUntil(at);
          leavers.push(leaver(count));
        }
        await clock.passUntil(clock.monotonicMs() + 60 * MINUTE_MS, Promise.all(leavers));
        others.stopped = true;
        await clock.passUntil(clock.monotonicMs() + 3 * MINUTE_MS);
        await Promise.all([...ordinary, ...leavers]);
        t.is(product.refused(), 0);
      },
    ),
    { numRuns: 25 },
  );
  t.true(waited > 0, "some of them found the window used up");
});

const LATENCY_MS = 50;

/** A product that counts by windows, each of which begins with its first request, and says so with every answer. */
function aProduct(clock: EventClock, limit: number, windowMs: number) {
  let startedMs = -Infinity;
  let used = 0;
  let refused = 0;
  let underWay = 0;
  const turnOver = (): void => {
    if (clock.monotonicMs() - startedMs < windowMs) return;
    startedMs = clock.monotonicMs();
    used = 0;
  };
  return {
    left: () => (clock.monotonicMs() - startedMs < windowMs ? limit - used : limit),
    underWay: () => underWay,
    refused: () => refused,
    async ask(turn: Turn & { readonly granted: true }): Promise<void> {
      turnOver();
      if (used >= limit) refused += 1;
      else used += 1;
      underWay += 1;
      const budget = { limit, remaining: limit - used, resetMs: startedMs + windowMs - clock.monotonicMs() };
      await clock.sleep(LATENCY_MS);
      underWay -= 1;
      turn.answered(heard({ budget }));
    },
  };
}

/** Work without end that is not urgent. */
async function keepAsking(
  limiter: ReturnType<typeof createRateLimiter>,
  product: ReturnType<typeof aProduct>,
  until: { readonly stopped: boolean },
): Promise<void> {
  while (!until.stopped) await product.ask(granted(await limiter.turn({ signal })));
}

test("requests that nobody has answered yet are taken off what the product says is left", async (t) => {
  const clock = createEventClock();
  const limiter = createRateLimiter({ perMinute: 1_000, reserve: 0 }, clock);
  const first = granted(await limiter.turn({ signal, urgent: true }));
  const second = granted(await limiter.turn({ signal, urgent: true }));
  first.answered(heard({ budget: { limit: 100, remaining: 1, resetMs: 5_000 } }));
  t.is(await whenSent({ clock, limiter }, true), 5_000);
  second.answered(null);
});

test("of answers that overtake each other, the one to the newest request counts", async (t) => {
  const clock = createEventClock();
  const limiter = createRateLimiter(null, clock);
  const first = granted(await limiter.turn({ signal, urgent: true }));
  const second = granted(await limiter.turn({ signal, urgent: true }));
  second.answered(heard({ budget: { limit: 100, remaining: 0, resetMs: 5_000 } }));
  first.answered(heard({ budget: { limit: 100, remaining: 1, resetMs: 5_000 } }));
  t.is(await whenSent({ clock, limiter }, true), 5_000);
});

test("refusals that name no pause make one that grows", async (t) => {
  const refused = heard({ refused: true });
  const { clock, limiter } = await after(refused);
  const pauses: number[] = [];
  for (let n = 0; n < 8; n += 1) {
    const from = clock.monotonicMs();
    const turn = limiter.turn({ signal });
    await clock.passUntil(from + 2 * MINUTE_MS, turn);
    pauses.push(clock.monotonicMs() - from);
    granted(await turn).answered(n === 6 ? heard() : refused);
  }
  t.deepEqual(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 0]);
});

test("a pause longer than a window is not waited out: whoever asks is told how long it is", async (t) => {
  const { limiter } = await after(heard({ refused: true, retryAfterMs: 86_400_000 }));
  t.deepEqual(await limiter.turn({ signal, urgent: true }), { granted: false, why: "closed", waitMs: 900_000 });
});

test("whoever waits may be stopped, or asked to give way, and is then not sent", async (t) => {
  const { limiter, clock } = await after(heard({ refused: true, retryAfterMs: 20_000 }));
  const [stop, wish] = [new AbortController(), new AbortController()];
  const stopped = limiter.turn({ signal: stop.signal });
  const impatient = limiter.turn({ signal, patience: wish.signal });
  const patient = limiter.turn({ signal });
  stop.abort();
  wish.abort();
  t.deepEqual(await stopped, { granted: false, why: "stopped", waitMs: 0 });
  t.deepEqual(await impatient, { granted: false, why: "impatient", waitMs: 0 });
  t.deepEqual(await limiter.turn({ signal: stop.signal }), { granted: false, why: "stopped", waitMs: 0 });
  await clock.passUntil(20_000);
  t.true((await patient).granted);
  t.is(clock.monotonicMs(), 20_000);
});

test("nobody who need not wait is asked to give way", async (t) => {
  const gone = AbortSignal.abort();
  const limiter = createRateLimiter(null, createEventClock() satisfies EventClock);
  t.true((await limiter.turn({ signal, patience: gone })).granted);
});
