import test from "ava";
import type { Seat } from "../../../src/domain/account.ts";
import type { Measures } from "../../../src/engine/measures.ts";
import type { ProductCall } from "../../../src/ports/metrics.ts";
import { createPrometheus, type Prometheus } from "../../../src/runtime/metrics/prometheus.ts";
import { readPrometheus, valueOf, type Family } from "../../support/prometheus-text.ts";
import { createManualClock } from "../../support/manual-clock.ts";

const NOTHING: Measures = {
  staged: [],
  links: { all: 0, active: 0 },
  woken: 0,
  held: new Map(),
  heldLeavers: 0,
  oldestLeaverMs: 0,
  waiting: new Map(),
  failing: { retrying: new Map(), deadLetters: new Map() },
  runs: [],
  components: [],
  alerts: [],
};
const CALL: ProductCall = {
  method: "GET",
  status: 200,
  durationMs: 40,
  waitedMs: 0,
  fault: null,
  perMinute: null,
  budget: null,
};

function start(hasProcess = false): Prometheus {
  return createPrometheus({ clock: createManualClock(), version: "1.2.3", hasProcess });
}

async function shown(prometheus: Prometheus, measures: Partial<Measures> = {}): Promise<readonly Family[]> {
  return readPrometheus(await prometheus.page(async () => ({ ...NOTHING, ...measures })).text());
}

function seriesOf(families: readonly Family[], name: string): number {
  return families.find((family) => family.name === name)?.samples.length ?? -1;
}

test("what is not there any more is not shown any more", async (t) => {
  const prometheus = start();
  const failing = { retrying: new Map([["connector.rejected", 2]]), deadLetters: new Map([["connector.conflict", 1]]) };
  const alerts = [{ topic: "held", severity: "critical" }] as const;
  const full = await shown(prometheus, { waiting: new Map([["standard" as Seat, 3]]), failing, alerts });
  t.is(valueOf(full, "rosterbridge_waiting_for_seat_people", { seat: "standard" }), 3);
  t.is(valueOf(full, "rosterbridge_retrying_people", { code: "connector.rejected" }), 2);
  t.is(valueOf(full, "rosterbridge_dead_letter_people", { code: "connector.conflict" }), 1);
  t.is(valueOf(full, "rosterbridge_alerts_open", { topic: "held", severity: "critical" }), 1);
  const empty = await shown(prometheus);
  for (const name of ["waiting_for_seat_people", "retrying_people", "dead_letter_people", "staged_people"]) {
    t.is(seriesOf(empty, `rosterbridge_${name}`), 0, name);
  }
  t.is(valueOf(empty, "rosterbridge_alerts_open", { topic: "held", severity: "critical" }), 0);
});

test("two bridges in one process count apart", async (t) => {
  const [one, other] = [start(true), start(true)];
  one.metrics.changeSettled("create-account", "changed");
  const counted = { kind: "create-account", outcome: "changed" };
  t.is(valueOf(await shown(one), "rosterbridge_changes_total", counted), 1);
  t.is(valueOf(await shown(other), "rosterbridge_changes_total", counted), 0);
});

test("a call that nobody answered has no status, and its fault; one in the minute shows in the limit", async (t) => {
  const prometheus = start();
  prometheus.metrics.productCalled("calcom", { ...CALL, status: null, fault: "unavailable", perMinute: 4 });
  prometheus.metrics.productCalled("calcom", { ...CALL, waitedMs: 700 });
  const families = await shown(prometheus);
  const labels = { connector: "calcom", method: "GET" };
  t.is(valueOf(families, "rosterbridge_product_calls_total", { ...labels, status: "none", fault: "unavailable" }), 1);
  t.is(valueOf(families, "rosterbridge_product_calls_total", { ...labels, status: "200", fault: "none" }), 1);
  t.is(valueOf(families, "rosterbridge_product_call_duration_seconds_sum", labels), 0.08);
  t.is(valueOf(families, "rosterbridge_product_call_wait_seconds_bucket", { connector: "calcom", le: "0.5" }), 1);
  t.is(valueOf(families, "rosterbridge_product_rate_limit_used_ratio", { limit: "configured" }), 0.25);
});

test("a wall clock that was set back makes no negative duration", async (t) => {
  const prometheus = start();
  prometheus.metrics.leaverDone("deleted", -5_000);
  const name = "rosterbridge_leaver_push_to_done_seconds";
  const families = await shown(prometheus);
  t.is(valueOf(families, `${name}_sum`, { word: "deleted" }), 0);
  t.is(valueOf(families, `${name}_bucket`, { word: "deleted", le: "0.1" }), 1);
});

test("seats may be called anything", async (t) => {
  const seat = 'pro "north"\n\\ {le="1"}' as Seat;
  const families = await shown(start(), { waiting: new Map([[seat, 1]]) });
  t.is(valueOf(families, "rosterbridge_waiting_for_seat_people", { seat }), 1);
});

test("a page that was asked for as soon as the process began is whole", async (t) => {
  const families = await shown(start(true));
  t.true(families.some(({ name }) => name === "nodejs_eventloop_lag_mean_seconds"));
  t.true(valueOf(families, "process_resident_memory_bytes") > 0);
});

test("where the numbers cannot be read, the page fails as the reading did", async (t) => {
  const page = start().page(() => Promise.reject(new Error("no store")));
  await t.throwsAsync(page.text(), { message: "no store" });
});
