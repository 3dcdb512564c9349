/**
 * Plays the pages for identity providers, from top to bottom: configurations are used by a daemon, requests are sent to it, and
 * commands run beside it. What a page shows of an answer must be in the answer.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import test from "ava";
import type { ExecutionContext } from "ava";
import { isJsonArray, isJsonObject } from "../../src/domain/json.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import { productSchemas } from "../../src/runtime/connectors.ts";
import { loadConfig } from "../../src/config/load.ts";
import { bridgeFolder, startBridge, type BridgeFolder, type BridgeProcess } from "../support/bridge-process.ts";
import { runCommand } from "../support/command-process.ts";
import { startLiveSandbox } from "../support/live-sandbox.ts";
import { SANDBOX_TOKEN } from "../support/sandbox.ts";
import { command } from "../support/toolbox.ts";
import { until } from "../support/until.ts";
import {
  FENCE,
  exchangeOf,
  headingsOf,
  linksOf,
  missingLine,
  readPage,
  sessionOf,
  settingsOf,
  wordsOf,
  type Block,
  type Page,
} from "./page.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const EXAMPLE = JSON.parse(readFileSync(join(ROOT, "sync.config.example.json"), "utf8")) as JsonObject;
const PROVIDERS = globSync("docs/identity-providers/*.md", { cwd: ROOT }).sort();
const PAGES = [...PROVIDERS, "docs/concepts.md"];
const SEATS = 3;
/** A story starts up to twenty processes, one after the other, on a machine that may be busy. */
const LONGEST_STORY_MS = 240_000;
/** Runs are made by pushes, and by the start. */
const SCHEDULE = { full: "0 0 1 1 *", debounce: "100ms" };
/** Commands that change something: they are run once. The others are asked until they show what the page shows. */
const CHANGING = new Set(["token create", "release", "apply"]);

const open = (name: string): Page => readPage(join(ROOT, name));

/** The shipped configuration with the blocks of the page up to now put over it, part by part. */
function withParts(settings: JsonObject, part: JsonObject): JsonObject {
  const merged = Object.entries(part).map(([key, value]): readonly [string, JsonValue | undefined] => {
    const before = settings[key];
    return [key, isJsonObject(before) && isJsonObject(value) && key === "server" ? { ...before, ...value } : value];
  });
  return { ...settings, ...Object.fromEntries(merged) };
}

for (const name of PAGES) {
  const page = open(name);

  test(`${name}: each configuration can be used`, (t) => {
    let settings: JsonObject = { ...EXAMPLE };
    const folder = bridgeFolder(t, settings);
    for (const block of page.blocks.filter(({ language }) => language === "json")) {
      settings = withParts(settings, settingsOf(block));
      folder.configure(settings);
      const environment = { SANDBOX_TOKEN };
      const load = () =>
        loadConfig({
          path: folder.config,
          environment,
          cwd: folder.path,
          products: productSchemas,
          isCron: () => true,
        });
      t.notThrows(load, `line ${block.line}`);
    }
  });

  test(`${name}: each link leads somewhere`, (t) => {
    t.true(linksOf(page).length > 0);
    for (const { file, heading } of linksOf(page)) {
      t.true(existsSync(file), file);
      if (heading !== null) t.true(headingsOf(readFileSync(file, "utf8")).includes(heading), `${file}#${heading}`);
    }
  });

  test(`${name}: each command and option exists`, async (t) => {
    const { out: help } = await command(["--help"]);
    const known = new Set([...help.matchAll(/^ {2}([a-z]+)\b/gm)].map(([, one]) => one ?? ""));
    t.true(known.has("explain"), help);
    for (const words of commandsIn(page, known)) await checkCommand(t, words, known);
  });
}

/** Command lines that a page names: in `console` and `sh` blocks, after `rosterbridge`, and in code that begins with a command's name. */
function commandsIn({ text, blocks }: Page, known: ReadonlySet<string>): readonly (readonly string[])[] {
  const shown = blocks.filter(({ language }) => language === "console").map((block) => sessionOf(block).args);
  const scripts = blocks.filter(({ language }) => language === "sh").flatMap((block) => block.text.split("\n"));
  const scripted = scripts.filter((line) => line.startsWith("rosterbridge ")).map((line) => wordsOf(line).slice(1));
  const spans = [...text.replaceAll(FENCE, "").matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => wordsOf(span));
  const named = spans.flatMap((words) => {
    if (words[0] === "rosterbridge") return [words.slice(1)];
    return words.length > 1 && known.has(words[0] ?? "") ? [words] : [];
  });
  return [...shown, ...scripted, ...named].filter((words) => words.length > 0);
}

async function checkCommand(t: ExecutionContext, words: readonly string[], known: ReadonlySet<string>): Promise<void> {
  const [first = "", second = ""] = words;
  t.true(known.has(first), `rosterbridge ${words.join(" ")}`);
  const { out: help } = await command([first, "--help"]);
  const isGroup = /^Commands:$/m.test(help) && /^[a-z]+$/.test(second);
  const path = isGroup ? [first, second] : [first];
  const { out } = await command([...path, "--help"]);
  t.true(out.startsWith(`Usage: rosterbridge ${path.join(" ")}`), `rosterbridge ${words.join(" ")}`);
  for (const option of words.filter((word) => word.startsWith("--"))) t.true(out.includes(option), words.join(" "));
}

/** A page being played: the settings so far, and the daemon that has them. */
interface Stage {
  readonly folder: BridgeFolder;
  settings: JsonObject;
  bridge: BridgeProcess | null;
  token: string;
}

