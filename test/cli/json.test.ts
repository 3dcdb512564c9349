/** What `--json` prints is what docs/cli-json.md says, command by command. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { format, resolveConfig } from "prettier";
import { JSON_PAGE, SHAPES, jsonSections, readJsonPage, withSections } from "../../build/cli-json/page.ts";
import { formatOf } from "../../src/cli/json-document.ts";
import { createProgram } from "../../src/cli/program.ts";
import { tryRecipe } from "../../src/runtime/recipe-trial.ts";
import { restoreDatabase } from "../../src/store/restore.ts";
import { book, hire, openTestBridge, remove, runFull, type TestBridge } from "../support/bridge.ts";
import { folderWith } from "../support/config-files.ts";
import { command, testToolbox, type CommandSetting } from "../support/toolbox.ts";

interface Company extends CommandSetting {
  readonly bridge: TestBridge;
  readonly folder: string;
}

/** One who leaves with a meeting, one who stays, one who waits for a seat, one who is held, and files. */
async function company(t: ExecutionContext): Promise<Company> {
  const bridge = await openTestBridge(t, {
    directories: { acme: ["acme.example"] },
    seats: new Map([["standard" as never, 2]]),
    limits: { update: { floor: 0, max: 0, percent: null } },
  });
  const ana = await hire(bridge, "ana@acme.example", { department: "Sales", title: "Manager \u202e\u009b31m" });
  const bo = await hire(bridge, "bo@acme.example", { department: "Support" });
  await hire(bridge, "cy@acme.example");
  await runFull(bridge);
  book(bridge, "ana@acme.example");
  const folder = folderWith(t, {
    "mapping.json": {
      groups: { rules: [{ when: 'title co "X"', group: "G" }] },
      tests: [{ given: { userName: "x" }, groups: [] }],
    },
    "people.csv": "userName,email\ndi@acme.example,di@acme.example\nbad\n",
  });
  await remove(bridge, ana.id);
  t.truthy(bo.id);
  return {
    bridge,
    folder,
    restore: (_, backup, agree) =>
      restoreDatabase({ filename: join(folder, "restored.db"), backup, ambient: bridge.ambient, agree }),
    tryRecipe: (trial) =>
      tryRecipe(trial, { ambient: bridge.ambient, environment: { T: "t", W: "w" }, cwd: "/", configured: () => null }),
    examine: async function* examined() {
      yield {
        kind: "finding",
        area: "store",
        subject: "disk",
        verdict: "warning",
        detail: "Tight.",
        remedy: "Make room.",
      };
      yield { kind: "finding", area: "clock", subject: "clock", verdict: "good", detail: "Right." };
      yield { kind: "abilities", product: "Calendly", abilities: [{ ability: "seats", value: "yes" }] };
    },
  };
}

type Prepare = (setting: Company) => Promise<readonly string[]>;

/** What each command of the page is run with; some need a command before them. */
const RUNS: Readonly<Record<string, Prepare>> = {
  plan: async () => ["plan"],
  apply: async () => ["apply", "--yes"],
  "explain PERSON": async () => ["explain", "ana@acme.example"],
  "proof PERSON": async (setting) => {
    await command(["apply", "--yes"], setting);
    return ["proof", "ana@acme.example"];
  },
  status: async () => ["status"],
  runs: async () => ["runs"],
  "runs ID": async (setting) => ["runs", JSON.parse((await command(["runs", "--json"], setting)).out)[0].id as string],
  "mapping show": async () => ["mapping", "show"],
  "mapping set FILE": async ({ folder }) => ["mapping", "set", join(folder, "mapping.json"), "-r", "x", "--yes"],
  "mapping history": async () => ["mapping", "history"],
  "mapping preview FILE": async ({ folder }) => ["mapping", "preview", join(folder, "mapping.json")],
  "mapping test FILE": async ({ folder }) => ["mapping", "test", join(folder, "mapping.json")],
  "token create": async () => ["token", "create", "--directory", "acme", "--expires", "90d"],
  "token rotate ID": async (setting) => ["token", "rotate", await aToken(setting), "--overlap", "1h"],
  "token list": async (setting) => {
    await aToken(setting);
    return ["token", "list"];
  },
  "audit verify": async () => ["audit", "verify"],
  "audit export": async () => ["audit", "export"],
  "import FILE": async ({ folder }) => ["import", join(folder, "people.csv"), "-d", "acme", "--skip-invalid"],
  "forget PERSON": async (setting) => {
    await command(["apply", "--yes"], setting);
    return ["forget", "ana@acme.example", "--reason", "asked", "--yes"];
  },
  "backup FILE": async ({ folder }) => ["backup", join(folder, "backup.db")],
  "restore FILE": async (setting) => {
    const file = join(setting.folder, "backup.db");
    await command(["backup", file], setting);
    return ["restore", file, "--yes"];
  },
  doctor: async () => ["doctor"],
  "recipe test FILE": async () => [
    "recipe",
    "test",
    "chilipiper",
    "--base-url",
    "http://127.0.0.1:1",
    "--token-env",
    "T",
    "--setting-env",
    "workspaceId=W",
  ],
};

