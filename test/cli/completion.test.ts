import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { completionScript, type CompletionNode } from "../../src/cli/completion-script.ts";
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
    { path: [], words: [{ word: "sub", about: nasty }], flags: [{ word: "--x", about: nasty, choices: [] }] },
    { path: ["sub"], words: [], flags: [] },
  ];
  t.deepEqual(await offered(t, completionScript("bash", nodes), "s"), ["sub"]);
  t.true(completionScript("fish", nodes).includes("-d 'it\\'s $(touch pwned) `x` \\\\'"));
});
