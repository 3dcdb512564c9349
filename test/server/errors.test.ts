import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import test from "ava";
import { StoreBusyError, StoreUnavailableError } from "../../src/domain/errors.ts";
import type { Store } from "../../src/ports/store.ts";
import { aPerson, hire } from "../support/bridge.ts";
import { openTestApp, PUBLIC_URL, type Ask } from "../support/app.ts";
import { USER_URN } from "../support/scim-users.ts";

const USERS = "scim/v2/Users";
const ERROR_URN = "urn:ietf:params:scim:api:messages:2.0:Error";
const nested = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;

for (const [title, ask, status, scimType] of [
  ["no body", {}, 400, "invalidSyntax"],
  ["broken JSON", { body: '{"userName": ' }, 400, "invalidSyntax"],
  ["an array", { json: [] }, 400, "invalidSyntax"],
  ["null", { body: "null" }, 400, "invalidSyntax"],
  ["schemas that are no list", { json: { schemas: USER_URN, userName: "ana@acme.example" } }, 400, "invalidSyntax"],
  ["the wrong schema", { json: { schemas: ["urn:x"], userName: "ana@acme.example" } }, 400, "invalidSyntax"],
  ["no userName", { json: { schemas: [USER_URN] } }, 400, "invalidValue"],
  ["an empty userName", { json: { schemas: [USER_URN], userName: " " } }, 400, "invalidValue"],
  ["a userName that is no text", { json: { schemas: [USER_URN], userName: { a: 1 } } }, 400, "invalidValue"],
  ["active as a word", { json: aPerson("ana@acme.example", { active: "perhaps" }) }, 400, "invalidValue"],
  ["active as null", { json: aPerson("ana@acme.example", { active: null }) }, 400, "invalidValue"],
  ["a NUL character", { body: JSON.stringify(aPerson("a\0b@acme.example")) }, 400, "invalidValue"],
  ["nesting deeper than 32", { body: `{"x":${nested(40)}}` }, 400, "invalidSyntax"],
  ["nesting that would end any recursion", { body: nested(400_000) }, 400, "invalidSyntax"],
  ["bytes that are no UTF-8", { body: Buffer.from([0x7b, 0xff, 0x7d]) }, 400, "invalidSyntax"],
  ["more than 1 MB", { body: " ".repeat(1024 * 1024 + 1) }, 413, undefined],
  [
    "a compressed body",
    { body: gzipSync(Buffer.alloc(100_000)), headers: { "content-encoding": "gzip" } },
    415,
    undefined,
  ],
] as const satisfies readonly (readonly [string, Ask, number, string | undefined])[]) {
  test(`a POST with ${title} is refused with ${status}, and nothing is stored`, async (t) => {
    const app = await openTestApp(t);
    const { status: actual, headers, body } = await app.ask("POST", USERS, ask);
    t.is(actual, status);
    t.is(headers["content-type"], "application/scim+json");
    t.deepEqual(body["schemas"], [ERROR_URN]);
    t.is(body["status"], String(status));
    t.is(body["scimType"] as string | undefined, scimType);
    t.is(typeof body["detail"], "string");
    t.is((await app.ask("GET", USERS)).body["totalResults"], 0);
  });
}

test("a body that reaches for the prototype changes no prototype", async (t) => {
  const app = await openTestApp(t);
  const body = `{"schemas":["${USER_URN}"],"userName":"ana@acme.example","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}`;
  const { status } = await app.ask("POST", USERS, { body });
  t.true(status === 201 || status === 400);
  t.is(({} as { polluted?: number }).polluted, undefined);
});

test("a conflict is a 409 of the type uniqueness", async (t) => {
  const app = await openTestApp(t);
  await hire(app, "ana@acme.example");
  const { status, body } = await app.ask("POST", USERS, { json: aPerson("Ana@acme.example") });
  t.is(status, 409);
  t.like(body, { scimType: "uniqueness", status: "409" });
});

test("what is off the verified domains is refused with the sentence that says so", async (t) => {
  const app = await openTestApp(t, { directories: { acme: ["acme.example"] } });
  const { status, body } = await app.ask("POST", USERS, { json: aPerson("ana@evil.example") });
  t.is(status, 400);
  t.like(body, {
    scimType: "invalidValue",
    detail: "userName must be on a verified domain of this directory (acme.example)",
  });
});

for (const [title, make] of [
  ["busy", () => new StoreBusyError("Another process holds the database.")],
  ["full", () => new StoreUnavailableError("The disk of the database is full.")],
] as const) {
  test(`a store that is ${title} makes 503 with Retry-After of every write, and the reason stays inside`, async (t) => {
    let isSick = false;
    const wrap = (store: Store): Store => ({
      ...store,
      write: (directory, work) => (isSick ? Promise.reject(make()) : store.write(directory, work)),
    });
    const app = await openTestApp(t, { wrap });
    const { id } = await hire(app, "ana@acme.example");
    isSick = true;
    const patch = {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: [{ op: "remove", path: "title" }],
    };
    for (const [method, path, json] of [
      ["POST", USERS, aPerson("bo@acme.example")],
      ["PUT", `${USERS}/${id}`, aPerson("ana@acme.example", { title: "Boss" })],
      ["PATCH", `${USERS}/${id}`, patch],
      ["DELETE", `${USERS}/${id}`, undefined],
    ] as const) {
      const { status, headers, text } = await app.ask(method, path, json === undefined ? {} : { json });
      t.is(status, 503, method);
      t.is(headers["retry-after"], "5");
      t.false(text.includes("database"), text);
    }
    t.is((await app.ask("GET", `${USERS}/${id}`)).status, 200, "reading goes on");
    t.is(app.log.filter(({ event, level }) => event === "request.failed" && level === "error").length, 4);
  });
}

