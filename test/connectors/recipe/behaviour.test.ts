import test from "ava";
import type { ExecutionContext } from "ava";
import { createRecipeConnector } from "../../../src/connectors/recipe/connector.ts";
import { loadRecipe } from "../../../src/connectors/recipe/load.ts";
import type { AccountId, BookingId, ProductGroupId, Seat } from "../../../src/domain/account.ts";
import type { Instant } from "../../../src/domain/brand.ts";
import type { Connector } from "../../../src/ports/connector.ts";
import { CAUSE } from "../../contracts/connector-changes.ts";
import { anApplyContext } from "../../contracts/connector-harness.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { smallRecipe, type RecipeParts } from "../../support/small-recipe.ts";
import { startRecorded, type Recorded } from "../../support/recorded-product.ts";

const SIGNAL = new AbortController().signal;
const ANA = "7" as AccountId;
const GROUP = { by: "id", id: "g1" as ProductGroupId, name: "Sales" } as const;
const GROUPS = { request: { path: "groups" }, items: "=groups", group: { id: "=id", name: "=name" } };

async function product(
  t: ExecutionContext,
  parts: RecipeParts,
  answers: Parameters<typeof startRecorded>[1],
): Promise<{ readonly connector: Connector; readonly server: Recorded }> {
  const server = await startRecorded(t, answers);
  const options = {
    connector: "recipe",
    recipe: "",
    baseUrl: server.url,
    settings: {},
    seat: "standard",
    allowDelete: false,
  } as const;
  const deps = { clock: createManualClock(), newId: () => "id" };
  return { server, connector: createRecipeConnector(loadRecipe("small.json", smallRecipe(parts)), options, deps) };
}

const deactivate = { kind: "deactivate-account", ...CAUSE, account: ANA } as const;
const shown = { account: { status: "=on ? 'active' : 'deactivated'" } };

test("a status 200 with a fault in it is not an empty list", async (t) => {
  for (const body of [{ error: "no" }, { users: null }, { users: {} }, { users: "none" }, []]) {
    const { connector } = await product(t, {}, { "GET /users": { body } });
    await t.throwsAsync(connector.observe(SIGNAL), { code: "connector.unavailable", message: /items is no list/ });
  }
});

test("a field that does not fit is named, and nothing of its value", async (t) => {
  const { connector } = await product(
    t,
    {},
    { "GET /users": { body: { users: [{ id: 7, email: { secret: "ana@acme.example" } }] } } },
  );
  const error = await t.throwsAsync(connector.observe(SIGNAL), { code: "connector.unavailable" });
  t.is(
    error?.message,
    "recipe small.json, listAccounts: the product showed something else than is due for account.email",
  );
});

test("steps capture, jump, repeat and verify in their order", async (t) => {
  const steps = [
    { name: "read", request: { path: "users/{$account}" }, capture: { teams: "=teams" } },
    {
      name: "teams",
      forEach: "=$teams",
      request: { method: "DELETE", path: "teams/{$item}/{$account}" },
      outcomes: [{ status: 404, is: "already-so" }],
    },
    {
      name: "try",
      request: { method: "POST", path: "off" },
      outcomes: [{ status: 400, if: "=code = 'old'", goto: "other" }],
    },
    { name: "never", request: { method: "POST", path: "never" } },
    {
      name: "other",
      when: "=$count($teams) = 2",
      request: {
        method: "POST",
        path: "other",
        body: { id: "=$number($account)", teams: "=$teams", gone: "=$teams[5]" },
      },
    },
    { name: "passed", when: "=$count($teams) = 3", request: { method: "POST", path: "never" } },
    {
      name: "verify",
      request: { path: "users/{$account}/teams" },
      outcomes: [{ status: 404, is: "ok" }],
      expect: "=$status = 404",
    },
  ];
  const { connector, server } = await product(
    t,
    { ...shown, operations: { deactivateAccount: { steps } } },
    {
      "GET /users/7": { body: { id: 7, teams: ["a", "b"] } },
      "DELETE /teams/a/7": { status: 404, body: {} },
      "DELETE /teams/b/7": { body: {} },
      "POST /off": { status: 400, body: { code: "old" } },
      "POST /other": { body: {} },
      "GET /users/7/teams": { status: 404, body: {} },
    },
  );
  t.is((await connector.apply(deactivate, anApplyContext())).effect, "changed");
  t.deepEqual(
    server.requests.map(({ line }) => line),
    ["GET /users/7", "DELETE /teams/a/7", "DELETE /teams/b/7", "POST /off", "POST /other", "GET /users/7/teams"],
  );
  t.deepEqual(server.requests[4]?.body, { id: 7, teams: ["a", "b"] });
});

