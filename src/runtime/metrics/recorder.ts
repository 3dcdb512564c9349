import { Counter, Histogram, type Registry } from "prom-client";
import { CHANGE_KINDS } from "../../domain/plan.ts";
import type { LeavingWord, Metrics, SettledAs } from "../../ports/metrics.ts";
import type { LimitMeters } from "./limit-use.ts";

const OUTCOMES: readonly SettledAs[] = ["changed", "already-so", "failed", "unknown", "gave-way"];
const WORDS: readonly LeavingWord[] = ["active=false", "deleted", "out of scope", "unknown"];
/** Anybody may send any method: those that nobody serves are counted together. */
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Seconds. A leaver should be out within five; `+Inf` holds those who were held, or given grace. */
const LEAVER_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const RUN_BUCKETS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600];
const CALL_BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const WAIT_BUCKETS = [0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Counters and histograms of what this process does. Those whose labels are known beforehand begin at zero. */
export function createRecorder(registry: Registry, meters: LimitMeters): Metrics {
  const { changes, leavers } = workCounts(registry);
  const { runs, runSeconds } = runCounts(registry);
  const { calls, callSeconds, waitSeconds } = callCounts(registry);
  const { requests, requestSeconds } = requestCounts(registry);
  return {
    productCalled(connector, call) {
      const { method, status, fault, durationMs, waitedMs } = call;
      calls.inc({ connector, method, status: status ?? "none", fault: fault ?? "none" });
      callSeconds.observe({ connector, method }, toSeconds(durationMs));
      waitSeconds.observe({ connector }, toSeconds(waitedMs));
      meters.of(connector).note(call);
    },
    changeSettled: (kind, outcome) => changes.inc({ kind, outcome }),
    leaverDone: (word, tookMs) => leavers.observe({ word }, toSeconds(tookMs)),
    runFinished({ lane, trigger, outcome, durationMs }) {
      runs.inc({ lane, trigger, outcome });
      runSeconds.observe({ lane }, toSeconds(durationMs));
    },
    requestAnswered({ method, route, status, durationMs }) {
      const known = METHODS.has(method) ? method : "other";
      requests.inc({ method: known, route, status });
      requestSeconds.observe({ method: known, route }, toSeconds(durationMs));
    },
  };
}

/** A wall clock that was set back between two readings makes a negative duration, which no bucket is made for. */
function toSeconds(ms: number): number {
  return Math.max(0, ms) / 1_000;
}

function workCounts(registry: Registry) {
  const registers = [registry];
  const changes = new Counter({
    registers,
    name: "rosterbridge_changes_total",
    help: "Attempts at changes to the product, by kind and by what became of them.",
    labelNames: ["kind", "outcome"],
  });
  const leavers = new Histogram({
    registers,
    name: "rosterbridge_leaver_push_to_done_seconds",
    help: "From the word by which a leaver leaves to the written proof that they are shut out.",
    labelNames: ["word"],
    buckets: LEAVER_BUCKETS,
  });
  for (const kind of CHANGE_KINDS) for (const outcome of OUTCOMES) changes.inc({ kind, outcome }, 0);
  for (const word of WORDS) leavers.zero({ word });
  return { changes, leavers };
}

function runCounts(registry: Registry) {
  const registers = [registry];
  const runs = new Counter({
    registers,
    name: "rosterbridge_runs_total",
    help: "Runs that ended, by lane, by what started them, and by outcome.",
    labelNames: ["lane", "trigger", "outcome"],
  });
  const runSeconds = new Histogram({
    registers,
    name: "rosterbridge_run_duration_seconds",
    help: "How long runs took.",
    labelNames: ["lane"],
    buckets: RUN_BUCKETS,
  });
  return { runs, runSeconds };
}

function callCounts(registry: Registry) {
  const registers = [registry];
  const calls = new Counter({
    registers,
    name: "rosterbridge_product_calls_total",
    help: "Requests to the product, by HTTP status (none: no answer) and by the fault that was found (none: it is good).",
    labelNames: ["connector", "method", "status", "fault"],
  });
  const callSeconds = new Histogram({
    registers,
    name: "rosterbridge_product_call_duration_seconds",
    help: "From sending a request to the product to its whole answer.",
    labelNames: ["connector", "method"],
    buckets: CALL_BUCKETS,
  });
  const waitSeconds = new Histogram({
    registers,
    name: "rosterbridge_product_call_wait_seconds",
    help: "How long requests to the product stood in line for its rate limit before they were sent.",
    labelNames: ["connector"],
    buckets: WAIT_BUCKETS,
  });
  return { calls, callSeconds, waitSeconds };
}

function requestCounts(registry: Registry) {
  const registers = [registry];
  const requests = new Counter({
    registers,
    name: "rosterbridge_http_requests_total",
    help: "Requests that were answered, by method, route and status.",
    labelNames: ["method", "route", "status"],
  });
  const requestSeconds = new Histogram({
    registers,
    name: "rosterbridge_http_request_duration_seconds",
    help: "How long requests took to be answered.",
    labelNames: ["method", "route"],
    buckets: REQUEST_BUCKETS,
  });
  return { requests, requestSeconds };
}
