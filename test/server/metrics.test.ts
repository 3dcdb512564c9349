/** `GET /metrics`: who may read it, what it says after real work, and that it says nothing of anybody. */
import test from "ava";
import { ConnectorError, StoreUnavailableError } from "../../src/domain/errors.ts";
import type { TokenScope } from "../../src/ports/tokens.ts";
import type { Store } from "../../src/ports/store.ts";
import { openTestApp, type TestApp } from "../support/app.ts";
import { ACME, hire, NO_LIMITS, patch, runFull, runUrgent } from "../support/bridge.ts";
import { startLiveSandbox } from "../support/live-sandbox.ts";
import { startProductBridge } from "../support/product-bridge.ts";
import { readPrometheus, valueOf, type Family } from "../support/prometheus-text.ts";
import { SANDBOX_TOKEN } from "../support/sandbox.ts";
import { until } from "../support/until.ts";

const TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8";

async function scrape(app: TestApp): Promise<readonly Family[]> {
  const answer = await app.ask("GET", "metrics", { token: await app.newToken("metrics") });
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
  return readPrometheus(answer.text);
}

test("tokens of scope metrics, admin and read may read it; others get 403, and whoever has none 401", async (t) => {
  const app = await openTestApp(t);
  const scopes: Readonly<Record<TokenScope, number>> = { metrics: 200, admin: 200, read: 200, health: 403, scim: 403 };
  for (const [scope, status] of Object.entries(scopes) as [TokenScope, number][]) {
    const token = await app.newToken(scope, scope === "scim" ? ACME : null);
    const answer = await app.ask("GET", "metrics", { token });
    t.is(answer.status, status, scope);
    if (status === 200) t.is(answer.headers["content-type"], TEXT_FORMAT);
  }
  for (const ask of [{ token: null }, { token: "rb_0000000000_wrong_00000000" }]) {
    const { status, headers } = await app.ask("GET", "metrics", ask);
    t.is(status, 401);
    t.is(headers["www-authenticate"], 'Bearer realm="rosterbridge"');
  }
});

test("what is staged, linked, held and waiting is read from the store at each scrape", async (t) => {
  const app = await openTestApp(t, {
    product: { seats: { standard: 1 } },
    limits: { ...NO_LIMITS, deactivate: { floor: 0, max: 0, percent: null } },
    directories: { acme: ["*"], globex: ["*"] },
  });
  const before = await scrape(app);
  t.is(valueOf(before, "rosterbridge_staged_people", { directory: "globex", state: "active" }), 0);
  t.is(valueOf(before, "rosterbridge_directory_last_push_timestamp_seconds", { directory: "acme" }), 0);
  t.is(valueOf(before, "rosterbridge_run_succeeded_timestamp_seconds", { lane: "full" }), 0);
  const ana = await hire(app, "ana@acme.example");
  await hire(app, "bo@acme.example");
  await hire(app, "cy@acme.example");
  const pushed = await scrape(app);
  t.is(valueOf(pushed, "rosterbridge_woken_people"), 3);
  await runFull(app);
  await patch(app, ana.id, { active: false });
  await runUrgent(app);
  app.clock.advance(60_000);
  const after = await scrape(app);
  const seconds = Date.parse(app.clock.now()) / 1_000;
  const expected: readonly (readonly [string, Readonly<Record<string, string>>, number])[] = [
    ["rosterbridge_staged_people", { directory: "acme", state: "active" }, 2],
    ["rosterbridge_staged_people", { directory: "acme", state: "inactive" }, 1],
    ["rosterbridge_staged_people", { directory: "acme", state: "deleted" }, 0],
    ["rosterbridge_links", { state: "active" }, 1],
    ["rosterbridge_links", { state: "offboarded" }, 0],
    ["rosterbridge_held_people", { hold: "over-limit" }, 1],
    ["rosterbridge_held_people", { hold: "contested" }, 0],
    ["rosterbridge_held_leavers", {}, 1],
    ["rosterbridge_waiting_for_seat_people", { seat: "standard" }, 1],
    ["rosterbridge_component_healthy", { component: "store" }, 1],
    ["rosterbridge_component_healthy", { component: "leavers" }, 0],
    ["rosterbridge_build_info", { version: "1.2.3" }, 1],
  ];
  for (const [name, labels, value] of expected)
    t.is(valueOf(after, name, labels), value, JSON.stringify([name, labels]));
  for (const name of ["ended", "succeeded"]) {
    const age = seconds - valueOf(after, `rosterbridge_run_${name}_timestamp_seconds`, { lane: "full" });
    t.true(age >= 60 && age < 65, `${name}: ${age}`);
  }
});

test("changes, runs and leavers are counted as they happen, by what became of them", async (t) => {
  const app = await openTestApp(t);
  const ana = await hire(app, "ana@acme.example");
  await hire(app, "bo@acme.example");
  app.product.hook((_, change) => {
    if (change.kind === "create-account" && change.desired.profile.email.startsWith("bo@"))
      throw new ConnectorError("rejected", "bo is not wanted");
  });
  await runFull(app);
  await patch(app, ana.id, { active: false });
  app.clock.advance(2_000);
  await runUrgent(app);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    app.clock.advance(3_600_000);
    await runUrgent(app);
  }
  const families = await scrape(app);
  const changes = (kind: string, outcome: string): number =>
    valueOf(families, "rosterbridge_changes_total", { kind, outcome });
  t.is(changes("create-account", "changed"), 1);
  t.true(changes("create-account", "failed") >= 3);
  t.is(changes("deactivate-account", "changed"), 1);
  t.is(changes("cancel-booking", "changed"), 0);
  t.is(valueOf(families, "rosterbridge_runs_total", { lane: "full", trigger: "schedule", outcome: "partial" }), 1);
  t.is(valueOf(families, "rosterbridge_dead_letter_people", { code: "connector.rejected" }), 1);
  const leavers = "rosterbridge_leaver_push_to_done_seconds";
  t.is(valueOf(families, `${leavers}_count`, { word: "active=false" }), 1);
  t.is(valueOf(families, `${leavers}_bucket`, { word: "active=false", le: "1" }), 0);
  t.is(valueOf(families, `${leavers}_bucket`, { word: "active=false", le: "5" }), 1);
  t.is(valueOf(families, `${leavers}_count`, { word: "deleted" }), 0);
});

