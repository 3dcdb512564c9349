import test from "ava";
import fc from "fast-check";
import { nextLink, nextTarget } from "../../../src/connectors/recipe/next-target.ts";
import { following, pageScope, PagingFault, START } from "../../../src/connectors/recipe/paging.ts";
import type { Cursor, PageFacts } from "../../../src/connectors/recipe/paging.ts";
import { pagingField } from "../../../src/connectors/recipe/schema-request.ts";
import type { RecipePaging } from "../../../src/connectors/recipe/schema-request.ts";

const FACTS: PageFacts = { count: 0, total: null, more: null, token: null, target: null };

/** A product with so many items, walked to its end: how many came, and by what each page was asked for. */
function walk(paging: RecipePaging, items: number): { readonly came: number; readonly asked: readonly unknown[] } {
  const asked: unknown[] = [];
  let cursor: Cursor | null = START;
  let came = 0;
  do {
    asked.push(pageScope(paging, cursor));
    const count = Math.min(10, items - came);
    came += count;
    cursor = following(paging, cursor, { ...FACTS, count, total: items, more: came < items });
  } while (cursor !== null);
  return { came, asked };
}

const KINDS: readonly object[] = [
  { by: "page", first: 0, size: 10, end: "empty" },
  { by: "page", first: 1, size: 10, end: "short" },
  { by: "page", first: 1, size: 10, end: "total", total: "=total" },
  { by: "offset", size: 10, end: "more", more: "=more" },
  { by: "scim", size: 10 },
];

test("however a list is paged, all of it comes, once", (t) => {
  fc.assert(
    fc.property(fc.constantFrom(...KINDS), fc.integer({ min: 0, max: 45 }), (kind, items) => {
      t.is(walk(pagingField().parse(kind), items).came, items);
    }),
    { numRuns: 200 },
  );
});

test("requests are told which page is asked for", (t) => {
  const asked = (kind: object): readonly unknown[] => walk(pagingField().parse(kind), 15).asked;
  t.deepEqual(asked({ by: "page", first: 0, size: 10, end: "short" }), [
    { page: 0, size: 10 },
    { page: 1, size: 10 },
  ]);
  t.deepEqual(asked({ by: "offset", size: 10, end: "short" }), [
    { offset: 0, size: 10 },
    { offset: 10, size: 10 },
  ]);
  t.deepEqual(asked({ by: "scim", size: 10 }), [
    { startIndex: 1, size: 10 },
    { startIndex: 11, size: 10 },
  ]);
});

test("tokens that lead in a circle are noticed, and so are too many pages", (t) => {
  const paging = pagingField().parse({ by: "token", next: "=next", maxPages: 50 });
  const go = (tokens: (page: number) => string): void => {
    let cursor: Cursor | null = START;
    for (let page = 0; cursor !== null; page += 1)
      cursor = following(paging, cursor, { ...FACTS, token: tokens(page) });
  };
  t.throws(() => go((page) => `t${page % 3}`), { instanceOf: PagingFault, message: /came already/ });
  t.throws(() => go((page) => (page === 0 ? "first" : "same")), { instanceOf: PagingFault, message: /came already/ });
  t.throws(() => go((page) => `t${page}`), { instanceOf: PagingFault, message: /more than 50 pages/ });
});

test("a page of more than was asked for is no page", (t) => {
  const paging = pagingField().parse({ by: "page", first: 1, size: 10, end: "short" });
  t.throws(() => following(paging, START, { ...FACTS, count: 11 }), {
    instanceOf: PagingFault,
    message: /not paged so/,
  });
});

const BASE = "https://api.example/v1";
for (const [next, path, query] of [
  ["https://api.example/v1/users?page=2&page=3", "users", "page=2&page=3"],
  ["users?skip=2", "users", "skip=2"],
  ["/v1/users", "users", ""],
  ["https://evil.example/v1/users", null, null],
  ["https://api.example/v2/users", null, null],
  ["//evil.example/v1/users", null, null],
  ["https://api.example/v1/../admin", null, null],
  ["https://api.example/v1/%2e%2e/admin", null, null],
  ["https://api.example/v1/a%2F..%2Fb", null, null],
  ["https://me:secret@api.example/v1/users", null, null],
  ["https://api.example:8443/v1/users", null, null],
  ["http://api.example/v1/users", null, null],
  ["https://[", null, null],
] as const) {
  test(`the next page ${next} is ${path === null ? "not followed" : "followed"}`, (t) => {
    const target = nextTarget(next, BASE);
    t.is(target?.path ?? null, path);
    t.is(target?.query instanceof URLSearchParams ? target.query.toString() : null, query);
  });
}

for (const [header, address] of [
  ['<https://api.example/v1/users?page=2>; rel="next"', "https://api.example/v1/users?page=2"],
  ["</v1/users?page=1>; rel=prev, </v1/users?page=3>; rel=next", "/v1/users?page=3"],
  ['</v1/users?a=1,2>; title="x"; rel="last next"', "/v1/users?a=1,2"],
  ['</v1/users>; rel="nextish"', null],
  ["nonsense", null],
  [undefined, null],
] as const) {
  test(`of the Link header ${header}, the next page is ${address}`, (t) => {
    t.is(nextLink(header), address);
  });
}