async function aToken(setting: CommandSetting): Promise<string> {
  const { out } = await command(["token", "create", "--scope", "admin", "--json"], setting);
  return (JSON.parse(out) as { readonly id: string }).id;
}

for (const { command: name, as, schema } of SHAPES) {
  // Webhooks have a test of their own: what they answer is a list of objects.
  const prepare = RUNS[name];
  if (prepare === undefined) continue;
  test(`${name} --json prints what the page says, and nothing that a terminal would act on`, async (t) => {
    const setting = await company(t);
    const args = await prepare(setting);
    const { out } = await command([...args, ...(name === "audit export" ? [] : ["--json"])], setting);
    t.notRegex(out.replaceAll("\n", ""), /[\p{Cc}\p{Cf}]/u);
    const documents: unknown[] =
      as === "lines" ? out.split("\n").map((line) => JSON.parse(line) as unknown) : [JSON.parse(out)];
    for (const document of documents) t.deepEqual(schema.safeParse(document).error?.issues ?? [], [], name);
  });
}

test("whoever says no gets a document that says so", async (t) => {
  const setting = { ...(await company(t)), answers: [false] };
  for (const name of ["apply", "forget PERSON", "restore FILE", "mapping set FILE"]) {
    const args = (await RUNS[name]?.(setting))?.filter((word) => word !== "--yes") ?? [];
    const { out } = await command([...args, "--json"], setting);
    const shape = SHAPES.find((one) => one.command === name);
    t.deepEqual(shape?.schema.safeParse(JSON.parse(out)).error?.issues ?? [], [], `${name}: ${out}`);
  }
});

test("every command that takes --json has a section of the page, and is tried here", (t) => {
  const tried = new Set(SHAPES.map(({ command: name }) => name.replace(/ [A-Z]+$/, "")));
  const missing = jsonCommands(createProgram(testToolbox().toolbox, () => undefined)).filter(
    (name) => !tried.has(name),
  );
  // The one prints a configuration; the other saves what `mapping set` saves, and prints the same.
  t.deepEqual(missing, ["mapping rollback", "config show"]);
  const untried = SHAPES.map(({ command: name }) => name).filter((name) => !Object.hasOwn(RUNS, name));
  t.deepEqual(untried, ["alerts test"]);
});

function jsonCommands(parent: ReturnType<typeof createProgram>, words: readonly string[] = []): readonly string[] {
  const own = parent.options.some(({ long }) => long === "--json") ? [words.join(" ")] : [];
  return [...own, ...parent.commands.flatMap((child) => jsonCommands(child, [...words, child.name()]))];
}

test("the page is fresh: otherwise run node build/write-cli-json.ts", async (t) => {
  const page = readJsonPage();
  const options = await resolveConfig(JSON_PAGE);
  const fresh = await format(withSections(page, jsonSections()), { ...options, parser: "markdown" });
  t.true(fresh === page);
});

test("a plan that is written to a file is the same document, and apply takes it", async (t) => {
  const setting = await company(t);
  const file = join(setting.folder, "plan.json");
  t.is((await command(["plan", "--format", "json", "--out", file], setting)).code, 0);
  const { out } = await command(["plan", "--json"], setting);
  t.is((JSON.parse(out) as { readonly format: string }).format, formatOf("plan"));
  t.not((await command(["apply", "--plan", file], setting)).code, 64);
  writeFileSync(file, out);
  t.not((await command(["apply", "--plan", file], setting)).code, 64);
});
