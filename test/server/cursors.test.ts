import test from "ava";
import type { Instant } from "../../src/domain/brand.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import { openCursor, questionOf, sealCursor } from "../../src/server/cursor.ts";
import { openTestApp, type Answer, type TestApp } from "../support/app.ts";
import { GLOBEX, hire } from "../support/bridge.ts";
import { createTestClock } from "../support/test-clock.ts";
import { aScimGroup } from "../support/scim-users.ts";

const BASE = "scim/v2";
const SORTS = ["", "&sortBy=userName&sortOrder=descending", "&sortBy=title"] as const;
const resources = (body: JsonObject): readonly JsonObject[] => body["Resources"] as readonly JsonObject[];
const staff = async (app: TestApp, count: number): Promise<void> => {
  for (let n = 1; n <= count; n += 1) await hire(app, `p${n}@acme.example`);
};
const cursorIn = ({ body }: Answer): string => body["nextCursor"] as string;

/** All pages of a list, from the first to the one without a cursor. */
async function pages(app: TestApp, path: string): Promise<readonly JsonObject[]> {
  const found: JsonObject[] = [];
  let cursor = "";
  while (true) {
    const { status, body, text } = await app.ask("GET", `${BASE}${path}&cursor=${cursor}`);
    if (status !== 200) throw new Error(text);
    found.push(body);
    if (body["nextCursor"] === undefined) return found;
    cursor = body["nextCursor"] as string;
  }
}

for (const sort of SORTS) {
  test(`pages by cursor give everybody once, the last without a cursor${sort}`, async (t) => {
    const app = await openTestApp(t);
    await staff(app, 5);
    const whole = resources((await app.ask("GET", `${BASE}/Users?count=9${sort}`)).body).map(({ id }) => id);
    const found = await pages(app, `/Users?count=2${sort}`);
    t.deepEqual(
      found.map((body) => resources(body).length),
      [2, 2, 1],
    );
    t.deepEqual(
      found.flatMap(resources).map(({ id }) => id),
      whole,
    );
    for (const body of found) {
      t.like(body, { totalResults: 5, itemsPerPage: resources(body).length });
      t.is(body["startIndex"], undefined);
    }
    t.deepEqual(
      (await pages(app, `/Users?count=5${sort}`)).map((body) => resources(body).length),
      [5],
      "a last page that is full has no cursor, either",
    );
  });
}

test("who comes and goes between two pages makes nobody else come twice or not at all", async (t) => {
  const app = await openTestApp(t);
  await staff(app, 4);
  const first = await app.ask("GET", `${BASE}/Users?count=2&cursor=`);
  const [p1] = resources(first.body);
  await app.ask("DELETE", `${BASE}/Users/${p1?.["id"] as string}`);
  await hire(app, "late@acme.example");
  const rest = await app.ask("GET", `${BASE}/Users?count=9&count=2&cursor=${cursorIn(first)}`);
  t.is(rest.status, 400, "the first of several counts is taken");
  const second = await app.ask("GET", `${BASE}/Users?cursor=${cursorIn(first)}`);
  t.deepEqual(
    resources(second.body).map(({ userName }) => userName),
    ["p3@acme.example", "p4@acme.example"],
  );
});

test("a search takes a cursor, over one type and over all", async (t) => {
  const app = await openTestApp(t);
  await staff(app, 3);
  await app.ask("POST", `${BASE}/Groups`, { json: aScimGroup("Sales") });
  for (const [path, total] of [
    ["/Users/.search", 3],
    ["/.search", 4],
  ] as const) {
    for (const sort of [{}, { sortBy: "displayName" }]) {
      const whole = await app.ask("POST", `${BASE}${path}`, { json: { ...sort } });
      const first = await app.ask("POST", `${BASE}${path}`, { json: { ...sort, cursor: "", count: 2 } });
      const last = await app.ask("POST", `${BASE}${path}`, { json: { ...sort, cursor: cursorIn(first), count: 2 } });
      t.is(last.body["nextCursor"], undefined);
      t.deepEqual([...resources(first.body), ...resources(last.body)], [...resources(whole.body)]);
      t.is(last.body["totalResults"], total);
    }
  }
});

