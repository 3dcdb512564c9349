import { BridgeError, RunInProgressError } from "../../domain/errors.ts";
import type { Log } from "../../ports/ambient.ts";
import type { RunRequest } from "./run-request.ts";

/** Logs why a run of which nobody waits for the end broke off, or could not begin. */
export function logFailedRun(log: Log, lane: RunRequest["lane"], error: unknown): void {
  if (error instanceof RunInProgressError) log.info("run.postponed", { lane, code: error.code });
  else if (error instanceof BridgeError) log.warn("run.failed", { lane, code: error.code }, error);
  else log.error("run.failed", { lane, code: "unexpected" }, error);
}
