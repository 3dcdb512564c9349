import test from "ava";
import fc from "fast-check";
import type { Condition } from "../../../src/domain/alert.ts";
import { ALERT_TOPICS } from "../../../src/domain/alert.ts";
import type { Instant } from "../../../src/domain/brand.ts";
import { addMs } from "../../../src/domain/instant.ts";
import { reviewAlerts, type Review, type Subscriber } from "../../../src/engine/alerts/alert-review.ts";
import type { AlertState } from "../../../src/ports/alerts.ts";

const START = "2026-11-23T09:00:00.000Z" as Instant;
const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function aCondition(parts: Partial<Condition> = {}): Condition {
  return {
    key: "held",
    topic: "held",
    severity: "warning",
    title: "Something is held",
    text: "Look at it.",
    counts: {},
    size: 1,
    stage: 0,
    lastsMs: 0,
    ...parts,
  };
}

const ALL: Subscriber = { id: "w1", on: ALERT_TOPICS, silentAfterMs: DAY };

/** Reviews one look after the other, as the store would keep them, and tells what each webhook was told. */
function aWatch(subscribers: readonly Subscriber[] = [ALL]) {
  const states = new Map<string, AlertState>();
  const told: string[] = [];
  let ids = 0;
  let listening = subscribers;
  return {
    states,
    told,
    listen: (next: readonly Subscriber[]) => void (listening = next),
    look(afterMs: number, ...conditions: readonly Condition[]): Review {
      const now = addMs(START, afterMs);
      const review = reviewAlerts({
        now,
        conditions,
        states: [...states.values()],
        subscribers: listening,
        newId: () => `n${++ids}`,
      });
      // As they come back from the store.
      for (const state of review.put) states.set(state.condition.key, JSON.parse(JSON.stringify(state)) as AlertState);
      for (const key of review.remove) states.delete(key);
      for (const { webhook, notice } of review.notices) {
        told.push(`${webhook} ${notice.event}${notice.again ? " again" : ""} ${notice.key}`);
      }
      return review;
    },
  };
}

test("a condition is told once while it lasts, and once when it has been over for a minute", (t) => {
  const watch = aWatch();
  watch.look(0, aCondition());
  for (let at = 10; at <= 7_200; at += 10) watch.look(at * SECOND, aCondition());
  t.deepEqual(watch.told, ["w1 raised held"]);
  watch.look(2 * HOUR + 10 * SECOND);
  watch.look(2 * HOUR + 69 * SECOND);
  t.is(watch.told.length, 1);
  const { notices } = watch.look(2 * HOUR + 70 * SECOND);
  t.deepEqual(watch.told, ["w1 raised held", "w1 cleared held"]);
  t.like(notices[0]?.notice, {
    event: "cleared",
    title: "Something is held",
    text: "It began at 2026-11-23T09:00:00.000Z and is over since 2026-11-23T11:00:10.000Z.",
    since: START,
  });
  t.is(watch.states.size, 0);
  watch.look(3 * HOUR);
  t.is(watch.told.length, 2);
});

test("a look at which nothing is new has nothing to keep", (t) => {
  const watch = aWatch();
  watch.look(0, aCondition());
  t.deepEqual(watch.look(10 * SECOND, aCondition()), { put: [], remove: [], notices: [], events: [] });
  t.is(watch.look(20 * SECOND, aCondition({ text: "Other words." })).put.length, 1);
});

test("a condition that has to last is not told when it passes before", (t) => {
  const watch = aWatch();
  for (let at = 0; at < 20; at += 2) {
    watch.look(at * MINUTE, aCondition({ lastsMs: 2 * MINUTE }));
    watch.look((at + 1) * MINUTE);
  }
  t.deepEqual(watch.told, []);
  watch.look(30 * MINUTE, aCondition({ lastsMs: 2 * MINUTE }));
  watch.look(32 * MINUTE - 1, aCondition({ lastsMs: 2 * MINUTE }));
  t.deepEqual(watch.told, []);
  watch.look(32 * MINUTE, aCondition({ lastsMs: 2 * MINUTE }));
  t.deepEqual(watch.told, ["w1 raised held"]);
});

