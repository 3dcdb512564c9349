/** Whether `npm …` as a page writes it would be taken. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseOptions as parseBench } from "../../bench/options.ts";
import { parseOptions as parseSimulation } from "../simulation/options.ts";
import { ROOT } from "./pages.ts";
import { faultOf } from "./program-check.ts";

const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };
const OWN_COMMANDS = new Set(["ci", "install"]);

/** Reads what follows `--` and says what is wrong with it, by the script that gets it. */
const READERS: Readonly<Record<string, (args: readonly string[]) => string | null>> = {
  rosterbridge: faultOf,
  demo: (args) => faultOf(["demo", ...args]),
  bench: (args) => thrownBy(() => parseBench(args)),
  simulate: (args) => thrownBy(() => parseSimulation(args, 1)),
};

/** The script that `npm …` starts, and what it hands to it; null when it starts none. */
export function scriptOf(words: readonly string[]): { readonly name: string; readonly args: readonly string[] } | null {
  const [first = "", ...rest] = words.filter((word) => word !== "-s" && word !== "--silent");
  if (OWN_COMMANDS.has(first)) return null;
  const [name = "", ...after] = first === "run" ? rest : [first, ...rest];
  return { name, args: after[0] === "--" ? after.slice(1) : [] };
}

/** What is wrong with the words after `npm`; null when nothing is. */
export function faultOfNpm(words: readonly string[]): string | null {
  const script = scriptOf(words);
  if (script === null) return null;
  if (!Object.hasOwn(scripts, script.name)) return `there is no script ${script.name}`;
  const args = script.args.filter((word) => word !== "<command>");
  if (args.length === 0) return null;
  return READERS[script.name]?.(args) ?? (READERS[script.name] === undefined ? `${script.name} takes nothing` : null);
}

/** What a script reads after `--`, said without its name, is right for one of these scripts. */
export function isTakenBySome(names: readonly string[], args: readonly string[]): boolean {
  return names.some((name) => faultOfNpm(["run", name, "--", ...args]) === null);
}

function thrownBy(read: () => unknown): string | null {
  try {
    read();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
