/**
 * Plays the blocks of a page, in order: configurations are used by a daemon, requests are sent to it, commands run beside it.
 * What a page shows of an answer must be in the answer.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { isJsonObject } from "../../src/domain/json.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import { createAmbient } from "../../src/runtime/ambient.ts";
import { startDaemon, type Daemon } from "../../src/runtime/daemon.ts";
import { bridgeFolder, type BridgeFolder } from "../support/bridge-process.ts";
import { until } from "../support/until.ts";
import { loadAt, runAt, SILENT, type Place, type Printed } from "./command-line.ts";
import { exchangeOf, sessionsOf, settingsOf, wordsOf, type Block, type Exchange, type Session } from "./page.ts";
import { missingLine, otherThanShown } from "./shown.ts";

/** A page being played: the settings so far, and the daemon that has them. */
export interface Stage extends Place {
  readonly t: ExecutionContext;
  readonly folder: BridgeFolder;
  settings: JsonObject;
  /** Null until the first configuration. */
  daemon: Daemon | null;
  /** Tokens by scope; `scim`: of the first directory. */
  readonly tokens: Map<string, string>;
}

/** Runs are made by pushes, and by the start. */
export const SCHEDULE = { full: "0 0 1 1 *", debounce: "100ms" };
/** Commands that change something: they are run once. The others are asked until they show what the page shows. */
const CHANGING =
  /^(?:token (?:create|rotate|revoke)|release|apply|approve|mapping (?:set|rollback)|import|backup|resume)\b/;
const SECRET = /\brb_[0-9a-f]{10}_\S+/;
/** What a token must be good for, by the beginning of a path. */
const SCOPES: Readonly<Record<string, string>> = { "/admin": "admin", "/metrics": "metrics", "/health": "health" };

/** An empty stage: a folder, and nothing that runs. */
export function emptyStage(
  t: ExecutionContext,
  settings: JsonObject,
  environment: Readonly<Record<string, string>> = {},
): Stage {
  const folder = bridgeFolder(t, settings);
  return {
    ...{ t, folder, path: folder.path, config: folder.config, environment, settings },
    daemon: null,
    tokens: new Map(),
    get services() {
      return this.daemon?.bridge.services ?? null;
    },
  };
}

/** The settings with a part put over them, piece by piece; of `server`, what is not named stays. */
export function withParts(settings: JsonObject, part: JsonObject): JsonObject {
  const merged = Object.entries(part).map(([key, value]): readonly [string, JsonValue | undefined] => {
    const before = settings[key];
    return [key, isJsonObject(before) && isJsonObject(value) && key === "server" ? { ...before, ...value } : value];
  });
  return { ...settings, ...Object.fromEntries(merged) };
}

/** Uses new settings, as whoever starts `serve` again. */
export async function configure(stage: Stage, part: JsonObject): Promise<void> {
  const { t } = stage;
  stage.settings = withParts(stage.settings, part);
  stage.folder.configure(stage.settings);
  await stage.daemon?.close();
  const daemon = await startDaemon(loadAt(stage).config, createAmbient(SILENT));
  t.teardown(() => daemon.close());
  stage.daemon = daemon;
}

/** Plays a `json`, `http` or `console` block. */
export async function play(stage: Stage, block: Block): Promise<void> {
  if (block.language === "json") return configure(stage, settingsOf(block));
  if (block.language === "http") return exchange(stage, block);
  for (const session of sessionsOf(block)) await converse(stage, session, block.line);
}

/** Sends a request as a page shows it, and gives the answer's body as text. */
export async function send(stage: Stage, { method, target, headers, body }: Exchange): Promise<Response> {
  const authorization = await filledIn(
    stage,
    headers["authorization"] ?? `Bearer {token of scope ${scopeFor(target)}}`,
  );
  const type = target.startsWith("/scim") ? "application/scim+json" : "application/json";
  return fetch(addressOnStage(stage, await filledIn(stage, target)), {
    method,
    headers: { ...(body === "" ? {} : { "content-type": type }), ...headers, authorization },
    ...(body === "" ? {} : { body: await filledIn(stage, body) }),
  });
}

async function exchange(stage: Stage, block: Block): Promise<void> {
  const { t } = stage;
  const shown = exchangeOf(block);
  const response = await send(stage, shown);
  const text = await response.text();
  const where = `line ${block.line}: ${shown.method} ${shown.target} → ${text.slice(0, 2_000)}`;
  t.is(response.status, shown.status, where);
  if (shown.answer === null) t.is(text, "", where);
  else if (typeof shown.answer === "string") t.is(missingLine(shown.answer.split("\n"), text), undefined, where);
  else t.deepEqual(otherThanShown(JSON.parse(text) as JsonValue, shown.answer), [], where);
}

