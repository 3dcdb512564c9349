import type { AccountLink, Booking, Candidate } from "../../domain/account.ts";
import type { Instant } from "../../domain/brand.ts";
import type { DirectoryUserId } from "../../domain/directory.ts";
import { ConnectorError } from "../../domain/errors.ts";
import type { PersonFacts, PlanContext } from "../../planning/context.ts";
import { linkedAccount } from "../../planning/match.ts";
import { needsBookings, needsSuccession } from "../../planning/person.ts";
import type { Connector } from "../../ports/connector.ts";
import type { Journal } from "../../ports/journal.ts";
import type { Store } from "../../ports/store.ts";
import type { PersonRecord, Workspace } from "../../ports/workspace.ts";
import { isolated, type Breaker } from "../runs/breaker.ts";
import type { CurrentMapping } from "../mapping-versions.ts";
import { graceStart, lastLeave, leavingWord } from "./leaving.ts";
import { orderedFor, triedEmails, withTried } from "./lost-creates.ts";
import type { View } from "./observe.ts";
import type { Successors } from "./successors.ts";

/** What gathering needs; the same for everybody in one plan. */
export interface GatherDeps {
  readonly connector: Pick<Connector, "bookings" | "capabilities">;
  readonly store: Pick<Store, "journal" | "wakes">;
  readonly view: Pick<View, "candidates">;
  readonly workspace: Pick<Workspace, "claimants" | "peopleById">;
  readonly successors: Successors;
  readonly context: PlanContext;
  readonly mapping: CurrentMapping;
  readonly breaker: Breaker;
  readonly signal: AbortSignal;
}

interface Gathering extends GatherDeps {
  /** Until when people were given grace, for those who had any. */
  readonly deferred: ReadonlyMap<DirectoryUserId, Instant>;
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
 * take them over; what was done when they left. And, of people without an account on record, whether one was made for them
 * after all, where only our journal can tell. Nobody else costs anything.
 */
export async function openGatherFacts(deps: GatherDeps): Promise<GatherFacts> {
  const { store, connector } = deps;
  const deferred = await store.wakes.deferred();
  // Whether somebody without a link may have an account that we made without our learning of it, and that no mark tells of.
  const mayHaveLost = !connector.capabilities.marker && (await store.journal.hasOpenCreates());
  const gathering: Gathering = { ...deps, deferred };
  return (facts, record) => {
    if (record.link === null && (mayHaveLost || isThereAgain(facts))) return gatherLost(deps, facts);
    if (facts.desired.status === "active") return gatherReturn(deps, facts);
    return record.link === null ? facts : gatherLeaving(gathering, facts, record, record.link);
  };
}

/** An account that was proved gone is there again under its id: nobody but us, or somebody by hand, has made it. */
function isThereAgain({ observed }: PersonFacts): boolean {
  return observed.some(({ account, linkedTo }) => linkedTo?.ended === true && account.status !== "deactivated");
}

async function gatherLost(deps: GatherDeps, facts: PersonFacts): Promise<PersonFacts | ConnectorError> {
  const tried = triedEmails(await deps.store.journal.entries(facts.desired.user));
  const found = await withTried(facts, tried, deps.view);
  return found instanceof ConnectorError || found.desired.status !== "active" ? found : gatherReturn(deps, found);
}

async function gatherLeaving(deps: Gathering, found: PersonFacts, record: PersonRecord, link: AccountLink) {
  const { connector, context, breaker, signal } = deps;
  const known = await gatherReborn(deps, found);
  const said = leavingWord(record.person, known.desired.leaver, deps.mapping.savedAt);
  const { delayMs } = context.leavers.bookings;
  const until = deps.deferred.get(known.desired.user);
  const facts = { ...known, leftAt: graceStart(said, until, { now: context.now, delayMs }) };
  if (!needsBookings(facts, context)) return facts;
  const list = (): Promise<readonly Booking[]> =>
    Array.fromAsync(connector.bookings(link.account, context.now, signal, true, link.applied?.email));
  const bookings = await isolated(breaker, list);
  if (bookings instanceof ConnectorError) return bookings;
  const account = linkedAccount(facts)?.account;
  if (account === undefined || !needsSuccession({ bookings }, context)) return { ...facts, bookings };
  const succession = await isolated(breaker, () => deps.successors.of(record, account));
  return succession instanceof ConnectorError ? succession : { ...facts, bookings, succession };
}

/** An account that was proved gone and is there again may have been made for whoever was hired again as somebody new. */
async function gatherReborn({ connector, workspace, store }: GatherDeps, facts: PersonFacts): Promise<PersonFacts> {
  const linked = linkedAccount(facts);
  const isReborn = linked !== null && linked.link.offboardedAt !== null && linked.account.status !== "deactivated";
  if (!isReborn || connector.capabilities.deactivated !== "gone") return facts;
  const madeFor = await orderedFor(linked.account.profile.email, facts.desired.user, workspace, store.journal);
  if (madeFor === null) return facts;
  const isSame = ({ account }: Candidate): boolean => account.id === linked.account.id;
  return { ...facts, observed: facts.observed.map((one) => (isSame(one) ? { ...one, madeFor } : one)) };
}

/**
 * Whoever finds their account shut, or gone: had it been shut because they left, or because the one before them did? In its
 * place another may have been made without our learning of it.
 */
function gatherReturn(deps: GatherDeps, facts: PersonFacts): PersonFacts | Promise<PersonFacts | ConnectorError> {
  const { store } = deps;
  if (facts.link !== null && linkedAccount(facts) === null) return gatherVanished(deps, facts);
  const shut = facts.observed.find(({ account }) => account.status === "deactivated");
  if (shut?.linkedTo === undefined || shut.linkedTo === null) return facts;
  return gatherLastLeave(store.journal, facts, shut.linkedTo.user);
}

async function gatherVanished(
  { store, view, connector }: GatherDeps,
  facts: PersonFacts,
): Promise<PersonFacts | ConnectorError> {
  const entries = await store.journal.entries(facts.desired.user);
  const leave = lastLeave(entries);
  const known = leave === undefined ? facts : { ...facts, lastLeave: leave };
  return connector.capabilities.marker ? known : withTried(known, triedEmails(entries), view);
}

async function gatherLastLeave(journal: Journal, facts: PersonFacts, holder: DirectoryUserId): Promise<PersonFacts> {
  const leave = lastLeave(await journal.entries(holder));
  return leave === undefined ? facts : { ...facts, lastLeave: leave };
}
