import test from "ava";
import { markOf } from "../../src/domain/marker.ts";
import type { ExecutionContext } from "ava";
import fc from "fast-check";
import type { AccountId, AccountProfile, Booking, ObservedAccount, Observation } from "../../src/domain/account.ts";
import type { Instant } from "../../src/domain/brand.ts";
import { ConnectorError } from "../../src/domain/errors.ts";
import type { ConnectorFault } from "../../src/domain/errors.ts";
import type { Capabilities } from "../../src/ports/connector.ts";
import { CAUSE, CHANGE_CASES } from "./connector-changes.ts";
import { aDesiredAccount, anApplyContext } from "./connector-harness.ts";
import type { ConnectorHarness, HarnessFault } from "./connector-harness.ts";

/** Makes one product that holds at most an owner, and releases it with the test. */
export type CreateHarness = (t: ExecutionContext) => Promise<ConnectorHarness>;

const SIGNAL = new AbortController().signal;

/** What every connector must do, whatever its product. Registers the tests under `name`. */
export function connectorContract(name: string, declared: Declared, createHarness: CreateHarness): void {
  const contract = (title: string, body: (t: ExecutionContext, harness: ConnectorHarness) => Promise<void>): void =>
    test(`${name}: ${title}`, async (t) => body(t, await createHarness(t)));

  contract("it can do what this contract was told, no more and no less", async (t, { connector: { capabilities } }) => {
    t.deepEqual([...capabilities.changes].sort(), [...declared.changes].sort());
    t.is(capabilities.bookingOrder, declared.bookingOrder);
  });
  observationContract(contract);
  personContract(contract);
  bookingContract(contract, declared);
  changeContract(contract, declared);
  createContract(contract);
  failureContract(contract);
  normalizeContract(contract);
}

/** What a connector is held to: a change that it does not declare makes no test. */
export type Declared = Pick<Capabilities, "changes" | "bookingOrder">;

type Contract = (title: string, body: (t: ExecutionContext, harness: ConnectorHarness) => Promise<void>) => void;

function observationContract(contract: Contract): void {
  contract("an observation holds every account once, is complete, and writes nothing", async (t, harness) => {
    await addAccounts(harness, harness.severalPages);
    const before = await harness.writes();
    const observation = await harness.connector.observe(SIGNAL);
    const pages = await drain(observation);
    const accounts = await harness.accounts();
    t.true(pages.length >= 3);
    t.deepEqual(sortById(pages.flat()), sortById(accounts));
    t.deepEqual(await observation.completeness, { complete: true, accounts: accounts.length });
    t.is(await harness.writes(), before);
  });

  contract("an observation names groups, and seats where the product counts them", async (t, harness) => {
    const id = await harness.addGroup("Sales EMEA");
    const { groups, seats } = await harness.connector.observe(SIGNAL);
    t.deepEqual(groups, [{ id, name: "Sales EMEA" }]);
    const pool = harness.seat === null ? undefined : seats?.get(harness.seat);
    t.deepEqual(pool, harness.connector.capabilities.seatCounts ? { total: 2, used: 0 } : undefined);
  });

  contract("a page that fails makes the observation incomplete", async (t, harness) => {
    await addAccounts(harness, harness.severalPages);
    await harness.failSecondPage();
    const observation = await harness.connector.observe(SIGNAL);
    const pages = await drain(observation);
    const completeness = await observation.completeness;
    t.is(pages.length, 1);
    t.false(completeness.complete);
    t.is(completeness.complete ? undefined : completeness.reason, "page-failed");
  });

  contract("an observation that is left early is incomplete", async (t, harness) => {
    await addAccounts(harness, harness.severalPages);
    const observation = await harness.connector.observe(SIGNAL);
    for await (const page of observation.pages) {
      t.true(page.length > 0);
      break;
    }
    t.like(await observation.completeness, { complete: false, reason: "stopped" });
  });

  contract("a listing stops when its signal is aborted", async (t, harness) => {
    await addAccounts(harness, harness.severalPages);
    const stop = new AbortController();
    const observation = await harness.connector.observe(stop.signal);
    let pages = 0;
    for await (const _ of observation.pages) {
      pages++;
      stop.abort();
    }
    t.is(pages, 1);
    t.like(await observation.completeness, { complete: false, reason: "stopped" });
  });
}

