import { fork, type ChildProcess } from "node:child_process";
import type { Answer, Trial } from "./trial.ts";

/** No test of the planner takes a tenth of this: a fault that does is an endless loop, and found. */
const PATIENCE_MS = 20_000;
/** A process keeps every module that it ever loaded: so many trials, and a new one takes over. */
const MOST_TRIALS = 60;

/** A process that runs the planner's tests over and over, each time with another fault. */
export interface Trials {
  /** `endless`: some test did not end in time. */
  try(trial: Trial): Promise<Exclude<Answer, "busy"> | "endless">;
  end(): void;
}

/** Starts a process with the first trial, and another when that one is used up or does not end. */
export function createTrials(patienceMs = PATIENCE_MS): Trials {
  let child: ChildProcess | null = null;
  let done = 0;
  const end = (): void => {
    child?.kill("SIGKILL");
    child = null;
    done = 0;
  };
  return {
    async try(trial) {
      if (done >= MOST_TRIALS) end();
      child ??= fork(new URL("trial.ts", import.meta.url), { stdio: ["ignore", "ignore", "ignore", "ipc"] });
      done += 1;
      child.send(trial);
      const answer = await answerOf(child, patienceMs);
      if (answer === "endless") end();
      return answer;
    },
    end,
  };
}

function answerOf(child: ChildProcess, patienceMs: number): Promise<Exclude<Answer, "busy"> | "endless"> {
  return new Promise((resolve) => {
    const settle = (answer: Exclude<Answer, "busy"> | "endless"): void => {
      clearTimeout(impatience);
      child.off("message", listen).off("exit", giveUp);
      resolve(answer);
    };
    const listen = ({ answer }: { readonly answer: Answer }): void => {
      if (answer === "busy") impatience.refresh();
      else settle(answer);
    };
    const giveUp = (): void => settle("endless");
    const impatience = setTimeout(giveUp, patienceMs);
    child.on("message", listen).once("exit", giveUp);
  });
}
