import type { AlertOffice } from "../engine/alerts/alerts.ts";
import type { Ambient } from "../ports/ambient.ts";

/** How often it is looked whether somebody is to be told of something. */
const LOOK_EVERY_MS = 10_000;
/** Urgent runs may end many times a second. */
const PAUSE_MS = 1_000;
/** An attempt that is under way at a stop may go on for so long: cut off, it would be made again by the next process. */
const GRACE_MS = 3_000;

/** Looks after alerts as long as the daemon runs. */
export interface AlertWatch {
  start(): void;
  /** Looks now: a run has ended. */
  nudge(): void;
  /** Stops looking, lets what is being sent be sent, and resolves when nothing is under way. */
  close(): Promise<void>;
}

/**
 * Looks every 10 s, and after runs; sends beside it, so that a slow webhook keeps nobody from looking. No lease is needed:
 * of two daemons that look at once one saves what it saw, and a notice is sent by whoever claimed it.
 */
export function createAlertWatch(alerts: AlertOffice, ambient: Ambient): AlertWatch {
  const { clock, log } = ambient;
  const stop = new AbortController();
  const cut = new AbortController();
  let wake = new AbortController();
  let looking: Promise<void> = Promise.resolve();
  let sending: Promise<void> | null = null;

  const guarded = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!stop.signal.aborted) log.warn(`alerts.${what}`, {}, error);
    }
  };
  const send = (): void => {
    sending ??= guarded("not-sent", () => alerts.deliver(cut.signal)).finally(() => {
      sending = null;
    });
  };
  const look = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      wake = new AbortController();
      await guarded("not-reviewed", () => alerts.review());
      if (stop.signal.aborted) return;
      send();
      await clock.sleep(PAUSE_MS, stop.signal);
      await clock.sleep(LOOK_EVERY_MS - PAUSE_MS, AbortSignal.any([stop.signal, wake.signal]));
    }
  };
  return {
    start: () => void (looking = look()),
    nudge: () => wake.abort(),
    async close() {
      stop.abort();
      await looking;
      const sent = sending ?? Promise.resolve();
      const inTime = new AbortController();
      await Promise.race([sent.finally(() => inTime.abort()), clock.sleep(GRACE_MS, inTime.signal)]);
      cut.abort();
      await sent;
    },
  };
}
