import type { DirectoryUserId } from "../../domain/directory.ts";
import type { Plan } from "../../domain/plan.ts";
import type { RunRecord, RunTrigger } from "../../ports/journal.ts";
import type { OnProgress } from "../progress.ts";
import type { Circuit } from "./breaker.ts";
import type { LeaseKeeper } from "./lease-keeper.ts";
import type { PlanDeps } from "../plan/make-plan.ts";
import type { MappingVersions } from "../mapping-versions.ts";
import type { Turns } from "../apply/turns.ts";

/** What reconciling needs. */
export interface ReconcilerDeps extends PlanDeps {
  readonly mappings: MappingVersions;
  readonly leaseKeeper: LeaseKeeper;
  readonly turns: Turns;
  /** What this process remembers of a product that fails. */
  readonly circuit: Circuit;
}

/** Which of those who were woken. */
export type Whom = "leavers" | "others";

/** A run that may write. */
export interface RunRequest {
  /** `full`: everybody. `urgent`: those who were woken, read one by one. */
  readonly lane: "full" | "urgent";
  /**
   * In the urgent lane: leavers alone, who go before every other run, or everybody else, whose run lets leavers in
   * between. Without it both, before every other run.
   */
  readonly only?: Whom;
  /** Exactly these, instead of those who were woken; only in the urgent lane. */
  readonly people?: readonly DirectoryUserId[];
  /**
   * A person has looked, and this is how many accounts there are: a complete listing of exactly so many is trusted,
   * however many there were before. Only in the full lane; kept in the audit log.
   */
  readonly acceptAccounts?: number;
  /**
   * A person has looked, and this is the organisation that the product is from now on. Only in the full lane; kept in the
   * audit log.
   */
  readonly acceptTenant?: string;
  readonly trigger: RunTrigger;
  /** Aborted when the process is asked to stop: what is under way is finished, nothing new is begun. */
  readonly stop: AbortSignal;
  /** Hears of the record of the run as soon as there is one, before anything is planned. */
  onStarted?(run: RunRecord): void;
  /** Hears how far listing, planning and carrying out have come. */
  readonly onProgress?: OnProgress;
  /** Sees the plan before anything is written; nothing is, unless it resolves to true. */
  confirm?(plan: Plan): Promise<boolean>;
}