test("an error that nobody expected is a 500 that names the request, and nothing from below", async (t) => {
  const wrap = (store: Store): Store => ({
    ...store,
    read: () => Promise.reject(new Error("ana@acme.example at /var/lib/secret.db")),
  });
  const app = await openTestApp(t, { wrap });
  const { status, body, text } = await app.ask("GET", USERS);
  t.is(status, 500);
  t.false(text.includes("ana@"));
  t.false(text.includes("/var/lib"));
  const [line] = app.log.filter(({ event }) => event === "request.failed");
  t.true((body["detail"] as string).includes(line?.fields["requestId"] as string));
});

for (const [title, headers] of [
  ["no token", {}],
  ["a wrong token", { authorization: "Bearer rb_0000000000_nothing_00000000" }],
  ["another scheme", { authorization: "Basic YTpi" }],
] as const) {
  test(`${title} is a 401 that says which scheme is asked for`, async (t) => {
    const app = await openTestApp(t);
    for (const path of [USERS, `${USERS}/x`, "scim/v2/ServiceProviderConfig", "scim/v2/Groups", "scim/v2/Bulk"]) {
      const answer = await app.ask("GET", path, { token: null, headers });
      t.is(answer.status, 401, path);
      t.is(answer.headers["www-authenticate"], 'Bearer realm="rosterbridge"');
      t.like(answer.body, { schemas: [ERROR_URN], status: "401" });
    }
  });
}

for (const scope of ["admin", "read", "metrics", "health"] as const) {
  test(`a token of the scope ${scope} may not push`, async (t) => {
    const app = await openTestApp(t);
    const { status, body } = await app.ask("GET", USERS, { token: await app.newToken(scope) });
    t.is(status, 403);
    t.is(body["detail"], `This token has the scope "${scope}"; this needs "scim".`);
  });
}

for (const [method, path, status] of [
  ["GET", "scim/v2/Nothing", 404],
  ["GET", "SCIM/v2/ServiceProviderConfig", 404],
  ["GET", "", 404],
  ["GET", "scim/v2/Users/x/y", 404],
  ["GET", "scim/v2/Users/%ZZ", 404],
  ["GET", "scim/v2/Users/%2e%2e%2f%2e%2e", 404],
  ["DELETE", "scim/v2/Users", 405],
  ["POST", "scim/v2/Users/x", 405],
  ["PUT", "scim/v2/ServiceProviderConfig", 405],
  ["GET", "scim/v2/Me", 501],
  ["PATCH", "scim/v2/Me", 501],
  ["POST", "scim/v2/Bulk", 400],
  ["POST", "scim/v2/.search", 400],
  ["POST", "scim/v2/Users/.search", 400],
  ["POST", "scim/v2/Groups", 400],
  ["GET", "scim/v2/Users/.search/x", 404],
] as const) {
  test(`${method} /${path} is answered with ${status} and a SCIM error body`, async (t) => {
    const app = await openTestApp(t);
    const { status: actual, headers, body } = await app.ask(method, path);
    t.is(actual, status);
    t.is(headers["content-type"], "application/scim+json");
    t.like(body, { schemas: [ERROR_URN], status: String(status) });
    if (status === 405) t.truthy(headers["allow"]);
  });
}

test("no header of a request gets into an answer: addresses are those of the configuration", async (t) => {
  const app = await openTestApp(t);
  const headers = {
    host: "evil.example",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "gopher",
    "x-forwarded-for": "evil.example",
    forwarded: "host=evil.example;proto=gopher",
    "x-original-url": "/evil",
    "x-request-id": "evil",
  };
  const made = await app.ask("POST", USERS, { json: aPerson("ana@acme.example"), headers });
  t.is(made.status, 201);
  const answers = [
    made,
    await app.ask("GET", USERS, { headers }),
    await app.ask("GET", "scim/v2/ResourceTypes", { headers }),
    await app.ask("GET", "scim/v2/Nothing", { headers }),
  ];
  for (const { text, headers: sent } of answers) {
    t.false(text.includes("evil"));
    t.false(JSON.stringify(sent).includes("evil"));
  }
  t.true((made.headers["location"] as string).startsWith(`${PUBLIC_URL}/`));
  t.false(JSON.stringify(app.log).includes("evil"));
});

test("every answer forbids sniffing, framing and caching", async (t) => {
  const app = await openTestApp(t);
  for (const path of [USERS, "livez", "scim/v2/Nothing"]) {
    const { headers } = await app.ask("GET", path);
    t.like(headers, {
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'",
    });
    t.is(headers["x-powered-by"], undefined);
  }
});

test("a client that goes away in the middle of its body hurts nobody", async (t) => {
  const app = await openTestApp(t);
  const { port, hostname } = new URL(app.url);
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      const head = `POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${app.token}\r\nContent-Length: 1000\r\n\r\n{"userName`;
      socket.write(head, () => setTimeout(() => socket.destroy(), 20));
    });
    socket.on("close", () => resolve());
  });
  t.is((await app.ask("GET", USERS)).body["totalResults"], 0);
  t.deepEqual(
    app.log.filter(({ level }) => level === "error"),
    [],
  );
});
