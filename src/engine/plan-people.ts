import type { AccountLink, Booking, DesiredAccount } from "../domain/account.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import { ConnectorError } from "../domain/errors.ts";
import type { PersonPlan } from "../domain/plan.ts";
import { desire } from "../mapping/desire.ts";
import type { PersonFacts, PlanContext } from "../planning/context.ts";
import { createPlanner, needsBookings } from "../planning/person.ts";
import type { Connector } from "../ports/connector.ts";
import type { CandidateKey, PersonRecord } from "../ports/workspace.ts";
import { isolated, type Breaker } from "./breaker.ts";
import type { CurrentMapping } from "./mapping-versions.ts";
import type { Reading, View } from "./observe.ts";

/** Somebody about whom the product would not tell: failed before anything was planned. */
export interface Unreadable {
  readonly user: DirectoryUserId;
  readonly error: ConnectorError;
}

/** The same for everybody in one plan. */
export interface PeoplePlanning {
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
export function planPeople({ connector, mapping, view, context, breaker, signal }: PeoplePlanning): PeoplePlans {
  const planPerson = createPlanner(context);
  const unreadable: Unreadable[] = [];
  let count = 0;

  const bookingsOf = ({ account }: AccountLink): Promise<readonly Booking[]> =>
    Array.fromAsync(connector.bookings(account, context.now, signal));

  const planOne = async (
    record: PersonRecord,
    desired: DesiredAccount,
    observed: Reading,
  ): Promise<PersonPlan | null> => {
    const user = record.person.user.id;
    if (observed instanceof ConnectorError) {
      unreadable.push({ user, error: observed });
      return null;
    }
    const facts = factsOf(record, desired, observed, mapping);
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
          .map((record) => ({ record, desired: connector.normalize(desire(record.person, mapping.mapping)) }));
        count += wishes.length;
        const readings = await view.candidates(wishes.map(({ record, desired }) => keyOf(record, desired)));
        for (const [index, { record, desired }] of wishes.entries()) {
          const plan = await planOne(record, desired, readings[index] ?? []);
          if (plan !== null && isWorthShowing(plan)) yield plan;
        }
      }
    },
  };
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
  return { user: id, account: link?.account ?? null, externalId: externalId ?? null, email: desired.profile.email };
}

function isWorthShowing({ changes, held, notes, confirms }: PersonPlan): boolean {
  return changes.length > 0 || held.length > 0 || notes.length > 0 || confirms === true;
}
