import type { AccountId, Candidate, DesiredAccount, ObservedAccount } from "../../domain/account.ts";
import type { DirectoryUserId } from "../../domain/directory.ts";
import { ConnectorError, TenantChangedError } from "../../domain/errors.ts";
import type { PersonPlan } from "../../domain/plan.ts";
import { linkedAccount, matchAccount, ownAccount, type Match } from "../../planning/match.ts";
import type { Connector } from "../../ports/connector.ts";
import type { PersonRecord, Workspace } from "../../ports/workspace.ts";
import type { Matched, Planned, ShownAccount, Somebody } from "./explanation.ts";
import { knowHolders } from "../plan/holders.ts";
import { triedEmails } from "../plan/lost-creates.ts";
import { makePlan, type PlanDeps, type PlannedRun } from "../plan/make-plan.ts";
import type { CurrentMapping } from "../mapping-versions.ts";
import { rivalsOf } from "../plan/rivals.ts";

/** Whom to look up, and with what. */
export interface Subject {
  readonly record: PersonRecord;
  readonly desired: DesiredAccount;
  readonly mapping: CurrentMapping;
  readonly workspace: Workspace;
}

/** What the product shows of one person, and what a plan makes of it. */
export interface ProductLook {
  readonly matched: Omit<Matched, "namesakes">;
  readonly now: Planned["now"];
}

/**
 * Plans one person against a fresh read of their account, and keeps what was read. Writes nothing to the product. A
 * product that does not answer is told of, never thrown.
 */
export async function lookAtProduct(deps: PlanDeps, subject: Subject, signal: AbortSignal): Promise<ProductLook> {
  const seen = new Map<AccountId, ObservedAccount>();
  const { mapping, workspace, record } = subject;
  const user = record.person.user.id;
  try {
    const watching = { ...deps, connector: watchFinds(deps.connector, seen) };
    const plan = (people: readonly DirectoryUserId[]): Promise<PlannedRun> =>
      makePlan(watching, mapping, workspace, { of: "some", people }, signal);
    const alone = await plan([user]);
    const [refused] = alone.unreadable;
    if (refused !== undefined) return unanswered(subject, refused.error);
    const accounts = [...seen.values()];
    const { planned, own } = await planTogether(user, alone, plan);
    return { matched: await explainMatch(deps, subject, accounts, alone), now: toNow(planned, own) };
  } catch (error) {
    // Another organisation says nothing of this person.
    if (error instanceof TenantChangedError) return unanswered(subject, { reason: "rejected", message: error.message });
    if (!(error instanceof ConnectorError) || signal.aborted) throw error;
    return unanswered(subject, error);
  }
}

/** So many people are planned together for the sake of one. */
const MOST_TOGETHER = 20;

/** A new e-mail may wait for somebody else to give it up: they are planned together, as a run for everybody would. */
async function planTogether(
  user: DirectoryUserId,
  alone: PlannedRun,
  plan: (people: readonly DirectoryUserId[]) => Promise<PlannedRun>,
): Promise<{ readonly planned: PlannedRun; readonly own: readonly PersonPlan[] }> {
  const together = new Set([user]);
  for (let planned = alone; ; planned = await plan([...together])) {
    const people = await Array.fromAsync(planned.plan.people());
    const awaited = new Set(people.flatMap(({ held }) => held.flatMap(({ after }) => after ?? []))).difference(
      together,
    );
    if (awaited.size === 0 || together.size >= MOST_TOGETHER)
      return { planned, own: people.filter((person) => person.user === user) };
    for (const other of awaited) together.add(other);
  }
}

/** The same connector; what it finds is kept, so that what is shown is what was planned from. */
function watchFinds(connector: Connector, seen: Map<AccountId, ObservedAccount>): Connector {
  return {
    ...connector,
    async find(who, signal) {
      const found = await connector.find(who, signal);
      for (const account of found) seen.set(account.id, account);
      return found;
    },
  };
}

function unanswered({ record }: Subject, { reason, message }: Pick<ConnectorError, "reason" | "message">): ProductLook {
  const nothing = { kind: null, reason: null, candidates: [] };
  return { matched: { link: record.link, unanswered: { reason, message }, ...nothing }, now: null };
}

/** Whoever has nothing to do, hold or note is left out of a plan; who steps aside for others in between comes twice. */
function toNow({ plan }: PlannedRun, own: readonly PersonPlan[]): Planned["now"] {
  return {
    digest: plan.summary.digest,
    cause: own.at(-1)?.cause ?? null,
    changes: own.flatMap(({ changes }) => changes),
    held: own.flatMap(({ held }) => held),
    notes: own.flatMap(({ notes }) => notes),
    confirms: own.some(({ confirms }) => confirms === true),
  };
}

async function explainMatch(
  deps: PlanDeps,
  { record, desired, mapping, workspace }: Subject,
  accounts: readonly ObservedAccount[],
  { view }: PlannedRun,
): Promise<Omit<Matched, "namesakes">> {
  const { directory } = record.person.user;
  const { link } = record;
  const found = await workspace.holders(accounts);
  const behind = {
    workspace,
    connector: deps.connector,
    mapping: mapping.mapping,
    directories: [...deps.directories.keys()],
  };
  const [known] = await knowHolders(behind, [{ desired, observed: found }]);
  const observed = known === undefined || known instanceof ConnectorError ? found : known;
  const claim = { directory, email: desired.profile.email };
  const [rival] = await rivalsOf(behind, [claim]);
  const { changes, marker } = deps.connector.capabilities;
  const isThereAgain = observed.some(({ linkedTo }) => linkedTo?.ended === true);
  const tried = marker && !isThereAgain ? [] : triedEmails(await deps.store.journal.entries(desired.user));
  const facts = { directory, desired, observed, link, tried, ...(rival == null ? {} : { rival }) };
  const match =
    desired.status === "active"
      ? matchAccount(facts, { rehire: mapping.mapping.rehire, verifiedDomains: deps.directories, changes })
      : (linkedAccount(facts) ?? ownAccount(facts));
  const names = new Map(view.groups.map(({ id, name }) => [id, name]));
  const holders = await somebodies(
    workspace,
    observed.flatMap(({ linkedTo }) => linkedTo?.user ?? []),
  );
  const candidates = observed.map((candidate) => toShown(candidate, names, holders));
  return { link, unanswered: null, kind: match?.kind ?? "none", reason: reasonOf(match), candidates };
}

function reasonOf(match: Match | null): string | null {
  if (match?.kind === "conflict") return match.reason;
  return match?.kind === "new" ? match.note : null;
}

function toShown(
  { account, linkedTo }: Candidate,
  names: ReadonlyMap<string, string>,
  holders: readonly Somebody[],
): ShownAccount {
  const { id, profile, status, role, seat, groups } = account;
  return {
    id,
    email: profile.email,
    status,
    role,
    seat,
    groups: groups.map((group) => names.get(group) ?? group),
    linkedTo: holders.find((holder) => holder.id === linkedTo?.user) ?? null,
  };
}

/** These people, as they are named beside somebody else. */
export async function somebodies(
  workspace: Pick<Workspace, "peopleById">,
  ids: readonly DirectoryUserId[],
): Promise<readonly Somebody[]> {
  return (await workspace.peopleById(ids)).map(({ person: { user, deletedAt } }) => ({
    id: user.id,
    userName: user.userName,
    directory: user.directory,
    status: deletedAt !== null ? "deleted" : user.active ? "active" : "inactive",
  }));
}
