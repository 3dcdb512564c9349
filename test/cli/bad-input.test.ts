/** Every command and every option of it with what people, scripts and attackers may hand to it. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { Command, Option } from "commander";
import { exitCodeOf } from "../../src/cli/exit-codes.ts";
import { createProgram } from "../../src/cli/program.ts";
import { safeLines } from "../../src/cli/safe-lines.ts";
import { loadConfig } from "../../src/config/load.ts";
import { ConfigError } from "../../src/domain/errors.ts";
import { productSchemas } from "../../src/runtime/connectors.ts";
import { tryRecipe } from "../../src/runtime/recipe-trial.ts";
import { restoreDatabase } from "../../src/store/restore.ts";
import { hire, openTestBridge, runFull, type TestBridge } from "../support/bridge.ts";
import { folderWith } from "../support/config-files.ts";
import { command, testToolbox, type CommandResult, type CommandSetting } from "../support/toolbox.ts";

/** A command that does something, by the words that lead to it. */
interface Leaf {
  readonly words: readonly string[];
  readonly name: string;
  readonly command: Command;
}

function leavesOf(parent: Command, words: readonly string[] = []): readonly Leaf[] {
  const children = parent.createHelp().visibleCommands(parent);
  const own = children.filter((child) => child.name() !== "help");
  if (own.length === 0) return [{ words, name: words.join(" "), command: parent }];
  return own.flatMap((child) => leavesOf(child, [...words, child.name()]));
}

const LEAVES = leavesOf(createProgram(testToolbox().toolbox, () => undefined));

/** Names of what may go wrong with a file; the files are made by `filesIn`. */
const FILES = [
  "missing.json",
  "folder",
  "empty.json",
  "blank.csv",
  "binary.csv",
  "big.json",
  "odd.json",
  "proto.json",
  "twice.json",
  "nul.csv",
  "deep.json",
] as const;

/**
 * What each command needs to run at all: a new command fails the tests below until it has a row. Names in braces are files
 * of `filesIn`, or are written.
 */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  init: ["--product", "linktime", "--idp", "okta", "--domain", "acme.example", "--out", "{out}", "--force"],
  serve: [],
  plan: [],
  apply: ["--yes"],
  approve: ["0123456789ab", "--reason", "r"],
  release: ["ana@acme.example", "--reason", "r"],
  "mapping show": [],
  "mapping set": ["{mapping}", "--reason", "r", "--yes"],
  "mapping preview": ["{mapping}"],
  "mapping test": ["{mapping}"],
  "mapping history": [],
  "mapping rollback": ["1", "--reason", "r", "--yes"],
  "token create": ["--directory", "acme"],
  "token list": [],
  "token rotate": ["0123456789"],
  "token revoke": ["0123456789"],
  explain: ["ana@acme.example"],
  forget: ["ana@acme.example", "--reason", "r", "--yes"],
  status: [],
  runs: [],
  proof: ["ana@acme.example"],
  "audit verify": [],
  "audit export": [],
  "alerts test": [],
  import: ["{people}", "--directory", "acme", "--format", "csv"],
  backup: ["{out}"],
  restore: ["{file}", "--yes"],
  resume: ["--reason", "r"],
  "config show": [],
  "config schema": [],
  doctor: [],
  "recipe test": [
    "chilipiper",
    "--base-url",
    "http://127.0.0.1:1",
    "--token-env",
    "T",
    "--setting-env",
    "workspaceId=W",
  ],
  sandbox: ["--port", "0"],
  demo: [],
  completion: ["bash"],
};

test("every command has a row here", (t) => {
  t.deepEqual(
    LEAVES.map(({ name }) => name).filter((name) => !Object.hasOwn(NEEDED, name)),
    [],
  );
});

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

/** What a fault of usage has to look like: one message, what to do next, nothing on standard output, 64. */
function usageFaults({ code, out, errors, log }: CommandResult): readonly string[] {
  return [
    ...(code === 64 ? [] : [`ended with ${code}`]),
    ...(out === "" ? [] : ["printed something"]),
    ...(errors === "" ? ["said nothing"] : []),
    ...leaks(errors),
    ...(log.length === 0 ? [] : ["wrote to the log"]),
  ];
}

