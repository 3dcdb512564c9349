import test from "ava";
import type { ExecutionContext } from "ava";
import { createPairedConnector } from "../../src/connectors/paired.ts";
import { createSandboxConnector } from "../../src/connectors/sandbox/connector.ts";
import { toAccount } from "../../src/connectors/sandbox/wire.ts";
import { asSecondProduct } from "../../src/connectors/second-product.ts";
import type { AccountId, Booking, BookingId, ProductGroupId, Seat } from "../../src/domain/account.ts";
import type { Instant } from "../../src/domain/brand.ts";
import { ConnectorError } from "../../src/domain/errors.ts";
import { CHANGE_KINDS, type Change } from "../../src/domain/plan.ts";
import type { FaultSpec } from "../../src/sandbox/faults.ts";
import type { Connector } from "../../src/ports/connector.ts";
import { connectorContract } from "../contracts/connector.ts";
import { anApplyContext, type ConnectorHarness, type HarnessFault } from "../contracts/connector-harness.ts";
import { SANDBOX_TOKEN, startSandbox, type RunningSandbox } from "../support/sandbox.ts";

const FAULTS: Readonly<Record<HarnessFault, FaultSpec["kind"]>> = {
  auth: "unauthorized",
  "rate-limited": "rate-limited",
  unavailable: "error-before-effect",
  "not-json": "not-json",
  "lost-reply": "lost-reply",
  "unavailable-after-effect": "error-after-effect",
};
const SIGNAL = new AbortController().signal;
const GUESTS = [
  { name: "Gus", email: "gus@guest.example" },
  { name: "Gia", email: "gia@guest.example" },
];

/** Two sandboxes, and their connectors: one for people, one for bookings. */
interface Pair {
  readonly people: RunningSandbox;
  readonly second: RunningSandbox;
  readonly first: Connector;
  readonly other: Connector;
  readonly paired: Connector;
  /** Of people. */
  add(email: string): AccountId;
  /** In the second product. */
  host(email: string): string;
  book(host: string, hours?: number): BookingId;
}

async function startPair(t: ExecutionContext, spoil: (second: Connector) => Connector = (same) => same): Promise<Pair> {
  const people = await startSandbox(t, { seats: { standard: 2 } });
  const second = await startSandbox(t);
  const open = ({ url, clock }: RunningSandbox) =>
    createSandboxConnector({ connector: "sandbox", baseUrl: url, token: SANDBOX_TOKEN }, { clock });
  const [first, other] = [open(people), spoil(open(second))];
  const paired = createPairedConnector(first, asSecondProduct(other));
  t.teardown(() => paired.close());
  const member = ({ state }: RunningSandbox, email: string) =>
    state.members.create({ ...NAMELESS, email, displayName: email }).id;
  return {
    people,
    second,
    first,
    other,
    paired,
    add: (email) => member(people, email) as AccountId,
    host: (email) => member(second, email),
    book(hostId, hours = 24) {
      const at = (ms: number): string =>
        new Date(Date.parse(second.clock.now()) + hours * 3_600_000 + ms).toISOString();
      const times = { startsAt: at(0), endsAt: at(1_800_000) };
      const booking = second.state.bookings.create({
        hostId,
        title: "Intro",
        ...times,
        guests: GUESTS,
        seriesId: null,
      });
      return booking.id as BookingId;
    },
  };
}

const NAMELESS = { givenName: null, familyName: null, timezone: null, role: "member", externalRef: null } as const;

