import type { Turn } from "./turns.ts";

/**
 * Where those who are worked on at once stop between two changes, so that whoever is more urgent is let in within one
 * change: nobody of this run writes while somebody else has the turn.
 */
export interface Crossing {
  /** Begins to work on somebody, once nobody more urgent waits; what it returns ends that work. */
  enter(): Promise<() => void>;
  /**
   * Between two changes. Returns at once when nobody more urgent waits; else stops until all others have stopped, too,
   * and the turn has come back. Throws what looking at the limits afterwards throws.
   */
  pass(): Promise<void>;
  /** Aborted when somebody more urgent waits; another signal after they have been let in. */
  wish(): AbortSignal;
}

/** Makes the crossing of one run. `onReturn` is asked each time after others were let in; what it throws ends the run. */
export function createCrossing(turn: Turn, onReturn: () => Promise<void>): Crossing {
  let atWork = 0;
  let stopped = 0;
  let isAway = false;
  let pause: PromiseWithResolvers<void> | null = null;

  const goWhenAllHaveStopped = (): void => {
    if (pause === null || isAway || stopped < atWork) return;
    const { resolve, reject } = pause;
    isAway = true;
    const end = (settle: () => void): void => {
      isAway = false;
      stopped = 0;
      pause = null;
      settle();
    };
    void turn
      .breathe()
      .then(onReturn)
      .then(
        () => end(resolve),
        (error: unknown) => end(() => reject(error)),
      );
  };
  const stop = (): Promise<void> => {
    pause ??= Promise.withResolvers();
    const { promise } = pause;
    goWhenAllHaveStopped();
    return promise;
  };

  return {
    wish: () => turn.wish(),
    async enter() {
      while (pause !== null || turn.isWanted()) await stop();
      atWork += 1;
      return () => {
        atWork -= 1;
        goWhenAllHaveStopped();
      };
    },
    async pass() {
      if (pause === null && !turn.isWanted()) return;
      stopped += 1;
      await stop();
    },
  };
}
