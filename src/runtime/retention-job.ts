import { createTask } from "node-cron";
import type { Retention } from "../engine/retention.ts";
import type { Ambient } from "../ports/ambient.ts";

/** Deletes, once a day, what is over its time. */
export interface RetentionJob {
  start(): void;
  /** Stops between two small steps, and resolves when nothing is under way. */
  close(): Promise<void>;
}

/** When it is due: a cron expression and its IANA time zone, as the configuration has them. */
export interface RetentionTime {
  readonly retention: { readonly at: string };
  readonly schedule: { readonly timezone: string };
}

/** Makes the job. Whatever goes wrong is logged, and tried again the next time. */
export function createRetentionJob(retention: Retention, ambient: Ambient, due: RetentionTime): RetentionJob {
  const { log } = ambient;
  const stop = new AbortController();
  let working: Promise<void> | null = null;
  const work = async (): Promise<void> => {
    try {
      const deleted = await retention.apply(stop.signal);
      log.info("retention.applied", { ...deleted });
    } catch (error) {
      if (!stop.signal.aborted) log.error("retention.failed", {}, error);
    }
    working = null;
  };
  const ignore = (): void => undefined;
  const logger = {
    info: ignore,
    debug: ignore,
    warn: () => log.warn("cron.warned"),
    error: (message: string | Error) => log.error("cron.failed", {}, message),
  };
  const task = createTask(due.retention.at, () => void (working ??= work()), {
    timezone: due.schedule.timezone,
    logger,
  });
  return {
    start: () => void task.start(),
    async close() {
      stop.abort();
      await task.destroy();
      await working;
    },
  };
}
