/** What the routes take although no standard asks for it: media types, ends of paths, plus signs, headers, tokens. */
import test from "ava";
import type { ExecutionContext } from "ava";
import { openTestApp, type TestApp } from "../support/app.ts";
import { sendRaw } from "../support/raw-http.ts";
import type { RawAnswer } from "../support/raw-http.ts";
import {
  BULK_URN,
  createId,
  found,
  GROUPS,
  KINDS,
  op,
  patchBody,
  ROOT,
  SEARCH_URN,
  USERS,
} from "../support/scim-kinds.ts";
import type { JsonObject } from "../../src/domain/json.ts";

const SCIM = "application/scim+json";

interface Sent {
  readonly method: string;
  /** As it goes over the wire. */
  readonly path: string;
  readonly json?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends exactly this; nothing is added but the token, unless the headers say otherwise. */
async function send(
  t: ExecutionContext,
  app: TestApp,
  status: number,
  { method, path, json, headers }: Sent,
): Promise<RawAnswer> {
  const answer = await sendRaw(app.url, {
    method,
    path: `/${path}`,
    headers: { authorization: `Bearer ${app.token}`, ...headers },
    body: json === undefined ? undefined : JSON.stringify(json),
  });
  t.is(answer.status, status, `${method} ${path} ${JSON.stringify(headers)}: ${answer.text}`);
  if (answer.text !== "") t.is(answer.headers["content-type"], SCIM);
  return answer;
}

const idIn = ({ text }: RawAnswer): string => (JSON.parse(text) as { readonly id: string }).id;

/** Every operation once, each with this end of its path and these headers. */
async function everything(
  t: ExecutionContext,
  app: TestApp,
  { end = "", headers = {} }: { readonly end?: string; readonly headers?: Readonly<Record<string, string>> },
): Promise<void> {
  const go = (status: number, method: string, path: string, json?: JsonObject) =>
    send(t, app, status, { method, path: `${path}${end}`, headers, ...(json === undefined ? {} : { json }) });
  const search = { schemas: [SEARCH_URN] };
  for (const kind of KINDS) {
    const path = `${kind.path}/${idIn(await go(201, "POST", kind.path, kind.body("one")))}`;
    t.is(idIn(await go(200, "GET", path)), path.slice(kind.path.length + 1));
    t.regex((await go(200, "PUT", path, kind.body("one", { [kind.free]: "by PUT" }))).text, /by PUT/);
    const patch = patchBody(op("replace", kind.free, "by PATCH"));
    t.regex((await go(200, "PATCH", path, patch)).text, /by PATCH/);
    t.regex((await go(200, "GET", kind.path)).text, /"totalResults":1/);
    t.regex((await go(200, "POST", `${kind.path}/.search`, search)).text, /"totalResults":1/);
    t.is((await go(204, "DELETE", path)).text, "");
    await go(404, "GET", path);
  }
  t.regex((await go(200, "POST", `${ROOT}/.search`, search)).text, /"totalResults":0/);
  const Operations = [{ method: "POST", path: "/Users", bulkId: "a", data: USERS.body("bulk") }];
  t.regex((await go(200, "POST", `${ROOT}/Bulk`, { schemas: [BULK_URN], Operations })).text, /"status":"201"/);
  for (const path of [
    "ServiceProviderConfig",
    "Schemas",
    "ResourceTypes",
    "ResourceTypes/User",
    `Schemas/${USERS.urn}`,
  ])
    await go(200, "GET", `${ROOT}/${path}`);
  await go(501, "GET", `${ROOT}/Me`);
}

for (const [what, headers] of [
  ["application/scim+json", { "content-type": SCIM }],
  ["application/scim+json with a charset", { "content-type": `${SCIM}; charset=utf-8` }],
  ["application/json", { "content-type": "application/json" }],
  ["application/json with a charset", { "content-type": "application/json;charset=UTF-8" }],
  ["capital letters", { "content-type": "Application/JSON; Charset=UTF-8" }],
  ["no media type at all", {}],
  ["an Accept of application/json", { accept: "application/json", "content-type": "application/json" }],
  ["an Accept of anything", { accept: "*/*" }],
  ["an empty User-Agent", { "user-agent": "" }],
] as const) {
  test(`every operation takes a request with ${what}`, async (t) => {
    await everything(t, await openTestApp(t), { headers });
  });
}

for (const end of ["/", "?", "/?", "?&", "/?&", "?aadOptscim062020"]) {
  test(`every operation takes a path that ends in ${end}`, async (t) => {
    await everything(t, await openTestApp(t), { end });
  });
}

test("a query may end in an ampersand, hold empty parts, and write its spaces as plus signs", async (t) => {
  const app = await openTestApp(t);
  for (const kind of KINDS) {
    await createId(t, app, kind, "one");
    const total = async (query: string): Promise<unknown> => {
      const { text } = await send(t, app, 200, { method: "GET", path: `${kind.path}${query}` });
      return (JSON.parse(text) as { readonly totalResults: number }).totalResults;
    };
    const name = encodeURIComponent(kind.nameOf("one"));
    t.is(await total(`?filter=${kind.named}+eq+%22${name}%22&`), 1);
    t.is(await total(`?filter=${kind.named}+eq+%22${name}%22&&count=1&`), 1);
    t.is(await total(`?&filter=${kind.named}+eq+%22nobody%22`), 0);
    t.is(await total(`/?filter=${kind.named}%20eq%20%22${name}%22`), 1);
    t.is(await total(`?aadOptscim062020&filter=${kind.named}+eq+%22${name}%22`), 1);
    t.is(await total(`?filter=${kind.named}+eq+${name}`), 1, "without quotes");
    t.is(await total(`?filter=not+(${kind.named}+eq+%22${name}%22)`), 0);
  }
  await createId(t, app, USERS, "plus+sign");
  t.deepEqual(await found(t, app, USERS, 'userName eq "plus+sign@acme.example"'), ["plus+sign"]);
  const escaped = { method: "GET", path: `${USERS.path}?filter=userName+eq+%22plus%2Bsign%40acme.example%22` };
  t.regex((await send(t, app, 200, escaped)).text, /"totalResults":1/);
  const spaced = { method: "GET", path: `${GROUPS.path}?filter=displayName+eq+%22Two+Words%22` };
  await createId(t, app, GROUPS, "Two Words");
  t.regex((await send(t, app, 200, spaced)).text, /"totalResults":1/);
});

test("the token is taken with Bearer, without, twice, and in any letter case; nothing else is", async (t) => {
  const app = await openTestApp(t);
  const { token } = app;
  const path = `${USERS.path}?count=1`;
  const good = [
    token,
    `Bearer ${token}`,
    `bearer ${token}`,
    `BEARER ${token}`,
    `Bearer Bearer ${token}`,
    `bearer Bearer ${token}`,
  ];
  for (const authorization of good) await send(t, app, 200, { method: "GET", path, headers: { authorization } });
  const basic = `Basic ${Buffer.from(`x:${token}`).toString("base64")}`;
  const bad = [
    "",
    "Bearer",
    "Bearer ",
    "Bearer Bearer",
    `Token ${token}`,
    basic,
    `Bearer ${token}a`,
    `Bearer ${token.slice(1)}`,
  ];
  for (const authorization of [...bad, `Bearer ${token.toUpperCase()}`, `Bearer ${token} ${token}`])
    await send(t, app, 401, { method: "GET", path, headers: { authorization } });
});

test("a body that says what it is not is judged by what it holds", async (t) => {
  const app = await openTestApp(t);
  for (const [index, type] of [
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/octet-stream",
  ].entries()) {
    const headers = { "content-type": type };
    await send(t, app, 201, { method: "POST", path: USERS.path, json: USERS.body(`t${index}`), headers });
  }
});
