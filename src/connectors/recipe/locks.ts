/** One thing at a time for each key; who comes later waits, whether what went before was done or failed. */
export interface Locks {
  hold<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/** Locks of one process. */
export function createLocks(): Locks {
  const last = new Map<string, Promise<unknown>>();
  return {
    async hold(key, work) {
      const before = last.get(key) ?? Promise.resolve();
      const mine = before.then(work);
      const done = mine.catch(() => undefined);
      last.set(key, done);
      try {
        return await mine;
      } finally {
        if (last.get(key) === done) last.delete(key);
      }
    },
  };
}
