import type { RecipePaging } from "./schema-request.ts";
import type { Target } from "./calls.ts";
import type { Scope } from "./expression.ts";

/** Where a walk through a list is. */
export interface Cursor {
  /** Pages that came before, and items on them. */
  readonly pages: number;
  readonly items: number;
  readonly token: string | null;
  readonly target: Target | null;
  /**
   * What one earlier page was asked by, and at how many pages another is remembered instead (Brent): a list that leads in a
   * circle is noticed with one token in memory.
   */
  readonly mark: { readonly key: string | null; readonly renewAt: number };
}

/** What the answer to a page says of the walk. Each is null where it says nothing. */
export interface PageFacts {
  readonly count: number;
  readonly total: number | null;
  readonly more: boolean | null;
  readonly token: string | null;
  readonly target: Target | null;
}

/** A list that cannot be read to its end; the message is a sentence without its stop. */
export class PagingFault extends Error {
  override readonly name = "PagingFault";
}

/** Before the first page. */
export const START: Cursor = { pages: 0, items: 0, token: null, target: null, mark: { key: null, renewAt: 1 } };

/** What the request for a page knows by name. */
export function pageScope(paging: RecipePaging, { pages, items, token }: Cursor): Scope {
  switch (paging.by) {
    case "page":
      return { page: paging.first + pages, size: paging.size };
    case "offset":
      return { offset: items, size: paging.size };
    case "scim":
      return { startIndex: items + 1, size: paging.size };
    case "token":
      return { ...(token === null ? {} : { token }), ...(paging.size === undefined ? {} : { size: paging.size }) };
    default:
      return {};
  }
}

/** Where the walk goes on after a page; null at its end. Throws PagingFault where it would never end. */
export function following(paging: RecipePaging, cursor: Cursor, facts: PageFacts): Cursor | null {
  const walked = { ...cursor, pages: cursor.pages + 1, items: cursor.items + facts.count };
  if (!goesOn(paging, walked, facts)) return null;
  if (paging.by !== "none" && walked.pages >= paging.maxPages) {
    throw new PagingFault(`a list has more than ${paging.maxPages} pages (maxPages)`);
  }
  const key = facts.token ?? addressOf(facts.target);
  if (key === null) return walked;
  if (cursor.mark.key === key) throw new PagingFault("a list leads back to a page that came already");
  const mark = walked.pages < cursor.mark.renewAt ? cursor.mark : { key, renewAt: 2 * walked.pages };
  return { ...walked, token: facts.token, target: facts.target, mark };
}

function addressOf(target: Target | null): string | null {
  if (target === null) return null;
  const query = target.query instanceof URLSearchParams ? target.query.toString() : JSON.stringify(target.query);
  return `${target.path}?${query}`;
}

function goesOn(paging: RecipePaging, walked: Cursor, facts: PageFacts): boolean {
  switch (paging.by) {
    case "none":
      return false;
    case "token":
      return facts.token !== null && facts.more !== false;
    case "url":
    case "link":
      return facts.target !== null;
    case "scim":
      return facts.count > 0 && facts.total !== null && walked.items < facts.total;
    default:
      return pageFollows(paging, walked, facts);
  }
}

type Counted = Extract<RecipePaging, { readonly by: "page" | "offset" }>;

function pageFollows({ end, size }: Counted, walked: Cursor, { count, total, more }: PageFacts): boolean {
  if (count > size)
    throw new PagingFault(`a page holds ${count} items though ${size} were asked for: it is not paged so`);
  switch (end) {
    case "empty":
      return count > 0;
    case "short":
      return count === size;
    case "total":
      if (total === null) throw new PagingFault("a page does not say how many items there are in all");
      return count > 0 && walked.items < total;
    case "more":
      return more === true;
  }
}
