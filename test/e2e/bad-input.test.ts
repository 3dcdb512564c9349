/** What a client may get wrong: answered with a SCIM error that names the fault, nothing stored, nothing leaked. */
import { isDeepStrictEqual } from "node:util";
import test from "ava";
import type { JsonObject } from "../../src/domain/json.ts";
import { bridgeFolder, bridgeSettings, startBridge } from "../support/bridge-process.ts";
import { issueToken } from "../support/bridge-store.ts";
import { runCommand } from "../support/command-process.ts";
import { startLiveSandbox } from "../support/live-sandbox.ts";
import { aScimUser, createScimClient } from "../support/scim-client.ts";
import type { ScimAnswer } from "../support/scim-client.ts";

const CORE = "urn:ietf:params:scim:schemas:core:2.0:User";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";
const SCIM_JSON = "application/scim+json";

/** A request that is refused; `{id}` in a path stands for somebody who exists. */
interface BadRequest {
  readonly what: string;
  readonly method?: string;
  readonly path?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly scimType?: string;
  /** What the detail names. */
  readonly names?: RegExp;
}

const mallory = (fields: JsonObject = {}): JsonObject => ({ ...aScimUser("mallory"), ...fields });
/** JSON text with one more member, as no object of JavaScript would hold it. */
const withText = (text: string): string => `${JSON.stringify(mallory()).slice(0, -1)},${text}}`;
const nested = (depth: number): string => `${"[".repeat(depth)}1${"]".repeat(depth)}`;

const BODIES: readonly BadRequest[] = [
  { what: "broken JSON", body: '{"userName": ', status: 400, scimType: "invalidSyntax", names: /JSON/ },
  { what: "no body", status: 400, scimType: "invalidSyntax", names: /empty/ },
  { what: "an array", body: "[]", status: 400, scimType: "invalidSyntax" },
  { what: "a text", body: '"mallory"', status: 400, scimType: "invalidSyntax" },
  {
    what: "another schema",
    body: mallory({ schemas: [PATCH_OP] }),
    status: 400,
    scimType: "invalidSyntax",
    names: /schemas/,
  },
  {
    what: "no userName",
    body: { schemas: [CORE], displayName: "M" },
    status: 400,
    scimType: "invalidValue",
    names: /userName/,
  },
  {
    what: "a userName that is a number",
    body: mallory({ userName: 7 }),
    status: 400,
    scimType: "invalidValue",
    names: /userName/,
  },
  {
    what: "a foreign domain",
    body: mallory({ userName: "m@evil.example" }),
    status: 400,
    scimType: "invalidValue",
    names: /^userName must be on a verified domain of this directory \(acme\.example\)$/,
  },
  {
    what: "a foreign e-mail",
    body: mallory({ emails: [{ value: "m@evil.example" }] }),
    status: 400,
    scimType: "invalidValue",
    names: /emails/,
  },
  {
    what: "active that means nothing",
    body: mallory({ active: "perhaps" }),
    status: 400,
    scimType: "invalidValue",
    names: /active/,
  },
  {
    what: "a NUL, escaped",
    body: withText('"nickName":"a\\u0000b"'),
    status: 400,
    scimType: "invalidValue",
    names: /NUL/,
  },
  { what: "a NUL, bare", body: withText('"nickName":"a\0b"'), status: 400, names: /NUL|JSON/ },
  { what: "33 levels", body: withText(`"deep":${nested(32)}`), status: 400, names: /32/ },
  { what: "100,000 levels", body: withText(`"deep":${nested(100_000)}`), status: 400, names: /32/ },
  { what: "1 MB and a byte", body: `"${"a".repeat(1024 * 1024 - 1)}"`, status: 413, names: /1048576|1 MB/ },
  { what: "compressed", headers: { "content-encoding": "gzip" }, body: "{}", status: 415, names: /Content-Encoding/ },
];

