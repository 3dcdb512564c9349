import test from "ava";
import type { ExecutionContext } from "ava";
import got from "got";
import { z } from "zod";
import type { HarnessFault } from "../../contracts/connector-harness.ts";
import { empty, html, json, plain, TwinRefusal } from "./answers.ts";
import type { TwinFault } from "./faults.ts";
import { route, wholeNumber } from "./route.ts";
import { startTwin, type TwinSpec, type TwinVendor } from "./twin.ts";

const VENDOR: TwinVendor = {
  authenticate: ({ headers }) => (headers.authorization === "Bearer right" ? null : json(401, { title: "Who?" })),
  invalid: (problems) => json(400, { title: "Invalid", details: problems }),
  unknownPath: () => json(404, { title: "Not Found" }),
  unauthorized: () => json(401, { title: "Who?" }),
  rateLimited: (seconds) => json(429, { title: "Slow down" }, { "x-wait": String(seconds) }),
  unavailable: () => plain(503, "out of order"),
  headers: { "x-vendor": "toy" },
};

/** A vendor of people: one list, one create, one PUT that only reads, a login. */
async function toy(t: ExecutionContext, parts: Partial<TwinSpec> = {}) {
  const people: string[] = [];
  const twin = await startTwin(t, {
    vendor: VENDOR,
    basePath: "/v1",
    routes: [
      route(
        "GET",
        "/people",
        { query: z.strictObject({ skip: wholeNumber(0, 100).exactOptional() }), list: "people" },
        (request) =>
          json(200, { people: people.slice(request.query.skip ?? 0), next: `${request.baseUrl}/people?skip=1` }),
      ),
      route(
        "POST",
        "/people",
        { headers: z.object({ "x-version": z.literal("2") }), body: z.strictObject({ name: z.string() }) },
        ({ body: { name }, violate }) => {
          if (people.includes(name)) throw new TwinRefusal(json(409, { title: "Taken" }));
          if (name === "nobody") violate("nobody is somebody");
          people.push(name);
          return json(201, { name });
        },
      ),
      route("GET", "/people/:id", { params: z.object({ id: z.string().regex(/^\d+$/) }) }, ({ params: { id } }) =>
        json(200, { name: people[Number(id)] }),
      ),
      route("DELETE", "/people/:id", {}, () => empty(204)),
      route("PUT", "/search", { body: z.strictObject({ name: z.string() }), writes: false }, () => json(200, [])),
      route(
        "POST",
        "/login",
        {
          body: z.strictObject({ user: z.string() }),
          contentType: "application/x-www-form-urlencoded",
          guarded: false,
        },
        ({ body }) => json(200, { token: `of ${body.user}` }),
      ),
    ],
    ...parts,
  });
  const client = got.extend({
    prefixUrl: twin.url,
    headers: { authorization: "Bearer right", "x-version": "2" },
    throwHttpErrors: false,
    retry: { limit: 0 },
  });
  return { twin, client, people };
}

test("what is as documented is answered, and only writes are in the ledger of writes", async (t) => {
  const { twin, client } = await toy(t);
  const created = await client.post("people", { json: { name: "ana" } });
  t.is(created.statusCode, 201);
  t.is(created.headers["x-vendor"], "toy");
  t.deepEqual(await client("people", { searchParams: { skip: 0 } }).json(), {
    people: ["ana"],
    next: `${twin.url}/people?skip=1`,
  });
  t.is((await client.delete("people/1")).statusCode, 204);
  t.deepEqual(await client.put("search", { json: { name: "a" } }).json(), []);
  t.deepEqual(await got.post("login", { prefixUrl: twin.url, form: { user: "ana" } }).json(), { token: "of ana" });
  t.deepEqual(
    twin.writes().map(({ method, route: path, status, effect }) => [method, path, status, effect]),
    [
      ["POST", "/people", 201, true],
      ["DELETE", "/people/:id", 204, true],
      ["POST", "/login", 200, true],
    ],
  );
  t.is(twin.calls().length, 5);
  t.deepEqual(twin.violations(), []);
});

test("a refusal that the vendor documents is no violation, and has no effect", async (t) => {
  const { twin, client } = await toy(t);
  await client.post("people", { json: { name: "ana" } });
  t.is((await client.post("people", { json: { name: "ana" } })).statusCode, 409);
  t.is((await client("people", { headers: { authorization: "Bearer wrong" } })).statusCode, 401);
  t.like(twin.writes()[1], { status: 409, effect: false });
  t.deepEqual(twin.violations(), []);
});

