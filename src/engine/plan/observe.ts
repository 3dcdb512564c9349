import type {
  AccountId,
  Candidate,
  Completeness,
  ObservedAccount,
  ObservedGroup,
  Seat,
  SeatPool,
} from "../../domain/account.ts";
import type { Instant } from "../../domain/brand.ts";
import type { ConnectorError } from "../../domain/errors.ts";
import type { Clock } from "../../ports/ambient.ts";
import type { Connector } from "../../ports/connector.ts";
import type { ObservedCounts } from "../../ports/records.ts";
import type { Store } from "../../ports/store.ts";
import type { CandidateKey, Workspace } from "../../ports/workspace.ts";
import { startStage, type OnProgress, type Tick } from "../progress.ts";
import { isolated, type Breaker } from "../runs/breaker.ts";
import { triedEmails } from "./lost-creates.ts";
import type { SeatMemory } from "./seat-memory.ts";
import { expectTenant } from "./tenant.ts";

/** A listing must hold at least this share of the accounts that are known (product.md section 5). */
const TRUSTED_SHARE = 0.8;

/** What the product shows, ready to be compared with people. */
export interface View {
  readonly observedAt: Instant;
  readonly groups: readonly ObservedGroup[];
  readonly seats: ReadonlyMap<Seat, SeatPool> | null;
  /** How many accounts hold a seat of each pool; null unless everything was listed and can be trusted. */
  readonly seatsInUse: ReadonlyMap<Seat, number> | null;
  readonly completeness: Completeness;
  /** Accounts that are active now: for the rule that nobody's leaving may leave none. */
  readonly active: number;
  /** To be remembered when the run writes; null unless everything was listed and can be trusted. */
  readonly counts: ObservedCounts | null;
  /** Accounts that may be these people's, in the order of the keys; an error where the product refused to tell. */
  candidates(keys: readonly CandidateKey[]): Promise<readonly Reading[]>;
}

/** What was found for one person, or why nothing could be: an error that concerns this person alone. */
export type Reading = readonly Candidate[] | ConnectorError;

/** What observing needs. */
export interface ObserveDeps {
  readonly connector: Connector;
  readonly store: Store;
  readonly clock: Clock;
  readonly breaker: Breaker;
  readonly seatMemory: SeatMemory;
  /** Whether these reads are made for leavers, whose requests go first. */
  readonly urgent: boolean;
  /** Hears how many accounts were listed, of as many as are known. */
  readonly onProgress?: OnProgress | undefined;
}

/** What a person has looked at and confirmed: how many accounts there are, which organisation the product is. */
export interface Accepted {
  readonly accounts: number | null;
  readonly tenant: string | null;
}

/**
 * Lists all accounts into the workspace. A listing that is broken, or too short beside the last complete one, is
 * returned as incomplete, never as empty. `accepted`: what a person has confirmed; a whole listing of exactly so many
 * accounts is not too short. Throws TenantChangedError when the product is another organisation than before.
 */
export async function observeAll(
  deps: ObserveDeps,
  workspace: Workspace,
  accepted: Accepted,
  signal: AbortSignal,
): Promise<View> {
  const { connector, store, clock } = deps;
  const observedAt = clock.now();
  const last = await store.evidence.lastObserved(connector.name);
  const tick = await startListing(deps, last);
  const observation = await connector.observe(signal);
  const tenant = tenantOf(connector.name, observation.tenant, last, accepted.tenant);
  const held = new Map<Seat, number>();
  const learn = deps.seatMemory.listing();
  const { accounts, duplicateId } = await workspace
    .spool(countSeats(observation.pages, held, tick))
    .catch((error: unknown) => {
      learn(null);
      throw error;
    });
  const listed = await observation.completeness;
  const known = accounts === accepted.accounts ? accounts : await knownAccounts(deps, last);
  const isLost = accounts === 0 && accepted.accounts !== 0 && (await store.journal.hasOpenCreates());
  const completeness = judge(listed, accounts, duplicateId, isLost ? Math.max(known, 1) : known);
  const active = await workspace.activeAccounts();
  learn(completeness.complete ? held : null);
  return {
    observedAt,
    groups: observation.groups,
    seats: observation.seats,
    seatsInUse: completeness.complete ? held : null,
    completeness,
    active: active.all,
    counts: completeness.complete ? { accounts, unlinkedActive: active.unlinked, tenant, at: observedAt } : null,
    candidates: (keys) => workspace.candidates(keys),
  };
}

