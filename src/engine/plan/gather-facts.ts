import type { AccountLink, Booking } from "../../domain/account.ts";
import type { Instant } from "../../domain/brand.ts";
import type { DirectoryUserId } from "../../domain/directory.ts";
import { ConnectorError } from "../../domain/errors.ts";
import type { PersonFacts, PlanContext } from "../../planning/context.ts";
import { linkedAccount } from "../../planning/match.ts";
import { needsBookings, needsSuccession } from "../../planning/person.ts";
import type { Connector } from "../../ports/connector.ts";
import type { Journal } from "../../ports/journal.ts";
import type { Store } from "../../ports/store.ts";
import type { PersonRecord } from "../../ports/workspace.ts";
import { isolated, type Breaker } from "../runs/breaker.ts";
import type { CurrentMapping } from "../mapping-versions.ts";
import { graceStart, lastLeave, leavingWord } from "./leaving.ts";
import type { Successors } from "./successors.ts";

/** What gathering needs; the same for everybody in one plan. */
export interface GatherDeps {
  readonly connector: Pick<Connector, "bookings">;
  readonly store: Pick<Store, "journal">;
  readonly successors: Successors;
  readonly context: PlanContext;
  readonly mapping: CurrentMapping;
  /** Until when people were given grace, for those who had any. */
  readonly deferred: ReadonlyMap<DirectoryUserId, Instant>;
  readonly breaker: Breaker;
  readonly signal: AbortSignal;
}

/**
 * Completes the facts of one person: at once where nothing has to be asked, as for nearly everybody; else an error that
 * concerns this person alone where the product would not tell.
 */
export type GatherFacts = (
  facts: PersonFacts,
  record: PersonRecord,
) => PersonFacts | Promise<PersonFacts | ConnectorError>;

/**
 * Reads what only leavers and those who return are asked for: when they were told to leave, their bookings and who may
 * take them over; what was done when they left. Nobody else costs anything.
 */
export function createGatherFacts(deps: GatherDeps): GatherFacts {
  return (facts, record) => {
    if (facts.desired.status === "active") return gatherReturn(deps, facts);
    return record.link === null ? facts : gatherLeaving(deps, facts, record, record.link);
  };
}

async function gatherLeaving(deps: GatherDeps, known: PersonFacts, record: PersonRecord, link: AccountLink) {
  const { connector, context, breaker, signal } = deps;
  const said = leavingWord(record.person, known.desired.leaver, deps.mapping.savedAt);
  const { delayMs } = context.leavers.bookings;
  const until = deps.deferred.get(known.desired.user);
  const facts = { ...known, leftAt: graceStart(said, until, { now: context.now, delayMs }) };
  if (!needsBookings(facts, context)) return facts;
  const list = (): Promise<readonly Booking[]> =>
    Array.fromAsync(connector.bookings(link.account, context.now, signal, true));
  const bookings = await isolated(breaker, list);
  if (bookings instanceof ConnectorError) return bookings;
  const account = linkedAccount(facts)?.account;
  if (account === undefined || !needsSuccession({ bookings }, context)) return { ...facts, bookings };
  const succession = await isolated(breaker, () => deps.successors.of(record, account));
  return succession instanceof ConnectorError ? succession : { ...facts, bookings, succession };
}

/** Whoever finds their account shut: had it been shut because they left, or because the one before them did? */
function gatherReturn({ store }: GatherDeps, facts: PersonFacts): PersonFacts | Promise<PersonFacts> {
  const shut = facts.observed.find(({ account }) => account.status === "deactivated");
  if (shut?.linkedTo === undefined || shut.linkedTo === null) return facts;
  return gatherLastLeave(store.journal, facts, shut.linkedTo.user);
}

async function gatherLastLeave(journal: Journal, facts: PersonFacts, holder: DirectoryUserId): Promise<PersonFacts> {
  const leave = lastLeave(await journal.entries(holder));
  return leave === undefined ? facts : { ...facts, lastLeave: leave };
}
