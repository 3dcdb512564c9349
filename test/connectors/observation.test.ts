import test from "ava";
import type { AccountId, ObservedAccount } from "../../src/domain/account.ts";
import { observePages } from "../../src/connectors/observation.ts";
import type { AccountPage } from "../../src/connectors/observation.ts";

const SIGNAL = new AbortController().signal;

function account(id: string): ObservedAccount {
  const profile = { email: `${id}@acme.example` };
  return { id: id as AccountId, status: "active", role: "member", profile, seat: null, groups: [] };
}

type PageSketch = Partial<AccountPage<number>> & { readonly ids: readonly string[] };

/** Pages by index; `next` leads to the following one unless told otherwise. */
function pagesOf(...pages: readonly PageSketch[]) {
  const calls: (number | null)[] = [];
  const fetchPage = (cursor: number | null): Promise<AccountPage<number>> => {
    calls.push(cursor);
    const index = cursor ?? 0;
    const page = pages[index];
    if (page === undefined) return Promise.reject(new Error(`page ${index} is broken`));
    const next = index + 1 < pages.length ? index + 1 : null;
    return Promise.resolve({ accounts: page.ids.map(account), next, total: null, ...page });
  };
  return { fetchPage, calls };
}

async function observed(...pages: readonly PageSketch[]) {
  const { fetchPage, calls } = pagesOf(...pages);
  const walk = observePages(fetchPage, SIGNAL);
  const ids = (await Array.fromAsync(walk.pages)).flat().map(({ id }) => id as string);
  return { ids, calls, completeness: await walk.completeness };
}

test("all pages without a total are complete", async (t) => {
  const { ids, completeness, calls } = await observed({ ids: ["a", "b"] }, { ids: ["c"] });
  t.deepEqual(ids, ["a", "b", "c"]);
  t.deepEqual(completeness, { complete: true, accounts: 3 });
  t.deepEqual(calls, [null, 1]);
});

test("no accounts at all are complete", async (t) => {
  t.deepEqual((await observed({ ids: [], total: 0 })).completeness, { complete: true, accounts: 0 });
});

test("the total of the last page counts, since people come while pages are read", async (t) => {
  const { completeness } = await observed({ ids: ["a", "b"], total: 3 }, { ids: ["c", "d"], total: 4 });
  t.deepEqual(completeness, { complete: true, accounts: 4 });
});

test("fewer accounts than the product counts are not complete", async (t) => {
  const { completeness, ids } = await observed({ ids: ["a", "b"], total: 3 });
  t.like(completeness, { complete: false, reason: "total-differs", accounts: 2 });
  t.is(ids.length, 2);
});

test("more accounts than the product counts are not complete either", async (t) => {
  const { completeness } = await observed({ ids: ["a", "b"], total: 2 }, { ids: ["c"], total: 2 });
  t.like(completeness, { complete: false, reason: "total-differs" });
});

test("an account on two pages is a duplicate", async (t) => {
  const { completeness, ids } = await observed({ ids: ["a", "b"] }, { ids: ["b", "c"] });
  t.like(completeness, { complete: false, reason: "duplicate-id", accounts: 2 });
  t.deepEqual(ids, ["a", "b"]);
});

test("a cursor that leads in a circle ends", async (t) => {
  const { completeness } = await observed({ ids: ["a"], next: 1 }, { ids: ["b"], next: 0 });
  t.like(completeness, { complete: false, reason: "duplicate-id" });
});

test("a circle ends soon, however long the way to it is", async (t) => {
  for (const [way, length] of [
    [0, 1],
    [1, 2],
    [3, 7],
    [12, 5],
  ] as const) {
    const pages = Array.from({ length: way + length }, (_, index): PageSketch => ({ ids: [`${index}`] }));
    const { completeness, calls } = await observed(...pages.with(-1, { ids: ["last"], next: way }));
    t.like(completeness, { complete: false, reason: "duplicate-id" });
    t.true(calls.length <= 3 * (way + length) + 1, `${calls.length} calls for ${way} + ${length} pages`);
  }
});

test("empty pages that lead on for ever end", async (t) => {
  const { completeness, calls } = await observed({ ids: [], next: 0 });
  t.like(completeness, { complete: false, reason: "page-failed" });
  t.is(calls.length, 1);
});

test("a page that fails ends the listing without throwing, and says why", async (t) => {
  const { completeness, ids } = await observed({ ids: ["a"], next: 7 });
  t.deepEqual(completeness, { complete: false, accounts: 1, reason: "page-failed", detail: "page 7 is broken" });
  t.deepEqual(ids, ["a"]);
});

test("pages are fetched only when they are asked for", async (t) => {
  const { fetchPage, calls } = pagesOf({ ids: ["a"] }, { ids: ["b"] });
  const { pages, completeness } = observePages(fetchPage, SIGNAL);
  t.deepEqual(calls, []);
  for await (const page of pages) {
    t.is(page.length, 1);
    break;
  }
  t.deepEqual(calls, [null]);
  t.like(await completeness, { complete: false, reason: "stopped", accounts: 1 });
});
