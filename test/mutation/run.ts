import { spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { globSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createSeededRandom } from "../support/seeded-random.ts";
import { mutantsOf, type Mutant } from "./mutants.ts";

/** What decides: the planner and its guards. Words for people are not mutated. */
const MUTATED = "src/planning/*.ts";
const WORDS = /\/(?:hold-words|plan-style|render|draft|context)\.ts$/;
/** Asked one after the other: whoever survives the first meets the second. */
const SUITES: readonly (readonly string[])[] = [["test/planning"], ["test/engine"]];
const COPIED = ["src", "migrations", "test", "config", "package.json", "tsconfig.json", "sync.config.example.json"];
/** A mutant that never ends is dead, too. */
const PATIENCE_MS = 240_000;
const GOAL_PERCENT = 90;

interface Case extends Mutant {
  readonly file: string;
}

interface Verdict extends Case {
  readonly survived: boolean;
}

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    sample: { type: "string" },
    seed: { type: "string", default: "1" },
    jobs: { type: "string", default: String(availableParallelism()) },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  const cases = chosen(await readCases());
  const queue = cases.entries();
  const verdicts: Verdict[] = [];
  const worker = async (): Promise<void> => {
    const folder = await copyOfTree();
    try {
      await expectGreen(folder);
      for (const [index, mutant] of queue) {
        verdicts.push({ ...mutant, survived: await survives(folder, mutant) });
        const alive = verdicts.filter(({ survived }) => survived).length;
        process.stderr.write(`\r${verdicts.length} of ${cases.length} (last begun: ${index + 1}), ${alive} survive `);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: Number(options.jobs) }, worker));
  return report(verdicts);
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

/** Each worker has a tree of its own: the one that people work in is never touched. */
async function copyOfTree(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mutants-"));
  for (const part of COPIED) await cp(part, join(folder, part), { recursive: true });
  await symlink(join(process.cwd(), "node_modules"), join(folder, "node_modules"));
  return folder;
}

async function expectGreen(folder: string): Promise<void> {
  for (const suite of SUITES) {
    if (!(await passes(folder, suite))) throw new Error(`The tests of ${suite.join(", ")} fail without any mutant.`);
  }
}

async function survives(folder: string, { file, source }: Case): Promise<boolean> {
  const path = join(folder, file);
  const original = await readFile(path, "utf8");
  await writeFile(path, source);
  try {
    for (const suite of SUITES) if (!(await passes(folder, suite))) return false;
    return true;
  } finally {
    await writeFile(path, original);
  }
}

function passes(folder: string, suite: readonly string[]): Promise<boolean> {
  const program = join(folder, "node_modules", "ava", "entrypoints", "cli.mjs");
  const child = spawn(process.execPath, [program, "--fail-fast", ...suite], { cwd: folder, stdio: "ignore" });
  const impatience = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  return new Promise((resolve) => {
    child.on("close", (code) => {
      clearTimeout(impatience);
      resolve(code === 0);
    });
  });
}

function report(verdicts: readonly Verdict[]): number {
  const survivors = verdicts.filter(({ survived }) => survived);
  process.stderr.write("\n");
  for (const file of new Set(verdicts.map((verdict) => verdict.file))) {
    const own = verdicts.filter((verdict) => verdict.file === file);
    const killed = own.filter(({ survived }) => !survived).length;
    console.log(`${file}: ${killed} of ${own.length} killed`);
  }
  for (const { file, line, was, becomes } of survivors) {
    console.log(`survives: ${file}:${line}  ${oneLine(was)}  →  ${oneLine(becomes)}`);
  }
  const percent = verdicts.length === 0 ? 0 : ((verdicts.length - survivors.length) / verdicts.length) * 100;
  console.log(`${verdicts.length - survivors.length} of ${verdicts.length} killed: ${percent.toFixed(1)} %`);
  return percent >= GOAL_PERCENT ? 0 : 1;
}

function oneLine(text: string): string {
  const flat = text.replace(/\s+/g, " ").trim();
  return flat === "" ? "(left out)" : flat.slice(0, 80);
}
