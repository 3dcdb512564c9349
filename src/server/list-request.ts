import {
  InvalidFilterError,
  InvalidPathError,
  InvalidValueError,
  SensitiveError,
  type ScimError,
} from "../domain/errors.ts";
import type { SortOrder } from "../ports/directory-tx.ts";
import { printAttributePath } from "../scim/attribute-path.ts";
import { lookUp } from "../scim/attribute-target.ts";
import { rewriteFilter } from "../scim/dialect.ts";
import { filterPaths } from "../scim/filter-paths.ts";
import type { AttributePath, FilterNode } from "../scim/filter.ts";
import { parseFilter } from "../scim/parse-filter.ts";
import type { ProjectionQuery } from "../scim/projection.ts";
import { GROUP_TYPE, USER_TYPE } from "../scim/resource-types.ts";
import type { ResourceType } from "../scim/schema.ts";
import { parseSortOrder } from "../scim/search-request.ts";
import { parseSortBy } from "../scim/sort-key.ts";
import { excerpt } from "../scim/tokenizer.ts";

/** What a list or a search may say (RFC 7644 sections 3.4.2 and 3.4.3), as texts of a query or values of a body. */
export interface ListParameters extends ProjectionQuery {
  readonly filter?: string | undefined;
  readonly sortBy?: string | undefined;
  readonly sortOrder?: string | undefined;
  readonly startIndex?: unknown;
  readonly count?: unknown;
  readonly cursor?: string | undefined;
}

/** A list or a search, understood. */
export interface ListRequest {
  readonly filter: FilterNode | null;
  readonly sort: SortOrder | null;
  readonly projection: ProjectionQuery;
  /** `cursor` null: by index; empty: the first page by cursor. */
  readonly paging: { readonly startIndex: unknown; readonly count: unknown; readonly cursor: string | null };
  /** The texts that make the question what it is, whatever page of its answer is asked for. */
  readonly question: readonly (string | null)[];
}

/** Where a list was asked for: the line of a request is written to logs on the way, its body is not. */
export type ListSource = "query" | "body";

const ALL_TYPES = [USER_TYPE, GROUP_TYPE];

/**
 * Reads a list or a search over resources of these types. Throws InvalidFilterError, InvalidPathError for what cannot be
 * sorted by, InvalidValueError for `cursor` beside `startIndex`; SensitiveError when the request line names a secret.
 */
export function parseListRequest(
  parameters: ListParameters,
  source: ListSource,
  types: readonly ResourceType[],
): ListRequest {
  const { filter, sortBy, sortOrder, startIndex, count, cursor = null } = parameters;
  if (cursor !== null && startIndex !== undefined) {
    throw new InvalidValueError("A list is paged by cursor or by startIndex, not by both.");
  }
  const { attributes, excludedAttributes } = parameters;
  return {
    filter: filter === undefined ? null : readFilter(filter, source, types),
    sort: readOrder(sortBy, sortOrder, source, types),
    projection: { attributes, excludedAttributes },
    paging: { startIndex, count, cursor },
    question: [filter ?? null, sortBy ?? null, sortBy === undefined ? null : parseSortOrder(sortOrder)],
  };
}

/** An empty filter is a mistake: it must never become the list of everybody. */
function readFilter(text: string, source: ListSource, types: readonly ResourceType[]): FilterNode {
  if (text.trim() === "") throw new InvalidFilterError("The filter is empty.");
  const filter = rewriteFilter(parseFilter(text));
  for (const path of filterPaths(filter)) {
    refuseSecret(path, source, (message) => new InvalidFilterError(message));
    // Of one type, the store says what it lacks; of several, what one of them lacks matches nothing there.
    if (types.length > 1 && !types.some((type) => lookUp(path, type) !== undefined)) {
      throw new InvalidFilterError(`There is no attribute ${shown(path)} here.`);
    }
  }
  return filter;
}

function readOrder(
  sortBy: string | undefined,
  sortOrder: string | undefined,
  source: ListSource,
  types: readonly ResourceType[],
): SortOrder | null {
  const descending = parseSortOrder(sortOrder) === "descending";
  if (sortBy === undefined) return null;
  refuseSecret(parseSortBy(sortBy, null), source, (message) => new InvalidPathError(message));
  const [type = null, ...others] = types;
  return { path: parseSortBy(sortBy, others.length === 0 ? type : null), descending };
}

/** RFC 7644 section 7.5.2: what must not be seen must not be asked for where everybody on the way reads it. */
function refuseSecret(path: AttributePath, source: ListSource, inBody: (message: string) => ScimError): void {
  if (!ALL_TYPES.some((type) => lookUp(path, type)?.attribute.returned === "never")) return;
  const message = `${shown(path)} can be neither filtered nor sorted by.`;
  throw source === "query" ? new SensitiveError(message) : inBody(message);
}

function shown(path: AttributePath): string {
  return excerpt(printAttributePath(path));
}
