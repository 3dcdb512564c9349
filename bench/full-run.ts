import { profileFlags, runChild } from "./children.ts";
import { startProduct, type Companies, type Product } from "./company.ts";
import { count, duration, figure, megabytes, times, type Figure, type Section } from "./figure.ts";
import type { FullRunInput, FullRunResult } from "./full-run-child.ts";
import type { Options } from "./options.ts";
import type { ProductCalls } from "./product-server.ts";
import { median } from "./statistics.ts";

const GOAL_RATIO = 2;
const GOAL_BYTES = 300e6;

interface Measured extends FullRunResult {
  readonly calls: ProductCalls;
}

/** Full runs over companies that are in sync, each way in a process of its own, beside the floor of the same company. */
export async function measureFullRuns(companies: Companies, options: Options): Promise<Section> {
  const figures: Figure[] = [];
  for (const people of options.fullRuns) {
    const product = await startProduct(people);
    try {
      figures.push(...(await measureCompany(companies, people, product, options)));
    } finally {
      await product.stop();
    }
  }
  return {
    title: `A full run over people in sync; the product answers at once; median of ${options.rounds} rounds in one process`,
    figures,
    notes: [
      "Floor: the same pages fetched by node:http and parsed by JSON.parse, then the same rows read by plain knex.",
      "CPU is for each person. Memory is the peak of a process that does nothing else.",
    ],
  };
}

async function measureCompany(
  companies: Companies,
  people: number,
  product: Product,
  options: Options,
): Promise<readonly Figure[]> {
  const { configFile, storeFile } = await companies.place(`full-run-${people}`, people, { productUrl: product.url });
  const measure = async (way: FullRunInput["way"]): Promise<Measured> => {
    await product.takeCalls();
    const input: FullRunInput = { way, configFile, storeFile, productUrl: product.url, rounds: options.rounds };
    const flags = profileFlags(options.profileTo, `${way.replace(" ", "-")}-${people}`);
    const result = await runChild<FullRunResult>("full-run-child.ts", input, flags);
    return { ...result, calls: await product.takeCalls() };
  };
  const floor = await measure("floor");
  const dryRun = await measure("dry run");
  const inSync = await measure("in sync");
  const pages = Math.ceil(people / 500);
  const isLarge = people >= 100_000;
  const cpuUs = (one: Measured): number => (median(one.cpuMs) * 1_000) / people;
  const line = (way: string, one: Measured): Figure =>
    figure(`${count(people)} people, ${way}`, duration(median(one.ms)), {
      goal: isLarge ? "≤ 2 × floor" : "",
      isMet: isLarge ? median(one.ms) <= GOAL_RATIO * median(floor.ms) : null,
      cpuUs: cpuUs(one),
      ratio: `${times(median(one.ms), median(floor.ms), "floor")} (${times(cpuUs(one), cpuUs(floor), "its CPU")}), first ${duration(one.ms[0] ?? NaN)}`,
    });
  const memory = Math.max(dryRun.peakBytes, inSync.peakBytes);
  const calls = Object.values(inSync.calls).reduce((sum, one) => sum + one, 0) / options.rounds;
  return [
    line("dry run", dryRun),
    line("run", inSync),
    figure("  its peak memory", megabytes(memory), {
      goal: isLarge ? "< 300 MB" : "",
      isMet: isLarge ? memory < GOAL_BYTES : null,
      ratio: `${megabytes(inSync.startBytes)} at its start, ${megabytes(floor.peakBytes)} floor`,
    }),
    figure("  its product calls", count(calls), {
      goal: "pages + groups + seats",
      isMet: calls === pages + 2,
      ratio: `${pages} pages + 2`,
    }),
    figure("  floor", duration(median(floor.ms)), {
      cpuUs: cpuUs(floor),
      ratio: `first ${duration(floor.ms[0] ?? NaN)}`,
    }),
  ];
}
