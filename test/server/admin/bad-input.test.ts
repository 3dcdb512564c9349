import test from "ava";
import { z } from "zod";
import { ConnectorError } from "../../../src/domain/errors.ts";
import type { JsonObject, JsonValue } from "../../../src/domain/json.ts";
import type { AdminRoute } from "../../../src/server/admin/declaration.ts";
import { adminRoutes } from "../../../src/server/admin/routes.ts";
import type { Answer } from "../../support/app.ts";
import { hire, MAPPING, patch, runFull } from "../../support/bridge.ts";
import { isProblem, openAdminApp, textOf, type AdminApp } from "./support.ts";

const routesOf = (app: AdminApp): readonly AdminRoute[] =>
  adminRoutes({ services: app.services(), ambient: app.ambient, version: "0.0.0" });

const pathOf = ({ path }: AdminRoute): string => path.replaceAll(/\{\w+\}/g, "abcdef012345");

/** Sends a body to a route, with whatever headers it wants beside. */
const sendTo = (app: AdminApp, route: AdminRoute, json: unknown): Promise<Answer> =>
  app.admin(route.method, pathOf(route), { json, headers: { "if-match": "*" } });

const errorsOf = ({ body }: Answer): readonly JsonObject[] => (body["errors"] ?? []) as readonly JsonObject[];

/** What may not change when a request is refused. */
async function everything(app: AdminApp): Promise<JsonValue> {
  const { audit, tokens, mappingEdits } = app.services();
  // The first look saves the mapping of the configuration.
  const { version } = await mappingEdits.show();
  const rows = await audit.page({ since: null, until: null, order: "newest-first", after: null, limit: 1_000 });
  return [rows.items.length, (await tokens.list()).length, version];
}

/** Values of every wrong type for a JSON Schema of a property. */
function wrongFor(schema: JsonObject): readonly JsonValue[] {
  const text = JSON.stringify(schema);
  const takes = (type: string): boolean => text.includes(`"type":"${type}"`);
  const values: readonly (readonly [string, JsonValue])[] = [
    ["string", "an odd text\u0007"],
    ["integer", 7.5],
    ["boolean", true],
    ["object", { odd: true }],
    ["array", [1]],
    ["null", null],
  ];
  return values.flatMap(([type, value]) => (takes(type) ? [] : [value]));
}

test("a body of another type, with an unknown key, or with a part of another type is refused, and its place is named", async (t) => {
  const app = await openAdminApp(t);
  const before = await everything(app);
  const routes = routesOf(app).filter(({ body }) => body !== undefined);
  for (const route of routes) {
    const example = route.body?.examples[0]?.value as JsonObject;
    for (const odd of ["text", 7, true, [example]]) {
      const answer = await sendTo(app, route, odd);
      isProblem(t, answer, 400, "invalid-request");
      t.is(errorsOf(answer)[0]?.["path"], "body", route.id);
    }
    const unknown = await sendTo(app, route, { ...example, resaon: "x" });
    isProblem(t, unknown, 400, "invalid-request", /unknown key "resaon"/);
    const schema = z.toJSONSchema(route.body?.shape.schema ?? z.undefined(), { io: "input", unrepresentable: "any" });
    for (const [key, property] of Object.entries(schema.properties ?? {})) {
      for (const odd of wrongFor(property as JsonObject)) {
        const answer = await sendTo(app, route, { ...example, [key]: odd });
        isProblem(t, answer, 400, "invalid-request");
        t.is(errorsOf(answer)[0]?.["path"], `body.${key}`, `${route.id} ${JSON.stringify(odd)}: ${answer.text}`);
      }
    }
    for (const key of schema.required ?? []) {
      const { [key]: _, ...without } = example;
      const answer = await sendTo(app, route, without);
      isProblem(t, answer, 400, "invalid-request", /is required/);
      t.is(errorsOf(answer)[0]?.["path"], `body.${key}`, route.id);
    }
  }
  t.deepEqual(await everything(app), before, "nothing was saved");
});

