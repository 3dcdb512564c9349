import type { AccountLink, Booking, DesiredAccount } from "../domain/account.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import { ConnectorError } from "../domain/errors.ts";
import { markOf } from "../domain/marker.ts";
import type { PersonPlan } from "../domain/plan.ts";
import { desire } from "../mapping/desire.ts";
import type { PersonFacts, PlanContext, Rival } from "../planning/context.ts";
import { createPlanner, needsBookings } from "../planning/person.ts";
import type { Connector } from "../ports/connector.ts";
import type { CandidateKey, PersonRecord, Workspace } from "../ports/workspace.ts";
import { isolated, type Breaker } from "./breaker.ts";
import type { CurrentMapping } from "./mapping-versions.ts";
import type { Reading, View } from "./observe.ts";
import { rivalsOf, type Claim } from "./rivals.ts";

/** Somebody about whom the product would not tell: failed before anything was planned. */
export interface Unreadable {
  readonly user: DirectoryUserId;
  readonly error: ConnectorError;
}

/** The same for everybody in one plan. */
export interface PeoplePlanning {
  readonly workspace: Pick<Workspace, "claimants">;
  readonly connector: Connector;
  readonly mapping: CurrentMapping;
  readonly view: View;
  readonly context: PlanContext;
  readonly breaker: Breaker;
  readonly signal: AbortSignal;
}

/** Person plans as they come, and what was noticed on the way; complete when `plans` has ended. */
export interface PeoplePlans {
  plans(pages: AsyncIterable<readonly PersonRecord[]>): AsyncIterable<PersonPlan>;
  count(): number;
  unreadable(): readonly Unreadable[];
}

/**
 * Plans page by page: desire, normalise, find candidates, plan each person by itself. Bookings are read for leavers
 * only. People for whom there is nothing to do or to tell are left out; those of a directory that is no longer
 * configured are left alone.
 */
export function planPeople({
  connector,
  workspace,
  mapping,
  view,
  context,
  breaker,
  signal,
}: PeoplePlanning): PeoplePlans {
  const planPerson = createPlanner(context);
  const directories = [...context.verifiedDomains.keys()];
  const unreadable: Unreadable[] = [];
  let count = 0;

  const bookingsOf = ({ account }: AccountLink): Promise<readonly Booking[]> =>
    Array.fromAsync(connector.bookings(account, context.now, signal));

  const planOne = async (
    { record, desired }: Wish,
    observed: Reading,
    rival: Rival | null,
  ): Promise<PersonPlan | null> => {
    const user = record.person.user.id;
    if (observed instanceof ConnectorError) {
      unreadable.push({ user, error: observed });
      return null;
    }
    const facts = { ...factsOf(record, desired, observed, mapping), ...(rival === null ? {} : { rival }) };
    const { link } = record;
    if (link === null || !needsBookings(facts, context)) return planPerson(facts);
    const bookings = await isolated(breaker, () => bookingsOf(link));
    if (!(bookings instanceof ConnectorError)) return planPerson({ ...facts, bookings });
    unreadable.push({ user, error: bookings });
    return null;
  };

  return {
    count: () => count,
    unreadable: () => unreadable,
    async *plans(pages) {
      for await (const page of pages) {
        signal.throwIfAborted();
        const wishes = page
          .filter(({ person }) => context.verifiedDomains.has(person.user.directory))
          .map((record): Wish => ({ record, desired: connector.normalize(desire(record.person, mapping.mapping)) }));
        count += wishes.length;
        const readings = await view.candidates(wishes.map(({ record, desired }) => keyOf(record, desired)));
        const rivals = await rivalsOf(workspace, directories, wishes.map(claimOf));
        for (const [index, wish] of wishes.entries()) {
          const plan = await planOne(wish, readings[index] ?? [], rivals[index] ?? null);
          if (plan !== null && isWorthShowing(plan)) yield plan;
        }
      }
    },
  };
}

/** A person, and what the mapping gives them. */
interface Wish {
  readonly record: PersonRecord;
  readonly desired: DesiredAccount;
}

function claimOf({ record, desired }: Wish): Claim {
  return { directory: record.person.user.directory, email: desired.profile.email };
}

function factsOf(
  { person: { user }, link }: PersonRecord,
  desired: DesiredAccount,
  observed: PersonFacts["observed"],
  mapping: CurrentMapping,
): PersonFacts {
  const { directory, meta } = user;
  const leftByMapping = desired.leaver === "out-of-scope" && mapping.savedAt > meta.lastModified;
  return {
    directory,
    version: meta.version,
    since: meta.created,
    desired,
    observed,
    link,
    bookings: null,
    leftByMapping,
  };
}

function keyOf({ person, link }: PersonRecord, desired: DesiredAccount): CandidateKey {
  const { id, externalId } = person.user;
  return {
    user: id,
    account: link?.account ?? null,
    marker: markOf(desired),
    externalId: externalId ?? null,
    email: desired.profile.email,
  };
}

function isWorthShowing({ changes, held, notes, confirms }: PersonPlan): boolean {
  return changes.length > 0 || held.length > 0 || notes.length > 0 || confirms === true;
}
