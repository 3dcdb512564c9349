import test from "ava";
import type { RetentionReport } from "../../src/engine/retention.ts";
import { createRetentionJob } from "../../src/runtime/retention-job.ts";
import { anAmbient, type LogLine } from "../support/bridge.ts";
import { createTestClock } from "../support/test-clock.ts";
import { until } from "../support/until.ts";

const NOTHING: RetentionReport = {
  journal: 0,
  runs: 0,
  approvals: 0,
  releases: 0,
  proofs: 0,
  people: 0,
  auditRows: 0,
};
const EVERY_SECOND = { retention: { at: "* * * * * *" }, schedule: { timezone: "UTC" } };

test("what is over its time is deleted when it is due, once at a time; a failure is logged and tried again", async (t) => {
  const log: LogLine[] = [];
  let calls = 0;
  let atOnce = 0;
  const apply = async (): Promise<RetentionReport> => {
    calls += 1;
    atOnce += 1;
    t.is(atOnce, 1);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    atOnce -= 1;
    if (calls === 1) throw new Error("the disk is full");
    return { ...NOTHING, journal: 7 };
  };
  const job = createRetentionJob({ apply }, anAmbient(createTestClock(), log), EVERY_SECOND);
  job.start();
  await until("the second pass", () => log.some(({ event }) => event === "retention.applied"));
  await job.close();
  t.is(atOnce, 0, "what is under way has ended");
  t.deepEqual(
    log.slice(0, 2).map(({ level, event }) => [level, event]),
    [
      ["error", "retention.failed"],
      ["info", "retention.applied"],
    ],
  );
  t.is(log[1]?.fields["journal"], 7);
});

test("a job that is closed asks what is under way to stop, and waits for it", async (t) => {
  let stopped = false;
  const apply = (stop: AbortSignal): Promise<RetentionReport> =>
    new Promise((resolve) => {
      stop.addEventListener("abort", () => {
        stopped = true;
        resolve(NOTHING);
      });
      begun();
    });
  let begun: () => void = () => undefined;
  const isBegun = new Promise<void>((resolve) => void (begun = resolve));
  const job = createRetentionJob({ apply }, anAmbient(createTestClock()), EVERY_SECOND);
  job.start();
  await isBegun;
  await job.close();
  t.true(stopped);
});