test("what a step expects and is not so fails as the recipe says, naming the step", async (t) => {
  const steps = [
    { name: "shut", request: { method: "POST", path: "off" }, expect: "=ok = true", otherwise: "rejected" },
  ];
  const { connector } = await product(
    t,
    { ...shown, operations: { deactivateAccount: { steps } } },
    { "POST /off": { body: { ok: false } } },
  );
  const failed = connector.apply(deactivate, anApplyContext());
  await t.throwsAsync(failed, {
    code: "connector.rejected",
    message: "recipe small.json, deactivateAccount, step shut: what the step expects is not so",
  });
});

test("a GET that writes is sent once, a POST that reads again", async (t) => {
  const operations = {
    deactivateAccount: { steps: [{ request: { path: "shut/{$account}", effect: "write" } }] },
    findAccount: { request: { method: "POST", path: "search", body: { q: "=$email" } }, items: "=users" },
  };
  const busy = { status: 503, body: {} };
  const { connector, server } = await product(
    t,
    { ...shown, operations },
    { "GET /shut/7": busy, "POST /search": busy },
  );
  await t.throwsAsync(connector.apply(deactivate, anApplyContext()), { code: "connector.unavailable" });
  await t.throwsAsync(connector.find({ email: "x@acme.example" }, SIGNAL), { code: "connector.unavailable" });
  t.deepEqual(
    server.requests.map(({ line }) => line),
    ["GET /shut/7", "POST /search", "POST /search", "POST /search"],
  );
});

for (const id of ["..", ".", "a/b", "a%2Fb?", "", "../../admin"]) {
  test(`the id ${JSON.stringify(id)} never becomes a part of a path`, async (t) => {
    const operations = {
      deactivateAccount: { steps: [{ request: { method: "POST", path: "users/{$account}/off" } }] },
    };
    const { connector, server } = await product(t, { ...shown, ids: { pattern: ".*" }, operations }, {});
    const change = { ...deactivate, account: id as AccountId };
    if (id === "a%2Fb?") {
      await t.throwsAsync(connector.apply(change, anApplyContext()), { code: "connector.missing" });
      t.deepEqual(
        server.requests.map(({ line }) => line),
        ["POST /users/a%252Fb%3F/off"],
      );
    } else {
      await t.throwsAsync(connector.apply(change, anApplyContext()), { code: "connector.rejected" });
      t.deepEqual(server.requests, []);
    }
  });
}

test("a product that shows somebody else than was asked for is not believed", async (t) => {
  const operations = {
    getAccount: { request: { path: "users/{$account}" } },
    findAccount: { request: { path: "users" }, items: "=users" },
    deactivateAccount: { steps: [{ request: { method: "POST", path: "users/{$account}/off" } }] },
  };
  const { connector, server } = await product(
    t,
    { ...shown, operations },
    { "GET /users/7": { body: { id: 8, email: "bo@acme.example", on: false } }, "GET /users": { body: { users: [] } } },
  );
  await t.throwsAsync(connector.find({ account: ANA, email: "ana@acme.example" }, SIGNAL), {
    code: "connector.unavailable",
    message: "recipe small.json, getAccount: the product showed another account than the one that was asked for",
  });
  await t.throwsAsync(connector.apply(deactivate, anApplyContext({ mayHaveHappened: true })), {
    code: "connector.unavailable",
  });
  t.false(server.requests.some(({ line }) => line.startsWith("POST")));
});

test("an id that is no text that can be sent is refused, whatever the recipe takes for an id", async (t) => {
  const operations = { getAccount: { request: { path: "users/{$account}" } } };
  const { connector } = await product(
    t,
    { ids: { pattern: ".*" }, operations },
    { "GET /users": { body: { users: [] } } },
  );
  const account = "a\ud800" as AccountId;
  await t.throwsAsync(connector.find({ account, email: "ana@acme.example" }, SIGNAL), { code: "connector.rejected" });
});

test("a request that was not made in time may be made later, one that cannot be made is refused for good", async (t) => {
  const endless = "=($f := function($n) { $f($n + 1) }; $f(1))";
  for (const [reason, expected] of [
    [endless, "connector.unavailable"],
    ["=$number('x')", "connector.rejected"],
  ] as const) {
    const steps = [{ request: { method: "POST", path: "off", body: { reason } } }];
    const { connector, server } = await product(t, { ...shown, operations: { deactivateAccount: { steps } } }, {});
    await t.throwsAsync(connector.apply(deactivate, anApplyContext()), { code: expected });
    t.deepEqual(server.requests, []);
  }
});

