import { ConnectorError } from "../domain/errors.ts";

/** More pages than any list has that we read to its end. */
const MOST_PAGES = 10_000;

/** One page of a list, and the token by which the next one is asked for; null on the last. */
export interface TokenPage<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Told of each page by what stands for it: its token, or its first item. Throws ConnectorError `unavailable`. */
export type PageWatch = (mark: string) => void;

/** Notices a list that leads in a circle, or that has no end. */
export function createPageWatch(product: string, mostPages = MOST_PAGES): PageWatch {
  const seen = new Set<string>();
  return (mark) => {
    if (seen.has(mark)) throw new ConnectorError("unavailable", `${product} gave a page of a list twice`);
    if (seen.size >= mostPages) {
      throw new ConnectorError("unavailable", `${product} gave ${mostPages} pages of a list, and no end of it`);
    }
    seen.add(mark);
  };
}

/**
 * All items of a list whose pages have tokens. Throws ConnectorError `unavailable` when it leads in a circle or has no end,
 * and whatever `fetchPage` throws. Lists of accounts are walked by `observePages`.
 */
export async function* everyItem<T>(
  product: string,
  fetchPage: (token: string | null) => Promise<TokenPage<T>>,
): AsyncGenerator<T> {
  const watch = createPageWatch(product);
  let token: string | null = null;
  do {
    const page: TokenPage<T> = await fetchPage(token);
    yield* page.items;
    token = page.next;
    if (token !== null) watch(token);
  } while (token !== null);
}