const wrong: readonly (readonly [
  string,
  (client: typeof got) => Promise<{ readonly statusCode: number }>,
  number,
  RegExp,
])[] = [
  ["an unknown path", (client) => client("persons"), 404, /GET \/persons: there is no such operation/],
  ["another method", (client) => client.patch("people"), 404, /PATCH \/people: there is no such operation/],
  ["a slash too many", (client) => client("people/"), 404, /GET \/people\/: there is no such operation/],
  ["an unknown query key", (client) => client("people?limit=1"), 400, /GET \/people: query: .*limit/],
  ["a query value that is none", (client) => client("people?skip=x"), 400, /query skip: must be a whole number/],
  ["a wrong id", (client) => client("people/x1"), 400, /GET \/people\/x1: path id/],
  ["a step upwards in an id", (client) => client.delete("people/a%2Fb"), 400, /path id: is no id/],
  [
    "a missing header",
    (client) => client.post("people", { json: { name: "a" }, headers: { "x-version": undefined } }),
    400,
    /headers x-version/,
  ],
  ["an unknown key", (client) => client.post("people", { json: { name: "a", age: 1 } }), 400, /body: .*age/],
  ["a body where none is due", (client) => client.delete("people/1", { json: {} }), 400, /body: takes no body/],
  ["another media type", (client) => client.post("people", { form: { name: "a" } }), 201, /not application\/json/],
  [
    "no JSON",
    (client) => client.post("people", { body: "{", headers: { "content-type": "application/json" } }),
    400,
    /the body is not JSON/,
  ],
  ["a wrong order", (client) => client.post("people", { json: { name: "nobody" } }), 201, /nobody is somebody/],
];
for (const [what, ask, status, violation] of wrong) {
  test(`${what} is a violation`, async (t) => {
    const { twin, client } = await toy(t);
    t.is((await ask(client)).statusCode, status);
    const [first = ""] = twin.takeViolations();
    t.regex(first, violation);
    t.deepEqual(twin.violations(), []);
  });
}

const faults: readonly (readonly [HarnessFault, { read: number | null; write: number | null; people: number }])[] = [
  ["auth", { read: 401, write: 401, people: 0 }],
  ["rate-limited", { read: 429, write: 429, people: 0 }],
  ["unavailable", { read: 503, write: 503, people: 0 }],
  ["not-json", { read: 200, write: 200, people: 0 }],
  ["lost-reply", { read: 200, write: null, people: 1 }],
  ["unavailable-after-effect", { read: 200, write: 503, people: 1 }],
];
for (const [fault, expected] of faults) {
  test(`the fault ${fault} of the harness, until it is healed`, async (t) => {
    const { twin, client, people } = await toy(t);
    const statusOf = (call: Promise<{ readonly statusCode: number }>) =>
      call.then(
        ({ statusCode }) => statusCode,
        () => null,
      );
    twin.fail(fault);
    const read = await statusOf(client("people"));
    const write = await statusOf(client.post("people", { json: { name: "ana" } }));
    t.deepEqual({ read, write, people: people.length }, expected);
    t.is(twin.writes().length, 1);
    twin.heal();
    t.is(await statusOf(client("people")), 200);
  });
}

test("a page of a list fails, and all after it", async (t) => {
  const { twin, client } = await toy(t);
  await client("people");
  twin.failPage("people", 2);
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await client("people")).statusCode);
  t.deepEqual(statuses, [200, 503, 503]);
  t.is((await client("people/0")).statusCode, 200);
});

const scripted: readonly (readonly [string, TwinFault, number, number])[] = [
  ["in place of the operation", { kind: "answer", answer: html(302) }, 302, 0],
  ["after the operation", { kind: "answer-after-effect", answer: json(500, {}) }, 500, 1],
  ["changed on the way", { kind: "change-answer", change: (answer) => ({ ...answer, status: 202 }) }, 202, 1],
];
for (const [what, fault, status, people] of scripted) {
  test(`an answer that a test wrote, ${what}, once and only where it fits`, async (t) => {
    const { twin, client, people: state } = await toy(t);
    twin.fault(fault, { method: "POST", path: "/people", times: 1 });
    t.is((await client("people")).statusCode, 200);
    t.is((await client.post("people", { json: { name: "ana" } })).statusCode, status);
    t.is(state.length, people);
    t.is((await client.post("people", { json: { name: "bo" } })).statusCode, 201);
  });
}

test("a rate limit is kept, told, and over with its window", async (t) => {
  let nowMs = 0;
  const { client } = await toy(t, {
    rate: {
      limit: 2,
      windowMs: 60_000,
      nowMs: () => nowMs,
      headers: ({ remaining, resetMs }) => ({ "x-left": String(remaining), "x-reset": String(resetMs / 1_000) }),
    },
  });
  const first = await client("people");
  t.like(first.headers, { "x-left": "1", "x-reset": "60" });
  nowMs = 20_000;
  await client("people");
  const refused = await client("people");
  t.is(refused.statusCode, 429);
  t.like(refused.headers, { "x-left": "0", "x-wait": "40" });
  nowMs = 60_000;
  t.is((await client("people")).statusCode, 200);
});
