import type { Plan } from "../../domain/plan.ts";
import type { RunReport } from "./run-report.ts";

/** Looks on: sees each plan before it is carried out, and each report after it. */
export interface RunWatcher {
  plan(plan: Plan): Promise<void>;
  report(report: RunReport): void;
}
