import test from "ava";
import { command } from "../support/toolbox.ts";

const COMMANDS = [
  [],
  ["init"],
  ["serve"],
  ["plan"],
  ["apply"],
  ["approve"],
  ["release"],
  ["mapping"],
  ["mapping", "show"],
  ["mapping", "set"],
  ["mapping", "preview"],
  ["mapping", "test"],
  ["mapping", "history"],
  ["mapping", "rollback"],
  ["token"],
  ["token", "create"],
  ["token", "list"],
  ["token", "rotate"],
  ["token", "revoke"],
  ["explain"],
  ["status"],
  ["runs"],
  ["proof"],
  ["audit"],
  ["audit", "verify"],
  ["audit", "export"],
  ["forget"],
  ["alerts"],
  ["alerts", "test"],
  ["config"],
  ["config", "show"],
  ["config", "schema"],
  ["doctor"],
  ["import"],
  ["backup"],
  ["restore"],
  ["resume"],
  ["recipe"],
  ["recipe", "test"],
  ["completion"],
  ["sandbox"],
  ["demo"],
] as const;

test("every help text is as it was agreed to", async (t) => {
  for (const path of COMMANDS) {
    const { code, out, errors } = await command([...path, "--help"]);
    t.is(code, 0);
    t.is(errors, "");
    t.snapshot(out, ["rosterbridge", ...path, "--help"].join(" "));
  }
});

test("every command is in the help of its parent", async (t) => {
  for (const path of COMMANDS) {
    if (path.length === 0) continue;
    const { out } = await command([...path.slice(0, -1), "--help"]);
    t.regex(out, new RegExp(`^  ${path.at(-1)}\\b`, "m"));
  }
});

for (const [title, args, message] of [
  ["no command", [], /Usage: rosterbridge/],
  ["an unknown command", ["plann"], /unknown command 'plann'/],
  ["an unknown option", ["plan", "--fast"], /unknown option '--fast'/],
  ["a word too many", ["plan", "now"], /too many arguments/],
  ["an option without its value", ["plan", "--format"], /argument missing/],
  ["a format that is none", ["plan", "--format", "xml"], /Allowed choices are table, json, markdown/],
  ["a scope that is none", ["token", "create", "--scope", "root"], /Allowed choices are admin, read, metrics, health/],
  ["an approval without a digest", ["approve", "--reason", "x"], /missing required argument 'digest'/],
  ["an approval without a reason", ["approve", "abcdef"], /required option '-r, --reason <text>' not specified/],
  ["no runs at all", ["runs", "--limit", "0"], /--limit 0 is no number from 1 to 10000/],
  ["a proof of nobody", ["proof"], /missing required argument 'person'/],
  ["a release without a reason", ["release", "ana"], /required option '-r, --reason <text>' not specified/],
  ["an explanation of nobody", ["explain"], /missing required argument 'person'/],
  ["a port that is none", ["sandbox", "--port", "70000"], /--port 70000 is no port/],
  ["seats that are no number", ["sandbox", "--seats", "standard"], /write it as standard=50/],
  ["a token command that is none", ["token", "destroy"], /unknown command 'destroy'/],
  ["both digest and file", ["apply", "--expect", "abcdef", "--plan", "x.json"], /not both/],
  ["an end of the chain that is none", ["audit", "verify", "--expect", "12"], /--expect 12 is no end of a chain/],
  ["a format of the audit log that is none", ["audit", "export", "--format", "xml"], /Allowed choices are jsonl, csv/],
  ["a time that is none", ["audit", "export", "--since", "2026-02-30"], /--since 2026-02-30 is no time: write a day/],
  ["a plan file that is not there", ["apply", "--plan", "/nowhere/plan.json"], /plan\.json is not there/],
] as const) {
  test(`${title} is a mistake of usage: 64, and one sentence that says what is wrong`, async (t) => {
    const { code, out, errors } = await command(args);
    t.is(code, 64);
    t.is(out, "");
    t.regex(errors, message);
  });
}

test("without a configuration a command ends with 78 and names the file", async (t) => {
  for (const args of [["plan"], ["status"], ["config", "show"], ["token", "list"]]) {
    const { code, errors } = await command(args);
    t.is(code, 78, args.join(" "));
    t.is(errors, "rosterbridge: sync.config.json cannot be used:\n  was not found");
  }
});

test("serve and demo end with the code of what they started", async (t) => {
  t.is((await command(["serve"], { serve: async () => 5 })).code, 5);
  t.is((await command(["demo"])).code, 0);
  t.is((await command(["demo", "--keep"])).code, 7);
});

test("an error that nobody expected shows nothing from below, and goes to the log", async (t) => {
  const { code, errors, log } = await command(["serve"], {
    serve: () => Promise.reject(new Error("ana@acme.example in /var/lib")),
  });
  t.is(code, 1);
  t.regex(errors, /an unexpected error/);
  t.false(errors.includes("ana@"));
  t.like(log, [{ event: "command.failed" }]);
});
