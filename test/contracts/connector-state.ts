import test from "ava";
import type { ExecutionContext } from "ava";
import type { AccountId, Booking, Completeness, ObservedAccount, Observation } from "../../src/domain/account.ts";
import type { Instant } from "../../src/domain/brand.ts";
import type { ChangeKind } from "../../src/domain/plan.ts";
import type { Capabilities } from "../../src/ports/connector.ts";
import type { ConnectorHarness } from "./connector-harness.ts";

/** Never aborted. */
export const SIGNAL = new AbortController().signal;

/** Makes one product that holds at most an owner, and releases it with the test. */
export type CreateHarness = (t: ExecutionContext) => Promise<ConnectorHarness>;

/**
 * What a connector is held to: what is not declared makes no test. `changes` and `bookingOrder` have to be said; the rest is
 * as the sandbox has it unless told, and the values of `updates`, `parking`, `seatCounts` and `maxConcurrency` are compared
 * only where they are told.
 */
export type Declared = Pick<Capabilities, "changes" | "bookingOrder"> & Partial<Capabilities>;

/** A declaration without gaps in what decides which tests there are. */
export type Held = Declared & Pick<Capabilities, "seats" | "bookings" | "invites" | "deactivated" | "marker">;

/** Registers one test of the contract, with a product of its own. */
export type Contract = (title: string, body: (t: ExecutionContext, harness: ConnectorHarness) => Promise<void>) => void;

/** Registers the tests of a contract under the name of the connector. */
export function contractOf(name: string, createHarness: CreateHarness): Contract {
  return (title, body) => test(`${name}: ${title}`, async (t) => body(t, await createHarness(t)));
}

/** A member of the harness that this product needs. */
export function needed<T>(member: T | undefined, what: string): T {
  if (member === undefined) throw new Error(`The harness of this product needs ${what}.`);
  return member;
}

/** Write requests that one change of this kind takes. */
export function writesOf({ writesPer }: ConnectorHarness, { seats }: Held, kind: ChangeKind): number {
  if (kind === "adopt-account") return 0;
  if (seats === "implied" && (kind === "assign-seat" || kind === "release-seat")) return 0;
  return writesPer?.(kind) ?? 1;
}

/** Messages to guests that one such change makes. */
export function mailsOf({ mailsPer }: ConnectorHarness, kind: "cancel-booking" | "reassign-booking"): number {
  return mailsPer?.(kind) ?? 2;
}

/** An account that is not there. */
export function nobody({ unknownAccount }: ConnectorHarness): AccountId {
  return unknownAccount ?? ("nobody-has-this-id" as AccountId);
}

/** All pages of an observation. */
export async function drain(observation: Observation): Promise<readonly (readonly ObservedAccount[])[]> {
  return Array.fromAsync(observation.pages);
}

/** A whole observation: what came, and whether it was everybody. Throws as `observe` does. */
export async function observeAll(
  { connector }: ConnectorHarness,
  signal: AbortSignal = SIGNAL,
): Promise<{ readonly accounts: readonly ObservedAccount[]; readonly completeness: Completeness }> {
  const observation = await connector.observe(signal);
  const accounts = (await drain(observation)).flat();
  return { accounts, completeness: await observation.completeness };
}

/** Upcoming bookings as the connector lists them. */
export function bookingsOf({ connector, now }: ConnectorHarness, account: AccountId): Promise<readonly Booking[]> {
  return Array.fromAsync(connector.bookings(account, now() as Instant, SIGNAL));
}

/** Adds `person0@acme.example` and so on. */
export async function addAccounts(harness: ConnectorHarness, count: number): Promise<readonly AccountId[]> {
  const ids: AccountId[] = [];
  for (let i = 0; i < count; i++) {
    ids.push(await harness.addAccount({ email: `person${i}@acme.example`, displayName: `Person ${i}` }));
  }
  return ids;
}

/** One account as the product holds it. */
export async function accountOf(
  harness: ConnectorHarness,
  id: AccountId | undefined,
): Promise<ObservedAccount | undefined> {
  return (await harness.accounts()).find((account) => account.id === id);
}

/** Whatever a change could have touched. */
export async function everything(harness: ConnectorHarness): Promise<unknown> {
  return {
    accounts: await harness.accounts(),
    groups: (await harness.groupNames?.()) ?? [],
    mails: (await harness.mails?.()) ?? 0,
  };
}

/** In the order of their ids. */
export function sortById(accounts: readonly ObservedAccount[]): readonly ObservedAccount[] {
  return accounts.toSorted((a, b) => a.id.localeCompare(b.id));
}
