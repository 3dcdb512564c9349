import test from "ava";
import type { ExecutionContext } from "ava";
import type { AccountId, AccountLink, ObservedAccount, Seat } from "../../src/domain/account.ts";
import type { Instant } from "../../src/domain/brand.ts";
import type { DirectoryId, DirectoryUser, DirectoryUserId } from "../../src/domain/directory.ts";
import type { PersonPlan } from "../../src/domain/plan.ts";
import type { AuditEvent, ListQuery } from "../../src/ports/directory-tx.ts";
import type { Lease } from "../../src/ports/leases.ts";
import type { Store } from "../../src/ports/store.ts";
import { parseFilter } from "../../src/scim/parse-filter.ts";

/** Makes one empty store, and releases it with the test. */
export type CreateStore = (t: ExecutionContext) => Promise<Store>;

/** Registers one test of the contract. */
export type StoreContract = (title: string, body: (t: ExecutionContext, store: Store) => Promise<void>) => void;

export function contractFor(name: string, createStore: CreateStore): StoreContract {
  return (title, body) => test(`${name}: ${title}`, async (t) => body(t, await createStore(t)));
}

export const ACME = "acme" as DirectoryId;
export const OTHER = "other" as DirectoryId;
export const NOW = "2026-11-23T12:00:00.000Z" as Instant;

export const at = (text: string): Instant => text as Instant;
export const userId = (text: string): DirectoryUserId => text as DirectoryUserId;

/** A question about a list: everybody, without memberships and order, unless it is said. `filter` as a text. */
export function aQuery({
  filter,
  ...parts
}: Partial<Omit<ListQuery, "filter">> & { readonly filter?: string } = {}): ListQuery {
  return {
    filter: filter === undefined ? null : parseFilter(filter),
    unknownAttributes: "reject",
    sort: null,
    from: { offset: 0 },
    limit: 200,
    withMemberships: false,
    ...parts,
  };
}

/** Stages users, one unit each; returns them. */
export async function stage(store: Store, ...users: readonly DirectoryUser[]): Promise<readonly DirectoryUser[]> {
  for (const user of users) await store.write(user.directory, (tx) => tx.putUser(user, null));
  return users;
}

export async function remove(store: Store, user: DirectoryUser, when: Instant = NOW): Promise<void> {
  await store.write(user.directory, (tx) => tx.removeUser(user.id, when));
}

/** The lease of the product, taken from whoever has it. */
export async function takeLease(store: Store, holder = "tester"): Promise<Lease> {
  const lease = await store.leases.acquire("sandbox", holder, NOW, 60_000, () => true);
  if (lease === null) throw new Error("a dead holder's lease is free");
  return lease;
}

export function aLink(user: DirectoryUser, account: string, parts: Partial<AccountLink> = {}): AccountLink {
  return {
    user: user.id,
    account: account as AccountId,
    origin: "created",
    linkedAt: NOW,
    applied: { email: user.userName },
    offboardedAt: null,
    entitlements: null,
    repairs: {},
    ...parts,
  };
}

export function anAccount(id: string, email: string, parts: Partial<ObservedAccount> = {}): ObservedAccount {
  return {
    id: id as AccountId,
    status: "active",
    role: "member",
    profile: { email },
    seat: "standard" as Seat,
    groups: [],
    ...parts,
  };
}

export function aPersonPlan(user: string, parts: Partial<PersonPlan> = {}): PersonPlan {
  return {
    user: userId(user),
    directory: ACME,
    version: 1,
    label: `${user}@acme.example`,
    cause: "mover",
    changes: [],
    held: [],
    seatClaim: null,
    notes: [],
    ...parts,
  };
}

export function anEvent(parts: Partial<AuditEvent> = {}): AuditEvent {
  return { at: NOW, actor: "cli", action: "test.done", subject: "x", detail: { count: 1 }, ...parts };
}

export async function* each<T>(items: Iterable<T>): AsyncGenerator<T, void, void> {
  yield* items;
}
