import DataLoader from "dataloader";

/**
 * Looks many things up as one: those that are asked for while a look-up is under way, or in the same turn of the event
 * loop, share the next one. A statement costs far more than the rows it finds, and IdPs push over many connections.
 * `fetch` gives what it found in the order of the keys. Nothing is kept: each answer is of the newest commit.
 */
export function gather<Key, Value>(
  fetch: (keys: readonly Key[]) => Promise<readonly Value[]>,
): (key: Key) => Promise<Value> {
  let underWay: Promise<unknown> = Promise.resolve();
  const loader = new DataLoader<Key, Value>(
    (keys) => {
      const found = fetch(keys);
      underWay = found.catch(() => undefined);
      return found;
    },
    { cache: false, batchScheduleFn: (look) => void underWay.then(() => setImmediate(look)) },
  );
  return (key) => loader.load(key);
}
