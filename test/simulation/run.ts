import { availableParallelism } from "node:os";
import process from "node:process";
import { playBatch, type BatchResult } from "./batch.ts";
import { summarize } from "./coverage.ts";
import { HELP, parseOptions, type Options } from "./options.ts";
import { findPlant, PLANTS } from "./plants.ts";
import { findProduct } from "./products.ts";
import { createProgress } from "./progress.ts";
import { simulate } from "./simulate.ts";
import { openTheatre } from "./theatre.ts";

// npm run simulate: many histories, or one that is told in full. Ends with 1 when an invariant was broken.

async function replay(seed: number, { plant, product }: Options): Promise<number> {
  const theatre = await openTheatre();
  try {
    const { history, broken } = await simulate(theatre, seed, findPlant(plant), findProduct(product));
    print(history.join("\n"));
    print(broken.length === 0 ? `Seed ${seed}: nothing was broken.` : `Seed ${seed} broke:\n${list(broken)}`);
    return broken.length === 0 ? 0 : 1;
  } finally {
    await theatre.close();
  }
}

async function playMany(options: Options): Promise<number> {
  const { from, seeds, jobs, plant, product } = options;
  const startedMs = performance.now();
  const progress = createProgress(process.stderr, seeds, () => performance.now());
  const result = await playBatch({
    from,
    seeds,
    jobs,
    plant,
    product,
    onSeed(message, done, failed) {
      progress.show(done, failed);
      if (message.broken.length === 0) return;
      progress.end();
      print(
        `Seed ${message.seed} broke:\n${list(message.broken.slice(0, 3))}\n  again: ${command(message.seed, options)}`,
      );
    },
  });
  progress.end();
  report(result, (performance.now() - startedMs) / 1_000, options);
  return result.failures.length === 0 ? 0 : 1;
}

function report({ done, failures, coverage }: BatchResult, seconds: number, options: Options): void {
  const rate = (done / seconds).toFixed(1);
  print(`${done} seeds in ${seconds.toFixed(0)} s (${rate}/s), ${failures.length} failed.`);
  for (const { seed } of failures.slice(0, 20)) print(`  ${command(seed, options)}`);
  for (const { what, covered, total, missed } of summarize(coverage, findProduct(options.product))) {
    print(`Covered ${covered} of ${total} ${what}.${missed.length === 0 ? "" : " Never reached:"}`);
    if (missed.length > 0) print(list(missed));
  }
}

function command(seed: number, { plant, product }: Options): string {
  const more = [
    ...(plant === "none" ? [] : [`--plant ${plant}`]),
    ...(product === "sandbox" ? [] : [`--product ${product}`]),
  ];
  return ["npm run simulate --", `--seed ${seed}`, ...more].join(" ");
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join("\n");
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), availableParallelism());
  if (options.help) print(HELP);
  else if (options.listPlants) print(PLANTS.map(({ name, what }) => `${name}: ${what}`).join("\n"));
  else return options.replay === null ? playMany(options) : replay(options.replay, options);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 64;
}
