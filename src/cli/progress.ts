import type { OnProgress, Stage } from "../engine/progress.ts";
import type { ProgressBar } from "./terminal.ts";
import type { Toolbox } from "./toolbox.ts";

const TITLES: Readonly<Record<Stage, string>> = {
  listing: "Listing accounts",
  planning: "Planning people",
  comparing: "Comparing people",
  applying: "Applying the plan",
  checking: "Checking rows",
  staging: "Staging rows",
  grouping: "Staging groups",
  verifying: "Verifying rows",
  exporting: "Exporting rows",
  trying: "Trying operations",
};

/** Shows how far a command is. */
export interface Progress {
  /** To be handed to the use case; each stage has a bar of its own. */
  readonly onProgress: OnProgress;
  /** Takes the bar away before a result is shown or a question asked; the next stage brings one again. */
  end(): void;
}

/** Does work that may take long, with a progress bar, which is gone when it ends, fails or is asked to stop. */
export async function withProgress<T>(
  { terminal, interrupted }: Pick<Toolbox, "terminal" | "interrupted">,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  let isOver = false;
  let shown: { readonly stage: Stage; readonly bar: ProgressBar } | null = null;
  const end = (): void => {
    shown?.bar.end();
    shown = null;
  };
  const onProgress: OnProgress = (stage, done, total) => {
    if (isOver || interrupted.aborted) return;
    if (shown?.stage !== stage) shown = { stage, bar: terminal.progress(TITLES[stage]) };
    shown.bar.update(done, total);
  };
  interrupted.addEventListener("abort", end);
  try {
    return await work({ onProgress, end });
  } finally {
    interrupted.removeEventListener("abort", end);
    isOver = true;
    end();
  }
}
