import { profileFlags, runChild } from "./children.ts";
import { startProduct, type Companies } from "./company.ts";
import { count, duration, figure, megabytes, times, type Figure, type Section } from "./figure.ts";
import type { PreviewInput, PreviewResult } from "./mapping-preview-child.ts";
import type { Options } from "./options.ts";
import { DEPARTMENTS } from "./people.ts";
import { median } from "./statistics.ts";

const GOAL_MS = 5_000;

interface Way {
  readonly name: string;
  readonly way: PreviewInput["way"];
  readonly departments: number;
}

const ALL = DEPARTMENTS.length;
const WAYS: readonly Way[] = [
  { name: "one in five moves, what is staged", way: "staged", departments: 1 },
  { name: "everybody moves, what is staged", way: "staged", departments: ALL },
  { name: "one in five moves, with the product's list", way: "listed", departments: 1 },
  { name: "everybody moves, with the product's list", way: "listed", departments: ALL },
];

/** Previews of an edited mapping over a company in sync, each in a process of its own, beside reading and mapping it once. */
export async function measureMappingPreview(companies: Companies, options: Options): Promise<Section> {
  const people = Math.max(...options.fullRuns.filter((size) => size <= 100_000));
  const product = await startProduct(people);
  try {
    const { configFile } = await companies.place("mapping-preview", people, { productUrl: product.url });
    const measure = (way: PreviewInput["way"], departments: number): Promise<PreviewResult> => {
      const input: PreviewInput = { way, departments, configFile, rounds: options.rounds };
      const flags = profileFlags(options.profileTo, `mapping-preview-${way}-${departments}`);
      return runChild<PreviewResult>("mapping-preview-child.ts", input, flags);
    };
    const floor = await measure("floor", 0);
    const figures: Figure[] = [];
    for (const one of WAYS) {
      const result = await measure(one.way, one.departments);
      figures.push(toFigure(one, people, result, floor));
    }
    return {
      title: `A preview of an edited mapping, ${count(people)} people; median of ${options.rounds} rounds in one process`,
      figures: [
        ...figures,
        figure("floor", duration(median(floor.ms)), { cpuUs: cpuUs(floor, people), ratio: megabytes(floor.peakBytes) }),
      ],
      notes: ["Floor: everybody is read from the store and mapped once, and nothing is done with it."],
    };
  } finally {
    await product.stop();
  }
}

function toFigure({ name, departments }: Way, people: number, result: PreviewResult, floor: PreviewResult): Figure {
  const expected = Math.round((people * departments) / ALL);
  if (result.moves !== expected) throw new Error(`${result.moves} people moved instead of ${expected}.`);
  const ms = median(result.ms);
  const isGoal = people >= 100_000;
  return figure(name, duration(ms), {
    goal: isGoal ? "< 5 s" : "",
    isMet: isGoal ? ms < GOAL_MS : null,
    cpuUs: cpuUs(result, people),
    ratio: `${times(ms, median(floor.ms), "floor")}, ${megabytes(result.peakBytes)}`,
  });
}

function cpuUs({ cpuMs }: PreviewResult, people: number): number {
  return (median(cpuMs) * 1_000) / people;
}