test("a body that is no JSON, none at all, too large, too deep, compressed or of another type is refused", async (t) => {
  const app = await openAdminApp(t);
  const before = await everything(app);
  const deep = `${"[".repeat(40)}${"]".repeat(40)}`;
  const large = JSON.stringify({ reason: "x".repeat(10 * 1024 * 1024) });
  for (const route of routesOf(app)) {
    if (route.body === undefined) continue;
    const send = (body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
      app.admin(route.method, pathOf(route), {
        body,
        headers: { "content-type": "application/json", "if-match": "*", ...headers },
      });
    isProblem(t, await send("{"), 400, "invalid-request", /not valid JSON/);
    isProblem(t, await send(Buffer.from([0x22, 0xff, 0x22])), 400, "invalid-request", /UTF-8/);
    isProblem(t, await send(deep), 400, "invalid-request", /deeper than 32/);
    isProblem(t, await send('{"reason":"\\u0000"}'), 400, "invalid-request", /NUL/);
    isProblem(t, await send(large), 413, "payload-too-large", /larger than \d+ bytes/);
    isProblem(t, await send("{}", { "content-encoding": "gzip" }), 415, "unsupported-media-type");
    isProblem(t, await send("a=1", { "content-type": "application/x-www-form-urlencoded" }), 400, "invalid-request");
    isProblem(t, await send("{}", { "content-type": "text/plain" }), 415, "unsupported-media-type");
    if (route.body.whenEmpty === undefined) isProblem(t, await send(""), 400, "invalid-request", /needs a body/);
  }
  t.deepEqual(await everything(app), before, "nothing was saved");
});

test("a query that a route does not take, or takes once, or otherwise, is refused by its name", async (t) => {
  const app = await openAdminApp(t);
  for (const route of routesOf(app)) {
    const path = pathOf(route);
    const odd = await app.admin(route.method, `${path}?odd=1`, { json: {} });
    isProblem(t, odd, 400, "invalid-request", /query/);
    t.true(
      errorsOf(odd).some(({ message }) => /is not taken here|unknown key "odd"/.test(textOf(message))),
      odd.text,
    );
    if (route.query === undefined) continue;
    const { properties = {} } = z.toJSONSchema(route.query, { io: "input" });
    for (const [name, property] of Object.entries(properties)) {
      const twice = await app.admin(route.method, `${path}?${name}=1&${name}=2`, { json: {} });
      isProblem(t, twice, 400, "invalid-request");
      t.true(
        errorsOf(twice).some((error) => error["path"] === `query.${name}`),
        twice.text,
      );
      const { type, enum: choices, format, pattern } = property as JsonObject;
      if (type === "string" && choices === undefined && format === undefined && pattern === undefined) continue;
      const wrong = await app.admin(route.method, `${path}?${name}=%1b%5b31m`, { json: {} });
      isProblem(t, wrong, 400, "invalid-request");
      t.true(
        errorsOf(wrong).some((error) => error["path"] === `query.${name}`),
        wrong.text,
      );
      t.false(wrong.text.includes("\u001b"));
    }
  }
});

/** Lists, each with a filter that names what it does not have. */
const LISTS = ["/people", "/runs", "/audit"] as const;

for (const list of LISTS) {
  test(`${list}: bad filters and cursors are told from each other, and a cursor is good for one question`, async (t) => {
    const app = await openAdminApp(t);
    for (const name of ["ana", "bo", "cy"]) await hire(app, `${name}@acme.example`);
    await runFull(app);
    await runFull(app);
    for (const filter of ['odd eq "x"', "userName eq", "(", `a${"(".repeat(3_000)}`]) {
      const answer = await app.admin("GET", `${list}?filter=${encodeURIComponent(filter)}`);
      if (answer.status !== 200) isProblem(t, answer, 400, "invalid-filter");
      else t.true(list === "/people" && filter.startsWith("odd"), `${filter}: unknown attributes of people are absent`);
    }
    isProblem(t, await app.admin("GET", `${list}?limit=0`), 400, "invalid-request", /from 1 to 1,?000/);
    isProblem(t, await app.admin("GET", `${list}?limit=1001`), 400, "invalid-request");
    isProblem(t, await app.admin("GET", `${list}?cursor=abc`), 400, "invalid-cursor");
    const first = await app.admin("GET", `${list}?limit=1`);
    const cursor = textOf(first.body["nextCursor"]);
    t.is(first.status, 200);
    t.is((await app.admin("GET", `${list}?limit=1&cursor=${cursor}`)).status, 200);
    const other = list === "/people" ? "userName pr" : list === "/runs" ? "id pr" : "action pr";
    const elsewhere = await app.admin("GET", `${list}?filter=${encodeURIComponent(other)}&cursor=${cursor}`);
    isProblem(t, elsewhere, 400, "invalid-cursor", /another list/);
    app.clock.advance(2 * 3_600_000);
    isProblem(t, await app.admin("GET", `${list}?limit=1&cursor=${cursor}`), 400, "invalid-cursor", /older/);
  });

  test(`${list}: pages hold everything once, in one order`, async (t) => {
    const app = await openAdminApp(t);
    for (const name of ["ana", "bo", "cy", "di", "ed"]) await hire(app, `${name}@acme.example`);
    for (let run = 0; run < 5; run++) await runFull(app);
    const all = await app.admin("GET", `${list}?limit=1000`);
    const whole = all.body["items"] as readonly JsonObject[];
    t.true(whole.length >= 5);
    const pieces: JsonObject[] = [];
    for (let cursor: unknown = ""; typeof cursor === "string";) {
      const page: Answer = await app.admin("GET", `${list}?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`);
      t.is(page.status, 200, page.text);
      pieces.push(...(page.body["items"] as readonly JsonObject[]));
      cursor = page.body["nextCursor"];
    }
    t.deepEqual(pieces, [...whole]);
  });
}

test("unknown people, runs, tokens, plans and versions are not found, and the nearest person is named", async (t) => {
  const app = await openAdminApp(t);
  await hire(app, "ana@acme.example");
  const reason = { reason: "trial" };
  isProblem(t, await app.admin("GET", "/people/anna@acme.example"), 404, "not-found", /Did you mean ana@acme\.example/);
  isProblem(t, await app.admin("GET", "/people/..%2f..%2fetc"), 404, "not-found");
  isProblem(t, await app.admin("GET", "/people/%00"), 404, "not-found");
  isProblem(t, await app.admin("GET", "/people/ana@acme.example/proof"), 404, "not-found", /has not been offboarded/);
  isProblem(t, await app.admin("POST", "/people/nobody/release", { json: reason }), 404, "not-found");
  isProblem(t, await app.admin("GET", "/runs/nothing"), 404, "not-found");
  isProblem(t, await app.admin("POST", "/tokens/nothing/rotate", { json: {} }), 404, "not-found");
  isProblem(t, await app.admin("DELETE", "/tokens/nothing"), 404, "not-found");
  isProblem(t, await app.admin("POST", "/plans/abcdef/approve", { json: reason }), 404, "not-found");
  isProblem(t, await app.admin("GET", "/plans/nothing"), 400, "invalid-request", /12 hexadecimal digits/);
  isProblem(t, await app.admin("GET", "/mapping?version=99"), 404, "not-found");
  isProblem(t, await app.admin("POST", "/mapping/rollback", { json: { version: 99, ...reason } }), 404, "not-found");
  isProblem(t, await app.admin("POST", "/runs", { json: { person: "nobody" } }), 404, "not-found");
});

test("an edit of the mapping: without If-Match, with a stale or odd one, with faults, failing tests, groups taken over", async (t) => {
  const app = await openAdminApp(t);
  const shown = await app.admin("GET", "/mapping");
  const etag = String(shown.headers["etag"]);
  const put = (json: unknown, ifMatch?: string): Promise<Answer> =>
    app.admin("PUT", "/mapping", { json, headers: ifMatch === undefined ? {} : { "if-match": ifMatch } });
  const edit = { document: { ...MAPPING, rehire: "link" }, reason: "trial" };
  isProblem(t, await put(edit), 428, "precondition-required", /If-Match/);
  for (const odd of ["odd", `${etag}, odd`, `${etag} "x"`, `${etag}, *`, "*, *", ","])
    isProblem(t, await put(edit, odd), 400, "invalid-request", /in quotes/);
  for (const other of ['"1-0000000000000000"', `W/${etag}`, '"", "a, b" ,W/"c"'])
    isProblem(t, await put(edit, other), 412, "mapping-changed");
  const faulty = await put(
    { document: { groups: { rules: [{ when: "title zz 1", group: "X" }] }, scopee: "x" }, reason: "trial" },
    etag,
  );
  isProblem(t, faulty, 422, "mapping-invalid");
  t.deepEqual(
    errorsOf(faulty)
      .map((error) => error["path"])
      .sort(),
    ["", "groups.rules[0].when"].sort(),
  );
  const failing = { ...edit, document: { ...MAPPING, tests: [{ given: { userName: "x@y.z" }, seat: "gold" }] } };
  const failed = await put(failing, etag);
  isProblem(t, failed, 422, "mapping-tests-failed");
  t.like((failed.body["failures"] as readonly JsonObject[])[0], {
    index: 0,
    expected: { seat: "gold" },
    actual: { seat: "standard" },
  });
  const taking = await put({ ...edit, document: { groups: { rules: [{ directoryGroup: "A", group: "B" }] } } }, etag);
  isProblem(t, taking, 409, "mapping-takes-over-groups");
  t.deepEqual(taking.body["groups"], ["B"]);
  t.is((await app.services().mappingEdits.show()).version, 1, "nothing was saved");
  t.is((await put(edit, `"a, b",, ${etag} , W/"c"`)).status, 200, "one of a list will do");
  isProblem(t, await put({ ...edit, document: MAPPING }, etag), 412, "mapping-changed", /v2/);
  t.is((await put({ ...MAPPING, rehire: "new" }, "*")).status, 200, "the document alone is an edit, too");
});

test("an edit where the configuration file rules the mapping is refused", async (t) => {
  const app = await openAdminApp(t, { mappingSource: "file" });
  const headers = { "if-match": "*" };
  const json = { document: MAPPING, reason: "trial" };
  isProblem(t, await app.admin("PUT", "/mapping", { json, headers }), 409, "mapping-ruled-by-file");
});

test("a plan that is another one by now is neither shown nor applied, and the new digest is named", async (t) => {
  const app = await openAdminApp(t);
  await hire(app, "ana@acme.example");
  const plan = await app.admin("POST", "/plans");
  const digest = textOf((plan.body["summary"] as JsonObject)["digest"]);
  t.is(plan.headers["location"], `/admin/v1/plans/${digest}`);
  t.is((await app.admin("GET", `/plans/${digest}`)).status, 200);
  await hire(app, "bo@acme.example");
  const shown = await app.admin("GET", `/plans/${digest}`);
  isProblem(t, shown, 409, "plan-changed");
  t.regex(textOf(shown.body["current"]), /^[0-9a-f]{12}$/);
  isProblem(t, await app.admin("POST", `/plans/${digest}/apply`), 409, "plan-changed");
  t.is(app.product.state.accounts.size, 1, "nobody but the owner");
});

test("an approval that was used, or whose hour is over, lets nothing through", async (t) => {
  const app = await openAdminApp(t, { limits: { deactivate: { floor: 0, max: 0, percent: null } } });
  const ana = await hire(app, "ana@acme.example");
  await runFull(app);
  await patch(app, ana.id, { active: false });
  const plan = await app.admin("POST", "/plans");
  const digest = textOf((plan.body["summary"] as JsonObject)["digest"]);
  t.is((await app.admin("POST", `/plans/${digest}/approve`, { json: { reason: "trial" } })).status, 200);
  app.clock.advance(61 * 60_000);
  const late = await app.admin("POST", `/plans/${digest}/apply`);
  t.is((late.body["report"] as JsonObject | null)?.["outcome"], "held", late.text);
});

test("what the product refuses or cannot answer is told as such, and never as a fault of ours", async (t) => {
  const app = await openAdminApp(t);
  await hire(app, "ana@acme.example");
  const asks = (): Promise<readonly Answer[]> =>
    Promise.all([app.admin("GET", "/groups"), app.admin("POST", "/plans"), app.admin("POST", "/runs")]);
  app.product.failReads(new ConnectorError("auth", "The product refuses our credentials (401)."));
  for (const answer of await asks()) isProblem(t, answer, 502, "product-refused", /credentials/);
  app.product.failReads(new ConnectorError("unavailable", "The product does not answer.", { retryAfterMs: 1_500 }));
  for (const answer of await asks()) {
    isProblem(t, answer, 503, "product-unavailable", /does not answer/);
    t.is(answer.headers["retry-after"], "2");
  }
  const explained = await app.admin("GET", "/people/ana@acme.example");
  t.is(explained.status, 200);
  t.like((explained.body["matched"] as JsonObject)["unanswered"], { reason: "unavailable" });
});
