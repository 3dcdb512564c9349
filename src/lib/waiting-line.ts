/** Somebody who wants to send one request. */
export interface Wish {
  readonly signal: AbortSignal;
  /** Goes before everybody who is not, and may use the reserve. */
  readonly urgent?: boolean | undefined;
  /** Aborted when a request that still waits should not be sent any more. */
  readonly patience?: AbortSignal | undefined;
}

/** Why somebody left a line without having been served. */
export type Left = "stopped" | "impatient";

/** Somebody in the line; `settle` ends the waiting. */
export interface Waiter<T> {
  readonly urgent: boolean;
  settle(result: T): void;
}

/** A line in which the urgent stand before the others, each kind in the order in which they came. */
export interface WaitingLine<T> {
  /** Resolves with what the waiter is settled with, or once its signals let it leave. */
  join(wish: Wish): Promise<T>;
  /** The first of the line. */
  first(): Waiter<T> | undefined;
}

/** An empty line. `looked` is called whenever somebody came or went by themselves, `onLeave` makes what they get. */
export function createWaitingLine<T>(onLeave: (why: Left) => T, looked: () => void): WaitingLine<T> {
  const urgent: Waiter<T>[] = [];
  const others: Waiter<T>[] = [];
  return {
    first: () => urgent[0] ?? others[0],
    join({ signal, urgent: isUrgent = false, patience }) {
      if (signal.aborted) return Promise.resolve(onLeave("stopped"));
      return new Promise((resolve) => {
        const queue = isUrgent ? urgent : others;
        const leave = (why: Left): void => {
          waiter.settle(onLeave(why));
          looked();
        };
        const stopped = (): void => leave("stopped");
        const impatient = (): void => leave("impatient");
        const waiter: Waiter<T> = {
          urgent: isUrgent,
          settle(result) {
            const place = queue.indexOf(waiter);
            if (place !== -1) queue.splice(place, 1);
            signal.removeEventListener("abort", stopped);
            patience?.removeEventListener("abort", impatient);
            resolve(result);
          },
        };
        queue.push(waiter);
        signal.addEventListener("abort", stopped);
        looked();
        // Who is served at once need not be patient.
        if (!queue.includes(waiter)) return;
        if (patience?.aborted === true) impatient();
        else patience?.addEventListener("abort", impatient);
      });
    },
  };
}