async function createHarness(t: ExecutionContext): Promise<ConnectorHarness> {
  const { people, second, paired, host, book } = await startPair(t);
  const hosts = new Map<AccountId, string>();
  return {
    connector: paired,
    severalPages: 1_001,
    seat: "standard" as Seat,
    now: () => people.clock.now(),
    addAccount({ email, displayName = email, givenName = null, familyName = null, timezone = null }) {
      const names = { displayName, givenName, familyName, timezone };
      const member = people.state.members.create({ email, ...names, role: "member", externalRef: null });
      hosts.set(member.id as AccountId, host(email));
      return Promise.resolve(member.id as AccountId);
    },
    addGroup: (name) => Promise.resolve(people.state.groups.create(name).id as ProductGroupId),
    addBooking: (account, hours) => Promise.resolve(book(hosts.get(account) ?? "", hours)),
    accounts: () =>
      Promise.resolve(
        people.state.members.rows().map(({ value }) => toAccount({ ...value, groupIds: [...value.groupIds] })),
      ),
    groupNames: () => Promise.resolve(people.state.groups.rows().map(({ value }) => value.name)),
    mails: () => Promise.resolve(second.state.outbox.rows().length),
    writes: () => Promise.resolve(people.ledger.rows().length + second.ledger.rows().length),
    fail(fault) {
      const spec = { kind: FAULTS[fault], times: null, retryAfterSeconds: 120 };
      const isOfWrites = fault === "lost-reply" || fault === "unavailable-after-effect";
      const matches = isOfWrites ? ["POST", "PUT", "PATCH", "DELETE"].map((method) => ({ method })) : [{}];
      for (const { faults } of [people, second]) {
        for (const match of matches) faults.add({ ...spec, match });
      }
      return Promise.resolve();
    },
    failSecondPage() {
      people.faults.add({ kind: "error-before-effect", match: { path: "/v1/members" }, after: 1, times: null });
      return Promise.resolve();
    },
    heal() {
      for (const { faults } of [people, second]) faults.clear();
      return Promise.resolve();
    },
  };
}

connectorContract("paired", { changes: new Set(CHANGE_KINDS), bookingOrder: "deactivate-first" }, createHarness);

const list = ({ paired, people }: Pair, account: AccountId, email?: string) =>
  Array.fromAsync(paired.bookings(account, people.clock.now(), SIGNAL, true, email));

function cancel(account: AccountId, booking: BookingId): Extract<Change, { readonly kind: "cancel-booking" }> {
  const startsAt = "2026-01-01T00:00:00.000Z" as Instant;
  return { kind: "cancel-booking", cause: "leaver", because: [], account, booking, startsAt, guests: 2 };
}

test("bookings are those of the account with the same e-mail, under our id, and cancelled where they are", async (t) => {
  const pair = await startPair(t);
  pair.host("bo@acme.example");
  const account = pair.add("ana@acme.example");
  const booking = pair.book(pair.host("ana@acme.example"));
  const found = await list(pair, account);
  t.deepEqual(
    found.map(({ id, account: whose, guests }) => ({ id, whose, guests })),
    [{ id: booking, whose: account, guests: 2 }],
  );
  t.deepEqual(await pair.paired.apply(cancel(account, booking), anApplyContext()), { effect: "changed" });
  t.is(pair.second.state.outbox.rows().length, 2);
  t.deepEqual(await list(pair, account), []);
  t.is(pair.people.ledger.rows().length, 0, "nothing was written to the first product");
});

test("e-mails are compared without case", async (t) => {
  const shouting = (second: Connector): Connector => ({
    ...second,
    async find(...args) {
      const found = await second.find(...args);
      return found.map((one) => ({ ...one, profile: { ...one.profile, email: one.profile.email.toUpperCase() } }));
    },
  });
  const pair = await startPair(t, shouting);
  const account = pair.add("ana@acme.example");
  const booking = pair.book(pair.host("ana@acme.example"));
  t.deepEqual(
    (await list(pair, account)).map(({ id }) => id),
    [booking],
  );
});

test("whoever has no account in the second product, or has not accepted the invitation, has no bookings", async (t) => {
  const pending = (second: Connector): Connector => ({
    ...second,
    find: async (...args) => (await second.find(...args)).map((one) => ({ ...one, status: "pending" as const })),
  });
  const pair = await startPair(t, pending);
  const [ana, bo] = [pair.add("ana@acme.example"), pair.add("bo@acme.example")];
  pair.book(pair.host("ana@acme.example"));
  t.deepEqual(await list(pair, ana), []);
  t.deepEqual(await list(pair, bo), []);
});

