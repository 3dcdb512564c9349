/** How soon a turn is wanted: `urgent` goes before every `full` that waits, and a `full` at work lets it in. */
export type Priority = "urgent" | "full";

/** The right to write to the product, within this process. */
export interface Turn {
  /** True when somebody more urgent waits: then finish what is under way, and `breathe`. */
  isWanted(): boolean;
  /** Aborted as soon as somebody more urgent waits; another signal after `breathe`. */
  wish(): AbortSignal;
  /** Lets those in who are more urgent, and resolves when it is this one's turn again. At once when nobody waits. */
  breathe(): Promise<void>;
  /** Gives the turn back; a second call does nothing. */
  release(): void;
}

/** One writer at a time within this process. The lease does the same between processes. */
export interface Turns {
  take(priority: Priority): Promise<Turn>;
}

interface Waiter {
  readonly priority: Priority;
  readonly wake: () => void;
}

const UNDISTURBED = new AbortController().signal;

/** Makes an empty queue of turns. */
export function createTurns(): Turns {
  const waiters: Waiter[] = [];
  let isTaken = false;
  let wish = new AbortController();

  const next = (): void => {
    const index = waiters.findIndex(({ priority }) => priority === "urgent");
    const [waiter] = waiters.splice(Math.max(index, 0), 1);
    if (waiter === undefined) isTaken = false;
    else waiter.wake();
  };
  const wait = (priority: Priority): Promise<void> => {
    if (!isTaken) {
      isTaken = true;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      waiters.push({ priority, wake: resolve });
      if (priority === "urgent") wish.abort();
    });
  };

  return {
    async take(priority) {
      await wait(priority);
      let isMine = true;
      const isWanted = (): boolean => priority === "full" && waiters.some((waiter) => waiter.priority === "urgent");
      const listen = (): void => {
        wish = new AbortController();
        if (isWanted()) wish.abort();
      };
      listen();
      return {
        isWanted,
        wish: () => (priority === "full" ? wish.signal : UNDISTURBED),
        async breathe() {
          if (!isWanted()) return;
          next();
          await wait(priority);
          listen();
        },
        release() {
          if (isMine) next();
          isMine = false;
        },
      };
    },
  };
}
