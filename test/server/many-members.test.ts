import test from "ava";
import type { JsonObject } from "../../src/domain/json.ts";
import { openTestApp, type TestApp } from "../support/app.ts";
import { hire } from "../support/bridge.ts";
import { aPatch, aScimGroup } from "../support/scim-users.ts";

const GROUPS = "scim/v2/Groups";
const drop = (value: string): JsonObject => aPatch({ op: "remove", path: `members[value eq "${value}"]` });
const add = (...values: readonly string[]): JsonObject =>
  aPatch({ op: "add", path: "members", value: values.map((value) => ({ value })) });
const memberIds = (body: JsonObject): readonly string[] =>
  ((body["members"] ?? []) as readonly JsonObject[]).map(({ value }) => value as string);
const names = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(6, "0")}`);

/** An order that looks like chance and is the same each time. */
function shuffled<T>(items: readonly T[]): readonly T[] {
  let seed = 7;
  const keyed = items.map((item) => ({ item, key: (seed = (seed * 48_271) % 2_147_483_647) }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

async function groupWith(app: TestApp, members: readonly string[]): Promise<string> {
  const { status, body, text } = await app.ask("POST", `${GROUPS}?excludedAttributes=members`, {
    json: aScimGroup("Everybody", members),
  });
  if (status !== 201) throw new Error(text);
  return `${GROUPS}/${body["id"] as string}`;
}

test("200 pushes at once that add and remove different members end with exactly the right ones", async (t) => {
  const app = await openTestApp(t);
  const [leaving, joining, staying] = [names("leaving", 100), names("joining", 100), names("staying", 20)];
  const path = await groupWith(app, [...staying, ...leaving]);
  const pushes = shuffled([...leaving.map(drop), ...joining.map((value) => add(value))]);
  const answers = await Promise.all(pushes.map((json) => app.ask("PATCH", path, { json })));
  t.true(answers.every(({ status }) => status === 200));
  t.is(new Set(answers.map(({ headers }) => headers["etag"])).size, 200, "each is a version of its own");
  const { body, headers } = await app.ask("GET", path);
  t.deepEqual(memberIds(body).toSorted(), [...staying, ...joining].toSorted());
  t.is(headers["etag"], 'W/"201"');
});

test("10,000 members are added by one push, and again without any effect", async (t) => {
  const app = await openTestApp(t);
  const path = await groupWith(app, []);
  const added = names("m", 10_000);
  const first = await app.ask("PATCH", path, { json: add(...added) });
  t.deepEqual(memberIds(first.body), added);
  const second = await app.ask("PATCH", `${path}?excludedAttributes=members`, { json: add(...added) });
  t.is(second.headers["etag"], first.headers["etag"]);
  t.true(second.text.length < 1_000);
});

test("50,000 members fit into one group, with all that an IdP says of them", async (t) => {
  const app = await openTestApp(t);
  const ana = await hire(app, "ana@acme.example");
  const values = [...names("00000000-0000-4000-8000", 49_999), ana.id];
  const members = values.map((value) => ({ value, display: `${value}@acme.example`, $ref: `../Users/${value}` }));
  const made = await app.ask("POST", `${GROUPS}?excludedAttributes=members`, {
    json: aScimGroup("Everybody", undefined, { members }),
  });
  t.is(made.status, 201, made.text.slice(0, 300));
  const path = `${GROUPS}/${made.body["id"] as string}`;
  t.is(memberIds((await app.ask("GET", path)).body).length, 50_000);
  t.true((await app.ask("GET", `${GROUPS}?excludedAttributes=members`)).text.length < 1_000);
  const patched = await app.ask("PATCH", `${path}?attributes=displayName`, { json: drop(ana.id) });
  t.like(patched, { status: 200, headers: { etag: 'W/"2"' } });
  const half = values.slice(0, 25_000).map((value) => ({ value }));
  const put = await app.ask("PUT", path, { json: aScimGroup("Everybody", undefined, { members: half }) });
  t.is(memberIds(put.body).length, 25_000);
  t.is((await app.ask("DELETE", path)).status, 204);
});

test("a body over 8 MB is a 413 that names the limit, for a group; for a user 1 MB is enough", async (t) => {
  const app = await openTestApp(t);
  const large = aScimGroup("Everybody", [], { padding: "x".repeat(1024 * 1024) });
  t.is((await app.ask("POST", GROUPS, { json: large })).status, 400, "one string of that length is no attribute");
  const { status, body } = await app.ask("POST", GROUPS, { body: " ".repeat(8 * 1024 * 1024 + 1) });
  t.is(status, 413);
  t.true((body["detail"] as string).includes(String(8 * 1024 * 1024)));
});
