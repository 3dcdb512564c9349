import { ConnectorError } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { Sending } from "../http.ts";
import { createPageWatch } from "../paged-list.ts";
import type { Collection, ScimClient } from "./client.ts";
import type { Discovery, Features } from "./discovery.ts";
import type { ScimRecipe } from "./recipe.ts";

/** Where a page begins: at an index, or where a cursor points. */
export type Position =
  { readonly by: "index"; readonly start: number } | { readonly by: "cursor"; readonly cursor: string };

/** A page, and where the next one begins; `next` null on the last. `total` is what the product counts on all pages. */
export interface ListedPage {
  readonly resources: readonly JsonObject[];
  readonly next: Position | null;
  readonly total: number | null;
}

/** Lists of a product, page by page. */
export interface Listing {
  /** One page; `position` null: the first. Throws ConnectorError. */
  page(collection: Collection, position: Position | null, how: Sending, query?: Query): Promise<ListedPage>;
  /** All pages of a list that is whole; throws ConnectorError `unavailable` when its end is missing. */
  all(collection: Collection, how: Sending, query?: Query): AsyncIterable<JsonObject>;
}

type Query = Readonly<Record<string, string>>;

/** Lists by cursor where the product announces it (RFC 9865), else by index (RFC 7644 section 3.4.2.4). */
export function createListing(client: ScimClient, discovery: Discovery): Listing {
  const { recipe } = client;
  async function page(
    collection: Collection,
    position: Position | null,
    how: Sending,
    query: Query = {},
  ): Promise<ListedPage> {
    const features = await discovery.features(how);
    const at = position ?? firstPosition(recipe, features);
    const count = Math.min(recipe.paging.size, features.maxResults ?? Number.POSITIVE_INFINITY);
    const place = at.by === "index" ? { startIndex: at.start } : { cursor: at.cursor };
    const { resources, total, nextCursor } = await client.page(collection, { ...query, ...place, count }, how);
    return { resources, total, next: nextPosition(at, resources.length, total, nextCursor, recipe) };
  }

  return {
    page,
    async *all(collection, how, query) {
      let position: Position | null = null;
      let count = 0;
      const watch = createPageWatch(recipe.name);
      do {
        const listed: ListedPage = await page(collection, position, how, query);
        yield* listed.resources;
        count += listed.resources.length;
        position = listed.next;
        const isWhole = listed.total === null || listed.total === count;
        if (position === null ? !isWhole : listed.resources.length === 0) {
          throw new ConnectorError("unavailable", `${recipe.name} did not show all of its ${collection.toLowerCase()}`);
        }
        if (position !== null) watch(JSON.stringify(position));
      } while (position !== null);
    },
  };
}

function firstPosition({ paging }: ScimRecipe, features: Features): Position {
  const byCursor = paging.by === "cursor" || (paging.by === "discovered" && features.cursor);
  return byCursor ? { by: "cursor", cursor: "" } : { by: "index", start: paging.firstIndex };
}

/**
 * The end of a list by index is where as many came as the product counts, not where a page is short: products cap pages
 * as they like. Where an empty page comes too early the list ends there, and whoever counts sees that it was not all.
 */
function nextPosition(
  at: Position,
  came: number,
  total: number | null,
  nextCursor: string | null,
  { paging }: ScimRecipe,
): Position | null {
  if (at.by === "cursor") return nextCursor === null ? null : { by: "cursor", cursor: nextCursor };
  const next = at.start + came;
  return came === 0 || next - paging.firstIndex >= (total ?? 0) ? null : { by: "index", start: next };
}