function personContract(contract: Contract): void {
  contract("nobody is found where nobody is", async (t, { connector }) => {
    const account = "nobody-has-this-id" as AccountId;
    t.deepEqual(await connector.find({ email: "nobody@acme.example" }, SIGNAL), []);
    t.deepEqual(await connector.find({ account, email: "nobody@acme.example" }, SIGNAL), []);
  });

  contract("a person is found by id and by e-mail without case, once", async (t, harness) => {
    const account = await harness.addAccount({ email: "ana@acme.example", displayName: "Ana" });
    const other = await harness.addAccount({ email: "bo@acme.example", displayName: "Bo" });
    const find = async (who: { readonly account?: AccountId; readonly email: string }) =>
      (await harness.connector.find(who, SIGNAL)).map(({ id }) => id).sort();
    t.deepEqual(await find({ email: "ANA@acme.example" }), [account]);
    t.deepEqual(await find({ account, email: "ana@acme.example" }), [account]);
    t.deepEqual(await find({ account, email: "nobody@acme.example" }), [account]);
    t.deepEqual(await find({ account: other, email: "ana@acme.example" }), [account, other].sort());
  });
}

function bookingContract(contract: Contract, { bookingOrder }: Declared): void {
  contract("upcoming bookings are those that have not ended", async (t, harness) => {
    const account = await harness.addAccount({ email: "ana@acme.example", displayName: "Ana" });
    const other = await harness.addAccount({ email: "bo@acme.example", displayName: "Bo" });
    const expected = [await harness.addBooking(account, -0.25), await harness.addBooking(account, 24 * 300)];
    await harness.addBooking(account, -48);
    await harness.addBooking(other, 24);
    const bookings = await bookingsOf(harness, account);
    t.deepEqual(bookings.map(({ id }) => id).sort(), [...expected].sort());
    t.true(bookings.every((booking) => booking.account === account && booking.guests === 2));
    t.true(bookings.every((booking) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(booking.startsAt)));
  });

  if (bookingOrder !== "deactivate-first") return;
  contract("where accounts are shut first, their bookings can still be listed and cancelled", async (t, harness) => {
    const { connector } = harness;
    const account = await harness.addAccount({ email: "ana@acme.example", displayName: "Ana" });
    await harness.addBooking(account, 24);
    await connector.apply({ kind: "deactivate-account", ...CAUSE, account }, anApplyContext());
    for (const { id: booking, startsAt, guests } of await bookingsOf(harness, account)) {
      const change = { kind: "cancel-booking", ...CAUSE, account, booking, startsAt, guests } as const;
      t.is((await connector.apply(change, anApplyContext())).effect, "changed");
    }
    t.is(await harness.mails(), 2);
    t.deepEqual(await bookingsOf(harness, account), []);
  });
}

