import { randomUUID } from "node:crypto";
import test from "ava";
import { parseSeed } from "../../src/sandbox/seed.ts";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { startApi } from "../support/sandbox-api.ts";
import type { Answer } from "../support/sandbox-api.ts";

test("nothing is told without the token", async (t) => {
  const { call } = await startApi(t);
  for (const authorization of ["", "Bearer wrong", "Basic x"]) {
    const answer = await call("GET", "/members", undefined, { authorization });
    t.like(answer, { status: 401, body: { error: { code: "unauthorized" } } });
    t.is(answer.headers.get("www-authenticate"), "Bearer");
  }
});

test("a sandbox cannot be made without a token", (t) => {
  t.throws(() => createSandbox({ token: "", clock: createManualClock(), newId: randomUUID }), {
    instanceOf: TypeError,
  });
});

test("unknown paths are 404 and wrong methods 405 with the methods that are allowed", async (t) => {
  const { call } = await startApi(t);
  t.like(await call("GET", "/nothing"), { status: 404, body: { error: { code: "unknown_path" } } });
  const answer = await call("PUT", "/members");
  t.like(answer, { status: 405, body: { error: { code: "method_not_allowed" } } });
  t.regex(answer.headers.get("allow") ?? "", /GET.*POST/);
});

test("a request with faults lists every one with its place", async (t) => {
  const { call } = await startApi(t);
  const { status, body } = await call("POST", "/members", {
    email: "no address",
    timezone: "Mars/Base",
    seat: "standard",
  });
  t.is(status, 400);
  t.is(body.error.code, "invalid_request");
  t.deepEqual((body.error.details as readonly { path: string }[]).map(({ path }) => path).sort(), [
    "",
    "email",
    "timezone",
  ]);
  t.is((await call("POST", "/members")).body.error.code, "invalid_request");
  t.is((await call("POST", "/members", "{nope")).body.error.code, "invalid_body");
  t.is((await call("POST", "/groups", { name: "x".repeat(1_100_000) })).status, 413);
});

test("a list is cut into pages that survive inserts and deletes", async (t) => {
  const { call, state, member } = await startApi(t);
  const ids = await Promise.all(["a", "b", "c", "d", "e"].map((name) => member(`${name}@acme.example`)));
  const all = state.members.rows().map(({ value }) => value.id);
  const first = (await call("GET", "/members?limit=3")).body;
  t.is(first.total, 6);
  const given = first.items.map(({ id }) => id);
  state.deleteMember(given[2] ?? "");
  const late = await member("late@acme.example");
  const second = (await call("GET", `/members?limit=3&cursor=${first.nextCursor ?? ""}`)).body;
  const third = (await call("GET", `/members?limit=3&cursor=${second.nextCursor ?? ""}`)).body;
  t.deepEqual([...given, ...[...second.items, ...third.items].map(({ id }) => id)], [...all, late]);
  t.is(third.nextCursor, null);
  t.is(ids.length, 5);
});

test("limits outside 1 to 500, foreign cursors and unknown parameters are refused", async (t) => {
  const { call } = await startApi(t);
  for (const query of ["limit=0", "limit=501", "limit=x", "status=nope", "limit=1&limit=2"]) {
    t.is((await call("GET", `/members?${query}`)).body.error.code, "invalid_request", query);
  }
  t.is((await call("GET", "/members?cursor=bm9uc2Vuc2U")).body.error.code, "invalid_cursor");
});

test("the ledger holds every write, carried out or refused, and nothing else", async (t) => {
  const { call, clock } = await startApi(t);
  const { id } = (await call("POST", "/members", { email: "ana@acme.example" })).body;
  await call("GET", `/members/${id}`);
  await call("POST", "/members", { email: "ana@acme.example" });
  await call("DELETE", `/members/${id}`, undefined, { authorization: "Bearer wrong" });
  await call("POST", "/faults", { kind: "latency" });
  await call("DELETE", "/faults");
  await call("POST", `/members/${id}/deactivate`);
  const at = clock.now();
  t.deepEqual(
    (await call("GET", "/calls")).body.items.map(({ id: _, ...entry }) => entry as unknown),
    [
      { sequence: 1, at, method: "POST", path: "/v1/members", status: 201, effect: true, replied: true, memberId: id },
      {
        sequence: 2,
        at,
        method: "POST",
        path: "/v1/members",
        status: 409,
        effect: false,
        replied: true,
        memberId: null,
      },
      {
        sequence: 3,
        at,
        method: "DELETE",
        path: `/v1/members/${id}`,
        status: 401,
        effect: false,
        replied: true,
        memberId: null,
      },
      {
        sequence: 4,
        at,
        method: "POST",
        path: `/v1/members/${id}/deactivate`,
        status: 200,
        effect: true,
        replied: true,
        memberId: id,
      },
    ],
  );
});

test("the hook is called before a write, after its effect, and after its reply", async (t) => {
  const seen: string[] = [];
  const replied = Promise.withResolvers<void>();
  const { call, state } = await startApi(t, {
    onWrite(phase, { method, path, status }) {
      seen.push(`${phase} ${method} ${path} ${status} ${state.members.rows("ana@acme.example").length}`);
      if (phase === "after-reply") replied.resolve();
    },
  });
  await call("POST", "/members", { email: "ana@acme.example" });
  await replied.promise;
  await call("GET", "/members");
  await call("POST", "/members", { email: "ana@acme.example" });
  t.deepEqual(seen, [
    "before-effect POST /v1/members null 0",
    "after-effect POST /v1/members 201 1",
    "after-reply POST /v1/members 201 1",
    "before-effect POST /v1/members null 1",
  ]);
});

test("100,000 members are listed in pages of 500 without a cost that grows with the page number", async (t) => {
  const members = Array.from({ length: 100_000 }, (_, i) => ({ email: `p${i}@acme.example` }));
  const { call } = await startApi(t, { seed: parseSeed({ members }) });
  const before = performance.now();
  let count = 0;
  let cursor: string | null = "";
  while (cursor !== null) {
    const page: Answer["body"] = (await call("GET", `/members?limit=500${cursor === "" ? "" : `&cursor=${cursor}`}`))
      .body;
    count += page.items.length;
    cursor = page.nextCursor;
  }
  t.is(count, 100_001);
  t.true(performance.now() - before < 60_000);
  t.log(`${Math.round(performance.now() - before)} ms`);
});
