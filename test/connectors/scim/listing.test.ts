import test from "ava";
import type { ExecutionContext } from "ava";
import type { Completeness } from "../../../src/domain/account.ts";
import { ConnectorError } from "../../../src/domain/errors.ts";
import { listen } from "../../../src/lib/http-server.ts";
import { connectTo } from "../../support/scim-products.ts";

const SIGNAL = new AbortController().signal;
const LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const PEOPLE = Array.from({ length: 5 }, (_, index) => ({ id: `u${index}`, userName: `p${index}@acme.example` }));

type Answer = (query: URLSearchParams) => unknown;

/** A product whose list of users is answered so; `config` is its ServiceProviderConfig. */
async function observe(t: ExecutionContext, answer: Answer, { recipe = {}, config }: Setup = {}): Promise<Observed> {
  const queries: string[] = [];
  const server = await listen(
    (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "", "http://scim.example");
      const isList = pathname === "/Users";
      if (isList) queries.push(searchParams.toString());
      const body = isList ? answer(searchParams) : config;
      response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/scim+json" });
      response.end(JSON.stringify(body ?? {}));
    },
    { host: "127.0.0.1", port: 0 },
  );
  t.teardown(() => server.close(0));
  const whole = { groups: { by: "none" }, paging: { size: 2 }, ...recipe };
  const connector = connectTo(server, { recipe: JSON.stringify(whole) });
  const observation = await connector.observe(SIGNAL);
  const pages = await Array.fromAsync(observation.pages);
  return { ids: pages.flat().map(({ id }) => id), completeness: await observation.completeness, queries };
}

interface Setup {
  readonly recipe?: object;
  readonly config?: object;
}
interface Observed {
  readonly ids: readonly string[];
  readonly completeness: Completeness;
  readonly queries: readonly string[];
}

/** A page by index. */
function page(query: URLSearchParams, { first = 1, cap = 100, more = {} } = {}): object {
  const start = Number(query.get("startIndex")) - first;
  const count = Math.min(Number(query.get("count")), cap);
  return { schemas: [LIST], totalResults: PEOPLE.length, Resources: PEOPLE.slice(start, start + count), ...more };
}

const WHOLE: Readonly<Record<string, readonly [answer: Answer, setup?: Setup]>> = {
  "keeps the standard": [page],
  "caps pages at less than was asked for": [(query) => page(query, { cap: 1 })],
  "ignores count and shows everybody": [() => ({ schemas: [LIST], totalResults: 5, Resources: PEOPLE })],
  "says another itemsPerPage and startIndex than it shows": [
    (query) => page(query, { more: { itemsPerPage: 99, startIndex: 7 } }),
  ],
  "counts from 0, and its recipe says so": [
    (query) => page(query, { first: 0 }),
    { recipe: { paging: { size: 2, firstIndex: 0 } } },
  ],
  "names its attributes in other letters": [
    (query) => {
      const { Resources } = page(query) as { readonly Resources: unknown };
      return { Schemas: [LIST.toUpperCase()], TotalResults: 5, resources: Resources };
    },
  ],
  "pages by cursor, and announces it": [
    (query) => {
      const start = Number(query.get("cursor"));
      const Resources = PEOPLE.slice(start, start + 2);
      return { schemas: [LIST], Resources, ...(start + 2 < 5 ? { nextCursor: String(start + 2) } : {}) };
    },
    { config: { patch: { supported: true }, pagination: { cursor: true } } },
  ],
};
for (const [what, [answer, setup]] of Object.entries(WHOLE)) {
  test(`everybody is listed once where a product ${what}`, async (t) => {
    const { ids, completeness } = await observe(t, answer, setup);
    t.deepEqual(
      ids,
      PEOPLE.map(({ id }) => id),
    );
    t.deepEqual(completeness, { complete: true, accounts: 5 });
  });
}

const BROKEN: Readonly<Record<string, readonly [answer: Answer, reason: string]>> = {
  "counts from 0, and nobody knows": [(query) => page(query, { first: 0 }), "total-differs"],
  "ignores startIndex": [() => ({ schemas: [LIST], totalResults: 5, Resources: PEOPLE.slice(0, 2) }), "duplicate-id"],
  "shows an empty page too early": [
    (query) => (query.get("startIndex") === "1" ? page(query) : { schemas: [LIST], totalResults: 5, Resources: [] }),
    "total-differs",
  ],
  "counts more people than it shows": [
    () => ({ schemas: [LIST], totalResults: 4, Resources: PEOPLE.slice(0, 5) }),
    "total-differs",
  ],
  "shows an error instead of the second page": [
    (query) =>
      query.get("startIndex") === "1" ? page(query) : { schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"] },
    "page-failed",
  ],
  "shows somebody whose id leads elsewhere": [
    (query) =>
      query.get("startIndex") === "1"
        ? page(query)
        : { schemas: [LIST], totalResults: 5, Resources: [{ id: "../admin", userName: "x" }] },
    "page-failed",
  ],
};
for (const [what, [answer, reason]] of Object.entries(BROKEN)) {
  test(`a listing is not complete where a product ${what}`, async (t) => {
    const { completeness } = await observe(t, answer);
    t.is(completeness.complete ? "complete" : completeness.reason, reason);
  });
}

const NO_LISTS: Readonly<Record<string, unknown>> = {
  "a bare array": PEOPLE,
  "an empty object": {},
  "an error that is called 200": { schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"], totalResults: 0 },
  "people without a count": { schemas: [LIST], Resources: PEOPLE },
  "a count without people": { schemas: [LIST], totalResults: 5 },
  "a count that is no number": { schemas: [LIST], totalResults: "5", Resources: [] },
  "people that are no objects": { schemas: [LIST], totalResults: 1, Resources: ["ana"] },
};
for (const [what, body] of Object.entries(NO_LISTS)) {
  test(`${what} is not read as a list of nobody`, async (t) => {
    await t.throwsAsync(
      observe(t, () => body),
      { instanceOf: ConnectorError, code: "connector.unavailable" },
    );
  });
}

test("nobody at all may be said without Resources", async (t) => {
  const { completeness } = await observe(t, () => ({ schemas: [LIST], totalResults: 0 }));
  t.deepEqual(completeness, { complete: true, accounts: 0 });
});

test("no page is asked for that is larger than the product announces", async (t) => {
  const config = { filter: { supported: true, maxResults: 3 } };
  const { queries } = await observe(t, page, { recipe: { paging: { size: 50 } }, config });
  t.deepEqual(queries, ["startIndex=1&count=3", "startIndex=4&count=3"]);
});
