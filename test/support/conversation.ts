import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { isJsonArray, isJsonObject } from "../../src/domain/json.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import { sendRaw } from "./raw-http.ts";
import type { RawAnswer } from "./raw-http.ts";

const FOLDER = join(import.meta.dirname, "..", "conversations");
const SCIM_MEDIA_TYPE = "application/scim+json";
const READS: ReadonlySet<string> = new Set(["GET", "HEAD", "DELETE"]);

/**
 * What an IdP and the bridge say to each other, as recorded under `test/conversations/`.
 *
 * Texts of requests and of expectations may hold `{{name}}`, which stands for what was captured under that name. In an
 * expectation a whole text may be a matcher: `{{any}}` takes everything but absence, `{{absent}}` only absence,
 * `{{capture:name}}` a text, which is kept under that name. Objects are compared by the keys that the expectation
 * names (`body`) or by all of them (`whole`), arrays element by element.
 */
export interface Conversation {
  /** A sentence: the title of the test. */
  readonly title: string;
  /** What goes with every request without (`read`) and with (`write`) a body, unless the request says otherwise. */
  readonly headers?: { readonly read: Headers; readonly write: Headers };
  readonly steps: readonly Step[];
}

/** A request with its answer, or what the product must come to show before the conversation goes on. */
export type Step = Exchange | Pause;

/** By name in any letter case; null: the header is left out. */
export type Headers = Readonly<Record<string, string | null>>;

/** One request and what is to be answered. */
export interface Exchange {
  readonly name: string;
  readonly request: {
    readonly method: string;
    /** From the root of the server on, as it goes over the wire, to the last `?` and `&`. */
    readonly path: string;
    readonly headers?: Headers;
    /** Whole body of an earlier answer, kept under this name, with which `body` is merged at the top level. */
    readonly base?: string;
    readonly body?: JsonValue;
    /** Instead of `body`: what is sent as it stands. */
    readonly text?: string;
  };
  readonly response: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    /** Neither `body` nor `whole`: there must be no body. */
    readonly body?: JsonValue;
    /** The body with all of its keys: what is not named here must not be there. */
    readonly whole?: JsonValue;
    /** Keeps the whole body under this name, for `base`. */
    readonly keep?: string;
    /** A path of which a GET must then show the same body. */
    readonly reads?: string;
  };
}

/** What the product must come to show; compared like a body. */
export interface Pause {
  readonly name: string;
  readonly product: JsonValue;
}

