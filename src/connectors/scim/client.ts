import { z } from "zod";
import { ConnectorError } from "../../domain/errors.ts";
import { isJsonObject } from "../../domain/json.ts";
import type { JsonObject } from "../../domain/json.ts";
import { LIST_RESPONSE_URN } from "../../scim/message.ts";
import { ownValueLike } from "../../scim/own-property.ts";
import { sendingOf } from "../http.ts";
import type { Method, ProductAnswer, ProductHttp, Sending } from "../http.ts";
import { encodeOpaqueId } from "./opaque-id.ts";
import { readUser } from "./user.ts";
import type { ScimUser } from "./user.ts";
import type { ScimRecipe } from "./recipe.ts";
import { isNoSeat, refusalOf, UNDERSTOOD } from "./refusal.ts";

/** The media type of RFC 7644 section 3.1. */
export const SCIM_TYPE = "application/scim+json";

/** The collections of a SCIM product. */
export type Collection = "Users" | "Groups";

/** One page of a list. `total` is null where a list by cursor does not count. */
export interface ScimPage {
  readonly resources: readonly JsonObject[];
  readonly total: number | null;
  readonly nextCursor: string | null;
}

/** One write; ids in `path` are escaped here. */
export interface ScimWrite {
  readonly method: Exclude<Method, "GET">;
  readonly path: readonly [Collection, ...string[]];
  readonly json?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
  /** Refusals that the caller understands: they come back as an answer. */
  readonly tolerated?: readonly number[];
}

/** The endpoints of a SCIM product, checked. Everything throws ConnectorError. */
export interface ScimClient {
  readonly recipe: ScimRecipe;
  user(id: string, how: Sending): Promise<ScimUser | undefined>;
  /** A group with its members; undefined when there is none. */
  group(id: string, how: Sending): Promise<JsonObject | undefined>;
  page(collection: Collection, query: Readonly<Record<string, string | number>>, how: Sending): Promise<ScimPage>;
  /** What a product says of itself; undefined where it says nothing. */
  about(document: "ServiceProviderConfig" | "Schemas", how: Sending): Promise<unknown>;
  write(request: ScimWrite, how: Sending): Promise<ProductAnswer>;
}

/** Answers of products that do not have a discovery endpoint, or do not show it to this token. */
const SILENT = [400, 403, 404, 405, 406, 410, 501];

/** Speaks to a product over `http`, whose base URL ends before `/Users`. */
export function createScimClient(http: ProductHttp, recipe: ScimRecipe): ScimClient {
  const { name } = recipe;
  async function resource(collection: Collection, id: string, how: Sending): Promise<JsonObject | undefined> {
    const path = `${collection}/${encodeOpaqueId(id)}`;
    const answer = await http.read({ method: "GET", path, ...sendingOf(how), expected: [404] });
    if (answer.status === 404) return undefined;
    if (!isJsonObject(answer.body)) throw strange(name, `GET /${collection}`, "no object");
    return answer.body;
  }
  return {
    recipe,
    async user(id, how) {
      const found = await resource("Users", id, how);
      return found === undefined ? undefined : sameId(readUser(found, name), id, name);
    },
    group: (id, how) => resource("Groups", id, how),
    async page(collection, query, how) {
      const { body } = await http.read({ method: "GET", path: collection, query, ...sendingOf(how) });
      return toPage(body, name, collection, "cursor" in query);
    },
    async about(document, how) {
      const answer = await http.read({ method: "GET", path: document, ...sendingOf(how), expected: SILENT });
      return answer.status < 300 ? answer.body : undefined;
    },
    async write({ method, path: [collection, ...ids], json, headers, tolerated = [] }, how) {
      const path = [collection, ...ids.map(encodeOpaqueId)].join("/");
      const answer = await http.write({
        method,
        path,
        ...(json === undefined ? {} : { json, contentType: SCIM_TYPE }),
        ...(headers === undefined ? {} : { headers }),
        ...sendingOf(how),
        expected: [...UNDERSTOOD, ...recipe.noSeat.map(({ status }) => status)],
      });
      const isTaken = answer.status < 300 || (tolerated.includes(answer.status) && !isNoSeat(answer, recipe));
      if (isTaken) return answer;
      throw refusalOf(answer, `${method} /${collection}`, recipe);
    },
  };
}

/** A product that shows somebody else must not be believed. */
function sameId(user: ScimUser, id: string, product: string): ScimUser {
  if (user.id === id) return user;
  throw strange(product, "GET /Users", "another user than the one that was asked for");
}

const listShape = z.object({
  schemas: z.array(z.string()).optional(),
  totalResults: z.int().min(0).optional(),
  // A list of nothing may leave it out (RFC 7644 section 3.4.2).
  Resources: z.array(z.custom<JsonObject>(isJsonObject)).nullish(),
  nextCursor: z.string().min(1).nullish(),
});

/** Reads a ListResponse. `itemsPerPage` and `startIndex` are not looked at: products differ on what they say. */
function toPage(body: unknown, product: string, collection: Collection, byCursor: boolean): ScimPage {
  const named = Object.keys(listShape.shape).map((name) => [
    name,
    isJsonObject(body) ? ownValueLike(body, name) : null,
  ]);
  const result = listShape.safeParse(Object.fromEntries(named));
  const fault = result.success
    ? faultOf(result.data, byCursor)
    : `${result.error.issues[0]?.path.join(".")} is not what it should be`;
  if (fault !== null || !result.success) throw strange(product, `GET /${collection}`, fault ?? "no list");
  const { totalResults, Resources, nextCursor } = result.data;
  return { resources: Resources ?? [], total: totalResults ?? null, nextCursor: nextCursor ?? null };
}

/** Why an answer must not be read as a list, least of all as an empty one; null when it is one. */
function faultOf({ schemas, totalResults, Resources }: z.output<typeof listShape>, byCursor: boolean): string | null {
  const isList = schemas?.some((urn) => urn.toLowerCase() === LIST_RESPONSE_URN.toLowerCase()) ?? true;
  if (!isList) return "no list";
  if (totalResults === undefined && !byCursor) return "no totalResults";
  return !Array.isArray(Resources) && totalResults !== 0 ? "no Resources" : null;
}

function strange(product: string, where: string, what: string): ConnectorError {
  return new ConnectorError("unavailable", `${product} answered ${where} in a shape that we do not know: ${what}`);
}
