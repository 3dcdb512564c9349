import { ConnectorError } from "../../domain/errors.ts";
import { isJsonArray } from "../../domain/json.ts";
import type { JsonValue } from "../../domain/json.ts";
import type { Sending } from "../http.ts";
import type { Call, Caller, Reply, Target } from "./calls.ts";
import { failure } from "./evaluator.ts";
import type { Evaluator, Given, Place } from "./evaluator.ts";
import type { Scope } from "./expression.ts";
import { nextLink, nextTarget } from "./next-target.ts";
import { following, pageScope, PagingFault, START } from "./paging.ts";
import type { Cursor, PageFacts } from "./paging.ts";
import type { RecipeOutcome, RecipePaging, RecipeRequest } from "./schema-request.ts";

/** The list of an operation, as a recipe writes it. */
export interface ListSpec {
  readonly request: RecipeRequest;
  readonly outcomes?: readonly RecipeOutcome[];
  readonly paging?: RecipePaging;
  readonly items: string;
  readonly where?: string;
  readonly detail?: {
    readonly when?: string;
    readonly request: RecipeRequest;
    readonly outcomes?: readonly RecipeOutcome[];
    readonly take?: string;
  };
}

/** Which list, for whom, and how it is asked for. */
export interface ListCall {
  readonly spec: ListSpec;
  readonly scope: Scope;
  readonly place: Place;
  readonly how: Sending;
}

/** Items of one page, and where it goes on. */
export interface ListPage {
  readonly items: readonly JsonValue[];
  /** The whole answer, which shapes know as `$answer`. */
  readonly answer: unknown;
  readonly next: Cursor | null;
  /** How many items came up to here, before `where`, and how many there are by the product's word; null: it does not say. */
  readonly counted: number;
  readonly total: number | null;
}

/** Reads lists. Throws ConnectorError. */
export interface Lister {
  page(call: ListCall, cursor: Cursor | null): Promise<ListPage>;
  /** All pages. Fails where the product counts more or fewer items than came. */
  pages(call: ListCall): AsyncIterable<ListPage>;
}

/** What a lister works with. */
export interface ListerDeps {
  readonly caller: Caller;
  readonly evaluator: Evaluator;
  readonly baseUrl: string;
  /** Paging of lists that do not name their own. */
  readonly paging: RecipePaging | undefined;
}

const ONE_ANSWER: RecipePaging = { by: "none" };

/** A lister over the requests of a recipe. */
export function createLister(deps: ListerDeps): Lister {
  return {
    page: (list, cursor) => readPage(deps, list, cursor),
    async *pages(list) {
      let cursor: Cursor | null = null;
      do {
        const read: ListPage = await readPage(deps, list, cursor);
        yield read;
        cursor = read.next;
        if (cursor === null && read.total !== null && read.total !== read.counted) {
          throw failure("unavailable", `${read.counted} items came, but the product counts ${read.total}`, list.place);
        }
      } while (cursor !== null);
    },
  };
}

async function readPage(deps: ListerDeps, list: ListCall, cursor: Cursor | null): Promise<ListPage> {
  const { caller, evaluator } = deps;
  const { spec, place, how } = list;
  const paging = spec.paging ?? deps.paging ?? ONE_ANSWER;
  const from = cursor ?? START;
  const scope = { ...list.scope, ...pageScope(paging, from) };
  const call: Call = { request: spec.request, effect: "read", outcomes: spec.outcomes, scope, place, how };
  const reply = await (from.target === null ? caller.send(call) : caller.follow(call, from.target));
  const given: Given = { input: reply.answer.body, scope, place };
  const all = await itemsOf(evaluator, spec, given);
  const facts = await factsOf(deps, paging, reply, given, all.length);
  const next = placedFollowing(paging, from, facts, place);
  const items = await detailed(deps, list, await chosen(evaluator, spec, all, given), given);
  return { items, answer: reply.answer.body, next, counted: from.items + all.length, total: facts.total };
}

