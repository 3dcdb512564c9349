import process from "node:process";
import type { Log } from "../ports/ambient.ts";

/** Docker waits for 10 s before it kills; milliseconds. */
const DEADLINE_MS = 9_000;

/**
 * Resolves with the exit code once the process was asked to stop (SIGTERM or SIGINT) and `close` has ended: 0, or 1
 * when closing failed or took too long. A second signal ends the wait at once.
 */
export function runUntilStopped(close: () => Promise<void>, log: Log): Promise<number> {
  return new Promise((resolve) => {
    let isStopping = false;
    const stop = (signal: NodeJS.Signals): void => {
      if (isStopping) {
        log.warn("process.forced", { signal });
        return resolve(1);
      }
      isStopping = true;
      log.info("process.stopping", { signal });
      const late = setTimeout(() => {
        log.error("process.late", { deadlineMs: DEADLINE_MS });
        resolve(1);
      }, DEADLINE_MS);
      close()
        .then(() => resolve(0))
        .catch((error: unknown) => {
          log.error("process.not-closed", {}, error);
          resolve(1);
        })
        .finally(() => clearTimeout(late));
    };
    process.on("SIGTERM", stop);
    process.on("SIGINT", stop);
  });
}