/** Traces, and characters that a terminal would act on. */
function leaks(text: string): readonly string[] {
  return [
    ...(/[\p{Cc}\u202e]/u.test(text.replaceAll("\n", "")) ? ["control characters"] : []),
    ...(/\n\s+at |file:\/\/|unexpected error|node_modules|\[object|undefined|NaN/.test(text)
      ? ["tells about the inside"]
      : []),
  ];
}

for (const { words, name, command: leaf } of LEAVES) {
  const options = leaf.createHelp().visibleOptions(leaf);
  const needed = NEEDED[name] ?? [];

  test(`${name}: what is no usage of it is refused with 64`, async (t) => {
    const bad: (readonly [string, readonly string[]])[] = [
      ["an unknown option", [...needed, "--nonsense"]],
      ["a word too many", [...needed, ...Array.from({ length: 3 }, () => "more")]],
    ];
    if (leaf.registeredArguments.some(({ required }) => required)) bad.push(["no argument", []]);
    for (const option of options.filter(({ mandatory }) => mandatory))
      bad.push([
        `no ${option.long}`,
        needed.filter((word, index) => word !== option.long && needed[index - 1] !== option.long),
      ]);
    for (const option of options.filter(takesValue)) {
      bad.push([`${option.long} without a value`, [...needed, option.long ?? ""]]);
      if (option.argChoices !== undefined)
        bad.push([`${option.long} with another choice`, [...needed, option.long ?? "", "\u001b[31mred"]]);
    }
    for (const [what, args] of bad) {
      const result = await command([...words, ...args]);
      t.deepEqual(usageFaults(result), [], `${what}: ${result.errors}`);
    }
  });
}

/** Files that no command can make sense of. */
function filesIn(t: ExecutionContext): string {
  const folder = folderWith(t, {
    "empty.json": "",
    "blank.csv": "\n\r\n",
    "odd.json": '{"evil\\u001b[31m": "\u001b[31mred\u202e", ',
    "proto.json": '{"__proto__": {"x": 1}, "constructor": {"prototype": 1}}',
    "twice.json": '{"summary": {"digest": "a"}, "summary": {"digest": "b"}}',
    file: "no backup",
    mapping: "{}",
    people: "userName\nbo@acme.example\n",
    "nul.csv": 'userName,email\r\n"ana\u0000@acme.example",x\r\n',
    "deep.json": "[".repeat(100_000),
  });
  writeFileSync(join(folder, "binary.csv"), Buffer.from(Array.from({ length: 2_000 }, (_, at) => (at * 151) % 256)));
  writeFileSync(join(folder, "big.json"), `{"a":"${"a".repeat(10_000_000)}"}`);
  mkdirSync(join(folder, "folder"));
  return folder;
}

const HOSTILE = [
  "",
  " ",
  "-1",
  "1e9",
  "9".repeat(30),
  "\u001b[31mred\u001b[0m\u0007\u202e",
  "a\nb\rc",
  "a\0b",
  "__proto__",
  "constructor",
  "x".repeat(20_000),
  "../nowhere/x",
  "' OR 1=1 --",
  "%s%n",
  "\ud800",
] as const;

/** What commands of these tests have to work with: somebody who is in the product. */
async function setting(t: ExecutionContext): Promise<CommandSetting & { readonly bridge: TestBridge }> {
  const bridge = await openTestBridge(t, { directories: { acme: ["acme.example"] } });
  await hire(bridge, "ana@acme.example", { department: "Sales" });
  await runFull(bridge);
  const database = join(folderWith(t, {}), "restored.db");
  return {
    bridge,
    restore: (_, backup, agree) => restoreDatabase({ filename: database, backup, ambient: bridge.ambient, agree }),
    tryRecipe: (trial) =>
      tryRecipe(trial, { ambient: bridge.ambient, environment: { T: "t", W: "w" }, cwd: "/", configured: () => null }),
    async *examine() {},
    // What goes on until it is stopped stops at once.
    interrupted: AbortSignal.abort(),
  };
}

/** Everything that is wrong with how a command took something hostile. */
function complaints({ code, out, errors, log }: CommandResult, isData: boolean): readonly string[] {
  const isFine = code === 0 || code === 2;
  return [
    ...leaks(errors),
    ...(isData ? [] : leaks(out)),
    ...(isFine || errors !== "" ? [] : ["failed without a word"]),
    ...(isFine || out === "" || code === 3 || code === 4 || code === 1
      ? []
      : [`printed something, and ended with ${code}`]),
    ...(log.some(({ level }) => level === "error") ? ["logged an error"] : []),
  ];
}

/** What is written to: within the folder of the test, whatever it is called. */
const WRITES = new Set(["init --out", "plan --out", "audit export --out", "backup <file>"]);

/** The needed arguments with one of them replaced, or added; the configuration is not read here. */
function variants(
  leaf: Leaf,
  needed: readonly string[],
): readonly (readonly [string, (value: string) => readonly string[]])[] {
  const {
    command: { registeredArguments },
    command,
  } = leaf;
  const options = command
    .createHelp()
    .visibleOptions(command)
    .filter(takesValue)
    .filter(({ argChoices, long }) => argChoices === undefined && long !== "--config");
  return [
    ...registeredArguments.map((argument, index): readonly [string, (value: string) => readonly string[]] => [
      `<${argument.name()}>`,
      (value) =>
        index < needed.length ? [...needed.slice(0, index), value, ...needed.slice(index + 1)] : [value, ...needed],
    ]),
    ...options.map((option): readonly [string, (value: string) => readonly string[]] => [
      option.long ?? "",
      (value) => {
        const at = needed.indexOf(option.long ?? "");
        const rest = at < 0 ? needed : [...needed.slice(0, at), ...needed.slice(at + 2)];
        return [...rest, `${option.long}=${value}`];
      },
    ]),
  ];
}

for (const leaf of LEAVES) {
  const needed = NEEDED[leaf.name];
  if (needed === undefined) continue;

  test(`${leaf.name}: hostile values and files are taken, or refused with one sentence`, async (t) => {
    const tools = await setting(t);
    const folder = filesIn(t);
    chmodSync(folder, 0o700);
    const filled = needed.map((word) => word.replace(/^\{(\w+)\}$/, (_, name: string) => join(folder, name)));
    const found: string[] = [];
    for (const [what, argsWith] of variants(leaf, filled)) {
      for (const value of [...HOSTILE, ...FILES.map((file) => join(folder, file))]) {
        const isWritten = WRITES.has(`${leaf.name} ${what}`) && !value.startsWith(folder);
        const args = [...leaf.words, ...argsWith(isWritten ? `${folder}/${value}` : value)];
        const result = await command(args, tools);
        const isData = args.includes("--json");
        const wrong = complaints(result, isData);
        if (wrong.length > 0)
          found.push(
            `${what} ${JSON.stringify(value).slice(0, 60)}: ${wrong.join(", ")}: ${result.code} ${JSON.stringify(result.errors.slice(0, 300))} ${JSON.stringify(result.out.slice(0, 100))} ${JSON.stringify(result.log.at(-1)?.error instanceof Error ? (result.log.at(-1)?.error as Error).stack?.slice(0, 600) : "")}`,
          );
      }
    }
    t.deepEqual(found, []);
  });
}

test("no option and no argument of any command takes a secret: only where one stands", (t) => {
  const taken = LEAVES.flatMap(({ name, command: leaf }) => [
    ...leaf.options.filter(takesValue).map(({ long }) => `${name} ${long}`),
    ...leaf.registeredArguments.map((argument) => `${name} ${argument.name()}`),
  ]);
  const secret = taken.filter((one) => /(?:token|secret|password|passphrase|credential|key|bearer)$/i.test(one));
  t.deepEqual(secret, []);
  const places = taken.filter((one) => /token|secret|password/i.test(one.slice(one.lastIndexOf(" "))));
  t.deepEqual(
    places.filter((one) => !/-(?:env|file)$/.test(one)),
    [],
  );
});

test("a configuration that is none is refused with one sentence: 78, and where in the file it is", (t) => {
  const folder = filesIn(t);
  for (const name of FILES) {
    const load = () =>
      loadConfig({ path: join(folder, name), environment: {}, cwd: "/", products: productSchemas, isCron: () => true });
    const error = t.throws(load, { instanceOf: ConfigError }, name);
    t.is(exitCodeOf(error), 78);
    t.deepEqual(leaks(safeLines(error?.message ?? "")), [], name);
  }
});

test("an approval that is an hour old lets nothing through any more", async (t) => {
  const bridge = await openTestBridge(t, { limits: { create: { floor: 0, max: 0, percent: null } } });
  await hire(bridge, "ana@acme.example");
  const { out } = await command(["plan", "--json"], { bridge });
  const { summary } = JSON.parse(out) as { readonly summary: { readonly digest: string } };
  t.is((await command(["approve", summary.digest, "--reason", "looked at"], { bridge })).code, 0);
  bridge.clock.advance(2 * 3_600_000);
  const { code } = await command(["apply", "--yes"], { bridge });
  t.is(code, 3);
  t.is(bridge.product.state.byEmail("ana@acme.example"), undefined);
});