async function itemsOf(evaluator: Evaluator, { items }: ListSpec, given: Given): Promise<readonly JsonValue[]> {
  if (given.input === undefined) throw failure("unavailable", "the answer is empty where a list is due", given.place);
  const list = await evaluator.text(items, "items", given);
  // Nothing but a list is a list: a fault that is told with status 200 must not read as "nobody there".
  if (!isJsonArray(list)) throw failure("unavailable", "items is no list in the answer", given.place);
  return list;
}

async function chosen(
  evaluator: Evaluator,
  { where }: ListSpec,
  all: readonly JsonValue[],
  { scope, input, place }: Given,
): Promise<readonly JsonValue[]> {
  if (where === undefined) return all;
  const kept: JsonValue[] = [];
  for (const item of all) {
    const given: Given = { input: item, scope: { ...scope, answer: input }, place };
    if (await evaluator.holds(where, "where", given)) kept.push(item);
  }
  return kept;
}

async function detailed(
  { caller, evaluator }: ListerDeps,
  { spec: { detail }, how, place, scope }: ListCall,
  items: readonly JsonValue[],
  given: Given,
): Promise<readonly JsonValue[]> {
  if (detail === undefined) return items;
  const { when, request, outcomes, take } = detail;
  const full: JsonValue[] = [];
  for (const item of items) {
    const own = { ...scope, answer: given.input, item };
    if (when !== undefined && !(await evaluator.holds(when, "when", { input: item, scope: own, place }))) {
      full.push(item);
      continue;
    }
    const reply = await ignoringMissing(() =>
      caller.send({ request, outcomes, effect: "read", scope: own, place, how }),
    );
    if (reply === null) continue;
    full.push(await takeOf(evaluator, take, { input: reply.answer.body, scope: own, place }));
  }
  return full;
}

async function factsOf(
  { evaluator, baseUrl }: ListerDeps,
  paging: RecipePaging,
  reply: Reply,
  given: Given,
  count: number,
): Promise<PageFacts> {
  const read = async (text: string | undefined, key: string): Promise<JsonValue | undefined> =>
    text === undefined ? undefined : evaluator.text(text, key, given);
  const total = await read(paging.total, "total");
  const more = "more" in paging ? await read(paging.more, "more") : undefined;
  const next = await nextOf(paging, reply, read);
  return {
    count,
    total: typeof total === "number" ? total : null,
    more: typeof more === "boolean" ? more : null,
    token: paging.by === "token" ? next : null,
    target: paging.by === "token" || next === null ? null : targetOf(next, baseUrl, given.place),
  };
}

async function nextOf(
  paging: RecipePaging,
  { answer }: Reply,
  read: (text: string, key: string) => Promise<JsonValue | undefined>,
): Promise<string | null> {
  if (paging.by === "link") return nextLink(answer.header("link"));
  if (paging.by !== "token" && paging.by !== "url") return null;
  const next = await read(paging.next, "next");
  if (typeof next === "number") return String(next);
  return typeof next === "string" && next !== "" ? next : null;
}

function targetOf(next: string, baseUrl: string, place: Place): Target {
  const target = nextTarget(next, baseUrl);
  if (target !== null) return target;
  throw failure("unavailable", "the address of a next page leads away from the base URL, and was not followed", place);
}

/** What an operation takes of an answer. */
export async function takeOf(evaluator: Evaluator, take: string | undefined, given: Given): Promise<JsonValue> {
  if (given.input === undefined)
    throw failure("unavailable", "the answer is empty where an object is due", given.place);
  // Bodies are JSON by now.
  const taken = take === undefined ? (given.input as JsonValue) : await evaluator.text(take, "take", given);
  if (taken !== undefined) return taken;
  throw failure("unavailable", "take finds nothing in the answer", given.place);
}

function placedFollowing(paging: RecipePaging, cursor: Cursor, facts: PageFacts, place: Place): Cursor | null {
  try {
    return following(paging, cursor, facts);
  } catch (error) {
    if (!(error instanceof PagingFault)) throw error;
    throw failure("unavailable", error.message, place);
  }
}

/** Somebody who was listed and is gone a moment later is not there. */
async function ignoringMissing(send: () => Promise<Reply>): Promise<Reply | null> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof ConnectorError && error.reason === "missing") return null;
    throw error;
  }
}
