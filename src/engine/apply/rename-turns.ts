import type { DirectoryUserId } from "../../domain/directory.ts";
import type { PersonPlan } from "../../domain/plan.ts";
import { isRename } from "../../planning/parking.ts";
import type { PeopleRun, PersonOutcome, Step } from "./people-run.ts";

/** Keeps people whose new e-mail is another account's behind the one who gives it up. */
export interface RenameTurns {
  /** True when this person's rename has to wait until those under way have ended. */
  mustWait(person: PersonPlan): boolean;
  /** The person, or, where the address was not given up, the person without the rename. */
  settle(person: PersonPlan): PersonPlan;
  /** Notes who gave an address up. */
  note(outcome: PersonOutcome): Promise<void>;
  /** Wakes those who want an address that was given up and did not get it in this run: they need not wait for a full one. */
  close(): Promise<void>;
}

/** Starts with no address given up. Holds the ids of those who gave one up. */
export function createRenameTurns({
  store,
  lease,
  ambient,
}: Pick<PeopleRun, "store" | "lease" | "ambient">): RenameTurns {
  const vacated = new Set<DirectoryUserId>();
  const wanting = new Set<DirectoryUserId>();
  const isFree = ({ after, changes }: PersonPlan): boolean =>
    after === undefined || vacated.has(after) || !changes.some(isRename);

  return {
    mustWait: (person) => !isFree(person),
    settle: (person) =>
      isFree(person) ? person : { ...person, changes: person.changes.filter((change) => !isRename(change)) },
    async note({ user, steps }) {
      if (steps.some(isFreeing)) vacated.add(user);
      for (const address of steps.flatMap(leftAddress)) {
        wanting.delete(user);
        for (const other of await store.evidence.findPeople(address)) if (other !== user) wanting.add(other);
      }
    },
    async close() {
      if (wanting.size > 0) await store.wakes.wake(lease, [...wanting], ambient.clock.now());
    },
  };
}

/** True for a step that has set an address free. */
function isFreeing({ change, effect }: Step): boolean {
  const isDone = effect === "changed" || effect === "already-so";
  return isDone && (isRename(change) || change.kind === "delete-account");
}

/** The address that somebody had before a rename. */
function leftAddress(step: Step): readonly string[] {
  return isFreeing(step) && isRename(step.change) ? [step.change.before.email] : [];
}