for (const name of PROVIDERS) {
  test.serial(`${name}: what it shows is what happens`, async (t) => {
    t.timeout(LONGEST_STORY_MS);
    const sandbox = await startLiveSandbox(t, { seats: { standard: SEATS } });
    const settings = withParts(EXAMPLE, {
      server: { host: "127.0.0.1", port: 0 },
      schedule: SCHEDULE,
      product: { connector: "sandbox", baseUrl: sandbox.url, token: SANDBOX_TOKEN },
    });
    const stage: Stage = { folder: bridgeFolder(t, settings), settings, bridge: null, token: "" };
    const page = open(name);
    for (const block of page.blocks) await play(t, stage, block);
    t.true(page.blocks.filter(({ language }) => language === "http").length >= 2, basename(name));
  });
}

async function play(t: ExecutionContext, stage: Stage, block: Block): Promise<void> {
  if (block.language === "json") return configure(t, stage, block);
  if (block.language === "http") return exchange(t, stage, block);
  if (block.language === "console") return converse(t, stage, block);
}

/** Uses new settings, as whoever starts `serve` again. */
async function configure(t: ExecutionContext, stage: Stage, block: Block): Promise<void> {
  stage.settings = withParts(stage.settings, settingsOf(block));
  stage.folder.configure(stage.settings);
  if (stage.bridge !== null) t.is((await stage.bridge.stop()).code, 0);
  stage.bridge = await startBridge(t, stage.folder);
}

async function exchange(t: ExecutionContext, stage: Stage, block: Block): Promise<void> {
  const { method, target, headers, body, status, answer } = exchangeOf(block);
  if (stage.token === "") stage.token = await makeToken(t, stage, ["--directory", directoryOf(stage)]);
  const authorization = (await filledIn(t, stage, headers["authorization"] ?? "")) || `Bearer ${stage.token}`;
  const path = await filledIn(t, stage, target);
  const response = await fetch(addressOf(stage, path), {
    method,
    headers: { "content-type": "application/scim+json", ...headers, authorization },
    ...(body === "" ? {} : { body: await filledIn(t, stage, body) }),
  });
  const text = await response.text();
  const where = `line ${block.line}: ${method} ${target} → ${text}`;
  t.is(response.status, status, where);
  if (answer === null) t.is(text, "", where);
  else expectShown(t, JSON.parse(text) as JsonValue, answer, where);
}

/** Each field that is shown must be there with this value; `"…"` stands for any. Errors and lists are shown whole. */
function expectShown(
  t: ExecutionContext,
  real: JsonValue | undefined,
  shown: JsonValue | undefined,
  where: string,
): void {
  if (isJsonObject(shown) && isJsonObject(real)) {
    if ("schemas" in shown) t.deepEqual(Object.keys(real).sort(), Object.keys(shown).sort(), where);
    for (const [key, value] of Object.entries(shown)) expectShown(t, real[key], value, `${where} (${key})`);
  } else if (isJsonArray(shown)) t.deepEqual(real, shown, where);
  else if (shown === "…") t.is(typeof real, "string", where);
  else t.is(real, shown, where);
}

/** Replaces `{id of NAME}`, for a userName or the name of a group, and `{token of scope SCOPE}`. */
async function filledIn(t: ExecutionContext, stage: Stage, text: string): Promise<string> {
  let filled = text;
  for (const [whole, scope = ""] of text.matchAll(/\{token of scope (\w+)\}/g)) {
    filled = filled.replace(whole, await makeToken(t, stage, ["--scope", scope]));
  }
  for (const [whole, name = ""] of text.matchAll(/\{id of ([^}]+)\}/g)) {
    const [kind, attribute] = name.includes("@") ? ["Users", "userName"] : ["Groups", "displayName"];
    const address = addressOf(stage, `/scim/v2/${kind}?filter=${attribute} eq "${name}"`);
    const response = await fetch(address, { headers: { authorization: `Bearer ${stage.token}` } });
    const found = (await response.json()) as { readonly Resources: readonly { readonly id: string }[] };
    filled = filled.replace(whole, found.Resources[0]?.id ?? "nobody");
  }
  return filled;
}

/** Runs the command until it shows what the page shows; at once, and only once, if it changes something. */
async function converse(t: ExecutionContext, stage: Stage, block: Block): Promise<void> {
  const { args, lines } = sessionOf(block);
  const look = async (): Promise<{ readonly output: string; readonly missing: string | undefined }> => {
    const { output, errors } = await runCommand(t, args, { folder: stage.folder });
    return { output: `${output}${errors}`, missing: missingLine(lines, `${output}${errors}`) };
  };
  const isChanging = [args[0] ?? "", args.slice(0, 2).join(" ")].some((name) => CHANGING.has(name));
  let last = await look();
  if (!isChanging && last.missing !== undefined) {
    await until(
      `"${last.missing}"`,
      async () => (last = await look()).missing === undefined,
      () => `Line ${block.line} of the page. There was:\n${last.output}`,
    );
  }
  t.is(last.missing, undefined, `line ${block.line}: ${last.output}`);
  const [token] = /rb_\S+/.exec(last.output) ?? [];
  if (token !== undefined) stage.token = token;
}

async function makeToken(t: ExecutionContext, { folder }: Stage, whose: readonly string[]): Promise<string> {
  const { output, errors } = await runCommand(t, ["token", "create", ...whose], { folder });
  const token = output.trim();
  if (!token.startsWith("rb_")) throw new Error(`No token was made: ${errors}`);
  return token;
}

function directoryOf({ settings }: Stage): string {
  return (settings as { readonly directories: readonly { readonly id: string }[] }).directories[0]?.id ?? "";
}

/** `encodeURI` leaves what is encoded alone only if it is not there: a page shows either one or the other. */
function addressOf({ bridge }: Stage, target: string): string {
  if (bridge === null) throw new Error("The page shows a request before it shows a configuration.");
  return `${bridge.url}${target.includes("%") ? target : encodeURI(target)}`;
}
