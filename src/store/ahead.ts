import { setImmediate } from "node:timers/promises";

/**
 * The same items, with the next one already being fetched while the last one is looked at. A reader who leaves early waits
 * for the one that is under way, so that nothing goes on behind its back.
 */
export async function* ahead<T>(items: AsyncIterable<T>): AsyncGenerator<T, void, void> {
  const iterator = items[Symbol.asyncIterator]();
  let next = fetchFrom(iterator);
  try {
    for (let step = await next; step.done !== true; step = await next) {
      next = fetchFrom(iterator);
      // The request for it takes some steps to be on its way: were the reader the first to go on, nothing would overlap.
      await setImmediate();
      yield step.value;
    }
  } finally {
    await next.catch(() => undefined);
    await iterator.return?.();
  }
}

/** What fails while nobody waits for it is told to whoever asks for it. */
function fetchFrom<T>(iterator: AsyncIterator<T>): Promise<IteratorResult<T>> {
  const step = iterator.next();
  step.catch(() => undefined);
  return step;
}