test("where several have the e-mail, nobody's bookings are touched", async (t) => {
  const doubled = (second: Connector): Connector => ({
    ...second,
    find: async (...args) =>
      (await second.find(...args)).flatMap((one) => [one, { ...one, id: `${one.id}-2` as AccountId }]),
  });
  const pair = await startPair(t, doubled);
  const account = pair.add("ana@acme.example");
  pair.host("ana@acme.example");
  const error = await t.throwsAsync(list(pair, account), { instanceOf: ConnectorError });
  t.is(error.reason, "rejected");
  t.regex(error.message, /^2 accounts have this e-mail in sandbox \(product\.bookings\), .* Leave one of them\.$/);
});

test("of an account that is gone, bookings are found by the e-mail that was seen or is known, and never said to be none", async (t) => {
  const pair = await startPair(t);
  const [seen, told, unknown] = ["ana", "bo", "cy"].map((name) => pair.add(`${name}@acme.example`)) as [
    AccountId,
    AccountId,
    AccountId,
  ];
  const bookings = ["ana", "bo", "cy"].map((name) => pair.book(pair.host(`${name}@acme.example`)));
  t.is((await list(pair, seen)).length, 1);
  for (const id of [seen, told, unknown]) pair.people.state.members.remove(id);
  t.deepEqual(
    (await list(pair, seen)).map(({ id }) => id),
    [bookings[0]],
  );
  t.deepEqual(
    (await list(pair, told, "Bo@acme.example")).map(({ id }) => id),
    [bookings[1]],
  );
  const error = await t.throwsAsync(list(pair, unknown), { instanceOf: ConnectorError });
  t.is(error.reason, "rejected");
  t.regex(error.message, /the e-mail that it had is not known/);
});

test("bookings of somebody gone are not taken from whoever has the e-mail now", async (t) => {
  const pair = await startPair(t);
  const account = pair.add("ana@acme.example");
  pair.book(pair.host("ana@acme.example"));
  pair.people.state.members.remove(account);
  pair.add("ana@acme.example");
  const error = await t.throwsAsync(list(pair, account, "ana@acme.example"), { instanceOf: ConnectorError });
  t.is(error.reason, "rejected");
  t.regex(error.message, /another one has its e-mail/);
});

test("a host who vanishes while the bookings are listed is no proof that there are none", async (t) => {
  const vanishing = (second: Connector): Connector => ({
    ...second,
    async *bookings(): AsyncGenerator<Booking> {
      throw new ConnectorError("missing", "nobody has this id");
    },
  });
  const pair = await startPair(t, vanishing);
  const account = pair.add("ana@acme.example");
  pair.host("ana@acme.example");
  const error = await t.throwsAsync(list(pair, account), { instanceOf: ConnectorError });
  t.is(error.reason, "unavailable");
});

test("a handover goes to the successor's own account there, and is refused where there is none", async (t) => {
  const pair = await startPair(t);
  const account = pair.add("ana@acme.example");
  const [bo, cy] = [pair.add("bo@acme.example"), pair.add("cy@acme.example")];
  const booking = pair.book(pair.host("ana@acme.example"));
  const heir = pair.host("bo@acme.example");
  const handOver = (to: AccountId): Change => ({ ...cancel(account, booking), kind: "reassign-booking", to });
  const error = await t.throwsAsync(pair.paired.apply(handOver(cy), anApplyContext()), { instanceOf: ConnectorError });
  t.is(error.reason, "rejected");
  t.regex(error.message, /no active account in sandbox \(product\.bookings\)/);
  t.deepEqual(await pair.paired.apply(handOver(bo), anApplyContext()), { effect: "changed" });
  t.is(pair.second.state.bookings.get(booking).hostId, heir);
});

test("the second product is never told of people, seats or groups", async (t) => {
  const told: string[] = [];
  const watched = (second: Connector): Connector => ({
    ...second,
    apply(change, context) {
      told.push(change.kind);
      return second.apply(change, context);
    },
  });
  const pair = await startPair(t, watched);
  const account = pair.add("ana@acme.example");
  const host = pair.host("ana@acme.example");
  const booking = pair.book(host);
  const about = { cause: "leaver", because: [], account } as const;
  await pair.paired.apply({ kind: "deactivate-account", ...about }, anApplyContext());
  await pair.paired.apply({ kind: "create-group", cause: "mover", because: [], name: "Sales" }, anApplyContext());
  await pair.paired.apply(cancel(account, booking), anApplyContext());
  await pair.paired.apply({ kind: "delete-account", ...about }, anApplyContext());
  t.deepEqual(told, ["cancel-booking"]);
  t.is(pair.second.state.members.get(host).status, "active");
});