const FILTERS: readonly BadRequest[] = [
  { what: "an empty filter", path: "/Users?filter=", status: 400, scimType: "invalidFilter", names: /empty/ },
  { what: "a blank filter", path: "/Users?filter=%20%20", status: 400, scimType: "invalidFilter" },
  { what: "a broken filter", path: "/Users?filter=userName+eq", status: 400, scimType: "invalidFilter" },
  { what: "an open text", path: "/Users?filter=userName+eq+%22a", status: 400, scimType: "invalidFilter" },
  { what: "an unknown operator", path: "/Users?filter=userName+like+%22a%22", status: 400, scimType: "invalidFilter" },
  {
    what: "4,097 characters",
    path: `/Users?filter=${"a".repeat(4_097)}`,
    status: 400,
    scimType: "invalidFilter",
    names: /4,?096/,
  },
  { what: "4,000 brackets", path: `/Users?filter=${"(".repeat(4_000)}`, status: 400, scimType: "invalidFilter" },
  {
    what: "a prototype",
    path: "/Users?filter=__proto__+eq+%22a%22",
    status: 400,
    scimType: "invalidFilter",
    names: /__proto__/,
  },
  {
    what: "a prototype below",
    path: "/Users?filter=name.__proto__+eq+%22a%22",
    status: 400,
    scimType: "invalidFilter",
  },
  { what: "a constructor", path: "/Users?filter=constructor.prototype+pr", status: 400, scimType: "invalidFilter" },
  {
    what: "a start that is no number",
    path: "/Users?startIndex=first",
    status: 400,
    scimType: "invalidValue",
    names: /startIndex/,
  },
  {
    what: "a count that is no number",
    path: "/Users?count=many",
    status: 400,
    scimType: "invalidValue",
    names: /count/,
  },
].map((request) => ({ method: "GET", ...request }));

const operation = (fields: JsonObject): JsonObject => ({ schemas: [PATCH_OP], Operations: [fields] });
const PATCHES: readonly BadRequest[] = [
  { what: "no operations", body: { schemas: [PATCH_OP] }, status: 400, scimType: "invalidSyntax", names: /Operations/ },
  {
    what: "an unknown operator",
    body: operation({ op: "move", path: "title", value: "x" }),
    status: 400,
    scimType: "invalidSyntax",
    names: /op/,
  },
  { what: "a remove without a path", body: operation({ op: "remove" }), status: 400, scimType: "noTarget" },
  {
    what: "a broken path",
    body: operation({ op: "replace", path: "emails[type eq", value: "x" }),
    status: 400,
    scimType: "invalidPath",
  },
  {
    what: "a prototype as a path",
    body: operation({ op: "add", path: "__proto__.active", value: true }),
    status: 400,
    scimType: "invalidPath",
    names: /__proto__/,
  },
  {
    what: "a prototype in a path",
    body: operation({ op: "add", path: "name.__proto__", value: { x: 1 } }),
    status: 400,
    scimType: "invalidPath",
  },
  {
    what: "a constructor as a path",
    body: operation({ op: "add", path: "constructor.prototype", value: { x: 1 } }),
    status: 400,
    scimType: "invalidPath",
  },
  {
    what: "a prototype in a value path",
    body: operation({ op: "add", path: 'emails[__proto__ eq "x"].value', value: "x" }),
    status: 400,
  },
  {
    what: "a prototype as a key of a new user",
    path: "/Users",
    method: "POST",
    body: withText('"name":{"givenName":"M","__proto__":{"familyName":"x"}}'),
    status: 400,
    names: /name holds the key "__proto__"/,
  },
  {
    what: "a prototype as a dotted key",
    body: operation({ op: "add", value: { "__proto__.active": true } }),
    status: 400,
  },
  {
    what: "a prototype as a key",
    body: `{"schemas":["${PATCH_OP}"],"Operations":[{"op":"add","value":{"__proto__":{"x":1}}}]}`,
    status: 400,
    names: /__proto__/,
  },
  {
    what: "an id",
    body: operation({ op: "replace", path: "id", value: "x" }),
    status: 400,
    scimType: "mutability",
    names: /id/,
  },
  {
    what: "a userName that is null",
    body: operation({ op: "replace", path: "userName", value: null }),
    status: 400,
    scimType: "invalidValue",
  },
  {
    what: "a condition that nothing can be built from",
    body: operation({ op: "replace", path: 'emails[type co "x"].value', value: "x" }),
    status: 400,
    scimType: "noTarget",
  },
  {
    what: "101 operations",
    body: {
      schemas: [PATCH_OP],
      Operations: Array.from({ length: 101 }, () => ({ op: "add", path: "title", value: "x" })),
    },
    status: 413,
  },
  {
    what: "an older version",
    body: operation({ op: "replace", path: "title", value: "x" }),
    headers: { "if-match": 'W/"99"' },
    status: 412,
  },
  {
    what: "somebody unknown",
    path: "/Users/nobody",
    body: operation({ op: "replace", path: "title", value: "x" }),
    status: 404,
  },
].map((request) => ({ method: "PATCH", path: "/Users/{id}", ...request }));