test("a cursor is good for its own question only", async (t) => {
  const app = await openTestApp(t, { directories: { acme: ["*"], globex: ["*"] } });
  await staff(app, 3);
  const own = cursorIn(await app.ask("GET", `${BASE}/Users?count=1&cursor=&sortBy=userName`));
  const token = await app.newToken("scim", GLOBEX);
  for (const [title, path, ask] of [
    ["another order", `Users?sortBy=displayName&cursor=${own}`, {}],
    ["another direction", `Users?sortBy=userName&sortOrder=descending&cursor=${own}`, {}],
    ["no order", `Users?cursor=${own}`, {}],
    ["a filter", `Users?sortBy=userName&filter=title%20pr&cursor=${own}`, {}],
    ["another endpoint", `Groups?sortBy=userName&cursor=${own}`, {}],
    ["another directory", `Users?sortBy=userName&cursor=${own}`, { token }],
    ["garbage", "Users?sortBy=userName&cursor=garbage", {}],
    ["JSON of another shape", `Users?cursor=${Buffer.from("[1,2]").toString("base64url")}`, {}],
    ["half of it", `Users?sortBy=userName&cursor=${own.slice(0, 20)}`, {}],
  ] as const) {
    const { status, body } = await app.ask("GET", `${BASE}/${path}`, ask);
    t.is(status, 400, title);
    t.true(["invalidCursor", "invalidPath"].includes(body["scimType"] as string), title);
  }
  t.is((await app.ask("GET", `${BASE}/Users?sortBy=userName&sortOrder=Ascending&cursor=${own}`)).status, 200);
});

test("a cursor whose position is none of the store's is refused", async (t) => {
  const app = await openTestApp(t);
  await staff(app, 2);
  const question = questionOf(["acme", "/Users", null, null, null]);
  for (const position of ["", "x", "-1", "[]", '{"a":1}', "9".repeat(400)]) {
    const cursor = sealCursor({ position, issuedAt: app.clock.now(), count: 1, question });
    const { status, body } = await app.ask("GET", `${BASE}/Users?cursor=${cursor}`);
    t.is(status, 400, position);
    t.is(body["scimType"], "invalidCursor");
  }
});

test("a cursor is good for an hour", async (t) => {
  const clock = createTestClock();
  const app = await openTestApp(t, { clock });
  await staff(app, 2);
  const cursor = cursorIn(await app.ask("GET", `${BASE}/Users?count=1&cursor=`));
  clock.jump(3_590_000);
  t.is((await app.ask("GET", `${BASE}/Users?cursor=${cursor}`)).status, 200);
  clock.jump(20_000);
  const { status, body } = await app.ask("GET", `${BASE}/Users?cursor=${cursor}`);
  t.is(status, 400);
  t.is(body["scimType"], "expiredCursor");
});

test("the count of the first page is that of all, and need not be said again", async (t) => {
  const app = await openTestApp(t);
  await staff(app, 3);
  const cursor = cursorIn(await app.ask("GET", `${BASE}/Users?count=1&cursor=`));
  t.is((await app.ask("GET", `${BASE}/Users?count=1&cursor=${cursor}`)).status, 200);
  t.is(resources((await app.ask("GET", `${BASE}/Users?cursor=${cursor}`)).body).length, 1);
  const { status, body } = await app.ask("GET", `${BASE}/Users?count=2&cursor=${cursor}`);
  t.is(status, 400);
  t.is(body["scimType"], "invalidCount");
});

test("a cursor and an index exclude each other, and pages of nothing have no next one", async (t) => {
  const app = await openTestApp(t);
  await staff(app, 2);
  const { status, body } = await app.ask("GET", `${BASE}/Users?cursor=&startIndex=1`);
  t.is(status, 400);
  t.is(body["scimType"], "invalidValue");
  const none = await app.ask("GET", `${BASE}/Users?cursor=&count=0`);
  t.like(none.body, { totalResults: 2, itemsPerPage: 0 });
  t.is(cursorIn(none), undefined as never);
  t.is(cursorIn(await app.ask("GET", `${BASE}/Users?count=1`)), undefined as never, "pages by index have no cursor");
});

test("what is sealed is opened again, and is safe in a URL", (t) => {
  const issuedAt = "2026-11-23T09:00:00.000Z" as Instant;
  const cursor = { position: '["Zoë ?&","u-1"]', issuedAt, count: 7, question: questionOf(["acme", null]) };
  const text = sealCursor(cursor);
  t.regex(text, /^[\w-]+$/);
  t.deepEqual(openCursor(text, cursor.question, issuedAt), cursor);
  t.not(questionOf(["a", null]), questionOf([null, "a"]));
});