/** Names of the folders of conversations. */
export function idpsWithConversations(): readonly string[] {
  const entries = readdirSync(FOLDER, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}

/** Reads all conversations of one IdP, by file name. */
export function readConversations(idp: string): readonly Conversation[] {
  return conversationFiles(idp).map(
    (name) => JSON.parse(readFileSync(join(FOLDER, idp, name), "utf8")) as Conversation,
  );
}

/** Names of the files of one IdP. */
export function conversationFiles(idp: string): readonly string[] {
  return readdirSync(join(FOLDER, idp))
    .filter((name) => name.endsWith(".json"))
    .sort();
}

/** The table of habits. */
export function habitsTable(): string {
  return readFileSync(join(FOLDER, "README.md"), "utf8");
}

/** Whether a conversation looks at the product, and so needs a daemon and a product of its own. */
export function needsProduct({ steps }: Conversation): boolean {
  return steps.some((step) => "product" in step);
}

/** What was captured so far. */
export interface Memory {
  readonly texts: Map<string, string>;
  readonly bodies: Map<string, JsonObject>;
}

/** Nothing captured yet but what the test knows beforehand. */
export function createMemory(known: Readonly<Record<string, string>> = {}): Memory {
  return { texts: new Map(Object.entries(known)), bodies: new Map() };
}

/** Where the bridge is, and who talks to it. */
export interface Line {
  readonly baseUrl: string;
  readonly token: string;
  readonly headers?: Conversation["headers"];
}

/** Sends one request of a conversation and gives every way in which the answer is not the expected one. */
export async function exchange(
  line: Line,
  { request, response }: Exchange,
  memory: Memory,
): Promise<readonly string[]> {
  const body = bodyOf(request, memory);
  const answer = await send(line, request, body, memory);
  const got = parse(answer.text);
  if (response.keep !== undefined && isJsonObject(got)) memory.bodies.set(response.keep, got);
  const faults = compare(answer, response, memory);
  if (response.reads === undefined || faults.length > 0) return faults;
  const again = await send(line, { method: "GET", path: response.reads }, undefined, memory);
  return compare(again, { ...response, headers: {} }, memory).map((fault) => `read back: ${fault}`);
}

function send(
  { baseUrl, token, headers }: Line,
  request: Pick<Exchange["request"], "method" | "path" | "headers">,
  body: string | undefined,
  { texts }: Memory,
): Promise<RawAnswer> {
  const { read = {}, write = {} } = headers ?? {};
  const usual = body === undefined && READS.has(request.method) ? read : write;
  const all = { authorization: `Bearer ${token}`, ...lowerKeys(usual), ...lowerKeys(request.headers ?? {}) };
  const sent = Object.entries(all).flatMap(([name, value]) =>
    value === null ? [] : [[name, fill(value, texts)] as const],
  );
  const path = fill(request.path, texts);
  return sendRaw(baseUrl, { method: request.method, path, headers: Object.fromEntries(sent), body });
}

function lowerKeys(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function bodyOf({ base, body, text }: Exchange["request"], { texts, bodies }: Memory): string | undefined {
  if (text !== undefined) return fill(text, texts);
  const filled = body === undefined ? undefined : fillAll(body, texts);
  if (base === undefined) return filled === undefined ? undefined : JSON.stringify(filled);
  const kept = bodies.get(base);
  if (kept === undefined) throw new Error(`Nothing was kept under "${base}".`);
  return JSON.stringify({ ...kept, ...(isJsonObject(filled) ? filled : {}) });
}

function compare(
  { status, headers, text }: RawAnswer,
  expected: Exchange["response"],
  { texts }: Memory,
): readonly string[] {
  const got = parse(text);
  const isWhole = expected.whole !== undefined;
  const mediaType = headers["content-type"];
  return [
    ...(status === expected.status ? [] : [`status ${status}, not ${expected.status}: ${text}`]),
    ...(text === "" || mediaType === SCIM_MEDIA_TYPE ? [] : [`the media type is ${mediaType ?? "missing"}`]),
    ...differences(got, expected.whole ?? expected.body ?? "{{absent}}", texts, "body", isWhole),
    ...differences(headers, expected.headers ?? {}, texts, "headers"),
  ];
}

function parse(text: string): JsonValue | undefined {
  return text === "" ? undefined : (JSON.parse(text) as JsonValue);
}

/** Every way in which a value is not the expected one, captures what is to be captured. */
export function differences(
  got: JsonValue | undefined,
  expected: JsonValue,
  texts: Map<string, string>,
  where: string,
  isWhole = false,
): readonly string[] {
  if (expected === "{{any}}") return got === undefined ? [`${where} is missing`] : [];
  if (expected === "{{absent}}") return got === undefined ? [] : [`${where} is there: ${JSON.stringify(got)}`];
  const name = typeof expected === "string" ? /^\{\{capture:(\w+)\}\}$/.exec(expected)?.[1] : undefined;
  if (name !== undefined) {
    if (typeof got !== "string" || got === "") return [`${where} is no text: ${JSON.stringify(got)}`];
    texts.set(name, got);
    return [];
  }
  if (isJsonArray(expected) && isJsonArray(got) && expected.length === got.length) {
    return expected.flatMap((element, index) => differences(got[index], element, texts, `${where}[${index}]`, isWhole));
  }
  if (isJsonObject(expected) && isJsonObject(got)) {
    const extra = isWhole ? Object.keys(got).filter((key) => !Object.hasOwn(expected, key)) : [];
    return [
      ...Object.entries(expected).flatMap(([key, value = null]) =>
        differences(got[key], value, texts, `${where}.${key}`, isWhole),
      ),
      ...extra.map((key) => `${where}.${key} is there: ${JSON.stringify(got[key])}`),
    ];
  }
  const wanted = fillAll(expected, texts, fillKnown);
  return isDeepStrictEqual(got, wanted) ? [] : [`${where} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`];
}

function fillAll(value: JsonValue, texts: ReadonlyMap<string, string>, fillOne = fill): JsonValue {
  if (typeof value === "string") return fillOne(value, texts);
  if (isJsonArray(value)) return value.map((element) => fillAll(element, texts, fillOne));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, nested = null]) => [key, fillAll(nested, texts, fillOne)]),
  );
}

function fill(text: string, texts: ReadonlyMap<string, string>): string {
  const filled = fillKnown(text, texts);
  const missing = /\{\{\w+\}\}/.exec(filled)?.[0];
  if (missing !== undefined) throw new Error(`${missing} was never captured.`);
  return filled;
}

/** Matchers, which only expectations have, stay as they are. */
function fillKnown(text: string, texts: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => texts.get(name) ?? whole);
}
