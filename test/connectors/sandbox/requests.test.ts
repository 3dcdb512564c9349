import test from "ava";
import type { ExecutionContext } from "ava";
import type { AccountId, BookingId } from "../../../src/domain/account.ts";
import { createSandboxConnector } from "../../../src/connectors/sandbox/connector.ts";
import { sandboxOptionsSchema } from "../../../src/connectors/sandbox/options.ts";
import type { ProductCall } from "../../../src/connectors/http.ts";
import type { Instant } from "../../../src/domain/brand.ts";
import { CAUSE } from "../../contracts/connector-changes.ts";
import { aDesiredAccount, anApplyContext } from "../../contracts/connector-harness.ts";
import { SANDBOX_TOKEN, startSandbox } from "../../support/sandbox.ts";

const SIGNAL = new AbortController().signal;

async function start(t: ExecutionContext) {
  const sandbox = await startSandbox(t);
  const calls: ProductCall[] = [];
  const options = { connector: "sandbox", baseUrl: sandbox.url, token: SANDBOX_TOKEN } as const;
  const connector = createSandboxConnector(options, { clock: sandbox.clock, onCall: (call) => calls.push(call) });
  const member = (email: string) => {
    const names = { givenName: "Ana", familyName: null, displayName: "Ana", timezone: null };
    return sandbox.state.members.create({ email, ...names, role: "member", externalRef: null }).id as AccountId;
  };
  const booking = (account: AccountId, hours: number) => {
    const start = Date.parse(sandbox.clock.now()) + hours * 3_600_000;
    const [startsAt, endsAt] = [new Date(start).toISOString(), new Date(start + 1_800_000).toISOString()];
    const guests = [{ name: "Gus", email: "gus@guest.example" }];
    const { id } = sandbox.state.bookings.create({
      hostId: account,
      title: "Intro",
      startsAt,
      endsAt,
      guests,
      seriesId: "s",
    });
    return { account, booking: id as BookingId, startsAt: startsAt as Instant, guests: 1 };
  };
  return { ...sandbox, connector, calls, member, booking };
}

test("a first attempt at a create, an update and a cancel is one request each", async (t) => {
  const { connector, calls, member, booking } = await start(t);
  const account = member("bo@acme.example");
  const before = { email: "bo@acme.example", givenName: "Ana" };
  const changes = [
    { kind: "create-account", ...CAUSE, desired: aDesiredAccount() },
    { kind: "update-account", ...CAUSE, account, before, after: { ...before, givenName: "Bo" } },
    { kind: "cancel-booking", ...CAUSE, ...booking(account, 24) },
  ] as const;
  for (const change of changes) await connector.apply(change, anApplyContext());
  t.deepEqual(
    calls.map(({ method }) => method),
    ["POST", "PATCH", "POST"],
  );
});

test("an update sends only the fields that differ, and leaves alone what it does not name", async (t) => {
  const { connector, member, state } = await start(t);
  const account = member("ana@acme.example");
  // Edited by hand after it was observed: not ours to set back.
  state.members.update(account, { displayName: "Ana, Sales" });
  const before = { email: "ana@acme.example", displayName: "Ana", givenName: "Ana" };
  const after = { email: "ana@acme.example", displayName: "Ana", givenName: "Anna" };
  await connector.apply({ kind: "update-account", ...CAUSE, account, before, after }, anApplyContext());
  t.like(state.members.get(account), { givenName: "Anna", displayName: "Ana, Sales" });
});

test("an account of ours that nobody remembers is found when its e-mail turns out to be taken", async (t) => {
  const { connector, state } = await start(t);
  const create = { kind: "create-account", ...CAUSE, desired: aDesiredAccount() } as const;
  const first = await connector.apply(create, anApplyContext());
  t.deepEqual(await connector.apply(create, anApplyContext()), { ...first, effect: "already-so" });
  t.is(state.members.rows().length, 2);
});

