/** Pages that tell and show: each command, request, output and configuration in them is tried, from top to bottom. */
import { execFile } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import type { ExecutionContext } from "ava";
import { startBridge, bridgeFolder } from "../support/bridge-process.ts";
import { startCommand } from "../support/command-process.ts";
import { asksByCurl, playCurl } from "./curl-session.ts";
import { suiteOf } from "./kinds.ts";
import type { Block } from "./page.ts";
import { allPages, openPage, ROOT } from "./pages.ts";
import { aCompany, aCompanyWithMapping, aFirstLoad, type Scene } from "./scenes.ts";
import { faultOfSettings } from "./settings-part.ts";
import { faultsOfScript } from "./shell.ts";
import { play, putFile, withParts, type Stage } from "./stage.ts";

const SUITE = "test/docs/told-pages.test.ts";
/** A page takes up to thirty steps, on a machine that may be busy. */
const LONGEST_PAGE_MS = 120_000;

const run = promisify(execFile);
/** The filters of jq that the pages use, and nothing else. */
const SMALL_JQ = `
const [filter, detail] = process.argv.slice(2).filter((word) => !/^-[a-z]/i.test(word) && word !== "--arg").toReversed();
const { hash, hashing, erased, ...rest } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const sorted = (value) =>
  value === null || typeof value !== "object" ? value
  : Array.isArray(value) ? value.map(sorted)
  : Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
const answers = {
  ".hash": () => hash,
  ".sequence": () => String(rest.sequence),
  ".erased // empty": () => erased ?? "",
  ".detail": () => JSON.stringify(sorted(rest.detail)),
  "if .hashing == 1 then . else .detail = $detail end | del(.hash, .hashing, .erased)": () =>
    JSON.stringify(sorted(hashing === 1 ? rest : { ...rest, detail })),
};
process.stdout.write(answers[filter]());
`;

/** Where a page begins; a company at work unless told. */
const SCENES: Readonly<Record<string, (t: ExecutionContext) => Promise<Scene>>> = {
  "README.md": aFirstLoad,
  "docs/admin-api.md": aFirstLoad,
  "docs/mapping.md": aCompanyWithMapping,
  "docs/products/README.md": aFirstLoad,
};

for (const page of allPages()) {
  const blocks = page.blocks.filter((block) => suiteOf(page, block) === SUITE);
  if (blocks.length === 0) continue;

  test.serial(`${page.name}: what it shows is what happens`, async (t) => {
    t.timeout(LONGEST_PAGE_MS);
    let stage: Stage | null = null;
    for (const block of blocks) {
      const where = `${page.name}, line ${block.line}`;
      if (isStill(block)) t.is(faultOfStill(block), null, where);
      else await check(t, (stage ??= (await (SCENES[page.name] ?? aCompany)(t)).stage), block, where);
    }
  });
}

test("the check of an export in docs/operations.md says which row was changed", async (t) => {
  const { stage } = await aCompany(t);
  const script = openPage("docs/operations.md").blocks.find(({ language }) => language === "bash")?.text ?? "";
  const file = join(stage.path, "audit.jsonl");
  const rows = readFileSync(file, "utf8").split("\n");
  putFile(
    stage,
    "audit.jsonl",
    rows.with(1, (rows[1] ?? "").replace('"sequence":2', '"sequence":2,"more":1')).join("\n"),
  );
  t.is(await printedBy(stage, script), "broken at row 2\n");
});

/** Whether a block can be looked at without anything running. */
function isStill({ language }: Block): boolean {
  return language === "json" || language === "jsonc" || language === "text";
}

function faultOfStill(block: Block): string | null {
  if (block.language !== "text") return faultOfSettings(block);
  const strangers = strangersIn(block.text);
  return strangers.length === 0 ? null : `there is no ${strangers.join(", ")}`;
}

async function check(t: ExecutionContext, stage: Stage, block: Block, where: string): Promise<void> {
  if (asksByCurl(block)) await playCurl(stage, block);
  else if (block.language === "http" || block.language === "console") await play(stage, block);
  else if (block.language === "bash") t.is(await printedBy(stage, block.text), "", where);
  else t.deepEqual(await faultsOfScript(stage, block, (args) => start(t, stage, args)), [], where);
}

/** Starts what goes on for ever, as somebody in another terminal, and waits until it is there. */
async function start(t: ExecutionContext, stage: Stage, [name]: readonly string[]): Promise<void> {
  if (name === "sandbox") await startCommand(t, ["sandbox", "--port", "0"]).says(/export SANDBOX_TOKEN=\S+/);
  if (name !== "serve") return;
  const folder = bridgeFolder(t, withParts(stage.settings, { mode: "observe" }));
  const bridge = await startBridge(t, folder, stage.environment);
  t.is((await fetch(`${bridge.url}/readyz`)).status, 200);
  t.is((await bridge.stop()).code, 0);
}

/** What a script prints, in the folder of the page. It says nothing where all is well. */
async function printedBy(stage: Stage, script: string): Promise<string> {
  const { stdout, stderr } = await run("bash", ["--norc", "-c", script], {
    cwd: stage.path,
    env: { PATH: await pathWithJq(stage) },
  });
  return `${stdout}${stderr}`;
}

/** The machine's own jq, or one that can do just what the pages ask of it. */
async function pathWithJq({ path }: Stage): Promise<string> {
  const own = process.env["PATH"] ?? "";
  const isThere = own.split(":").some((folder) => existsSync(join(folder, "jq")));
  if (isThere) return own;
  const bin = join(path, "bin");
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, "jq"), `#!${process.execPath}\n${SMALL_JQ}`, { mode: 0o755 });
  return `${bin}:${own}`;
}

/** Names in a drawing such as `planning/fold` that are no file and no folder of src. */
function strangersIn(drawing: string): readonly string[] {
  const names = [...drawing.matchAll(/\b[a-z]+\/[a-z-]+\b/g)].map(([name]) => name);
  return names.filter((name) => {
    const [folder = "", file = ""] = name.split("/");
    const path = join(ROOT, "src", folder);
    return !existsSync(join(path, file)) && globSync(`**/${file}.ts`, { cwd: path }).length === 0;
  });
}
