import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { isJsonArray, isJsonObject } from "../../src/domain/json.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";

const FOLDER = join(import.meta.dirname, "..", "conversations");

/**
 * What an IdP and the bridge say to each other, as recorded under `test/conversations/`.
 *
 * Texts of requests and of expectations may hold `{{name}}`, which stands for what was captured under that name. In an
 * expectation a whole text may be a matcher: `{{any}}` takes everything but absence, `{{absent}}` only absence,
 * `{{capture:name}}` a text, which is kept under that name. Objects are compared by the keys that the expectation
 * names, arrays element by element.
 */
export interface Conversation {
  /** A sentence: the title of the test. */
  readonly title: string;
  readonly steps: readonly Step[];
}

/** A request with its answer, or what the product must come to show before the conversation goes on. */
export type Step = Exchange | Pause;

/** One request and what is to be answered. */
export interface Exchange {
  readonly name: string;
  readonly request: {
    readonly method: string;
    /** From the root of the server on, its query written as it goes over the wire. */
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    /** Whole body of an earlier answer, kept under this name, with which `body` is merged at the top level. */
    readonly base?: string;
    readonly body?: JsonValue;
  };
  readonly response: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    /** Left out: there must be no body. */
    readonly body?: JsonValue;
    /** Keeps the whole body under this name, for `base`. */
    readonly keep?: string;
  };
}

/** What the product must come to show; compared like a body. */
export interface Pause {
  readonly name: string;
  readonly product: JsonValue;
}

/** Reads all conversations of one IdP, by file name. */
export function readConversations(idp: "okta" | "entra"): readonly Conversation[] {
  const folder = join(FOLDER, idp);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Conversation);
}

/** What was captured so far. */
export interface Memory {
  readonly texts: Map<string, string>;
  readonly bodies: Map<string, JsonObject>;
}

/** Nothing captured yet. */
export function createMemory(): Memory {
  return { texts: new Map(), bodies: new Map() };
}

/** Sends one request of a conversation and gives every way in which the answer is not the expected one. */
export async function exchange(
  baseUrl: string,
  token: string,
  { request, response }: Exchange,
  memory: Memory,
): Promise<readonly string[]> {
  const body = bodyOf(request, memory);
  const answer = await fetch(`${baseUrl}${fill(request.path, memory.texts)}`, {
    method: request.method,
    headers: { authorization: `Bearer ${token}`, ...request.headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const got = text === "" ? undefined : (JSON.parse(text) as JsonValue);
  if (response.keep !== undefined && isJsonObject(got)) memory.bodies.set(response.keep, got);
  const headers: JsonObject = Object.fromEntries(answer.headers);
  return [
    ...(answer.status === response.status ? [] : [`status ${answer.status}, not ${response.status}: ${text}`]),
    ...differences(got, response.body ?? "{{absent}}", memory.texts, "body"),
    ...differences(headers, response.headers ?? {}, memory.texts, "headers"),
  ];
}

function bodyOf({ base, body }: Exchange["request"], { texts, bodies }: Memory): JsonValue | undefined {
  const filled = body === undefined ? undefined : fillAll(body, texts);
  if (base === undefined) return filled;
  const kept = bodies.get(base);
  if (kept === undefined) throw new Error(`Nothing was kept under "${base}".`);
  return { ...kept, ...(isJsonObject(filled) ? filled : {}) };
}

/** Every way in which a value is not the expected one, captures what is to be captured. */
export function differences(
  got: JsonValue | undefined,
  expected: JsonValue,
  texts: Map<string, string>,
  where: string,
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
    return expected.flatMap((element, index) => differences(got[index], element, texts, `${where}[${index}]`));
  }
  if (isJsonObject(expected) && isJsonObject(got)) {
    return Object.entries(expected).flatMap(([key, value = null]) =>
      differences(got[key], value, texts, `${where}.${key}`),
    );
  }
  const wanted = fillAll(expected, texts);
  return isDeepStrictEqual(got, wanted) ? [] : [`${where} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`];
}

function fillAll(value: JsonValue, texts: ReadonlyMap<string, string>): JsonValue {
  if (typeof value === "string") return fill(value, texts);
  if (isJsonArray(value)) return value.map((element) => fillAll(element, texts));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, nested = null]) => [key, fillAll(nested, texts)]));
}

function fill(text: string, texts: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => {
    const known = texts.get(name);
    if (known === undefined) throw new Error(`${whole} was never captured.`);
    return known;
  });
}