test("an e-mail that another account has is a conflict for an update", async (t) => {
  const { connector, member } = await start(t);
  const account = member("ana@acme.example");
  member("bo@acme.example");
  const change = { before: { email: "ana@acme.example" }, after: { email: "bo@acme.example" } };
  const attempt = connector.apply({ kind: "update-account", ...CAUSE, account, ...change }, anApplyContext());
  const error = await t.throwsAsync(attempt, { code: "connector.conflict" });
  t.is(error.message, `sandbox answered 409 (email_taken) to PATCH /v1/members/${account}`);
});

test("the last owner is not shut out", async (t) => {
  const { connector, state } = await start(t);
  const account = state.members.rows("owner@acme.example")[0]?.value.id as AccountId;
  const attempt = connector.apply({ kind: "deactivate-account", ...CAUSE, account }, anApplyContext());
  await t.throwsAsync(attempt, { code: "connector.conflict", message: /last_owner/ });
});

test("a meeting that is over or was destroyed needs no cancelling", async (t) => {
  const { connector, member, booking, clock, state } = await start(t);
  const account = member("ana@acme.example");
  const soon = booking(account, 1);
  const late = booking(account, 100);
  clock.advance(2 * 3_600_000);
  t.is((await connector.apply({ kind: "cancel-booking", ...CAUSE, ...soon }, anApplyContext())).effect, "already-so");
  state.deleteMember(account);
  t.is((await connector.apply({ kind: "cancel-booking", ...CAUSE, ...late }, anApplyContext())).effect, "already-so");
  t.is(state.outbox.rows().length, 0);
});

test("guests are told the reason that was configured", async (t) => {
  const { connector, member, booking, state } = await start(t);
  const change = { kind: "cancel-booking", ...CAUSE, ...booking(member("ana@acme.example"), 24) } as const;
  await connector.apply(change, anApplyContext({ guestReason: "Please book again." }));
  t.deepEqual(
    state.outbox.rows().map(({ value }) => value.reason),
    ["Please book again."],
  );
});

test("more bookings than fit on a page are all listed, the occurrences of a series among them", async (t) => {
  const { connector, member, booking } = await start(t);
  const account = member("ana@acme.example");
  const made = Array.from({ length: 1_001 }, (_, i) => booking(account, i + 1).booking);
  const listed = await Array.fromAsync(connector.bookings(account, "2026-11-23T09:00:00.000Z" as Instant, SIGNAL));
  t.deepEqual(
    listed.map(({ id }) => id),
    made,
  );
});

test("a list that lies about itself in an unknown shape is an error", async (t) => {
  const { connector, state } = await start(t);
  // What a product would show after an upgrade that renames a status.
  state.members.update(state.members.rows()[0]?.value.id ?? "", { status: "paused" } as never);
  const observation = await connector.observe(SIGNAL);
  for await (const _ of observation.pages) t.fail();
  const completeness = await observation.completeness;
  t.like(completeness, { complete: false, reason: "page-failed", accounts: 0 });
  t.regex(
    completeness.complete ? "" : completeness.detail,
    /shape that we do not know: items\.0\.status invalid_value$/,
  );
});

test("a short list is incomplete, and an id that cannot be one is never sent", async (t) => {
  const { connector, faults, member, ledger } = await start(t);
  for (let i = 0; i < 5; i++) member(`p${i}@acme.example`);
  faults.add({ kind: "short-list", match: { path: "/v1/members" } });
  const observation = await connector.observe(SIGNAL);
  for await (const page of observation.pages) t.is(page.length, 3);
  t.like(await observation.completeness, { complete: false, reason: "total-differs" });
  const account = "../seats" as AccountId;
  await t.throwsAsync(connector.apply({ kind: "delete-account", ...CAUSE, account }, anApplyContext()), {
    code: "connector.rejected",
  });
  t.is(ledger.rows().length, 0);
});

test("options take an http address and a token, and nothing unknown", (t) => {
  const good = { connector: "sandbox", baseUrl: "http://127.0.0.1:8090", token: "x" };
  t.true(sandboxOptionsSchema.safeParse(good).success);
  for (const bad of [
    { baseUrl: "ftp://x" },
    { baseUrl: "nowhere" },
    { token: "" },
    { connector: "scim" },
    { colour: 1 },
  ]) {
    t.false(sandboxOptionsSchema.safeParse({ ...good, ...bad }).success, JSON.stringify(bad));
  }
});
