import { readFileSync } from "node:fs";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { pathToFileURL, fileURLToPath } from "node:url";
import fc from "fast-check";
import { runTest, takeTests } from "./stand-in.ts";

/** One fault to be tried, with the test files to ask: own first, then the others. */
export interface Trial {
  readonly file: string;
  readonly source: string;
  readonly own: readonly string[];
  readonly others: readonly string[];
}

/** `null`: every test passes. `node`: the file cannot be loaded. `busy` comes before each file and each test. */
export type Answer = "busy" | "node" | "own" | "planning" | null;

const ROOT = pathToFileURL(`${process.cwd()}/`).href;
/** What is evaluated anew for each trial: the planner, its tests, and whatever stands between them. */
const ANEW = new RegExp(`^${RegExp.escape(ROOT)}(?:src/(?:planning|engine)|test/(?:planning|support))/`);
const originals = new Map<string, string>();
let current: Trial | null = null;
let count = 0;

// The same faults die in every run, and nobody waits for the smallest example.
fc.configureGlobal({ seed: 1, endOnFailure: true });

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === "ava") return { url: new URL("stand-in.ts", import.meta.url).href, shortCircuit: true };
    const found = next(specifier, context);
    return ANEW.test(found.url) && !found.url.includes("?") ? { ...found, url: `${found.url}?trial=${count}` } : found;
  },
  load(url, context, next) {
    const [plain = url, trial] = url.split("?trial=");
    return trial === undefined
      ? next(url, context)
      : { format: "module", source: withFault(plain), shortCircuit: true };
  },
});

process.on("message", (trial: Trial) => {
  void judge(trial).then((answer) => process.send?.({ answer }));
});

async function judge(trial: Trial): Promise<Answer> {
  current = trial;
  count += 1;
  try {
    await import(`${ROOT}${trial.file}`);
  } catch {
    return "node";
  }
  if (!(await allPass(trial.own))) return "own";
  return (await allPass(trial.others)) ? null : "planning";
}

async function allPass(files: readonly string[]): Promise<boolean> {
  takeTests();
  try {
    for (const file of files) {
      process.send?.({ answer: "busy" });
      await import(`${ROOT}${file}`);
      for (const test of takeTests()) {
        process.send?.({ answer: "busy" });
        await runTest(test);
      }
    }
    return true;
  } catch {
    return false;
  }
}

/** A module without its types; the one in question with the fault in it. */
function withFault(url: string): string {
  if (current !== null && url === `${ROOT}${current.file}`) return stripTypeScriptTypes(current.source);
  const known = originals.get(url);
  if (known !== undefined) return known;
  const stripped = stripTypeScriptTypes(readFileSync(fileURLToPath(url), "utf8"));
  originals.set(url, stripped);
  return stripped;
}
