/** Answers that are sent while they are made, and work that takes its time: who hangs up, dawdles, or asks too much at once. */
import { createServer } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import test, { type ExecutionContext } from "ava";
import Koa from "koa";
import type { Store } from "../../../src/ports/store.ts";
import { sendStream } from "../../../src/server/admin/send-stream.ts";
import type { RequestState } from "../../../src/server/state.ts";
import { hire, runFull } from "../../support/bridge.ts";
import { until } from "../../support/until.ts";
import { isProblem, openAdminApp, textOf, type AdminApp } from "./support.ts";

/** Lets through whoever comes while it is open; those who came before it is opened wait. */
interface Gate {
  shut(): void;
  open(): void;
  pass(signal: AbortSignal): Promise<void>;
}

function createGate(): Gate {
  let opened = Promise.withResolvers<void>();
  opened.resolve();
  return {
    shut: () => void (opened = Promise.withResolvers<void>()),
    open: () => opened.resolve(),
    async pass(signal) {
      signal.throwIfAborted();
      const aborted = Promise.withResolvers<never>();
      signal.addEventListener("abort", () => aborted.reject(new Error("aborted")), { once: true });
      await Promise.race([opened.promise, aborted.promise]);
    },
  };
}

interface Watched {
  readonly app: AdminApp;
  /** Before what the product reads, and before what it writes. */
  readonly reads: Gate;
  readonly writes: Gate;
  /** Workspaces that are open now. */
  workspaces(): number;
}

async function openWatched(t: ExecutionContext): Promise<Watched> {
  const [reads, writes] = [createGate(), createGate()];
  let workspaces = 0;
  const wrap = (store: Store): Store => ({
    ...store,
    async openWorkspace() {
      const workspace = await store.openWorkspace();
      workspaces += 1;
      return { ...workspace, close: () => workspace.close().finally(() => void (workspaces -= 1)) };
    },
  });
  const app = await openAdminApp(t, {
    wrap,
    around: (connector) => ({
      ...connector,
      async observe(signal, urgent) {
        await reads.pass(signal);
        return connector.observe(signal, urgent);
      },
      async apply(change, context) {
        await writes.pass(context.signal);
        return connector.apply(change, context);
      },
    }),
  });
  return { app, reads, writes, workspaces: () => workspaces };
}

/** Sends a request and reads nothing of the answer. */
function dawdle(t: ExecutionContext, url: string, request: string, token = ""): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  socket.pause();
  socket.write(`${request} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 0\r\n\r\n`);
  t.teardown(() => socket.destroy());
  return socket;
}

test("a plan that is asked for by HEAD, or not read to its end, is closed", async (t) => {
  const { app, workspaces } = await openWatched(t);
  await hire(app, "ana@acme.example");
  const { headers } = await app.admin("POST", "/plans");
  const head = await app.admin("HEAD", String(headers["location"]).replace("/admin/v1", ""));
  t.is(head.status, 200);
  t.is(head.text, "");
  await until("no open workspace", () => workspaces() === 0);
});

test("a plan whose caller hangs up is given up, without a word of a fault in the log", async (t) => {
  const { app, reads, workspaces } = await openWatched(t);
  reads.shut();
  const socket = dawdle(t, app.url, "POST /admin/v1/plans", app.adminToken);
  await until("the plan", () => workspaces() === 1);
  socket.destroy();
  await until("the end of the request", () => app.log.find(({ event }) => event === "request.answered"));
  t.is(workspaces(), 0);
  t.deepEqual(
    app.log.filter(({ level }) => level === "error" || level === "warn"),
    [],
  );
  t.like(
    app.log.find(({ event }) => event === "request.answered"),
    { fields: { route: "/admin/v1/plans", status: 499 } },
  );
});

test("only so many plans and previews are made at once; the others are told when to ask again, and all else goes on", async (t) => {
  const { app, reads, workspaces } = await openWatched(t);
  await hire(app, "ana@acme.example");
  reads.shut();
  const preview = app.admin("POST", "/mapping/preview", { json: { document: {} } });
  const plans = [1, 2, 3].map(() => app.admin("POST", "/plans"));
  await until("four workspaces", () => workspaces() === 4);
  for (const [method, path, ask] of [
    ["POST", "/plans", {}],
    ["GET", "/plans/abcdef012345", {}],
    ["POST", "/mapping/preview", { json: { document: {} } }],
  ] as const) {
    const answer = await app.admin(method, path, ask);
    isProblem(t, answer, 429, "too-many-plans", /ask again in 5 s/);
    t.is(answer.headers["retry-after"], "5");
  }
  t.is((await app.admin("GET", "/people")).status, 200);
  t.is((await app.admin("GET", "/status")).status, 200);
  await hire(app, "bo@acme.example");
  reads.open();
  t.deepEqual(
    (await Promise.all(plans)).map(({ status }) => status),
    [201, 201, 201],
  );
  t.is((await preview).status, 200);
  t.is((await app.admin("POST", "/plans")).status, 201);
});

