import type { ProgressBar } from "../cli/terminal.ts";
import { progressLine } from "./progress-line.ts";

/** Where the bar is drawn: standard error. */
export interface BarStream {
  readonly isTTY?: boolean;
  /** Width as it is now: a window may be made smaller meanwhile. */
  readonly columns?: number;
  write(text: string): unknown;
}

/** Time as the bar sees it. */
export interface BarTime {
  /** Milliseconds from an arbitrary start. */
  now(): number;
  /** Calls again and again; the answer ends that. Must not keep the process alive. */
  every(ms: number, work: () => void): () => void;
}

/** The one line at the bottom of a terminal that shows how far long work is. */
export interface ProgressLine {
  /** Begins one, in the place of any other. */
  begin(title: string): ProgressBar;
  /** Takes it off the screen, before anything else is written there; it comes back once nothing was for a while. */
  giveWay(): void;
  /** Ends whatever bar there is. */
  end(): void;
}

/** Work that is done by then is not spoken of; nor is the bar drawn among lines that come faster. */
const QUIET_MS = 500;
const REDRAW_MS = 100;
const BEGINNING_OF_LINE = "\r";
const ERASE_REST = "\x1b[K";
const SILENT: ProgressBar = { update: () => undefined, end: () => undefined };

/** Makes it, for a terminal; on anything else nothing is ever written. */
export function createProgressLine(stream: BarStream, time: BarTime): ProgressLine {
  let current: { readonly stop: () => void } | null = null;
  let shown = "";
  let shownAt = 0;
  let quietSince = 0;

  const erase = (): void => {
    if (shown !== "") stream.write(BEGINNING_OF_LINE + ERASE_REST);
    shown = "";
  };
  const show = (line: string): void => {
    if (line === shown) return;
    // Written over, and not erased before: that would flicker.
    stream.write(BEGINNING_OF_LINE + line + ERASE_REST);
    shown = line;
  };
  const end = (): void => {
    current?.stop();
    current = null;
    erase();
  };

  return {
    begin(title) {
      if (stream.isTTY !== true) return SILENT;
      const startedAt = time.now();
      // What follows on other work goes on with its line.
      if (current === null) quietSince = startedAt;
      current?.stop();
      let [done, total] = [0, null as number | null];
      const draw = (): void => {
        const now = time.now();
        if (now - quietSince < QUIET_MS || now - shownAt < REDRAW_MS) return;
        shownAt = now;
        show(progressLine({ title, done, total, elapsedMs: now - startedAt }, stream.columns ?? 80));
      };
      const own = { stop: time.every(REDRAW_MS, draw) };
      current = own;
      return {
        update(nowDone, ofTotal) {
          if (current !== own) return;
          [done, total] = [nowDone, ofTotal];
          // Busy work lets no timer through.
          draw();
        },
        end: () => {
          if (current === own) end();
        },
      };
    },
    giveWay() {
      erase();
      quietSince = time.now();
    },
    end,
  };
}
