import { z } from "zod";
import { InvalidValueError, ScimSyntaxError } from "../domain/errors.ts";
import { isJsonArray, isJsonObject } from "../domain/json.ts";
import { SEARCH_REQUEST_URN } from "./message.ts";
import { namesSchema } from "./names-schema.ts";
import { ownValueLike } from "./own-property.ts";
import { refuseUnsafeJson } from "./safe-json.ts";

/** The query of a search by POST (RFC 7644 section 3.4.3), each part as the query parameter of that name would be read. */
export interface SearchRequest {
  readonly filter?: string;
  readonly attributes?: readonly string[];
  readonly excludedAttributes?: readonly string[];
  readonly sortBy?: string;
  readonly sortOrder?: "ascending" | "descending";
  /** A number, or the text of one; for `parsePaging`. */
  readonly startIndex?: unknown;
  readonly count?: unknown;
  /** RFC 9865; empty for the first page. */
  readonly cursor?: string;
}

const text = z.string("must be a string").nullish();
const isName = (value: unknown) => typeof value === "string";
const names = z
  .custom<string | readonly string[]>(
    (value) => isName(value) || (isJsonArray(value) && value.every(isName)),
    "must be an array of strings",
  )
  .transform((value) => (typeof value === "string" ? [value] : value))
  .nullish();
const request = z.object({
  schemas: z
    .custom((urns) => namesSchema(urns, SEARCH_REQUEST_URN), `must be an array that holds ${SEARCH_REQUEST_URN}`)
    .optional(),
  filter: text,
  attributes: names,
  excludedAttributes: names,
  sortBy: text,
  sortOrder: text,
  startIndex: z.unknown(),
  count: z.unknown(),
  cursor: text,
});

/**
 * Reads the body of a `.search`. Names may come in any letter case, `schemas` may be missing, null counts as not said.
 * Throws ScimSyntaxError for any other shape, InvalidValueError for a `sortOrder` that is none and for unsafe JSON.
 */
export function parseSearchRequest(body: unknown): SearchRequest {
  if (!isJsonObject(body)) throw new ScimSyntaxError("The body must be a JSON object.");
  refuseUnsafeJson(body);
  const parsed = request.safeParse(
    Object.fromEntries(Object.keys(request.shape).map((name) => [name, ownValueLike(body, name)])),
  );
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ScimSyntaxError(`${String(issue?.path[0] ?? "The body")} ${issue?.message ?? "is not valid"}.`);
  }
  const { filter, attributes, excludedAttributes, sortBy, sortOrder, startIndex, count, cursor } = parsed.data;
  return {
    ...given("filter", filter),
    ...given("attributes", attributes),
    ...given("excludedAttributes", excludedAttributes),
    ...given("sortBy", sortBy),
    ...given("sortOrder", sortOrder == null ? null : parseSortOrder(sortOrder)),
    ...given("startIndex", startIndex),
    ...given("count", count),
    ...given("cursor", cursor),
  };
}

/** An object with the value under that name, or with nothing where there is none. */
function given<Name extends keyof SearchRequest, Value>(
  name: Name,
  value: Value | null | undefined,
): Partial<Record<Name, Value>> {
  return value == null ? {} : ({ [name]: value } as Record<Name, Value>);
}

/** Reads `sortOrder`, in any letter case; ascending unless it says otherwise. Throws InvalidValueError. */
export function parseSortOrder(order: string | undefined): "ascending" | "descending" {
  const folded = (order ?? "ascending").toLowerCase();
  if (folded === "ascending" || folded === "descending") return folded;
  throw new InvalidValueError("sortOrder must be ascending or descending.");
}