const PLACES: readonly BadRequest[] = [
  { what: "nobody", method: "GET", path: "/Users/nobody", status: 404 },
  { what: "a very long id", method: "GET", path: `/Users/${"x".repeat(8_000)}`, status: 404 },
  { what: "a NUL for an id", method: "GET", path: "/Users/%00", status: 404 },
  { what: "a prototype for an id", method: "GET", path: "/Users/__proto__", status: 404 },
  { what: "a prototype for a schema", method: "GET", path: "/Schemas/__proto__", status: 404 },
  { what: "a constructor for a type", method: "GET", path: "/ResourceTypes/constructor", status: 404 },
  { what: "an escape that is none", method: "GET", path: "/Users/%E0%A4%A", status: 404 },
  { what: "an unknown endpoint", method: "GET", path: "/Nothing", status: 404 },
  { what: "deleting everybody", method: "DELETE", path: "/Users", status: 405 },
  { what: "replacing everybody", method: "PUT", path: "/Users", body: mallory(), status: 405 },
  { what: "posting to a person", method: "POST", path: "/Users/{id}", body: mallory(), status: 405 },
  { what: "posting a schema", method: "POST", path: "/Schemas", body: {}, status: 405 },
  { what: "filtering schemas", method: "GET", path: '/Schemas?filter=id+eq+"x"', status: 403 },
];

/** Everything that is wrong with the answer to a bad request. */
function complaintsAbout(answer: ScimAnswer, { status, scimType, names }: BadRequest): readonly string[] {
  const { body, text, headers } = answer;
  if (answer.status !== status) return [`${answer.status} instead of ${status}: ${text}`];
  const checks: readonly (readonly [boolean, string])[] = [
    [headers.get("content-type") === SCIM_JSON, `of type ${headers.get("content-type")}`],
    [isDeepStrictEqual(body["schemas"], [ERROR]), "not a SCIM error"],
    [body.status === String(status), "without its status as a text"],
    [typeof body.detail === "string" && body.detail.length > 10, "without a detail"],
    [scimType === undefined || body.scimType === scimType, `of scimType ${body.scimType}, not ${scimType}`],
    [names === undefined || names.test(body.detail), `does not name ${String(names)}`],
    [!/node_modules|\.ts\b|SQLITE|\bselect\b|at Object/.test(text), "tells about the inside"],
  ];
  return checks.filter(([isFine]) => !isFine).map(([, complaint]) => `${complaint}: ${text}`);
}

