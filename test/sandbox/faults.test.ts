import test from "ava";
import { startApi } from "../support/sandbox-api.ts";

test("latency delays the answer and changes nothing else", async (t) => {
  const { call, clock } = await startApi(t);
  await call("POST", "/faults", { kind: "latency", delayMs: 700 });
  t.is((await call("POST", "/members", { email: "ana@acme.example" })).status, 201);
  t.deepEqual(clock.sleeps, [700]);
});

test("a rate limit refuses with Retry-After", async (t) => {
  const { call, state } = await startApi(t);
  await call("POST", "/faults", { kind: "rate-limited", retryAfterSeconds: 7 });
  const answer = await call("POST", "/members", { email: "ana@acme.example" });
  t.like(answer, { status: 429, body: { error: { code: "rate_limited" } } });
  t.is(answer.headers.get("retry-after"), "7");
  t.is(state.members.rows("ana@acme.example").length, 0);
});

test("an error comes before or after the effect, as asked for", async (t) => {
  const { call, state, ledger } = await startApi(t);
  await call("POST", "/faults", { kind: "error-before-effect", status: 503 });
  t.is((await call("POST", "/members", { email: "ana@acme.example" })).status, 503);
  t.is(state.members.rows("ana@acme.example").length, 0);
  await call("POST", "/faults", { kind: "error-after-effect" });
  t.is((await call("POST", "/members", { email: "ana@acme.example" })).status, 500);
  t.is(state.members.rows("ana@acme.example").length, 1);
  t.deepEqual(
    ledger.rows().map(({ value }) => [value.status, value.effect]),
    [
      [503, false],
      [500, true],
    ],
  );
});

test("a lost reply has its effect, and the connection is cut", async (t) => {
  const { call, state, ledger } = await startApi(t);
  await call("POST", "/faults", { kind: "lost-reply" });
  await t.throwsAsync(call("POST", "/members", { email: "ana@acme.example" }));
  t.is(state.members.rows("ana@acme.example").length, 1);
  t.like(ledger.rows()[0]?.value, { status: 201, effect: true, replied: false });
});

test("the reply of a refused write can be lost as well", async (t) => {
  const { call, ledger } = await startApi(t);
  await call("POST", "/faults", { kind: "lost-reply" });
  await t.throwsAsync(call("POST", "/members/mem_none/deactivate"));
  t.like(ledger.rows()[0]?.value, { status: 404, effect: false, replied: false });
});

test("a short list keeps its total, an empty one lies about it", async (t) => {
  const { call, member } = await startApi(t);
  for (const name of ["a", "b", "c"]) await member(`${name}@acme.example`);
  await call("POST", "/faults", { kind: "short-list" });
  const short = (await call("GET", "/members?limit=2")).body;
  t.is(short.items.length, 1);
  t.like(short, { nextCursor: null, total: 4 });
  await call("POST", "/faults", { kind: "empty-list" });
  t.deepEqual((await call("GET", "/members")).body as unknown, { items: [], nextCursor: null, total: 0 });
  t.is((await call("GET", "/members")).body.items.length, 4);
});

test("a repeated list gives the same page again, and then goes on", async (t) => {
  const { call, member } = await startApi(t);
  for (const name of ["a", "b", "c"]) await member(`${name}@acme.example`);
  const page = async (cursor: string | null) => {
    const { body } = await call("GET", `/members?limit=2${cursor === null ? "" : `&cursor=${cursor}`}`);
    return { ids: body.items.map(({ id }) => id), next: body.nextCursor };
  };
  const first = await page(null);
  await call("POST", "/faults", { kind: "repeated-list" });
  const repeated = await page(null);
  t.deepEqual(repeated.ids, first.ids);
  t.deepEqual(await page(repeated.next), first);
  await call("POST", "/faults", { kind: "repeated-list" });
  const second = await page(first.next);
  t.deepEqual([second.next, second.ids.length], [first.next, 2]);
  t.deepEqual(await page(second.next), { ids: second.ids, next: null });
});

test("a token can be taken away for a while, and HTML come instead of JSON", async (t) => {
  const { call, state } = await startApi(t);
  await call("POST", "/faults", { kind: "unauthorized" });
  t.is((await call("GET", "/members")).status, 401);
  await call("POST", "/faults", { kind: "not-json" });
  const answer = await call("POST", "/members", { email: "ana@acme.example" });
  t.is(answer.status, 200);
  t.regex(answer.headers.get("content-type") ?? "", /^text\/html/);
  t.is(state.members.rows("ana@acme.example").length, 0);
});

test("a fault hits the requests it matches, as often as asked for", async (t) => {
  const { call } = await startApi(t);
  const fault = { kind: "error-before-effect", match: { method: "get", path: "/v1/members" }, after: 1, times: 2 };
  t.like(await call("POST", "/faults", fault), { status: 201, body: { hits: 0, match: { method: "GET" } } });
  const statuses: number[] = [];
  for (let i = 0; i < 5; i++) statuses.push((await call("GET", "/members")).status);
  t.deepEqual(statuses, [200, 500, 500, 200, 200]);
  await call("POST", "/faults", fault);
  t.is((await call("GET", "/groups")).status, 200);
  t.is((await call("POST", "/members", { email: "ana@acme.example" })).status, 201);
});

test("a fault without an end lasts until the faults are cleared, and never hits what watches the sandbox", async (t) => {
  const { call } = await startApi(t);
  await call("POST", "/faults", { kind: "error-before-effect", times: null });
  for (let i = 0; i < 3; i++) t.is((await call("GET", "/members")).status, 500);
  t.like((await call("GET", "/faults")).body, { total: 1, items: [{ hits: 3, times: null }] });
  t.is((await call("GET", "/calls")).status, 200);
  t.is((await call("GET", "/outbox")).status, 200);
  t.is((await call("DELETE", "/faults")).status, 204);
  t.is((await call("GET", "/members")).status, 200);
});

test("a fault that is none is refused", async (t) => {
  const { call } = await startApi(t);
  t.is((await call("POST", "/faults", { kind: "earthquake" })).body.error.code, "invalid_request");
  t.is(
    (await call("POST", "/faults", { kind: "error-before-effect", status: 404 })).body.error.code,
    "invalid_request",
  );
});
