/** The shell blocks of a page: what each line does, and doing it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { runAt, type Printed } from "./command-line.ts";
import { sendCurl } from "./curl.ts";
import { faultOfDocker } from "./docker.ts";
import { faultOfNpm, scriptOf } from "./npm.ts";
import { wordsOf, type Block } from "./page.ts";
import { ROOT } from "./pages.ts";
import { faultOf } from "./program-check.ts";
import { digestOf, tokenFor, type Stage } from "./stage.ts";

/** Exit codes that are no fault: done, and changes pending or held. */
const FINE = new Set([0, 2, 3]);
const LEFT_BEHIND = 4;
/** They go on until they are stopped, or take their time: whoever plays a page starts them as processes, or leaves it. */
const ENDLESS = new Set(["serve", "sandbox", "demo"]);
const TOKEN_ID = /^[0-9a-f]{10}$/;
/** Commands of the system that lay out a place. Files of ours that they name have to be there. */
const SYSTEM = new Set(["cp", "mkdir", "sudo", "chown", "chmod", "export", "source", "cd"]);

/** The simple commands of a script, without comments and prompts; `a && b` and `a | b` are two. */
export function commandsOfScript(text: string): readonly string[] {
  return text
    .replaceAll(/\\\n\s*/g, " ")
    .split("\n")
    .flatMap((line) => line.replace(/(?:^|\s)#.*$/, "").split(/ (?:&&|\|) /))
    .map((command) => command.trim())
    .filter((command) => command !== "");
}

/** Checks and runs a script. Gives what is wrong with it, a sentence for each command; `started` hears of what goes on for ever. */
export async function faultsOfScript(
  stage: Stage,
  { text }: Pick<Block, "text">,
  started: (args: readonly string[]) => Promise<void> = () => Promise.resolve(),
): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const command of commandsOfScript(text)) {
    const fault = await faultOfCommand(stage, command, started);
    if (fault !== null) faults.push(`${command}: ${fault}`);
  }
  return faults;
}

async function faultOfCommand(
  stage: Stage,
  command: string,
  started: (args: readonly string[]) => Promise<void>,
): Promise<string | null> {
  const [program = "", ...args] = wordsOf(command);
  if (program === "rosterbridge") return faultOfRun(stage, args, started);
  if (program === "docker") return faultOfDocker(args);
  if (program === "curl") return sendCurl(stage, args);
  // The line before has an answer that was looked at; what picks a part of it out is the reader's.
  if (program === "jq") return null;
  if (program === "node") return existsSync(join(ROOT, args[0] ?? "")) ? null : "there is no such file";
  if (SYSTEM.has(program)) return faultOfSystem(args);
  if (program !== "npm") return "nobody here knows this command: teach test/docs/shell.ts what it is";
  const fault = faultOfNpm(args);
  const script = scriptOf(args);
  return fault === null && script?.name === "rosterbridge" ? faultOfRun(stage, script.args, started) : fault;
}

async function faultOfRun(
  stage: Stage,
  args: readonly string[],
  started: (args: readonly string[]) => Promise<void>,
): Promise<string | null> {
  const fault = faultOf(args);
  if (fault !== null) return fault;
  if (ENDLESS.has(args[0] ?? "")) {
    await started(args);
    return null;
  }
  const printed = await runAt(stage, await filledIn(stage, args));
  // A trial that writes says so where it may not take away whom it made.
  const isTrial = args[0] === "recipe" && printed.code === LEFT_BEHIND;
  return FINE.has(printed.code) || isTrial ? null : describe(printed);
}

/** Puts in what a reader does: the digest of the plan, the id of a token. */
function filledIn(stage: Stage, args: readonly string[]): Promise<readonly string[]> {
  return Promise.all(
    args.map(async (word) => {
      if (word === "DIGEST") return digestOf(stage);
      return args[0] === "token" && TOKEN_ID.test(word) ? tokenIdOf(stage) : word;
    }),
  );
}

/** The id of the token that the IdP has. */
async function tokenIdOf(stage: Stage): Promise<string> {
  return (await tokenFor(stage, "scim")).split("_")[1] ?? "";
}

function describe({ code, out, errors }: Printed): string {
  return `it ended with ${code}. ${errors}\n${out}`;
}

/** `sync.config.example.json` and other files of ours. */
function faultOfSystem(args: readonly string[]): string | null {
  const ours = args.filter((word) => /^[\w./-]+\.example\.json$/.test(word));
  const missing = ours.find((word) => !existsSync(join(ROOT, word)));
  return missing === undefined ? null : `there is no ${missing}`;
}
