import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { withProgress } from "../../src/cli/progress.ts";
import { runCli } from "../../src/cli/run.ts";
import { ConnectorError } from "../../src/domain/errors.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import { hire, MAPPING, openTestBridge, runFull, saveMapping, type TestBridge } from "../support/bridge.ts";
import { aFolder } from "../support/store-files.ts";
import { command, testToolbox, type CommandResult, type ShownBar } from "../support/toolbox.ts";

const DEPARTMENTS = ["Sales", "Support", "Sales"] as const;

/** So many people, all staged. */
async function company(t: ExecutionContext, people: number): Promise<TestBridge> {
  const bridge = await openTestBridge(t);
  for (let index = 0; index < people; index += 1) {
    await hire(bridge, `p${index}@acme.example`, { department: DEPARTMENTS[index % 3] ?? "" });
  }
  return bridge;
}

async function fileWith(t: ExecutionContext, name: string, content: string | JsonObject): Promise<string> {
  const file = join(await aFolder(t), name);
  await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

/** Each bar as its title and its last word; `!` where it was left behind. */
function told(t: ExecutionContext, { bars, code, errors }: CommandResult): readonly string[] {
  t.is(code, 0, errors);
  for (const bar of bars) expectSteady(t, bar);
  return bars.map(({ title, updates, isEnded }) => {
    const [done, total] = updates.at(-1) ?? [];
    return `${title} ${done}/${total}${isEnded ? "" : "!"}`;
  });
}

function expectSteady(t: ExecutionContext, { title, updates }: ShownBar): void {
  const done = updates.map(([count]) => count);
  t.is(done[0], 0, `${title} begins with nothing`);
  t.deepEqual(
    done,
    done.toSorted((one, other) => one - other),
    `${title} never goes back`,
  );
  t.is(new Set(updates.map(([, total]) => total)).size, 1, `${title} keeps its total`);
}

test("plan tells how many accounts are listed, of as many as are known, and how many people are planned", async (t) => {
  const bridge = await company(t, 5);
  t.deepEqual(told(t, await command(["plan"], { bridge })), ["Listing accounts 1/null", "Planning people 5/5"]);
  await runFull(bridge);
  t.deepEqual(told(t, await command(["plan"], { bridge })), ["Listing accounts 6/5", "Planning people 5/5"]);
  const one = await command(["plan", "--person", "p1@acme.example"], { bridge });
  t.deepEqual(told(t, one), ["Planning people 1/1"]);
});

test("apply tells for how many people something was done, of those for whom something was to be done", async (t) => {
  const bridge = await company(t, 4);
  const first = await command(["apply", "--yes"], { bridge });
  t.deepEqual(told(t, first), ["Listing accounts 1/null", "Planning people 4/4", "Applying the plan 4/4"]);
  await hire(bridge, "new@acme.example");
  const asked = await command(["apply"], { bridge, answers: [true] });
  t.deepEqual(told(t, asked), [
    "Listing accounts 5/4",
    "Planning people 5/5",
    "Listing accounts 5/4",
    "Planning people 5/5",
    "Applying the plan 1/1",
  ]);
});

test("no bar is there while a plan is shown or a question waits", async (t) => {
  const bridge = await company(t, 2);
  const open: boolean[] = [];
  const { toolbox, bars } = testToolbox({ bridge });
  await withProgress(toolbox, ({ onProgress, end }) =>
    bridge.services().reconciler.run({
      lane: "full",
      trigger: "cli",
      stop: toolbox.interrupted,
      onProgress,
      async confirm() {
        end();
        open.push(bars.some(({ isEnded }) => !isEnded));
        return true;
      },
    }),
  );
  t.deepEqual(open, [false]);
  t.deepEqual(
    bars.map(({ title, isEnded }) => [title, isEnded]),
    [
      ["Listing accounts", true],
      ["Planning people", true],
      ["Applying the plan", true],
    ],
  );
  const questions: boolean[] = [];
  await hire(bridge, "new@acme.example");
  const asking = testToolbox({
    bridge,
    answers: [() => Promise.resolve(questions.push(asking.bars.some(({ isEnded }) => !isEnded)) > 0)],
    onPrint: () => questions.push(asking.bars.some(({ isEnded }) => !isEnded)),
  });
  t.is(await runCli(["apply"], asking.toolbox), 0);
  t.true(questions.length > 3);
  t.false(questions.includes(true));
});

test("a preview, and a save that needs one, tell how many people are compared", async (t) => {
  const bridge = await company(t, 3);
  await saveMapping(bridge, {});
  await runFull(bridge);
  const file = await fileWith(t, "new.json", MAPPING);
  const compared = ["Listing accounts 4/3", "Comparing people 3/3"];
  t.deepEqual(told(t, await command(["mapping", "preview", file], { bridge })), compared);
  t.deepEqual(told(t, await command(["mapping", "preview", file, "--staged"], { bridge })), ["Comparing people 3/3"]);
  t.deepEqual(told(t, await command(["mapping", "set", file, "-r", "x", "--yes"], { bridge })), compared);
});

test("people of a directory that is no longer configured count neither as done nor as to be done", async (t) => {
  const bridge = await openTestBridge(t, { directories: { acme: ["acme.example"], globex: ["globex.example"] } });
  await hire(bridge, "ana@acme.example");
  await hire(bridge, "bo@globex.example", {}, "globex" as Parameters<typeof hire>[3]);
  const { directories } = bridge.settings;
  bridge.restart({ directories: directories.filter(({ id }) => id === "acme") });
  t.deepEqual(told(t, await command(["plan"], { bridge })), ["Listing accounts 1/null", "Planning people 1/1"]);
  const file = await fileWith(t, "new.json", MAPPING);
  const preview = await command(["mapping", "preview", file, "--staged"], { bridge });
  t.deepEqual(told(t, preview), ["Comparing people 1/1"]);
});

test("an import tells how many rows it has looked at and staged, and how many groups", async (t) => {
  const bridge = await openTestBridge(t);
  const rows = ["ana@acme.example,Sales", "bo@acme.example,Sales;Leads", "cy@acme.example,"];
  const file = await fileWith(t, "people.csv", ["userName,groups", ...rows].join("\n"));
  const run = ["import", file, "--directory", "acme"];
  t.deepEqual(told(t, await command([...run, "--dry-run"], { bridge })), ["Checking rows 3/3"]);
  const staged = await command(run, { bridge });
  t.deepEqual(told(t, staged), ["Checking rows 3/3", "Staging rows 3/3", "Staging groups 2/2"]);
  t.deepEqual(told(t, await command(run, { bridge })), ["Checking rows 3/3", "Staging rows 3/3"]);
});

test("verify and export of the audit log tell how many rows they have come by", async (t) => {
  const bridge = await company(t, 4);
  t.deepEqual(told(t, await command(["audit", "verify"], { bridge })), ["Verifying rows 4/4"]);
  const file = join(await aFolder(t), "audit.jsonl");
  t.deepEqual(told(t, await command(["audit", "export", "--out", file], { bridge })), ["Exporting rows 4/4"]);
  const few = await command(["audit", "export", "--person", "p2@acme.example"], { bridge });
  t.deepEqual(told(t, few), ["Exporting rows 1/1"]);
  t.is(few.out.split("\n").length, 1);
  const none = await command(["audit", "export", "--since", "2100-01-01"], { bridge });
  t.deepEqual(told(t, none), []);
});

test("trying a recipe counts its operations, of which nobody knows how many there are", async (t) => {
  async function* rows() {
    for (const subject of ["listAccounts", "getAccount"]) yield { subject, verdict: "good" as const, detail: "" };
  }
  const tried = await command(["recipe", "test", "x.json"], { tryRecipe: rows });
  t.deepEqual(told(t, tried), ["Trying operations 2/null"]);
});

test("a bar is gone when the command fails", async (t) => {
  const bridge = await company(t, 2);
  bridge.product.failReads(new ConnectorError("unavailable", "It is down."));
  const { code, bars, errors } = await command(["plan"], { bridge });
  t.is(code, 69);
  t.regex(errors, /It is down/);
  t.deepEqual(
    bars.map(({ title, isEnded }) => [title, isEnded]),
    [["Listing accounts", true]],
  );
});

test("a bar is gone as soon as the command is asked to stop, though what is under way goes on, and none comes again", async (t) => {
  const stop = new AbortController();
  const { toolbox, bars } = testToolbox({ interrupted: stop.signal });
  const seen: (boolean | undefined)[] = [];
  const result = await withProgress(toolbox, async ({ onProgress }) => {
    onProgress("planning", 1, 5);
    seen.push(bars[0]?.isEnded);
    stop.abort();
    seen.push(bars[0]?.isEnded);
    onProgress("planning", 2, 5);
    onProgress("applying", 0, 5);
    return "ended";
  });
  t.is(result, "ended");
  t.deepEqual(seen, [false, true]);
  t.deepEqual(bars, [{ title: "Planning people", updates: [[1, 5]], isEnded: true }]);
});

test("what is reported late, after the work has ended, shows nothing", async (t) => {
  const { toolbox, bars } = testToolbox();
  const late = await withProgress(toolbox, async ({ onProgress }) => onProgress);
  late("planning", 1, 5);
  t.deepEqual(bars, []);
});
