import test from "ava";
import type { AlertOffice } from "../../src/engine/alerts/alerts.ts";
import { StoreBusyError } from "../../src/domain/errors.ts";
import { createAlertWatch } from "../../src/runtime/alert-watch.ts";
import { anAmbient, type LogLine } from "../support/bridge.ts";
import { createTestClock } from "../support/test-clock.ts";
import { until } from "../support/until.ts";

/** An office that counts what it is asked, and does as it is told. */
function anOffice(parts: Partial<AlertOffice> = {}) {
  const asked: string[] = [];
  const office: AlertOffice = {
    open: async () => [],
    review: async () => void asked.push("review"),
    deliver: async () => void asked.push("deliver"),
    tryOut: async () => [],
    isAt: () => undefined,
    ...parts,
  };
  return { office, asked, reviews: () => asked.filter((what) => what === "review").length };
}

function aWatch(parts: Partial<AlertOffice> = {}) {
  const clock = createTestClock();
  const log: LogLine[] = [];
  const { office, asked, reviews } = anOffice(parts);
  return { clock, log, asked, reviews, watch: createAlertWatch(office, anAmbient(clock, log)) };
}

test("it looks at once, then every 10 s, and sends what it saw", async (t) => {
  const { clock, asked, watch } = aWatch();
  watch.start();
  await until("the first look", () => asked.length === 2 && clock.sleeps.length === 2);
  clock.advance(8_999);
  await new Promise(setImmediate);
  t.deepEqual(asked, ["review", "deliver"]);
  clock.advance(1);
  await until("the second look", () => asked.length === 4);
  await watch.close();
  clock.advance(60_000);
  await new Promise(setImmediate);
  t.deepEqual(asked, ["review", "deliver", "review", "deliver"]);
  t.deepEqual(clock.sleeps.slice(0, 2), [1_000, 9_000]);
});

test("it looks as soon as a run has ended", async (t) => {
  const { clock, reviews, watch } = aWatch();
  watch.start();
  await until("the first look", () => reviews() === 1 && clock.sleeps.length === 2);
  watch.nudge();
  await until("the second look", () => reviews() === 2);
  await watch.close();
  t.is(reviews(), 2);
});

test("a look that fails is logged, and the next one is made", async (t) => {
  let looks = 0;
  const { clock, log, watch } = aWatch({
    async review() {
      looks += 1;
      if (looks === 1) throw new StoreBusyError("busy");
    },
  });
  watch.start();
  await until("the first look", () => clock.sleeps.length === 2);
  clock.advance(10_000);
  await until("the second look", () => looks === 2);
  await watch.close();
  t.deepEqual(
    log.map(({ event }) => event),
    ["alerts.not-reviewed"],
  );
});

test("a slow webhook keeps nobody from looking; at a stop it has 3 s to answer", async (t) => {
  let isCut = false;
  const { clock, reviews, watch } = aWatch({
    deliver: (signal) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => {
          isCut = true;
          resolve();
        });
      }),
  });
  watch.start();
  for (let look = 1; look <= 3; look += 1) {
    await until("a look", () => reviews() === look && clock.sleeps.length === 2 * look);
    clock.advance(10_000);
  }
  const closed = watch.close();
  await closed;
  t.true(isCut);
  t.true(clock.sleeps.includes(3_000), "the grace");
});
