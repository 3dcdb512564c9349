import { readFile } from "node:fs/promises";
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { createSeededRandom } from "../support/seeded-random.ts";
import { createEngineTrial } from "./engine-trial.ts";
import { mutantsOf, type Mutant } from "./mutants.ts";
import { ENGINE_SUITES, suitesFor } from "./suites.ts";
import { createTrials } from "./trials.ts";

/** What decides: the planner and its guards. Words for people are not mutated. */
const MUTATED = "src/planning/*.ts";
const WORDS = /\/(?:hold-words|plan-style|render|draft|context)\.ts$/;
const GOAL_PERCENT = 90;

interface Case extends Mutant {
  readonly file: string;
}

/** Who noticed the fault: Node, which cannot load the file (then it does not count), some suite, or nobody. */
type Killer = "node" | "own" | "planning" | "endless" | "engine" | null;

interface Verdict extends Case {
  readonly killer: Killer;
}

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    sample: { type: "string" },
    seed: { type: "string", default: "1" },
    jobs: { type: "string", default: String(availableParallelism()) },
    engine: { type: "boolean", default: false },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  const cases = chosen(await readCases());
  const planned = await tryAll(cases);
  return report(options.engine ? await tryOnEngine(planned) : planned);
}

async function readCases(): Promise<readonly Case[]> {
  const files = globSync(MUTATED).filter((file) => !WORDS.test(file) && file.includes(options.only));
  const all = await Promise.all(
    files.sort().map(async (file) => mutantsOf(await readFile(file, "utf8")).map((mutant) => ({ file, ...mutant }))),
  );
  return all.flat();
}

/** All of them, or as many as were asked for, the same for the same seed. */
function chosen(cases: readonly Case[]): readonly Case[] {
  if (options.sample === undefined) return cases;
  const random = createSeededRandom(Number(options.seed));
  const left = [...cases];
  return Array.from({ length: Math.min(left.length, Number(options.sample)) }, () =>
    left.splice(random.below(left.length), 1),
  ).flat();
}

/** Every fault against the planner's tests, several at a time. */
async function tryAll(cases: readonly Case[]): Promise<readonly Verdict[]> {
  const queue = cases.entries();
  const verdicts = new Map<number, Verdict>();
  const worker = async (): Promise<void> => {
    const trials = createTrials();
    try {
      for (const [index, mutant] of queue) {
        const killer = await trials.try({ ...mutant, ...suitesFor(mutant.file) });
        verdicts.set(index, { ...mutant, killer });
        process.stderr.write(`\r${verdicts.size} of ${cases.length} `);
      }
    } finally {
      trials.end();
    }
  };
  await expectGreen(cases);
  await Promise.all(Array.from({ length: Number(options.jobs) }, worker));
  return cases.flatMap((_, index) => verdicts.get(index) ?? []);
}

async function expectGreen([first]: readonly Case[]): Promise<void> {
  if (first === undefined) return;
  const trials = createTrials();
  const source = await readFile(first.file, "utf8");
  const killer = await trials.try({ file: first.file, source, ...suitesFor(first.file) });
  trials.end();
  if (killer !== null) throw new Error("Without any mutant, tests of the planner fail: see `ava test/planning`.");
}

/** Those who survived that, one by one, against the engine. */
async function tryOnEngine(verdicts: readonly Verdict[]): Promise<readonly Verdict[]> {
  const engine = await createEngineTrial();
  try {
    if (!(await engine.passes()))
      throw new Error(`Without any mutant, tests of the engine fail: see \`ava ${ENGINE_SUITES.join(" ")}\`.`);
    const all: Verdict[] = [];
    for (const verdict of verdicts) {
      const isCaught = verdict.killer === null && !(await engine.passes(verdict));
      all.push(isCaught ? { ...verdict, killer: "engine" } : verdict);
      process.stderr.write(`\r${all.length} of ${verdicts.length} `);
    }
    return all;
  } finally {
    await engine.remove();
  }
}

function report(verdicts: readonly Verdict[]): number {
  const counted = verdicts.filter(({ killer }) => killer !== "node");
  process.stderr.write("\n");
  for (const file of new Set(counted.map((verdict) => verdict.file))) {
    console.log(`${file}: ${score(counted.filter((verdict) => verdict.file === file))}`);
  }
  for (const { killer, file, line, was, becomes } of counted) {
    if (killer === null) console.log(`survives: ${file}:${line}  ${oneLine(was)}  →  ${oneLine(becomes)}`);
  }
  console.log(`All: ${score(counted)}; not counted, since they cannot be loaded: ${verdicts.length - counted.length}`);
  return percentOf(counted) >= GOAL_PERCENT ? 0 : 1;
}

function score(verdicts: readonly Verdict[]): string {
  const by = (name: Killer): number => verdicts.filter(({ killer }) => killer === name).length;
  const words = `${verdicts.length - by(null)} of ${verdicts.length} killed (${percentOf(verdicts).toFixed(1)} %)`;
  const killers = `${by("own")} by its own tests, ${by("planning")} by the planner's, ${by("engine")} by the engine's`;
  return `${words}: ${killers}, ${by("endless")} never end`;
}

function percentOf(verdicts: readonly Verdict[]): number {
  if (verdicts.length === 0) return 0;
  return (verdicts.filter(({ killer }) => killer !== null).length / verdicts.length) * 100;
}

function oneLine(text: string): string {
  const flat = text.replace(/\s+/g, " ").trim();
  return flat === "" ? "(left out)" : flat.slice(0, 80);
}
