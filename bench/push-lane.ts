import { profileFlags, runChild } from "./children.ts";
import { startProduct, type Companies } from "./company.ts";
import { count, duration, figure, times, type Figure, type Section } from "./figure.ts";
import type { Options } from "./options.ts";
import type { PushLaneInput, PushLaneResult } from "./push-lane-child.ts";
import { median, quantile } from "./statistics.ts";

const WARM_UP = 10;

/** What one changed person costs, from the wake-up to the end of the run, in companies of different sizes. */
export async function measurePushLane(companies: Companies, options: Options): Promise<Section> {
  const results: {
    readonly people: number;
    readonly runMs: readonly number[];
    readonly cpuMs: number;
    readonly calls: number;
  }[] = [];
  for (const people of options.pushLane) {
    const product = await startProduct(people);
    try {
      const { configFile } = await companies.place(`push-lane-${people}`, people, { productUrl: product.url });
      const input: PushLaneInput = { configFile, people, warmUp: WARM_UP, changes: options.changes };
      const flags = profileFlags(options.profileTo, `push-lane-${people}`);
      const { runMs, cpuMs } = await runChild<PushLaneResult>("push-lane-child.ts", input, flags);
      const calls = Object.values(await product.takeCalls()).reduce((sum, one) => sum + one, 0);
      results.push({ people, runMs, cpuMs, calls: calls / (WARM_UP + options.changes) });
    } finally {
      await product.stop();
    }
  }
  const smallest = results[0];
  const figures = results.map(({ people, runMs, cpuMs, calls }): Figure => {
    const isBeside = smallest !== undefined && people !== smallest.people;
    const beside = isBeside
      ? `${times(median(runMs), median(smallest.runMs), `${count(smallest.people)} people`)} (${times(cpuMs, smallest.cpuMs, "its CPU")}), `
      : "";
    return figure(`one change among ${count(people)}`, duration(median(runMs)), {
      goal: "independent of the number",
      p50: quantile(runMs, 0.5),
      p99: quantile(runMs, 0.99),
      cpuUs: cpuMs * 1_000,
      ratio: `${beside}${calls} calls a change`,
    });
  });
  return {
    title: `The push lane: one person's displayName changes; the run alone, without debounce; ${options.changes} changes`,
    figures,
    notes: [],
  };
}