/** Runs the command until it shows what the page shows; at once, and only once, if it changes something. */
async function converse(stage: Stage, { command, lines }: Session, line: number): Promise<void> {
  const { t } = stage;
  const words = wordsOf(await filledIn(stage, command.replace(/^npm run -s rosterbridge -- /, "rosterbridge ")));
  const [program, ...args] = words;
  if (program !== "rosterbridge") throw new Error(`Line ${line}: nobody here knows how to run ${command}`);
  const look = async (): Promise<{ readonly printed: Printed; readonly missing: string | undefined }> => {
    const printed = await runAt(stage, args);
    return { printed, missing: notPrinted(lines, printed) };
  };
  let last = await look();
  if (!CHANGING.test(args.join(" ")) && last.missing !== undefined) {
    await until(
      `"${last.missing}"`,
      async () => (last = await look()).missing === undefined,
      () => `Line ${line} of the page. There was:\n${last.printed.out}\n${last.printed.errors}`,
    );
  }
  const { out, errors } = last.printed;
  t.is(last.missing, undefined, `line ${line}: ${out}\n${errors}`);
  if (args[0] === "token") keepToken(stage, args, out);
}

/** The first thing that is shown and was not printed. JSON is compared as JSON, field by field. */
export function notPrinted(
  lines: readonly string[],
  { out, errors }: Pick<Printed, "out" | "errors">,
): string | undefined {
  if (!/^[[{]/.test(lines[0] ?? "")) return missingLine(lines, `${out}\n${errors}`);
  return otherThanShown(JSON.parse(out) as JsonValue, JSON.parse(lines.join("\n")) as JsonValue)[0];
}

/** The IdP of the page uses the token that the page made last. */
function keepToken({ tokens }: Stage, args: readonly string[], out: string): void {
  const [token] = SECRET.exec(out) ?? [];
  if (token !== undefined && args.includes("--directory")) tokens.set("scim", token);
}

/** Replaces `{token of scope SCOPE}`, `{id of NAME}` for a userName or the name of a group, `{digest}` of the plan of now. */
export async function filledIn(stage: Stage, text: string): Promise<string> {
  let filled = text;
  for (const [whole, scope = ""] of text.matchAll(/\{token of scope (\w+)\}/g)) {
    filled = filled.replace(whole, await tokenFor(stage, scope));
  }
  for (const [whole, name = ""] of text.matchAll(/\{id of ([^}]+)\}/g)) {
    filled = filled.replace(whole, await idOf(stage, name));
  }
  return filled.includes("{digest}") ? filled.replaceAll("{digest}", await digestOf(stage)) : filled;
}

/** Makes a token for this scope, once; `scim`: for the first directory. */
export async function tokenFor(stage: Stage, scope: string): Promise<string> {
  const kept = stage.tokens.get(scope);
  if (kept !== undefined) return kept;
  const whose = scope === "scim" ? ["--directory", directoryOf(stage)] : ["--scope", scope];
  const { out, errors } = await runAt(stage, ["token", "create", ...whose]);
  const [token] = SECRET.exec(out) ?? [];
  if (token === undefined) throw new Error(`No token was made: ${errors}`);
  stage.tokens.set(scope, token);
  return token;
}

/** The digest of the plan of now. */
export async function digestOf(stage: Stage): Promise<string> {
  const { out, errors } = await runAt(stage, ["plan", "--json"]);
  const { summary } = JSON.parse(out) as { readonly summary?: { readonly digest: string } };
  if (summary === undefined) throw new Error(`The plan has no digest: ${errors}`);
  return summary.digest;
}

async function idOf(stage: Stage, name: string): Promise<string> {
  const [kind, attribute] = name.includes("@") ? ["Users", "userName"] : ["Groups", "displayName"];
  const address = addressOnStage(stage, `/scim/v2/${kind}?filter=${attribute} eq "${name}"`);
  const headers = { authorization: `Bearer ${await tokenFor(stage, "scim")}` };
  const found = (await (await fetch(address, { headers })).json()) as {
    readonly Resources: readonly { readonly id: string }[];
  };
  return found.Resources[0]?.id ?? "nobody";
}

/** The scope that a path asks for. */
export function scopeFor(target: string): string {
  return Object.entries(SCOPES).find(([beginning]) => target.startsWith(beginning))?.[1] ?? "scim";
}

function directoryOf({ settings }: Stage): string {
  return (settings as { readonly directories: readonly { readonly id: string }[] }).directories[0]?.id ?? "";
}

/** The address of a path at the daemon. `encodeURI` leaves what is encoded alone only if it is not there: a page shows either one or the other. */
export function addressOnStage({ daemon }: Stage, target: string): string {
  if (daemon === null) throw new Error("The page shows a request before it shows a configuration.");
  return `${daemon.url}${target.includes("%") ? target : encodeURI(target)}`;
}

/** Puts a file into the folder of the stage, where commands find it by its name. */
export function putFile({ path }: Stage, name: string, content: string): void {
  writeFileSync(join(path, name), content);
}