test("whoever hangs up gives the place back", async (t) => {
  const { app, reads, workspaces } = await openWatched(t);
  for (let round = 1; round <= 3; round++) {
    reads.shut();
    const sockets = [1, 2, 3, 4].map(() => dawdle(t, app.url, "POST /admin/v1/plans", app.adminToken));
    await until("four workspaces", () => workspaces() === 4);
    for (const socket of sockets) socket.destroy();
    await until("no open workspace", () => workspaces() === 0);
  }
  reads.open();
  t.is((await app.admin("POST", "/plans")).status, 201);
});

test("a fault of an export is told before its first line, not by an answer that breaks off", async (t) => {
  const app = await openAdminApp(t);
  for (const accept of ["text/csv", "application/jsonl"]) {
    const headers = { accept };
    isProblem(t, await app.admin("GET", "/audit?filter=(", { headers }), 400, "invalid-filter");
    isProblem(t, await app.admin("GET", "/audit?person=nobody", { headers }), 404, "not-found");
    const { status, text } = await app.admin("GET", "/audit?until=2001-01-01T00:00:00Z", { headers });
    t.is(status, 200);
    t.false(text.includes("token.created"));
  }
});

const endless = (ended: () => void): AsyncGenerator<string, void, void> =>
  (async function* () {
    try {
      for (;;) yield "x".repeat(10_000);
    } finally {
      ended();
    }
  })();

for (const [who, leaves] of [
  ["takes nothing of an answer for long", false],
  ["hangs up in the middle of an answer", true],
] as const) {
  test(`whoever ${who} is not waited for`, async (t) => {
    let isEnded = false;
    const app = new Koa<RequestState>();
    app.silent = true;
    app.use((ctx) => sendStream(ctx, { type: "text/plain", chunks: endless(() => void (isEnded = true)) }, 300));
    const server = createServer((request, response) => void app.callback()(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.teardown(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const socket = dawdle(t, url, "GET /");
    if (leaves) socket.once("data", () => socket.destroy()).resume();
    await until("the end of the stream", () => isEnded);
    t.true(isEnded);
  });
}

test("a preference is taken as RFC 7240 says: not to wait, how long, and nothing that only looks like it", async (t) => {
  const { app, writes } = await openWatched(t);
  for (const [at, prefer] of ["respond-async", "wait=0", 'foo, Wait = "0"; x, wait=25'].entries()) {
    await hire(app, `ana${at}@acme.example`);
    writes.shut();
    const answer = await app.admin("POST", "/runs", { headers: { prefer } });
    t.is(answer.status, 202, `${prefer}: ${answer.text}`);
    t.is(answer.headers["location"], `/admin/v1/runs/${textOf(answer.body["run"])}`);
    writes.open();
    await until(
      "the end of the run",
      async () => (await app.admin("GET", `/runs/${textOf(answer.body["run"])}`)).body["finishedAt"],
    );
  }
  await hire(app, "bo@acme.example");
  const answer = await app.admin("POST", "/runs", { headers: { prefer: "foo;wait=0, xwait=0, junk" } });
  t.is(answer.status, 200, answer.text);
});

test("a media type with a charset beside it is known for what it is", async (t) => {
  const app = await openAdminApp(t);
  await runFull(app);
  const asked = async (path: string, accept: string): Promise<string> =>
    String(
      (await app.admin(path === "/plans" ? "POST" : "GET", path, { headers: { accept } })).headers["content-type"],
    );
  t.is(await asked("/status", "application/json; charset=utf-8"), "application/json");
  t.is(await asked("/plans", "text/markdown; charset=UTF-8"), "text/markdown; charset=utf-8");
  t.is(await asked("/plans", "text/*;q=0.1"), "text/plain; charset=utf-8");
  t.is(await asked("/plans", "*/*"), "application/json");
  t.is(await asked("/audit", "text/csv, application/json;q=0.5"), "text/csv; charset=utf-8");
  t.is(await asked("/status", "text/html"), "application/problem+json");
});