/** Of as many as are known of: more may have come, so that it is a guess. */
async function startListing(deps: ObserveDeps, last: ObservedCounts | null): Promise<Tick> {
  const { onProgress } = deps;
  const known = onProgress === undefined ? 0 : await knownAccounts(deps, last);
  return startStage(onProgress, "listing", known === 0 ? null : known);
}

async function* countSeats(
  pages: AsyncIterable<readonly ObservedAccount[]>,
  held: Map<Seat, number>,
  tick: Tick,
): AsyncGenerator<readonly ObservedAccount[]> {
  for await (const page of pages) {
    for (const { seat } of page) if (seat !== null) held.set(seat, (held.get(seat) ?? 0) + 1);
    tick(page.length);
    yield page;
  }
}

/**
 * Accounts that there must be: those of the last complete listing, or, when we have made more since, those that are linked and
 * not shut. Where an account is gone once it is shut, those that we have shut since are not missed.
 */
async function knownAccounts({ connector, store }: ObserveDeps, last: ObservedCounts | null): Promise<number> {
  const { active: linked } = await store.links.count();
  if (last === null) return linked;
  const { deactivated } = connector.capabilities;
  const still = deactivated === "gone" ? Math.min(last.accounts, linked + last.unlinkedActive) : last.accounts;
  return Math.max(linked, still);
}

function tenantOf(
  product: string,
  seen: string | null,
  last: ObservedCounts | null,
  accepted: string | null,
): string | null {
  return expectTenant({ product, seen, known: last?.tenant ?? null, accepted });
}

function judge(listed: Completeness, accounts: number, duplicateId: string | null, known: number): Completeness {
  if (!listed.complete) return listed;
  if (duplicateId !== null) {
    const detail = `The account ${duplicateId} came twice in one listing.`;
    return { complete: false, accounts, reason: "duplicate-id", detail };
  }
  if (accounts < known * TRUSTED_SHARE) {
    const detail = `The product listed ${count(accounts)} where ${known} are known: fewer than 80 %. If that is right: rosterbridge apply --accept-accounts ${accounts}`;
    return { complete: false, accounts, reason: "too-few", detail };
  }
  return { complete: true, accounts };
}

/**
 * Reads afresh only the accounts it is asked for: the cost does not depend on how many people there are. Throws
 * TenantChangedError when the product is another organisation than before.
 */
export async function observeSome(deps: ObserveDeps, workspace: Workspace, signal: AbortSignal): Promise<View> {
  const { connector, store, clock, urgent } = deps;
  const observedAt = clock.now();
  const observation = await connector.observe(signal, urgent);
  const [links, last] = await Promise.all([store.links.count(), store.evidence.lastObserved(connector.name)]);
  tenantOf(connector.name, observation.tenant, last, null);
  return {
    observedAt,
    groups: observation.groups,
    seats: observation.seats,
    seatsInUse: null,
    completeness: { complete: true, accounts: last?.accounts ?? links.all },
    active: links.active + (last?.unlinkedActive ?? 0),
    counts: null,
    candidates: (keys) => readCandidates(deps, workspace, keys, signal),
  };
}

async function readCandidates(
  { connector, store, breaker, urgent }: ObserveDeps,
  workspace: Workspace,
  keys: readonly CandidateKey[],
  signal: AbortSignal,
): Promise<readonly Reading[]> {
  const found = new Array<Reading>(keys.length).fill([]);
  const todo = keys.entries();
  const reader = async (): Promise<void> => {
    for (const [index, { user, account, email }] of todo) {
      const emails = account === null ? triedEmails(await store.journal.entries(user)) : [];
      found[index] = await isolated(breaker, async () => {
        const accounts = new Map<AccountId, ObservedAccount>();
        for (const who of [
          { email, ...(account === null ? {} : { account }) },
          ...emails.map((email) => ({ email })),
        ]) {
          for (const one of await connector.find(who, signal, urgent)) accounts.set(one.id, one);
        }
        return workspace.holders([...accounts.values()]);
      });
    }
  };
  await Promise.all(Array.from({ length: connector.capabilities.maxConcurrency }, reader));
  return found;
}

function count(accounts: number): string {
  return accounts === 1 ? "1 account" : `${accounts} accounts`;
}