test("what still grows is told when it has stopped, with its whole size", (t) => {
  const watch = aWatch();
  const growing = (size: number): Condition => aCondition({ size, counts: { people: size }, lastsMs: 10 * SECOND });
  for (let at = 0; at <= 40; at += 5) watch.look(at * SECOND, growing(10 * (at + 1)));
  t.deepEqual(watch.told, []);
  watch.look(45 * SECOND, growing(410));
  const { notices } = watch.look(50 * SECOND, growing(410));
  t.deepEqual(
    notices.map(({ notice }) => notice.counts),
    [{ people: 410 }],
  );
});

test("what grows for a minute is told all the same", (t) => {
  const watch = aWatch();
  for (let at = 0; at <= 55; at += 5) watch.look(at * SECOND, aCondition({ size: at + 1, lastsMs: 10 * SECOND }));
  t.deepEqual(watch.told, []);
  watch.look(60 * SECOND, aCondition({ size: 61, lastsMs: 10 * SECOND }));
  t.deepEqual(watch.told, ["w1 raised held"]);
});

for (const [title, afterMs, size, isTold] of [
  ["twice as much after an hour", HOUR, 20, true],
  ["twice as much before", HOUR - 1, 20, false],
  ["less than twice as much", 5 * HOUR, 19, false],
] as const) {
  test(`told again: ${title}`, (t) => {
    const watch = aWatch();
    watch.look(0, aCondition({ size: 10 }));
    watch.look(afterMs, aCondition({ size }));
    t.like(watch.states.get("held")?.raised, { at: START, toldAt: isTold ? addMs(START, afterMs) : START });
    t.deepEqual(watch.told, ["w1 raised held", ...(isTold ? ["w1 raised again held"] : [])]);
  });
}

test("what becomes critical is told at once, whenever it was told before", (t) => {
  const watch = aWatch();
  watch.look(0, aCondition({ severity: "warning" }));
  watch.look(MINUTE, aCondition({ severity: "critical" }));
  watch.look(2 * MINUTE, aCondition({ severity: "warning" }));
  watch.look(3 * MINUTE, aCondition({ severity: "critical" }));
  t.deepEqual(watch.told, ["w1 raised held", "w1 raised again held"]);
});

test("what becomes something else altogether is told when it has stopped growing, whenever it was told before", (t) => {
  const watch = aWatch();
  watch.look(0, aCondition({ size: 1 }));
  for (let at = 10; at <= 40; at += 5) watch.look(at * SECOND, aCondition({ size: 10 * at }));
  t.deepEqual(watch.told, ["w1 raised held"]);
  watch.look(50 * SECOND, aCondition({ size: 400 }));
  watch.look(80 * SECOND, aCondition({ size: 410 }));
  watch.look(100 * SECOND, aCondition({ size: 410 }));
  t.deepEqual(watch.told, ["w1 raised held", "w1 raised again held"]);
});

test("one that becomes two is no news; what had shrunk and grows again is", (t) => {
  const watch = aWatch();
  watch.look(0, aCondition({ size: 1 }));
  watch.look(2 * HOUR, aCondition({ size: 5 }));
  t.deepEqual(watch.told, ["w1 raised held"]);
  watch.look(3 * HOUR, aCondition({ size: 500 }));
  t.is(watch.told.length, 2);
  watch.look(5 * HOUR, aCondition({ size: 3 }));
  watch.look(6 * HOUR, aCondition({ size: 400 }));
  t.is(watch.told.length, 3);
  watch.look(6 * HOUR + MINUTE, aCondition({ size: 4_000 }));
  t.is(watch.told.length, 3, "at most once an hour");
});