test("members that are replaced whole are changed by one at a time", async (t) => {
  let members: readonly unknown[] = ["1"];
  const operations = {
    listGroups: GROUPS,
    listMembers: { request: { path: "groups/{$group}" }, items: "=users", member: "=$" },
    setMembers: { steps: [{ request: { method: "PUT", path: "groups/{$group}", body: { users: "=$members" } } }] },
  };
  const { connector, server } = await product(
    t,
    { operations },
    {
      "GET /groups/g1": () => ({ body: { users: members } }),
      "PUT /groups/g1": (body) => {
        members = (body as { readonly users: readonly unknown[] }).users;
        return { body: {} };
      },
    },
  );
  const add = (id: string) =>
    connector.apply(
      { kind: "add-to-group", ...CAUSE, account: { by: "id", id: id as AccountId }, group: GROUP },
      anApplyContext(),
    );
  const effects = await Promise.all([add("2"), add("3"), add("4"), add("2")]);
  t.deepEqual(members, ["1", "2", "3", "4"]);
  t.deepEqual(
    effects.map(({ effect }) => effect),
    ["changed", "changed", "changed", "already-so"],
  );
  t.is(server.requests.filter(({ line }) => line.startsWith("PUT")).length, 3);
});

test("groups that are a field of the account are replaced whole", async (t) => {
  const operations = {
    listGroups: GROUPS,
    getAccount: { request: { path: "users/{$account}" } },
    setGroups: { steps: [{ request: { method: "PATCH", path: "users/{$account}", body: { groups: "=$groups" } } }] },
  };
  const { connector, server } = await product(
    t,
    { account: { groups: "=groups" }, operations },
    {
      "GET /users/7": { body: { id: 7, email: "ana@acme.example", groups: ["g0", "g1"] } },
      "PATCH /users/7": { body: {} },
    },
  );
  const change = { ...CAUSE, account: { by: "id", id: ANA }, group: GROUP } as const;
  t.is((await connector.apply({ kind: "add-to-group", ...change }, anApplyContext())).effect, "already-so");
  t.is((await connector.apply({ kind: "remove-from-group", ...change }, anApplyContext())).effect, "changed");
  t.deepEqual(server.requests.at(-1)?.body, { groups: ["g0"] });
});

test("a next page on another host is not followed, and nobody is thought to be missing", async (t) => {
  const operations = {
    listAccounts: { request: { path: "users" }, items: "=users", paging: { by: "url", next: "=next" } },
  };
  const users = [{ id: 1, email: "a@acme.example" }];
  const { connector } = await product(
    t,
    { operations },
    { "GET /users": { body: { users, next: "http://127.0.0.1:9/users" } } },
  );
  await t.throwsAsync(connector.observe(SIGNAL), { code: "connector.unavailable", message: /leads away/ });
});

test("what destroys data needs allowDelete, and a change that the recipe lacks is refused", async (t) => {
  const steps = [{ request: { method: "DELETE", path: "users/{$account}" } }];
  const operations = { deactivateAccount: { steps, destroys: true }, deleteAccount: { steps } };
  const { connector, server } = await product(t, { ...shown, operations }, {});
  t.deepEqual([...connector.capabilities.changes], ["adopt-account"]);
  await t.throwsAsync(connector.apply(deactivate, anApplyContext()), { code: "connector.rejected" });
  t.deepEqual(server.requests, []);
});

test("seats that are implied are asked for by nobody", async (t) => {
  const { connector, server } = await product(
    t,
    { capabilities: { seats: "implied" } },
    { "GET /users": { body: { users: [{ id: 7, email: "ana@acme.example" }] } } },
  );
  const [ana] = await connector.find({ email: "ana@acme.example" }, SIGNAL);
  t.is(ana?.seat, "standard" as Seat);
  const change = {
    kind: "assign-seat",
    ...CAUSE,
    account: { by: "id", id: ANA },
    seat: ana?.seat ?? ("" as Seat),
  } as const;
  t.is((await connector.apply(change, anApplyContext())).effect, "already-so");
  t.is(server.requests.length, 1);
});

test("bookings are asked for window by window, and each comes once", async (t) => {
  const operations = {
    listBookings: {
      request: { path: "bookings", query: { from: "=$from", to: "=$to" } },
      items: "=$",
      window: { span: "7d", horizon: "20d", past: "1d" },
      booking: { id: "=id", startsAt: "=at", endsAt: "=at", guests: "=1" },
    },
    cancelBooking: { steps: [{ request: { method: "POST", path: "bookings/{$booking}/cancel" } }] },
  };
  const body = [
    { id: 1, at: "2026-11-24T09:00:00Z" },
    { id: 2, at: "2026-11-23T08:59:59Z" },
  ];
  const { connector, server } = await product(t, { operations }, { "GET /bookings": { body } });
  const from = "2026-11-23T09:00:00.000Z" as Instant;
  const bookings = await Array.fromAsync(connector.bookings(ANA, from, SIGNAL));
  t.deepEqual(
    bookings.map(({ id }) => id),
    ["1" as BookingId],
  );
  t.deepEqual(
    server.requests.map(({ query }) => [query.get("from"), query.get("to")]),
    [
      ["2026-11-22T09:00:00.000Z", "2026-11-29T09:00:00.000Z"],
      ["2026-11-29T09:00:00.000Z", "2026-12-06T09:00:00.000Z"],
      ["2026-12-06T09:00:00.000Z", "2026-12-13T09:00:00.000Z"],
    ],
  );
});
