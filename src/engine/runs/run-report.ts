import type { DirectoryUserId } from "../../domain/directory.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { ChangeKind, Hold, PlanDigest, PlanSummary } from "../../domain/plan.ts";
import type { RunOutcome } from "../../ports/journal.ts";
import type { PersonOutcome } from "../apply/people-run.ts";
import type { ChangeOutcome } from "../apply/carry-out.ts";

/** Holds that an admin has to look at. Waiting for a seat is no fault, and what waits for a held change is its echo. */
const TELLING_HOLDS: readonly Hold[] = [
  "unsupported",
  "mode",
  "restored",
  "over-limit",
  "protected-account",
  "observation-incomplete",
  "identity-conflict",
  "contested",
];

/** What a run did. */
export interface RunReport {
  readonly id: string;
  readonly outcome: RunOutcome;
  readonly digest: PlanDigest;
  readonly summary: PlanSummary;
  /** Changes that the product carried out, by kind; and how many it said were so already. */
  readonly changed: Readonly<Partial<Record<ChangeKind, number>>>;
  readonly alreadySo: number;
  readonly failedChanges: number;
  /** People left for a later run, with the reason in plain words. */
  readonly failed: readonly { readonly user: DirectoryUserId; readonly reason: string }[];
  readonly superseded: number;
  readonly durationMs: number;
}

/** Counts people's outcomes as they come. */
export interface ReportCounter {
  note(outcome: PersonOutcome): void;
  fail(user: DirectoryUserId, reason: string): void;
  noteGroup(outcome: ChangeOutcome): void;
  report(run: {
    readonly id: string;
    readonly summary: PlanSummary;
    readonly durationMs: number;
    readonly stopped: boolean;
  }): RunReport;
}

/** Makes a counter at zero. */
export function createReportCounter(): ReportCounter {
  const changed: Partial<Record<ChangeKind, number>> = {};
  const failed: { user: DirectoryUserId; reason: string }[] = [];
  let alreadySo = 0;
  let failedChanges = 0;
  let superseded = 0;
  const count = (kind: ChangeKind): void => {
    changed[kind] = (changed[kind] ?? 0) + 1;
  };
  return {
    note({ user, state, steps, error }) {
      for (const { change, effect } of steps) {
        if (effect === "changed") count(change.kind);
        else if (effect === "already-so") alreadySo += 1;
        else failedChanges += 1;
      }
      if (state === "superseded") superseded += 1;
      if (error !== null) failed.push({ user, reason: error.message });
    },
    fail: (user, reason) => failed.push({ user, reason }),
    noteGroup({ effect }) {
      if (effect === "changed") count("create-group");
      else if (effect === "already-so") alreadySo += 1;
      else failedChanges += 1;
    },
    report({ id, summary, durationMs, stopped }) {
      const outcome = stopped ? "interrupted" : failed.length > 0 ? "partial" : isHeld(summary) ? "held" : "done";
      const { digest } = summary;
      return { id, outcome, digest, summary, changed, alreadySo, failedChanges, failed, superseded, durationMs };
    },
  };
}

/** True when something is held that an admin has to look at. */
export function isHeld({ tally }: PlanSummary): boolean {
  return TELLING_HOLDS.some((hold) => tally.held[hold] > 0);
}

/** What the run record keeps: counts, no names. */
export function toRecord({
  changed,
  alreadySo,
  failedChanges,
  failed,
  superseded,
  durationMs,
  summary,
}: RunReport): JsonObject {
  const { people, linked, tally, waiting } = summary;
  return {
    people,
    linked,
    changed: { ...changed },
    alreadySo,
    failedChanges,
    failedPeople: failed.length,
    superseded,
    held: { ...tally.held },
    waiting: waiting.length,
    durationMs,
  };
}