test("what is wrong is answered with a SCIM error that names it, and nothing of it is stored", async (t) => {
  const sandbox = await startLiveSandbox(t);
  const folder = bridgeFolder(t, bridgeSettings(sandbox.url));
  const bridge = await startBridge(t, folder);
  const idp = createScimClient(bridge.url, await issueToken(folder));
  const id = await idp.create("ana");
  const staged = async (): Promise<string> => (await idp.send("GET", "/Users")).text;
  const before = await staged();
  const complaints: string[] = [];
  for (const [kind, requests] of Object.entries({ body: BODIES, filter: FILTERS, patch: PATCHES, place: PLACES })) {
    for (const request of requests) {
      const { what, method = "POST", path = "/Users", body, headers } = request;
      const answer = await idp.send(method, path.replace("{id}", id), body, headers);
      complaints.push(...complaintsAbout(answer, request).map((complaint) => `${kind}: ${what}: ${complaint}`));
      if ((await staged()) !== before) complaints.push(`${kind}: ${what}: left a trace, or something before it did`);
    }
  }
  t.deepEqual(complaints, []);
  t.is(
    bridge.log().find(({ level }) => level === "error"),
    undefined,
  );
  await bridge.stop();
});

test("a body of exactly 1 MB, 32 levels and a filter of 4,096 characters are taken, and unknown attributes are no fault", async (t) => {
  const sandbox = await startLiveSandbox(t);
  const folder = bridgeFolder(t, bridgeSettings(sandbox.url));
  const bridge = await startBridge(t, folder);
  const idp = createScimClient(bridge.url, await issueToken(folder));
  const padding = 1024 * 1024 - JSON.stringify(aScimUser("ana")).length;
  const largest = `${JSON.stringify(aScimUser("ana"))}${" ".repeat(padding)}`;
  t.is((await idp.send("POST", "/Users", largest)).status, 201);
  const deepest = `${JSON.stringify(aScimUser("bo")).slice(0, -1)},"deep":${nested(31)}}`;
  t.is((await idp.send("POST", "/Users", deepest)).status, 201);
  const start = "userName eq ";
  const longest = encodeURIComponent(`${start}"${"a".repeat(4_096 - start.length - 2)}"`);
  t.is((await idp.send("GET", `/Users?filter=${longest}`)).body.totalResults, 0);
  const unknown = { favouriteColour: "blue", "urn:example:scim:schemas:Unknown:1.0": { tag: [1, null, {}] } };
  const created = await idp.send("POST", "/Users", { ...aScimUser("carla"), ...unknown });
  t.is(created.status, 201);
  t.is(created.body["favouriteColour"], undefined);
  t.is((await idp.send("PUT", `/Users/${created.body.id}`, { ...aScimUser("carla"), ...unknown })).status, 200);
});

test("a token is taken as IdPs send it, and everything else is answered with 401 or 403", async (t) => {
  const sandbox = await startLiveSandbox(t);
  const folder = bridgeFolder(t, bridgeSettings(sandbox.url));
  const bridge = await startBridge(t, folder);
  const token = await issueToken(folder);
  const send = (authorization: string | undefined) =>
    fetch(`${bridge.url}/scim/v2/Users`, authorization === undefined ? {} : { headers: { authorization } });
  for (const taken of [`Bearer ${token}`, token, `Bearer Bearer ${token}`, `bearer ${token}`, `  Bearer   ${token} `]) {
    t.is((await send(taken)).status, 200, taken.replace(token, "…"));
  }
  const last = token.at(-1) === "0" ? "1" : "0";
  const wrong = [
    undefined,
    "Bearer",
    `Basic ${token}`,
    `Bearer ${token}x`,
    token.slice(0, -1) + last,
    token.toUpperCase(),
  ];
  for (const header of [...wrong, `Bearer rb_0000000000_${"A".repeat(43)}_00000000`, `Token token=${token}`]) {
    const response = await send(header);
    const what = (header ?? "nothing").replace(token, "…");
    t.is(response.status, 401, what);
    t.regex(response.headers.get("www-authenticate") ?? "", /^Bearer/, what);
    t.is(response.headers.get("content-type"), SCIM_JSON, what);
    t.is(((await response.json()) as { status: string }).status, "401", what);
  }
  const admin = await runCommand(t, ["token", "create", "--scope", "admin"], { folder });
  t.is((await send(`Bearer ${admin.output.trim()}`)).status, 403);
});
