import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Measures } from "../../engine/measures.ts";
import type { Clock } from "../../ports/ambient.ts";
import type { Metrics } from "../../ports/metrics.ts";
import type { MetricsPage } from "../../server/metrics-route.ts";
import { createGauges } from "./gauges.ts";
import { createLimitMeters } from "./limit-use.ts";
import { createRecorder } from "./recorder.ts";

/** Milliseconds between two looks at the delay of the event loop. */
const LOOP_PRECISION_MS = 20;

/** What is counted in this process, and how it is shown to Prometheus. */
export interface Prometheus {
  readonly metrics: Metrics;
  /** The page for a scrape; `read` is asked each time for how things stand. */
  page(read: () => Promise<Measures>): MetricsPage;
}

/** How it is made. `hasProcess`: with memory, processor time, event loop and garbage collection of this process. */
export interface PrometheusOptions {
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly version: string;
  readonly hasProcess: boolean;
}

/** Makes a registry of its own: two bridges in one process count apart. */
export function createPrometheus({ clock, version, hasProcess }: PrometheusOptions): Prometheus {
  const registry = new Registry();
  const meters = createLimitMeters(clock);
  const metrics = createRecorder(registry, meters);
  const show = createGauges(registry, meters);
  const build = new Gauge({
    registers: [registry],
    name: "rosterbridge_build_info",
    help: "Always 1; the version of Rosterbridge is a label.",
    labelNames: ["version"],
  });
  build.set({ version }, 1);
  if (hasProcess) collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_PRECISION_MS });
  return {
    metrics,
    page: (read) => ({
      contentType: registry.contentType,
      async text() {
        show(await read());
        // prom-client writes "Nan" where nothing was measured yet; the format has it as Go writes it.
        return (await registry.metrics()).replaceAll(/ Nan$/gm, " NaN");
      },
    }),
  };
}
