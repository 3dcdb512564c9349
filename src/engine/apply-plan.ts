import { PlanChangedError, type ConnectorError } from "../domain/errors.ts";
import type { PersonPlan, Plan, PlanSummary } from "../domain/plan.ts";
import { createPool } from "../lib/pool.ts";
import { applyPerson } from "./apply-person.ts";
import { createBreaker, type Breaker } from "./breaker.ts";
import { carryOut, type ChangeOutcome } from "./carry-out.ts";
import type { PeopleRun, PersonOutcome } from "./people-run.ts";
import type { Turn } from "./turns.ts";

/** Learns what became of groups and people, as they end. */
export interface ApplyListener {
  group(outcome: ChangeOutcome): void;
  person(outcome: PersonOutcome): Promise<void>;
}

/**
 * Carries out what a plan lets pass: groups first, then all leavers, so that the seats they free serve joiners, then
 * the others; several people at once, one person's changes in order. `heard` learns of each as it ends.
 *
 * Throws ConnectorError when going on makes no sense (credentials refused, product out of reach), PlanChangedError when
 * those who were let in between have used up a budget, LeaseLostError when another applier has taken over. Whoever is
 * under way then begins no other change, and has ended before it throws.
 */
export async function applyPlan(whole: PeopleRun, plan: Plan, turn: Turn, heard: ApplyListener): Promise<void> {
  const broken = new AbortController();
  const run: PeopleRun = { ...whole, stop: AbortSignal.any([whole.stop, broken.signal]) };
  const breaker = createBreaker();
  const pool = createPool(run.connector.capabilities.maxConcurrency);
  const workOn = async (person: PersonPlan): Promise<void> => {
    try {
      const outcome = await applyPerson(run, person);
      await heard.person(outcome);
      breaker.note(faultOf(outcome));
    } catch (error) {
      broken.abort();
      throw error;
    }
  };
  try {
    await expectBudget(run);
    await createGroups(run, plan, breaker, heard);
    let hasOthers = false;
    for await (const person of plan.people()) {
      if (run.stop.aborted) break;
      if (!isWork(person, plan.summary)) continue;
      const isFirstOther: boolean = !hasOthers && !isLeaver(person);
      if (isFirstOther) await pool.drain();
      hasOthers ||= isFirstOther;
      if (turn.isWanted()) {
        await pool.drain();
        await turn.breathe();
        await expectBudget(run);
      }
      await pool.add(() => workOn(person));
    }
  } finally {
    // Nobody may still be writing when the turn goes to somebody else.
    await pool.drain();
  }
}

/** Who was not in a broken list is not known to be gone: that is for the next list to confirm. */
function isWork({ changes, confirms }: PersonPlan, { basis }: PlanSummary): boolean {
  return changes.length > 0 || (confirms === true && basis.observation.complete);
}

function isLeaver({ cause, confirms }: PersonPlan): boolean {
  return cause === "leaver" || confirms === true;
}

async function expectBudget({ budget }: PeopleRun): Promise<void> {
  const breach = await budget.overspent();
  if (breach === null) return;
  throw new PlanChangedError(
    `Others have used up limits.${breach.limit} since this plan was made (${breach.spent} of ${breach.allowed} in 24 h): it has to be made again.`,
  );
}

/** A run that was stopped says nothing about the product. */
function faultOf({ state, error }: PersonOutcome): ConnectorError | null {
  return state === "stopped" ? null : error;
}

async function createGroups(run: PeopleRun, plan: Plan, breaker: Breaker, heard: ApplyListener): Promise<void> {
  for (const change of plan.summary.groups) {
    if (run.stop.aborted) return;
    const outcome = await carryOut(run, null, change);
    heard.group(outcome);
    // People who need the group fail one by one, and say so; the others go on.
    breaker.note(outcome.effect === "failed" ? outcome.error : null);
  }
}
