import { Gauge, type Registry } from "prom-client";
import { ALERT_TOPICS, type AlertSeverity } from "../../domain/alert.ts";
import type { Instant } from "../../domain/brand.ts";
import type { Measures } from "../../engine/measures.ts";
import { HOLDS } from "../../planning/pass.ts";
import type { LimitMeters } from "./limit-use.ts";

const SEVERITIES: readonly AlertSeverity[] = ["critical", "warning"];
/** Puts what was read in place of what was shown before; what is not there any more is not shown any more. */
export type ShowMeasures = (measures: Measures) => void;

/** Gauges of how things stand. */
export function createGauges(registry: Registry, meters: LimitMeters): ShowMeasures {
  const shows = [
    showPeople(registry),
    showHeld(registry),
    showFailing(registry),
    showRuns(registry),
    showHealth(registry),
    showLimits(registry, meters),
  ];
  return (measures) => {
    for (const show of shows) show(measures);
  };
}

function showPeople(registry: Registry): ShowMeasures {
  const staged = gauge(registry, "staged_people", "People staged, by directory and state.", ["directory", "state"]);
  const pushed = gauge(
    registry,
    "directory_last_push_timestamp_seconds",
    "When a directory last pushed, seconds since 1970; 0: never.",
    ["directory"],
  );
  const links = gauge(registry, "links", "People linked to an account, by whether they have left.", ["state"]);
  const woken = gauge(registry, "woken_people", "People who wait to be looked at by the urgent lane.", []);
  return (measures) => {
    staged.reset();
    pushed.reset();
    for (const { directory, active, inactive, deleted, lastPushAt } of measures.staged) {
      staged.set({ directory, state: "active" }, active);
      staged.set({ directory, state: "inactive" }, inactive);
      staged.set({ directory, state: "deleted" }, deleted);
      pushed.set({ directory }, secondsOf(lastPushAt));
    }
    links.set({ state: "active" }, measures.links.active);
    links.set({ state: "offboarded" }, measures.links.all - measures.links.active);
    woken.set(measures.woken);
  };
}

function showHeld(registry: Registry): ShowMeasures {
  const held = gauge(registry, "held_people", "People with something held, by the reason.", ["hold"]);
  const leavers = gauge(registry, "held_leavers", "Leavers whose account stays open until somebody acts.", []);
  const oldest = gauge(
    registry,
    "oldest_leaver_wait_seconds",
    "How long the leaver waits to be shut out who has waited longest; 0: nobody does.",
    [],
  );
  const waiting = gauge(registry, "waiting_for_seat_people", "People who wait for a seat, by pool.", ["seat"]);
  return (measures) => {
    for (const hold of HOLDS) held.set({ hold }, measures.held.get(hold) ?? 0);
    leavers.set(measures.heldLeavers);
    oldest.set(measures.oldestLeaverMs / 1_000);
    waiting.reset();
    for (const [seat, people] of measures.waiting) waiting.set({ seat }, people);
  };
}

function showFailing(registry: Registry): ShowMeasures {
  const retrying = gauge(
    registry,
    "retrying_people",
    "People whose last attempt failed and who are tried again, by the code of the error.",
    ["code"],
  );
  const dead = gauge(
    registry,
    "dead_letter_people",
    "People for whom at least three attempts failed, by the code of the error.",
    ["code"],
  );
  return ({ failing }) => {
    retrying.reset();
    dead.reset();
    for (const [code, people] of failing.retrying) retrying.set({ code }, people);
    for (const [code, people] of failing.deadLetters) dead.set({ code }, people);
  };
}

function showRuns(registry: Registry): ShowMeasures {
  const ended = gauge(
    registry,
    "run_ended_timestamp_seconds",
    "When the newest run of a lane ended, well or not, seconds since 1970; 0: none did.",
    ["lane"],
  );
  const succeeded = gauge(
    registry,
    "run_succeeded_timestamp_seconds",
    "When a run of a lane last came to its end, seconds since 1970; 0: none did.",
    ["lane"],
  );
  return ({ runs }) => {
    for (const { lane, endedAt, succeededAt } of runs) {
      ended.set({ lane }, secondsOf(endedAt));
      succeeded.set({ lane }, secondsOf(succeededAt));
    }
  };
}

function showHealth(registry: Registry): ShowMeasures {
  const healthy = gauge(registry, "component_healthy", "1: well; 0: degraded, as /health tells it.", ["component"]);
  const open = gauge(registry, "alerts_open", "Alerts that were raised and are not over.", ["topic", "severity"]);
  return ({ components, alerts }) => {
    for (const { component, status } of components) healthy.set({ component }, status === "ok" ? 1 : 0);
    for (const topic of ALERT_TOPICS) for (const severity of SEVERITIES) open.set({ topic, severity }, 0);
    for (const { topic, severity } of alerts) open.inc({ topic, severity });
  };
}

function showLimits(registry: Registry, meters: LimitMeters): ShowMeasures {
  const used = gauge(
    registry,
    "product_rate_limit_used_ratio",
    "Share of the product's rate limit in use, 0 to 1: of the configured one, and of the one that the product states.",
    ["connector", "limit"],
  );
  return () => {
    for (const [connector, meter] of meters.all()) {
      const { configured, stated } = meter.now();
      if (configured !== null) used.set({ connector, limit: "configured" }, configured);
      if (stated !== null) used.set({ connector, limit: "stated" }, stated);
    }
  };
}

function gauge<T extends string>(registry: Registry, name: string, help: string, labelNames: readonly T[]): Gauge<T> {
  return new Gauge({ registers: [registry], name: `rosterbridge_${name}`, help, labelNames: [...labelNames] });
}

function secondsOf(at: Instant | null): number {
  return at === null ? 0 : Date.parse(at) / 1_000;
}