const REFUSED = { kind: "unauthorized", times: null } as const;
test("what the second product refuses names its own settings", async (t) => {
  const pair = await startPair(t);
  const account = pair.add("ana@acme.example");
  pair.second.faults.add(REFUSED);
  const error = await t.throwsAsync(list(pair, account), { instanceOf: ConnectorError });
  t.is(error.reason, "auth");
  t.regex(error.message, /^Bookings: .*product\.bookings\.token/);
  t.notRegex(error.message, /product\.bookings\.bookings/);
});

const orders = [
  ["deactivate-first", "shown", "deactivate-first", "shown", "deactivate-first"],
  ["bookings-first", "shown", "deactivate-first", "shown", "bookings-first"],
  ["deactivate-first", "shown", "bookings-first", "shown", "bookings-first"],
  ["deactivate-first", "gone", "deactivate-first", "shown", "bookings-first"],
  ["deactivate-first", "shown", "deactivate-first", "gone", "bookings-first"],
] as const;
for (const [one, sight, two, otherSight, expected] of orders) {
  test(`${one} (${sight}) and ${two} (${otherSight}) make ${expected}`, async (t) => {
    const { first, other } = await startPair(t);
    const { capabilities } = createPairedConnector(
      { ...first, capabilities: { ...first.capabilities, bookingOrder: one, deactivated: sight } },
      { ...other, capabilities: { ...other.capabilities, bookingOrder: two, deactivated: otherSight } },
    );
    t.is(capabilities.bookingOrder, expected);
  });
}

test("people are as the first product has them, bookings as the second", async (t) => {
  const { first, other } = await startPair(t);
  const changes = new Set(CHANGE_KINDS.filter((kind) => kind !== "cancel-booking" && kind !== "reassign-booking"));
  const { capabilities } = createPairedConnector(
    { ...first, capabilities: { ...first.capabilities, changes, bookings: "nobody", maxConcurrency: 4 } },
    {
      ...other,
      capabilities: { ...other.capabilities, changes: new Set(["cancel-booking", "delete-account"]), seats: "none" },
    },
  );
  t.deepEqual(capabilities.changes, new Set([...changes, "cancel-booking"]));
  t.like(capabilities, { seats: "assigned", bookings: "bridge", maxConcurrency: 4, marker: true });
});

test("doctor hears of both, and whether people are found by their e-mail on the other side", async (t) => {
  // Both sandboxes have the same owner.
  const withoutOwner = (second: Connector): Connector => ({
    ...second,
    find: async (...args) => (await second.find(...args)).filter(({ role }) => role !== "owner"),
  });
  const pair = await startPair(t, withoutOwner);
  pair.add("ana@acme.example");
  const before = await Array.fromAsync(pair.paired.diagnose(SIGNAL));
  t.deepEqual(
    before.map(({ subject, verdict }) => `${subject}: ${verdict}`),
    [
      "credentials: good",
      "seats: good",
      "bookings credentials: good",
      "bookings seats: good",
      "pairing: warning",
      "pairing: warning",
    ],
  );
  t.regex(before.at(-1)?.detail ?? "", /^0 of 2 active people /);
  pair.host("ana@acme.example");
  const after = await Array.fromAsync(pair.paired.diagnose(SIGNAL));
  t.like(after.at(-1), { subject: "pairing", verdict: "good" });
  pair.second.faults.add(REFUSED);
  const refused = await Array.fromAsync(pair.paired.diagnose(SIGNAL));
  const bad = refused.find(({ verdict }) => verdict === "bad");
  t.like(bad, { subject: "bookings credentials" });
  t.regex(bad?.remedy ?? "", /product\.bookings\.token/);
});
