import type Router from "@koa/router";
import { InvalidCountError } from "../domain/errors.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Clock } from "../ports/ambient.ts";
import type { Listed, PageStart } from "../ports/directory-tx.ts";
import { listResponse, parsePaging } from "../scim/message.ts";
import { parseSearchRequest } from "../scim/search-request.ts";
import { directoryOf } from "./auth.ts";
import type { Collection } from "./collection.ts";
import { openCursor, questionOf, sealCursor } from "./cursor.ts";
import { parseListRequest, type ListParameters, type ListRequest, type ListSource } from "./list-request.ts";
import { sendScim, singleQuery } from "./middleware.ts";
import { onlyMethods } from "./refusals.ts";
import { bodyOf, projectionQueryOf } from "./scim-request.ts";
import type { Context, RequestState } from "./state.ts";

const MAX_BODY_BYTES = 1024 * 1024;

/** `POST <collection>/.search` (RFC 7644 section 3.4.3). Must come before the routes of single resources. */
export function searchRoutes(router: Router<RequestState>, collection: Collection, clock: Clock): void {
  const path = `${collection.path}/.search`;
  router.post(path, async (ctx) => {
    const parameters = parseSearchRequest(await bodyOf(ctx, MAX_BODY_BYTES));
    await answerList(ctx, { collection, clock, parameters, source: "body" });
  });
  router.all(path, onlyMethods("POST"));
}

/** `GET <collection>`. */
export function listRoutes(router: Router<RequestState>, collection: Collection, clock: Clock): void {
  router.get(collection.path, (ctx) =>
    answerList(ctx, { collection, clock, parameters: parametersOf(ctx), source: "query" }),
  );
}

interface Asked {
  readonly collection: Collection;
  readonly clock: Clock;
  readonly parameters: ListParameters;
  readonly source: ListSource;
}

async function answerList(ctx: Context, { collection, clock, parameters, source }: Asked): Promise<void> {
  const request = parseListRequest(parameters, source, collection.types);
  const directory = directoryOf(ctx);
  const list = (from: PageStart, limit: number): Promise<Listed<JsonObject>> => {
    const { filter, sort, projection } = request;
    return collection.list(directory, { filter, sort, projection, from, limit });
  };
  if (request.paging.cursor === null) {
    const { startIndex, count } = parsePaging(request.paging);
    const { items, total } = await list({ offset: startIndex - 1 }, count);
    sendScim(ctx, 200, listResponse({ resources: items, total, startIndex }));
    return;
  }
  const question = questionOf([directory, collection.path, ...request.question]);
  const { position, count } = placeOf(request.paging.cursor, request.paging, question, clock);
  const { items, total, next } = await list({ after: position }, count);
  // Pages of nothing would go on for ever.
  const isLast = next === null || count === 0;
  const nextCursor = isLast ? null : sealCursor({ position: next, issuedAt: clock.now(), count, question });
  sendScim(ctx, 200, listResponse({ resources: items, total, nextCursor }));
}

/** Where the page begins and how long it may be. A later page has the size of the first, said again or not. */
function placeOf(
  cursor: string,
  paging: ListRequest["paging"],
  question: string,
  clock: Clock,
): { readonly position: string | null; readonly count: number } {
  const { count } = parsePaging({ count: paging.count });
  if (cursor === "") return { position: null, count };
  const opened = openCursor(cursor, question, clock.now());
  if (paging.count !== undefined && count !== opened.count) {
    throw new InvalidCountError(`This list was begun with a count of ${opened.count}.`);
  }
  return { position: opened.position, count: opened.count };
}

function parametersOf(ctx: Context): ListParameters {
  const text = (name: string): string | undefined => singleQuery(ctx, name);
  return {
    ...projectionQueryOf(ctx),
    filter: text("filter"),
    sortBy: text("sortBy"),
    sortOrder: text("sortOrder"),
    startIndex: text("startIndex"),
    count: text("count"),
    cursor: text("cursor"),
  };
}
