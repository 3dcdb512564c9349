import type { DesiredAccount } from "../domain/account.ts";
import type { PersonChange, PersonPlan, SeatClaim } from "../domain/plan.ts";
import { arrangeChanges, arrangeHeld } from "./arrange.ts";
import type { PersonFacts, PlanContext } from "./context.ts";
import { holdChanges, holdDependants } from "./dependants.ts";
import type { Draft } from "./draft.ts";
import { entitlementRules, indexGroups } from "./entitlements.ts";
import { guard } from "./guard.ts";
import { labelOf } from "./label.ts";
import { draftLeaver } from "./leaver.ts";
import { draftStayer } from "./stayer.ts";

/**
 * Plans one person; everything that needs a second person is left to the fold. Pure: the same facts give the same plan.
 *
 * | should be | account | planned | cause |
 * |---|---|---|---|
 * | active | linked, in step | nothing | – |
 * | active | linked, profile differs | update-account | mover, or drift when the product was edited |
 * | active | linked, seat or groups differ | release-seat, assign-seat, remove-from-group, add-to-group | mover, or drift when the product was edited; joiner while it has nothing yet |
 * | active | linked, differs in a field that the product does not let us write | that field is told, the rest as above | – |
 * | active | linked, invited and not accepted yet | seat as above, groups where the product can; that is told, fields and other groups follow later | mover, joiner |
 * | active | linked, edited in a field that `drift` only reports | that field is left and noted, the rest as above | – |
 * | active | linked, edited again in a field that was put back three times | that field held: contested, the rest as above | drift |
 * | active | linked, deactivated after offboarding | reactivate-account and what differs | rehire |
 * | active | linked, deactivated otherwise | reactivate-account, or that left or contested as above; and what differs | drift |
 * | active | not linked, carries our mark, or was made when the answer was lost | adopt-account (`created`) and what is missing | joiner |
 * | active | not linked, adoptable | adopt-account and what is missing, but no other e-mail and nothing taken away | joiner |
 * | active | linked to a deleted person, rehire `link` | adopt-account, reactivate-account and what is missing | rehire |
 * | active | none | create-account, assign-seat, add-to-group | joiner |
 * | active | linked, vanished after offboarding | the same | rehire |
 * | active | linked, vanished otherwise | the same, or left or contested as above | drift |
 * | active | cannot be told | held: identity-conflict | joiner |
 * | active | linked, e-mail unusable, unverified, taken or protected | the e-mail held, the rest as above | mover, drift |
 * | shut | linked | cancel-booking, remove-from-group (all), release-seat, deactivate-account, delete-account if configured | leaver |
 * | shut | linked, owner, admin or on the protected list | the same, held: protected-account | leaver |
 * | shut | linked, nothing left, never proved | `confirms` | – |
 * | shut | linked, nothing left, proved | nothing | – |
 * | shut | linked, but active in another directory | nothing | – |
 * | shut | linked, vanished | `confirms` until proved | – |
 * | shut | not linked, carries our mark, or was made when the answer was lost | adopt-account (`created`), so that the next plan can shut it | leaver |
 * | shut | not linked | nothing, whatever else may look like theirs | – |
 */
export function planPerson(facts: PersonFacts, context: PlanContext): PersonPlan {
  return createPlanner(context)(facts);
}

/** `planPerson` for many people: what is the same for all of them is prepared once. */
export function createPlanner(context: PlanContext): (facts: PersonFacts) => PersonPlan {
  const groups = indexGroups(context.groups);
  const rules = entitlementRules(context, groups);
  return (facts) =>
    finish(
      facts,
      facts.desired.status === "active" ? draftStayer(facts, context, rules) : draftLeaver(facts, context, groups),
      context,
    );
}

/** Holds what may not be planned and what depends on it, orders the rest, and names the claim to a seat. */
function finish(
  facts: PersonFacts,
  { cause, account, changes, held, notes, confirms, dueAt, remember }: Draft,
  context: PlanContext,
): PersonPlan {
  const { desired } = facts;
  const shutByMapping = cause === "leaver" && facts.leftByMapping === true;
  const drafted: PersonPlan = {
    user: desired.user,
    directory: facts.directory,
    version: facts.version,
    label: labelOf(desired, account),
    cause,
    changes: arrangeChanges(desired.user, changes, context.bookingOrder),
    held: arrangeHeld(desired.user, held),
    seatClaim: null,
    notes: notesOf(notes, desired),
    ...(confirms ? { confirms } : {}),
    ...(dueAt === undefined ? {} : { dueAt }),
    ...(remember === null ? {} : { remember }),
    ...(facts.leftAt === undefined ? {} : { leftAt: facts.leftAt }),
    ...(shutByMapping ? { needsApproval: true } : {}),
  };
  const guarded = holdChanges(drafted, (change) => guard(change, account, desired, context));
  const settled = holdDependants(guarded, context.bookingOrder);
  const seatClaim = claimOf(settled.changes, facts, context);
  return seatClaim === null ? settled : { ...settled, seatClaim };
}

/** What is told of somebody beside the changes. */
function notesOf(drafted: readonly string[], { unmapped, problems = [] }: DesiredAccount): readonly string[] {
  if (unmapped.length + problems.length === 0) return drafted;
  return [...drafted, ...unmapped.map((value) => `No rule names ${value}.`), ...problems];
}

function claimOf(
  changes: readonly PersonChange[],
  { desired, since }: PersonFacts,
  { failing }: PlanContext,
): SeatClaim | null {
  const assignment = changes.find(({ kind }) => kind === "assign-seat");
  if (assignment?.kind !== "assign-seat") return null;
  const rank = desired.seatRank + (failing.has(desired.user) ? BEHIND_ALL : 0);
  return { seat: assignment.seat, rank, since };
}

/** Larger than any number of seat rules: whoever cannot be served for another reason comes last. */
const BEHIND_ALL = 1_000_000;

export { needsBookings, needsSuccession } from "./leaver.ts";
