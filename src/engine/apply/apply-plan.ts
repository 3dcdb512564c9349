import { PlanChangedError } from "../../domain/errors.ts";
import type { GroupChange, PersonPlan, Plan, PlanSummary } from "../../domain/plan.ts";
import { createPool } from "../../lib/pool.ts";
import { applyPerson } from "./apply-person.ts";
import type { Breaker } from "../runs/breaker.ts";
import { carryOut, type ChangeOutcome } from "./carry-out.ts";
import { createCrossing } from "./crossing.ts";
import type { PeopleRun, PersonOutcome } from "./people-run.ts";
import { createRenameTurns } from "./rename-turns.ts";
import type { Turn } from "./turns.ts";

/** A run whose crossing is made here, over its turn. */
export type WholeRun = Omit<PeopleRun, "crossing">;

/** Learns what became of groups and people, as they end. */
export interface ApplyListener {
  group(outcome: ChangeOutcome): void;
  person(outcome: PersonOutcome): Promise<void>;
}

/**
 * Carries out what a plan lets pass: groups first, then all leavers, so that the seats they free serve joiners, then
 * the others; several people at once, one person's changes in order. Whoever is to have an e-mail that somebody gives up
 * comes after that person has ended, and keeps the old one when that failed. `heard` learns of each as it ends.
 *
 * Throws ConnectorError when going on makes no sense (credentials refused, product out of reach), PlanChangedError when
 * those who were let in between have used up a budget, LeaseLostError when another applier has taken over. Whoever is
 * under way then begins no other change, and has ended before it throws.
 */
export async function applyPlan(whole: WholeRun, plan: Plan, turn: Turn, heard: ApplyListener): Promise<void> {
  const broken = new AbortController();
  const crossing = createCrossing(turn, () => expectBudget(whole));
  const run: PeopleRun = { ...whole, crossing, stop: AbortSignal.any([whole.stop, broken.signal]) };
  const breaker = whole.circuit.breaker();
  const pool = createPool(run.connector.capabilities.maxConcurrency);
  const renames = createRenameTurns(run);
  const workOn = async (person: PersonPlan, leave: () => void): Promise<void> => {
    try {
      const ready = renames.settle(person);
      const outcome = leftOpen(await applyPerson(run, ready), ready !== person);
      await renames.note(outcome);
      await heard.person(outcome);
      if (saysSomething(outcome)) breaker.note(outcome.error);
    } catch (error) {
      broken.abort();
      throw error;
    } finally {
      leave();
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
      if (renames.mustWait(person) || breaker.isCareful()) await pool.drain();
      await pool.add(async () => workOn(person, await crossing.enter()));
    }
    await pool.drain();
    await renames.close();
  } finally {
    // Nobody may still be writing when the turn goes to somebody else.
    await pool.drain();
  }
}

/** For how many people `applyPlan` has something to do; it reads the plan through. */
export async function peopleToApply(plan: Plan): Promise<number> {
  let people = 0;
  for await (const person of plan.people()) if (isWork(person, plan.summary)) people += 1;
  return people;
}

/** Who was not in a broken list is not known to be gone: that is for the next list to confirm. */
function isWork({ changes, confirms, remember }: PersonPlan, { basis }: PlanSummary): boolean {
  return changes.length > 0 || remember !== undefined || (confirms === true && basis.observation.complete);
}

/** What could not be done because somebody else was not renamed is for the next run to decide. */
function leftOpen(outcome: PersonOutcome, isLess: boolean): PersonOutcome {
  return isLess && outcome.state === "done" ? { ...outcome, state: "superseded" } : outcome;
}

function isLeaver({ cause, confirms }: PersonPlan): boolean {
  return cause === "leaver" || confirms === true;
}

async function expectBudget({ budget }: WholeRun): Promise<void> {
  const breach = await budget.overspent();
  if (breach === null) return;
  throw new PlanChangedError(
    `Others have used up limits.${breach.limit} since this plan was made (${breach.spent} of ${breach.allowed} in 24 h): it has to be made again.`,
  );
}

/** A run that was stopped, and somebody for whom nothing was asked, say nothing about the product. */
function saysSomething({ state, error, steps }: PersonOutcome): boolean {
  return state !== "stopped" && (error !== null || steps.length > 0);
}

/** Null when the run was stopped. */
async function createGroup(run: PeopleRun, change: GroupChange): Promise<ChangeOutcome | null> {
  while (!run.stop.aborted) {
    await run.crossing.pass();
    const outcome = await carryOut(run, null, change);
    if (outcome.effect !== "failed" || outcome.gaveWay !== true) return outcome;
  }
  return null;
}

async function createGroups(run: PeopleRun, plan: Plan, breaker: Breaker, heard: ApplyListener): Promise<void> {
  for (const change of plan.summary.groups) {
    const outcome = await createGroup(run, change);
    if (outcome === null) return;
    heard.group(outcome);
    // People who need the group fail one by one, and say so; the others go on.
    breaker.note(outcome.effect === "failed" ? outcome.error : null);
  }
}