test("a product that is down is a number, and so is a store that cannot be written; 503 is a store that cannot be read", async (t) => {
  let isReadable = true;
  const wrap = (store: Store): Store => ({
    ...store,
    probe: () => Promise.reject(new StoreUnavailableError("The disk is full.")),
    links: {
      ...store.links,
      count: () => (isReadable ? store.links.count() : Promise.reject(new StoreUnavailableError("The disk is gone."))),
    },
  });
  const app = await openTestApp(t, { wrap });
  app.product.failReads(new ConnectorError("unavailable", "nobody listens"));
  await hire(app, "ana@acme.example");
  await t.throwsAsync(runFull(app));
  const families = await scrape(app);
  t.is(valueOf(families, "rosterbridge_component_healthy", { component: "product" }), 0);
  t.is(valueOf(families, "rosterbridge_component_healthy", { component: "store" }), 0);
  t.is(valueOf(families, "rosterbridge_run_succeeded_timestamp_seconds", { lane: "full" }), 0);
  t.true(valueOf(families, "rosterbridge_run_ended_timestamp_seconds", { lane: "full" }) > 0);
  isReadable = false;
  const refused = await app.ask("GET", "metrics", { token: await app.newToken("metrics") });
  t.is(refused.status, 503);
  t.notRegex(refused.text, /disk/);
});

test("requests are counted by route, never by path, and by no method that somebody made up", async (t) => {
  const app = await openTestApp(t);
  const ana = await hire(app, "ana@acme.example");
  for (let count = 0; count < 2; count += 1) await app.ask("GET", `scim/v2/Users/${ana.id}`);
  await app.ask("GET", "scim/v2/Users/nobody");
  await app.ask("GET", "scim/v2/Users", { token: null });
  await app.ask("GET", "ana@acme.example");
  await fetch(`${app.url}/livez`, { method: "PROPFIND" });
  const families = await scrape(app);
  const requests = (method: string, route: string, status: string): number =>
    valueOf(families, "rosterbridge_http_requests_total", { method, route, status });
  t.is(requests("GET", "/scim/v2/Users/:id", "200"), 2);
  t.is(requests("GET", "/scim/v2/Users/:id", "404"), 1);
  t.is(requests("GET", "/scim/v2", "401"), 1);
  t.is(requests("GET", "none", "404"), 1);
  t.is(requests("other", "none", "405"), 1);
  const duration = "rosterbridge_http_request_duration_seconds_count";
  t.is(valueOf(families, duration, { method: "GET", route: "/scim/v2/Users/:id" }), 3);
});

test("a daemon over a real product counts its calls, its limit and its leavers, and names nobody", async (t) => {
  const sandbox = await startLiveSandbox(t, { seats: { standard: 1 } });
  const product = { connector: "sandbox", baseUrl: sandbox.url, token: SANDBOX_TOKEN, rateLimit: { perMinute: 6_000 } };
  const bridge = await startProductBridge(t, product);
  const { token } = await bridge.services.tokens.create({
    scope: "metrics",
    directory: null,
    expiresInMs: null,
    author: "test",
  });
  const read = async (): Promise<string> => {
    const answer = await fetch(`${bridge.url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    t.is(answer.status, 200);
    t.is(answer.headers.get("content-type"), TEXT_FORMAT);
    return answer.text();
  };
  const ana = await bridge.idp.create("ana", { displayName: "Ana Findable" });
  await bridge.settled();
  await bridge.idp.create("bo");
  await until("bo to wait for a seat", async () =>
    (await read()).includes('waiting_for_seat_people{seat="standard"} 1'),
  );
  await bridge.idp.patch(ana, { active: false });
  await bridge.proofOf("ana@acme.example");
  const text = await read();
  const families = readPrometheus(text);

  const leavers = "rosterbridge_leaver_push_to_done_seconds";
  t.is(valueOf(families, `${leavers}_count`, { word: "active=false" }), 1);
  t.is(valueOf(families, `${leavers}_bucket`, { word: "active=false", le: "30" }), 1);
  t.is(valueOf(families, "rosterbridge_links", { state: "offboarded" }), 1);
  const own = { connector: "sandbox", fault: "none" };
  t.true(valueOf(families, "rosterbridge_product_calls_total", { ...own, method: "GET", status: "200" }) >= 3);
  t.true(valueOf(families, "rosterbridge_product_calls_total", { ...own, method: "POST", status: "201" }) >= 1);
  t.true(valueOf(families, "rosterbridge_product_call_wait_seconds_count", { connector: "sandbox" }) >= 4);
  const used = valueOf(families, "rosterbridge_product_rate_limit_used_ratio", { limit: "configured" });
  t.true(used > 0 && used < 1, String(used));
  t.true(valueOf(families, "process_cpu_seconds_total") > 0);

  for (const secret of [ana, "ana", "bo@", "acme.example", "Findable", "mem_", token, SANDBOX_TOKEN]) {
    t.false(text.toLowerCase().includes(secret.toLowerCase()), secret);
  }
});
