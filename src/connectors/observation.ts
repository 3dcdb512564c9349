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
 * came, no id came twice, and the product's total, as of the last page, is what was counted.
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
  const seen = new Set<string>();
  const broken = (reason: "page-failed" | "duplicate-id" | "total-differs" | "stopped", detail: string): void =>
    settle({ complete: false, accounts: seen.size, reason, detail });
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
      for (const { id } of page.accounts) {
        // Also what ends a list that gives the same page for ever.
        if (seen.has(id)) return broken("duplicate-id", "an account was listed twice");
        seen.add(id);
      }
      if (page.next !== null && page.accounts.length === 0)
        return broken("page-failed", "an empty page had a successor");
      yield page.accounts;
      cursor = page.next;
      if (cursor === null) {
        if (page.total === null || page.total === seen.size) return settle({ complete: true, accounts: seen.size });
        return broken("total-differs", `${seen.size} accounts came, but the product counts ${page.total}`);
      }
    } while (!signal.aborted);
  } finally {
    // Settles only where nothing did so far: the reader left early, or the signal was aborted between pages.
    broken("stopped", "the listing was left before its end");
  }
}
