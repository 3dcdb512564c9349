import type { Completeness } from "../domain/account.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import type {
  BookingOrder,
  Breach,
  ChangeKind,
  LimitName,
  PersonChange,
  PersonPlan,
  PlanDigest,
} from "../domain/plan.ts";
import { NEEDS_COMPLETE_OBSERVATION } from "../domain/plan.ts";
import type { Mode } from "../domain/policy.ts";
import { changeKey, limitOf } from "./change-key.ts";
import { holdChanges, holdDependants } from "./dependants.ts";
import type { Reason } from "./dependants.ts";
import { takesAway } from "./guard.ts";
import { breachWords, limitWayOut } from "./hold-words.ts";

/** What decides, once everybody is planned, whether a change may be carried out now. */
export interface Gate {
  readonly mode: Mode;
  readonly observation: Completeness;
  /** Approvals are in them: a limit whose changes are all approved is not breached. */
  readonly breaches: readonly Breach[];
  /** Of the plan, for the command that approves it; null where it is for some people only, and cannot be approved. */
  readonly digest: PlanDigest | null;
  readonly bookingOrder: BookingOrder;
  /** People who pass every limit. */
  readonly released: ReadonlySet<DirectoryUserId>;
  /** Whether an open approval covers this change: asked for people whom a mapping edit shuts out. */
  approved(changeKey: string): boolean;
}

/**
 * Holds what may not pass now: what the mode forbids, what an incomplete observation cannot carry, what would break a
 * limit, and whatever depends on any of it. Approvals and releases lift limits, nothing else. Pure; doing it twice
 * changes nothing.
 */
export function passGate(person: PersonPlan, gate: Gate): PersonPlan {
  const passed = holdChanges(
    person,
    (change) =>
      forbiddenByMode(change, gate.mode) ?? unsafeToJudge(change, gate.observation) ?? overLimit(change, person, gate),
  );
  return holdDependants(passed, gate.bookingOrder);
}

const ARRIVING: ReadonlySet<ChangeKind> = new Set<ChangeKind>([
  "create-account",
  "adopt-account",
  "assign-seat",
  "add-to-group",
]);

/** Why the mode does not let this pass; null when it does. */
export function forbiddenByMode(change: PersonChange, mode: Mode): Reason | null {
  switch (mode) {
    case "observe":
      return { hold: "mode", detail: 'The mode is "observe": nothing is written to the product.' };
    case "create-only":
      return change.cause === "joiner" && ARRIVING.has(change.kind)
        ? null
        : {
            hold: "mode",
            detail: 'The mode is "create-only": only accounts, seats and groups of joiners are written.',
          };
    case "no-removals":
      return takesAway(change.kind)
        ? { hold: "mode", detail: 'The mode is "no-removals": nothing is taken away.' }
        : null;
    case "full":
      return null;
  }
}

function unsafeToJudge({ kind }: PersonChange, observation: Completeness): Reason | null {
  if (observation.complete || !NEEDS_COMPLETE_OBSERVATION.has(kind)) return null;
  const detail = `The product's list of accounts is not complete (${observation.detail}): nothing is created, linked or removed in this run.`;
  return { hold: "observation-incomplete", detail };
}

function overLimit(change: PersonChange, person: PersonPlan, gate: Gate): Reason | null {
  if (gate.released.has(person.user)) return null;
  if (person.needsApproval === true && !gate.approved(changeKey(person.user, change))) {
    const detail = `An edit of the mapping takes this person out of scope. ${limitWayOut(person, gate.digest)}`;
    return { hold: "over-limit", detail };
  }
  const limit: LimitName | null = limitOf(change);
  const breach = gate.breaches.find((candidate) => candidate.limit === limit);
  if (breach === undefined) return null;
  return { hold: "over-limit", detail: `${breachWords(breach)}. ${limitWayOut(person, gate.digest)}` };
}
