import type { Completeness, ObservedAccount } from "../domain/account.ts";

/** One page of a product's list of accounts. `total` is what the product says there is on all pages, if it says so. */
export interface AccountPage<C> {
  readonly accounts: readonly ObservedAccount[];
  readonly next: C | null;
  readonly total: number | null;
}

/** Accounts page by page, and whether they were all of them. */
export interface ObservedPages {
  readonly pages: AsyncIterable<readonly ObservedAccount[]>;
  readonly completeness: Promise<Completeness>;
}

/**
 * Walks a product's list of accounts, one page in memory at a time. A listing counts as complete only when its last page
 * came and the product's total, as of the last page, is what was counted. A list that leads in a circle is ended. That
 * no id came twice is for the workspace to find, which keeps the accounts (`spool`): here, memory does not grow with them.
 *
 * `pages` never throws: it ends early when a page fails or the signal is aborted, and `completeness` says why.
 */
export function observePages<C>(
  fetchPage: (cursor: C | null) => Promise<AccountPage<C>>,
  signal: AbortSignal,
): ObservedPages {
  const settled = Promise.withResolvers<Completeness>();
  return { pages: walk(fetchPage, signal, settled.resolve), completeness: settled.promise };
}

async function* walk<C>(
  fetchPage: (cursor: C | null) => Promise<AccountPage<C>>,
  signal: AbortSignal,
  settle: (completeness: Completeness) => void,
): AsyncGenerator<readonly ObservedAccount[], void, void> {
  const circle = createCircleWatch();
  let accounts = 0;
  const broken = (reason: "page-failed" | "duplicate-id" | "total-differs" | "stopped", detail: string): void =>
    settle({ complete: false, accounts, reason, detail });
  let cursor: C | null = null;
  try {
    do {
      let page: AccountPage<C>;
      try {
        page = await fetchPage(cursor);
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        return broken(signal.aborted ? "stopped" : "page-failed", detail);
      }
      if (circle.repeats(page.accounts)) return broken("duplicate-id", "an account was listed twice");
      if (page.next !== null && page.accounts.length === 0)
        return broken("page-failed", "an empty page had a successor");
      accounts += page.accounts.length;
      yield page.accounts;
      cursor = page.next;
      if (cursor === null) {
        if (page.total === null || page.total === accounts) return settle({ complete: true, accounts });
        return broken("total-differs", `${accounts} accounts came, but the product counts ${page.total}`);
      }
    } while (!signal.aborted);
  } finally {
    // Settles only where nothing did so far: the reader left early, or the signal was aborted between pages.
    broken("stopped", "the listing was left before its end");
  }
}

/**
 * Notices that pages lead in a circle, with the ids of one page in memory: a page is remembered for as many pages as came
 * before it (Brent), so that a circle ends after three times its length and way at most.
 */
function createCircleWatch(): { repeats(page: readonly ObservedAccount[]): boolean } {
  let remembered: ReadonlySet<string> = new Set();
  let pages = 0;
  let next = 1;
  return {
    repeats(page) {
      if (page.some(({ id }) => remembered.has(id))) return true;
      pages += 1;
      if (pages === next) {
        remembered = new Set(page.map(({ id }) => id));
        next *= 2;
      }
      return false;
    },
  };
}
