/** A bounded number of things at once. After a failure nothing new starts, and the failure is thrown by the next call. */
export interface Pool {
  /** Resolves when the work has been started, which may have to wait for a free place. */
  add(work: () => Promise<void>): Promise<void>;
  /** Resolves when nothing is under way. */
  drain(): Promise<void>;
}

/** Makes a pool of `size` places, at least one. */
export function createPool(size: number): Pool {
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];

  const throwFailure = (): void => {
    if (failures.length > 0) throw failures[0];
  };
  const start = (work: () => Promise<void>): void => {
    const running = work()
      .catch((error: unknown) => {
        failures.push(error);
      })
      .finally(() => underWay.delete(running));
    underWay.add(running);
  };

  return {
    async add(work) {
      while (underWay.size >= Math.max(size, 1)) await Promise.race(underWay);
      throwFailure();
      start(work);
    },
    async drain() {
      await Promise.all(underWay);
      throwFailure();
    },
  };
}