test("each threshold of a token is told once, whenever it is passed", (t) => {
  const watch = aWatch();
  for (const [at, stage] of [1, 1, 2, 2, 3, 4, 4].entries()) {
    watch.look(at * MINUTE, aCondition({ key: "token:1", topic: "token", stage }));
  }
  t.deepEqual(watch.told, ["w1 raised token:1", ...Array.from({ length: 3 }, () => "w1 raised again token:1")]);
});

test("a condition that comes and goes within a minute is told once", (t) => {
  const watch = aWatch();
  for (let at = 0; at < 600; at += 10) watch.look(at * SECOND, ...(at % 20 === 0 ? [aCondition()] : []));
  t.deepEqual(watch.told, ["w1 raised held"]);
});

test("each webhook is told what it asked for", (t) => {
  const watch = aWatch([
    { id: "w1", on: ["held"], silentAfterMs: DAY },
    { id: "w2", on: ["token", "silent-idp"], silentAfterMs: 2 * DAY },
    { id: "w3", on: ["silent-idp"], silentAfterMs: DAY },
  ]);
  const silent = (key: string): Condition => aCondition({ key, topic: "silent-idp" });
  watch.look(0, aCondition(), aCondition({ key: "token:1", topic: "token" }));
  watch.look(0, aCondition({ key: "failing:runs", topic: "failing" }));
  watch.look(0, silent("silent-idp:acme/24h"), silent("silent-idp:acme/48h"));
  t.deepEqual(watch.told, [
    "w1 raised held",
    "w2 raised token:1",
    "w3 raised silent-idp:acme/24h",
    "w2 raised silent-idp:acme/48h",
  ]);
});

test("without webhooks, events are told all the same", (t) => {
  const watch = aWatch([]);
  t.deepEqual(watch.look(0, aCondition()).events, [{ event: "raised", key: "held", again: false, counts: {} }]);
  watch.look(MINUTE);
  t.deepEqual(watch.look(2 * MINUTE).events, [{ event: "cleared", key: "held", again: false, counts: {} }]);
  t.deepEqual(watch.told, []);
});

test("a webhook that is added hears of what is open, and one that is taken away of nothing", (t) => {
  const watch = aWatch();
  watch.look(0, aCondition());
  watch.listen([{ ...ALL, id: "w2" }]);
  const added = watch.look(MINUTE, aCondition());
  t.deepEqual(added.events, [], "it is no new event");
  watch.look(2 * MINUTE, aCondition());
  watch.look(3 * MINUTE);
  watch.look(4 * MINUTE);
  t.deepEqual(watch.told, ["w1 raised held", "w2 raised held", "w2 cleared held"]);
});

test("a clock that was set back keeps nothing waiting", (t) => {
  const watch = aWatch();
  watch.look(0, aCondition());
  watch.look(SECOND);
  watch.look(-5 * HOUR);
  t.deepEqual(watch.told, ["w1 raised held", "w1 cleared held"]);
});

test("whatever comes and goes, what is told begins, gets worse and ends in turn, and ends come a minute late", (t) => {
  const looks = fc.array(
    fc.record({
      afterMs: fc.integer({ min: 1, max: 2 * HOUR }),
      size: fc.option(fc.integer({ min: 1, max: 1_000 })),
      stage: fc.integer({ min: 0, max: 3 }),
    }),
    { maxLength: 60 },
  );
  const property = fc.property(looks, fc.constantFrom(0, 10 * SECOND, 20 * MINUTE), (series, lastsMs) => {
    const watch = aWatch();
    let at = 0;
    for (const { afterMs, size, stage } of series) {
      at += afterMs;
      watch.look(at, ...(size === null ? [] : [aCondition({ size, stage, lastsMs })]));
    }
    const isOpen = watch.told.reduce((open, what) => {
      if (open !== (what !== "w1 raised held")) throw new Error(watch.told.join(", "));
      return what !== "w1 cleared held";
    }, false);
    return isOpen === [...watch.states.values()].some(({ raised }) => raised !== null);
  });
  t.notThrows(() => fc.assert(property, { numRuns: 200 }));
});
