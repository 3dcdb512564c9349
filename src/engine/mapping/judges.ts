import type { Booking, DesiredAccount } from "../../domain/account.ts";
import type { PersonRecord, Workspace } from "../../ports/workspace.ts";
import type { CurrentMapping } from "../mapping-versions.ts";
import { openGatherFacts } from "../plan/gather-facts.ts";
import { toContext, type PlanDeps } from "../plan/make-plan.ts";
import type { View } from "../plan/observe.ts";
import { planPeople, type Wish } from "../plan/plan-people.ts";
import { createSuccessors } from "../plan/successors.ts";
import { createCircuit } from "../runs/breaker.ts";
import { comparePlans, fieldMoves, isNothing } from "./compare-plans.ts";
import type { AccountMove, PersonMove } from "./preview-shape.ts";
import { endGroups, type Contrast } from "./standing.ts";

/** Somebody whom the edit may concern, as both mappings see them. */
export interface Concerned {
  readonly record: PersonRecord;
  readonly before: DesiredAccount;
  readonly after: DesiredAccount;
}

/** Says what the edit changes for these people, in their order; null for those for whom it changes nothing. */
export type Judge = (people: readonly Concerned[]) => Promise<readonly (PersonMove | null)[]>;

/** Both mappings; `savedAt` of the edit is now. */
export interface Mappings {
  readonly saved: CurrentMapping;
  readonly edit: CurrentMapping;
}

/** Plans each of them twice over the same look at the product, by the functions that plan every run. */
export async function openPlanJudge(
  deps: PlanDeps,
  mappings: Mappings,
  workspace: Workspace,
  view: View,
  signal: AbortSignal,
): Promise<Judge> {
  const { connector, store, ambient } = deps;
  const planned = async (mapping: CurrentMapping) => {
    const context = toContext(deps, mapping, view, { released: new Set(), failing: new Set() }, ambient.clock.now());
    const successors = createSuccessors({ store, connector, workspace, mapping, view, reassignTo: [] });
    const breaker = createCircuit(ambient.clock, ambient.random).breaker();
    const gather = await openGatherFacts({
      connector: { capabilities: connector.capabilities, bookings: noBookings },
      store,
      view,
      workspace,
      successors,
      context,
      mapping,
      breaker,
      signal,
    });
    const people = planPeople({ connector, workspace, mapping, view, context, gather, signal });
    return (wishes: readonly Wish[]) => people.plansOf(wishes);
  };
  const [underSaved, underEdit] = [await planned(mappings.saved), await planned(mappings.edit)];
  return async (people) => {
    const saved = await underSaved(people.map(({ record, before }) => ({ record, desired: before })));
    const edit = await underEdit(people.map(({ record, after }) => ({ record, desired: after })));
    return people.map((one, index) => comparePlans(one, saved[index] ?? null, edit[index] ?? null));
  };
}

/** Meetings are no part of a preview: the plan lists those of whoever is to leave for sure. */
async function* noBookings(): AsyncGenerator<Booking> {
  // None is looked up.
}

/** Compares what the mappings give, over what links remember of accounts: as far as one comes without the product. */
export function createStagedJudge(contrast: Contrast): Judge {
  return async (people) => people.map((one) => stagedMove(one, contrast));
}

function stagedMove({ record, before, after }: Concerned, contrast: Contrast): PersonMove | null {
  const { savedRules, editRules, named } = contrast;
  const { user } = record.person;
  const current = record.link?.entitlements?.groups ?? [];
  const was = new Set(endGroups(before, current, savedRules, named));
  const is = new Set(endGroups(after, current, editRules, named));
  const account = accountMove(record, before, after);
  const move: PersonMove = {
    user: user.id,
    directory: user.directory,
    label: after.profile.email === "" ? user.userName : after.profile.email,
    account,
    joins: [...is.difference(was)].sort(),
    leaves: [...was.difference(is)].sort(),
    seat: before.seat === after.seat ? null : { from: before.seat, to: after.seat },
    fields: before.status === "active" && after.status === "active" ? fieldMoves(before.profile, after.profile) : [],
    needsApproval: account === "leaves",
    held: [],
  };
  return isNothing(move) ? null : move;
}

/** Whoever has no account does not lose one; one that was shut already is opened again. */
function accountMove({ link }: PersonRecord, before: DesiredAccount, after: DesiredAccount): AccountMove | null {
  if (before.status === after.status) return null;
  if (after.status === "deactivated") return link === null || link.offboardedAt !== null ? "stays-out" : "leaves";
  return link === null || link.offboardedAt !== null ? "comes-in" : "stays";
}