function changeContract(contract: Contract, { changes }: Declared): void {
  for (const { kind, title, arrange } of CHANGE_CASES.filter((one) => changes.has(one.kind))) {
    contract(`${title}, and doing it again changes nothing`, async (t, harness) => {
      const { change, holds } = await arrange(harness);
      const calls = await harness.writes();
      const first = await harness.connector.apply(change, anApplyContext());
      t.is(first.effect, kind === "adopt-account" ? "already-so" : "changed");
      t.true(await holds(first));
      t.is((await harness.writes()) - calls, kind === "adopt-account" ? 0 : 1);
      const after = await everything(harness);
      const again = await harness.connector.apply(change, anApplyContext({ mayHaveHappened: true }));
      t.deepEqual({ ...first, effect: "already-so" }, again);
      t.deepEqual(await everything(harness), after);
    });

    // An adoption sends nothing, so that no reply can be lost.
    if (kind === "adopt-account") continue;
    contract(`${title}, though its reply is lost, once`, async (t, harness) => {
      const { change, holds } = await arrange(harness);
      await harness.fail("lost-reply");
      await t.throwsAsync(harness.connector.apply(change, anApplyContext()), { code: "connector.unavailable" });
      await harness.heal();
      const after = await everything(harness);
      const retried = await harness.connector.apply(change, anApplyContext({ mayHaveHappened: true }));
      t.is(retried.effect, "already-so");
      t.true(await holds(retried));
      t.deepEqual(await everything(harness), after);
    });
  }

  if (!changes.has("assign-seat")) return;
  contract("a seat that is not there is told as such", async (t, harness) => {
    const { connector, seat } = harness;
    if (seat === null) return t.fail("a connector that assigns seats needs a harness that has some");
    const [first, second, third] = await addAccounts(harness, 3);
    const assign = (id: AccountId | undefined) =>
      connector.apply(
        { kind: "assign-seat", ...CAUSE, account: { by: "id", id: id ?? ("" as AccountId) }, seat },
        anApplyContext(),
      );
    await assign(first);
    await assign(second);
    await t.throwsAsync(assign(third), { code: "connector.no-seat" });
    await connector.apply(
      { kind: "release-seat", ...CAUSE, account: { by: "id", id: first ?? ("" as AccountId) }, seat },
      anApplyContext(),
    );
    t.is((await assign(third)).effect, "changed");
  });

  contract("a change to an account that is not there is told as missing", async (t, { connector }) => {
    const account = "nobody-has-this-id" as AccountId;
    const change = { kind: "deactivate-account", ...CAUSE, account } as const;
    await t.throwsAsync(connector.apply(change, anApplyContext()), {
      instanceOf: ConnectorError,
      code: "connector.missing",
    });
  });

  contract("what a reference cannot resolve is passed on", async (t, { connector }) => {
    const account = { by: "user", user: aDesiredAccount().user } as const;
    const change = { kind: "add-to-group", ...CAUSE, account, group: { by: "name", name: "Sales" } } as const;
    await t.throwsAsync(connector.apply(change, anApplyContext()), { code: "connector.missing" });
  });
}

function createContract(contract: Contract): void {
  const create = { kind: "create-account", ...CAUSE, desired: aDesiredAccount() } as const;

  contract("a created account carries our marker and can be found", async (t, harness) => {
    const { account } = await harness.connector.apply(create, anApplyContext());
    const found = await harness.connector.find({ email: "ana@acme.example" }, SIGNAL);
    t.deepEqual(
      found.map(({ id }) => id),
      [account],
    );
    if (harness.connector.capabilities.marker) t.is(found[0]?.marker, markOf(create.desired));
  });

  contract("a create whose effect was followed by an error is not made twice", async (t, harness) => {
    await harness.fail("unavailable-after-effect");
    await t.throwsAsync(harness.connector.apply(create, anApplyContext()), { code: "connector.unavailable" });
    await harness.heal();
    const before = (await harness.accounts()).length;
    const again = await harness.connector.apply(create, anApplyContext({ mayHaveHappened: true }));
    t.is(again.effect, "already-so");
    t.truthy(again.account);
    t.is((await harness.accounts()).length, before);
  });

  for (const mayHaveHappened of [false, true]) {
    const when = mayHaveHappened ? "on a second attempt" : "on the first attempt";
    contract(`somebody else's account is never taken for a created one, ${when}`, async (t, harness) => {
      await harness.addAccount({ email: "ana@acme.example", displayName: "Another Ana" });
      const before = await harness.accounts();
      const attempt = harness.connector.apply(create, anApplyContext({ mayHaveHappened }));
      await t.throwsAsync(attempt, { instanceOf: ConnectorError, code: "connector.conflict" });
      t.deepEqual(await harness.accounts(), before);
    });
  }

  contract("an update sends nothing that did not change", async (t, harness) => {
    const profile = { email: "ana@acme.example", displayName: "Ana", givenName: "Ana" };
    const account = await harness.addAccount(profile);
    const change = { kind: "update-account", ...CAUSE, account, before: profile, after: profile } as const;
    const before = await harness.writes();
    t.is((await harness.connector.apply(change, anApplyContext())).effect, "already-so");
    if ((await harness.writes()) > before) t.deepEqual((await accountOf(harness, account))?.profile, profile);
  });
}

