import { execFileSync, spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { CompletionNode } from "../../src/cli/completion/node.ts";
import { completionScript } from "../../src/cli/completion-script.ts";
import { aFolder } from "../support/store-files.ts";
import { command } from "../support/toolbox.ts";

/** What bash offers behind these words, of which the last is being typed. */
async function offered(t: ExecutionContext, script: string, ...words: readonly string[]): Promise<readonly string[]> {
  const file = join(await aFolder(t), "completion.bash");
  await writeFile(file, script);
  const line = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _rosterbridge; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync("bash", ["--norc", "-c", line, "bash", file, "rosterbridge", ...words], {
    encoding: "utf8",
  });
  return out.split("\n").filter((word) => word !== "");
}

test("bash completes commands, what stands behind them, options, and values that are one of a few", async (t) => {
  const { code, out } = await command(["completion", "bash"]);
  t.is(code, 0);
  t.deepEqual(await offered(t, out, "tok"), ["token"]);
  t.deepEqual([...(await offered(t, out, "token", ""))].slice(0, 4), ["create", "list", "rotate", "revoke"]);
  t.deepEqual(await offered(t, out, "token", "rotate", "--o"), ["--overlap"]);
  t.deepEqual(await offered(t, out, "token", "rotate", "0123456789", "--o"), ["--overlap"]);
  t.deepEqual(await offered(t, out, "token", "create", "--scope", "me"), ["metrics"]);
  t.deepEqual(await offered(t, out, "completion", "z"), ["zsh"]);
  t.deepEqual(await offered(t, out, "nothing", "like", "--that"), []);
});

test("bash leaves files to readline, and offers nothing where a text is meant", async (t) => {
  const { out } = await command(["completion", "bash"]);
  t.deepEqual(await offered(t, out, "plan", "--out", "src"), []);
  t.deepEqual(await offered(t, out, "plan", "--person", ""), []);
  t.deepEqual(await offered(t, out, "plan", "-p", ""), []);
  t.deepEqual(await offered(t, out, "plan", "-f", "m"), ["markdown"]);
  t.deepEqual(await offered(t, out, "token", "create", "--scope", "=", "me"), ["metrics"]);
  t.deepEqual(await offered(t, out, "token", "create", "--scope", "="), ["admin", "read", "metrics", "health"]);
  t.deepEqual(await offered(t, out, "restore", ""), []);
  t.deepEqual(await offered(t, out, "restore", "--y"), ["--yes"]);
});

/** Whether this machine has it; tests of other shells than bash are for those that do. */
function isThere(shell: string): boolean {
  return spawnSync(shell, ["-c", "exit 0"]).status === 0;
}

/** What fish offers for this line, without what it is for. */
async function fishOffers(t: ExecutionContext, script: string, line: string): Promise<readonly string[]> {
  const file = join(await aFolder(t), "completion.fish");
  await writeFile(file, script);
  const run = spawnSync("fish", ["--no-config", "-c", "source $argv[1]; complete -C $argv[2]", file, line], {
    encoding: "utf8",
    cwd: import.meta.dirname,
  });
  t.is(run.stderr, "");
  return run.stdout.split("\n").flatMap((row) => (row === "" ? [] : [row.split("\t")[0] ?? ""]));
}

/** What zsh offers: its own helpers are replaced by some that tell what they were given. */
async function zshOffers(t: ExecutionContext, script: string, ...words: readonly string[]): Promise<readonly string[]> {
  const file = join(await aFolder(t), "completion.zsh");
  await writeFile(file, script);
  const helpers = [
    "compdef() { :; }",
    "compset() { :; }",
    '_describe() { local all=$argv[-1] one; for one in "${(@P)all}"; do print -r -- "${one%%:*}"; done; }',
    "_files() { print FILES; }",
    'source "$1"; shift; words=("$@"); CURRENT=$#; _rosterbridge',
  ];
  const run = spawnSync("zsh", ["-f", "-c", helpers.join("\n"), "zsh", file, "rosterbridge", ...words], {
    encoding: "utf8",
  });
  t.is(run.stderr, "");
  const last = words.at(-1) ?? "";
  const typed = last.startsWith("--") && last.includes("=") ? last.slice(last.indexOf("=") + 1) : last;
  return run.stdout.split("\n").filter((row) => row !== "" && (row === "FILES" || row.startsWith(typed)));
}

for (const [words, wanted] of [
  [["tok"], ["token"]],
  [["token", "re"], ["revoke"]],
  [["token", "rotate", "--o"], ["--overlap"]],
  [["token", "create", "--scope", "me"], ["metrics"]],
  [["token", "create", "--expires", "30d", "--sc"], ["--scope"]],
  [["plan", "--person", ""], []],
  [["completion", "z"], ["zsh"]],
  [["nothing", "like", "--that"], []],
] as const) {
  const line = `rosterbridge ${words.join(" ")}`;
  if (isThere("fish")) {
    test(`fish offers what fits: ${line}`, async (t) => {
      const { out } = await command(["completion", "fish"]);
      t.deepEqual([...(await fishOffers(t, out, line))], [...wanted]);
    });
  }
  if (isThere("zsh")) {
    test(`zsh offers what fits: ${line}`, async (t) => {
      const { out } = await command(["completion", "zsh"]);
      t.deepEqual([...(await zshOffers(t, out, ...words))], [...wanted]);
    });
  }
}

if (isThere("fish")) {
  test("fish offers files where a file is meant, and nowhere else", async (t) => {
    const { out } = await command(["completion", "fish"]);
    for (const line of ["restore completion", "plan --out completion", "import completion"])
      t.deepEqual([...(await fishOffers(t, out, `rosterbridge ${line}`))], ["completion.test.ts"], line);
    t.deepEqual([...(await fishOffers(t, out, "rosterbridge plan completion"))], []);
    t.deepEqual([...(await fishOffers(t, out, "rosterbridge token create --scope=me"))], ["--scope=metrics"]);
  });
}

if (isThere("zsh")) {
  test("zsh offers files where a file is meant, and nowhere else", async (t) => {
    const { out } = await command(["completion", "zsh"]);
    for (const words of [
      ["restore", ""],
      ["plan", "--out", ""],
      ["import", ""],
    ])
      t.deepEqual([...(await zshOffers(t, out, ...words))], ["FILES"], words.join(" "));
    t.deepEqual([...(await zshOffers(t, out, "plan", ""))], []);
    t.deepEqual([...(await zshOffers(t, out, "token", "create", "--scope=me"))], ["metrics"]);
  });
}

for (const shell of ["zsh", "fish"] as const) {
  test(`${shell} gets a script of its own, which names every command`, async (t) => {
    const { out } = await command(["completion", shell]);
    for (const word of ["token", "rotate", "backup", "restore", "resume", "import", "--skip-invalid"]) {
      t.true(out.includes(word.replace(/^--/, shell === "fish" ? "-l " : "--")), word);
    }
  });
}

test("another shell is refused with those that there are", async (t) => {
  const { code, errors } = await command(["completion", "tcsh"]);
  t.is(code, 64);
  t.regex(errors, /Allowed choices are bash, zsh, fish/);
});

test("what commands say of themselves is never run by the shell", async (t) => {
  const nasty = "it's $(touch pwned) `x` \\";
  const nodes: readonly CompletionNode[] = [
    {
      path: [],
      words: [{ word: "sub", about: nasty }],
      flags: [{ words: ["--x"], about: nasty, value: null }],
      takesFile: false,
    },
    { path: ["sub"], words: [], flags: [], takesFile: false },
  ];
  t.deepEqual(await offered(t, completionScript("bash", nodes), "s"), ["sub"]);
  if (isThere("zsh")) t.deepEqual([...(await zshOffers(t, completionScript("zsh", nodes), "s"))], ["sub"]);
  t.true(completionScript("fish", nodes).includes("-d 'it\\'s $(touch pwned) `x` \\\\'"));
});
