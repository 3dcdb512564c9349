import { InvalidValueError } from "../domain/errors.ts";
import type { ScimType } from "../domain/errors.ts";
import type { JsonObject } from "../domain/json.ts";

/** `schemas` of the messages of RFC 7644 section 3. */
export const LIST_RESPONSE_URN = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
export const ERROR_URN = "urn:ietf:params:scim:api:messages:2.0:Error";
export const PATCH_OP_URN = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
export const SEARCH_REQUEST_URN = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
export const BULK_REQUEST_URN = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
export const BULK_RESPONSE_URN = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

/** The largest page, and the size of a page that nobody gave a size. */
export const MAX_RESULTS = 200;

/** Where a page begins, counted from 1, and how many resources it may hold. */
export interface Paging {
  readonly startIndex: number;
  readonly count: number;
}

/** What an answer shows of a list: `total` counts all matches. */
export interface ListPage {
  readonly resources: readonly JsonObject[];
  readonly total: number;
  readonly startIndex?: number;
  /** Null on the last page; undefined where nobody asked for cursors. */
  readonly nextCursor?: string | null | undefined;
}

/**
 * One page of a list (RFC 7644 section 3.4.2), with `startIndex` echoed; or, where `nextCursor` is given, one page of RFC
 * 9865, which has no index, and no `nextCursor` at the end.
 */
export function listResponse({ resources, total, startIndex = 1, nextCursor }: ListPage): JsonObject {
  return {
    schemas: [LIST_RESPONSE_URN],
    totalResults: total,
    ...(nextCursor === undefined ? { startIndex } : {}),
    itemsPerPage: resources.length,
    ...(typeof nextCursor === "string" ? { nextCursor } : {}),
    Resources: resources,
  };
}

/** The body of an answer that is not a success (RFC 7644 section 3.12). `status` is a string there. A ScimError fits. */
export function errorBody(error: {
  readonly status: number;
  readonly scimType?: ScimType | undefined;
  readonly message?: string;
  readonly detail?: string;
}): JsonObject {
  const detail = error.detail ?? error.message;
  return {
    schemas: [ERROR_URN],
    status: String(error.status),
    ...(error.scimType === undefined ? {} : { scimType: error.scimType }),
    ...(detail === undefined ? {} : { detail }),
  };
}

/**
 * Reads `startIndex` and `count` (RFC 7644 section 3.4.2.4), as texts of a query or numbers of a search request. Less than
 * 1 becomes 1, a negative count 0; a count over the maximum, or none, becomes the maximum.
 * Throws InvalidValueError for what is not a whole number.
 */
export function parsePaging(
  query: { readonly startIndex?: unknown; readonly count?: unknown },
  maxResults: number = MAX_RESULTS,
): Paging {
  const startIndex = wholeNumber(query.startIndex, "startIndex") ?? 1;
  const count = wholeNumber(query.count, "count") ?? maxResults;
  return {
    startIndex: Math.min(Math.max(startIndex, 1), Number.MAX_SAFE_INTEGER),
    count: Math.min(Math.max(count, 0), maxResults),
  };
}

function wholeNumber(value: unknown, name: string): number | undefined {
  if (value === undefined) return undefined;
  const number = typeof value === "string" && /^[+-]?\d+$/.test(value.trim()) ? Number(value) : value;
  if (typeof number === "number" && (Number.isInteger(number) || Math.abs(number) === Infinity)) return number;
  throw new InvalidValueError(`${name} must be a whole number.`);
}