function failureContract(contract: Contract): void {
  const faults: readonly (readonly [HarnessFault, ConnectorFault])[] = [
    ["auth", "auth"],
    ["rate-limited", "rate-limited"],
    ["unavailable", "unavailable"],
    ["not-json", "unavailable"],
  ];
  for (const [fault, reason] of faults) {
    contract(`${fault}: every call fails as ${reason}, none answers with nothing`, async (t, harness) => {
      const account = await harness.addAccount({ email: "ana@acme.example", displayName: "Ana" });
      const before = await everything(harness);
      await harness.fail(fault);
      const calls = [
        () => harness.connector.observe(SIGNAL),
        () => harness.connector.find({ account, email: "ana@acme.example" }, SIGNAL),
        () => bookingsOf(harness, account),
        () => harness.connector.apply({ kind: "deactivate-account", ...CAUSE, account }, anApplyContext()),
      ];
      for (const call of calls) {
        const error = await t.throwsAsync(call(), { instanceOf: ConnectorError });
        t.is(error.reason, reason);
        t.is(error.retryAfterMs, fault === "rate-limited" ? 120_000 : undefined);
        t.notRegex(error.message, /@|Bearer/);
      }
      await harness.heal();
      t.deepEqual(await everything(harness), before);
    });
  }

  contract("an aborted signal stops every call before it reaches the product", async (t, harness) => {
    const account = await harness.addAccount({ email: "ana@acme.example", displayName: "Ana" });
    const signal = AbortSignal.abort();
    const before = await harness.writes();
    const stopped = { instanceOf: ConnectorError, code: "connector.unavailable" };
    const change = { kind: "deactivate-account", ...CAUSE, account } as const;
    await t.throwsAsync(harness.connector.observe(signal), stopped);
    await t.throwsAsync(harness.connector.find({ email: "ana@acme.example" }, signal), stopped);
    await t.throwsAsync(harness.connector.apply(change, anApplyContext({ signal })), stopped);
    t.is(await harness.writes(), before);
  });
}

function normalizeContract(contract: Contract): void {
  const text = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.constantFrom(" Ana ", "ÅSA", "", "Europe/Berlin", "Mars/Base", "+01:00"),
  );
  const profiles = fc
    .record(
      { email: text, displayName: text, givenName: text, familyName: text, timezone: text, locale: text },
      { requiredKeys: ["email"] },
    )
    .map((profile): AccountProfile => profile);

  contract("normalizing twice is normalizing once", (t, { connector }) => {
    fc.assert(
      fc.property(profiles, (profile) => {
        const once = connector.normalize(aDesiredAccount({ profile }));
        t.deepEqual(connector.normalize(once), once);
      }),
      { numRuns: 200 },
    );
    return Promise.resolve();
  });

  contract("a created account shows exactly its normalized profile", async (t, harness) => {
    const { connector } = harness;
    const profile = { email: " Ana@ACME.example ", displayName: " Ana Lima ", timezone: "Mars/Base", locale: "pt-BR" };
    const desired = connector.normalize(aDesiredAccount({ profile }));
    const { account } = await connector.apply({ kind: "create-account", ...CAUSE, desired }, anApplyContext());
    t.deepEqual((await accountOf(harness, account))?.profile, desired.profile);
    const [found] = await connector.find({ email: desired.profile.email }, SIGNAL);
    t.deepEqual(found?.profile, desired.profile);
  });
}

async function drain(observation: Observation): Promise<readonly (readonly ObservedAccount[])[]> {
  return Array.fromAsync(observation.pages);
}

function bookingsOf({ connector, now }: ConnectorHarness, account: AccountId): Promise<readonly Booking[]> {
  return Array.fromAsync(connector.bookings(account, now() as Instant, SIGNAL));
}

async function addAccounts(harness: ConnectorHarness, count: number): Promise<readonly AccountId[]> {
  const ids: AccountId[] = [];
  for (let i = 0; i < count; i++) {
    ids.push(await harness.addAccount({ email: `person${i}@acme.example`, displayName: `Person ${i}` }));
  }
  return ids;
}

async function accountOf(harness: ConnectorHarness, id: AccountId | undefined): Promise<ObservedAccount | undefined> {
  return (await harness.accounts()).find((account) => account.id === id);
}

async function everything(harness: ConnectorHarness): Promise<unknown> {
  return { accounts: await harness.accounts(), groups: await harness.groupNames(), mails: await harness.mails() };
}

function sortById(accounts: readonly ObservedAccount[]): readonly ObservedAccount[] {
  return accounts.toSorted((a, b) => a.id.localeCompare(b.id));
}
