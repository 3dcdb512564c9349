import test from "ava";
import { boundedPage, type BoundedPage } from "../../src/lib/bounded-page.ts";

const NUMBERS = Array.from({ length: 25_000 }, (_, index) => index + 1);

/** Newest first, as a list of 25,000 numbers; counts what is read. */
function aList(): { readonly read: Parameters<typeof boundedPage<number>>[0]["read"]; readonly seen: () => number } {
  let seen = 0;
  return {
    read: async (behind, limit) => {
      const from = behind === null ? NUMBERS.length : behind - 1;
      const some = Array.from({ length: Math.min(limit, from) }, (_, index) => from - index);
      seen += some.length;
      return some.map((item) => ({ item, place: item }));
    },
    seen: () => seen,
  };
}

async function all(wanted: ((item: number) => boolean) | null, limit: number): Promise<readonly BoundedPage<number>[]> {
  const pages: BoundedPage<number>[] = [];
  for (let behind: number | null = null; ;) {
    const page: BoundedPage<number> = await boundedPage({ read: aList().read, wanted, behind, limit });
    pages.push(page);
    behind = page.behind;
    if (behind === null) return pages;
  }
}

test("pages hold everything that is wanted once, whatever their size", async (t) => {
  const isRound = (item: number): boolean => item % 1_000 === 0;
  for (const [wanted, limit] of [
    [null, 1_000],
    [null, 24_999],
    [null, 25_000],
    [null, 30_000],
    [isRound, 1],
    [isRound, 2],
    [isRound, 7],
    [isRound, 100],
  ] as const) {
    const items = (await all(wanted, limit)).flatMap((page) => page.items);
    t.deepEqual(items, NUMBERS.filter(wanted ?? (() => true)).reverse(), `limit ${limit}`);
  }
});

test("for one page only so much is looked at, and the next goes on from there", async (t) => {
  const list = aList();
  const first = await boundedPage({ read: list.read, wanted: (item) => item === 1, behind: null, limit: 10 });
  t.deepEqual(first.items, []);
  t.is(list.seen(), 10_000);
  t.not(first.behind, null);
  const pages = await all((item) => item === 1, 10);
  t.is(pages.length, 3);
  t.deepEqual(pages.at(-1), { items: [1], behind: null });
});

test("a page without a filter reads one item more than it shows", async (t) => {
  const list = aList();
  await boundedPage({ read: list.read, wanted: null, behind: null, limit: 10 });
  t.is(list.seen(), 11);
});
