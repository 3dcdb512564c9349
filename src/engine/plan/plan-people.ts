import type { DesiredAccount } from "../../domain/account.ts";
import type { DirectoryUserId } from "../../domain/directory.ts";
import { ConnectorError } from "../../domain/errors.ts";
import { markOf } from "../../domain/marker.ts";
import type { PersonPlan } from "../../domain/plan.ts";
import { desire } from "../../mapping/desire.ts";
import type { PersonFacts, PlanContext, Rival } from "../../planning/context.ts";
import { createPlanner } from "../../planning/person.ts";
import type { Connector } from "../../ports/connector.ts";
import type { CandidateKey, PersonRecord, Workspace } from "../../ports/workspace.ts";
import type { HoldBack } from "./after-restore.ts";
import type { GatherFacts } from "./gather-facts.ts";
import { knowHolders } from "./holders.ts";
import type { CurrentMapping } from "../mapping-versions.ts";
import type { Tick } from "../progress.ts";
import type { Reading, View } from "./observe.ts";
import { rivalsOf, type Claim } from "./rivals.ts";

/** Somebody about whom the product would not tell: failed before anything was planned. */
export interface Unreadable {
  readonly user: DirectoryUserId;
  readonly error: ConnectorError;
}

/** The same for everybody in one plan. */
export interface PeoplePlanning {
  readonly workspace: Pick<Workspace, "claimants" | "peopleById">;
  readonly connector: Connector;
  readonly mapping: CurrentMapping;
  readonly view: View;
  readonly context: PlanContext;
  readonly gather: GatherFacts;
  /** Asked about everybody before the plans are put together; nobody is held back without. */
  readonly holdBack?: HoldBack;
  /** Called for each of them once they are planned. */
  readonly tick?: Tick;
  readonly signal: AbortSignal;
}

/** A person, and what the mapping gives them, in the product's own form. */
export interface Wish {
  readonly record: PersonRecord;
  readonly desired: DesiredAccount;
}

/** Person plans as they come, and what was noticed on the way; complete when `plans` has ended. */
export interface PeoplePlans {
  plans(pages: AsyncIterable<readonly PersonRecord[]>): AsyncIterable<PersonPlan>;
  /** Plans of one page of people, of whom is known already what they should have, in their order; null for who is left out. */
  plansOf(wishes: readonly Wish[]): Promise<readonly (PersonPlan | null)[]>;
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
  gather,
  holdBack = (plan) => plan,
  tick = () => undefined,
  signal,
}: PeoplePlanning): PeoplePlans {
  const planPerson = createPlanner(context);
  const directories = [...context.verifiedDomains.keys()];
  const behind = { workspace, connector, mapping: mapping.mapping, directories };
  const unreadable: Unreadable[] = [];
  let count = 0;

  const factsFor = ({ record, desired }: Wish, observed: Reading, rival: Rival | null): Facts | Promise<Facts> => {
    if (observed instanceof ConnectorError) return observed;
    const known = factsOf(record, desired, observed, mapping);
    return gather(rival === null ? known : { ...known, rival }, record);
  };

  const plansOf = async (wishes: readonly Wish[]): Promise<readonly (PersonPlan | null)[]> => {
    count += wishes.length;
    const found = await view.candidates(wishes.map(({ record, desired }) => keyOf(record, desired)));
    const asking = wishes.map(({ desired }, index) => ({ desired, observed: found[index] ?? [] }));
    const readings = await knowHolders(behind, asking);
    const rivals = await rivalsOf(behind, wishes.map(claimOf));
    const plans: (PersonPlan | null)[] = [];
    for (const [index, wish] of wishes.entries()) {
      const gathered = factsFor(wish, readings[index] ?? [], rivals[index] ?? null);
      // Hardly anybody has to be waited for, and waiting costs as much as planning.
      const facts = gathered instanceof Promise ? await gathered : gathered;
      tick();
      if (facts instanceof ConnectorError) {
        unreadable.push({ user: wish.record.person.user.id, error: facts });
        plans.push(null);
        continue;
      }
      const plan = holdBack(planPerson(facts), wish.record);
      plans.push(isWorthShowing(plan) ? plan : null);
    }
    return plans;
  };

  return {
    count: () => count,
    unreadable: () => unreadable,
    plansOf,
    async *plans(pages) {
      for await (const page of pages) {
        signal.throwIfAborted();
        const wishes = page
          .filter(({ person }) => context.verifiedDomains.has(person.user.directory))
          .map((record): Wish => ({ record, desired: connector.normalize(desire(record.person, mapping.mapping)) }));
        yield* (await plansOf(wishes)).filter((plan) => plan !== null);
      }
    },
  };
}

/** What is known of somebody, or why it is not. */
type Facts = PersonFacts | ConnectorError;

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

function keyOf({ person, link, account }: PersonRecord, desired: DesiredAccount): CandidateKey {
  const { id, externalId } = person.user;
  return {
    user: id,
    account: link?.account ?? null,
    marker: markOf(desired),
    externalId: externalId ?? null,
    email: desired.profile.email,
    known: account,
  };
}

function isWorthShowing({ changes, held, notes, confirms, remember }: PersonPlan): boolean {
  return changes.length + held.length + notes.length > 0 || confirms === true || remember !== undefined;
}
