import { Readable } from "node:stream";
import type { Context } from "../state.ts";
import type { AdminAnswer } from "./declaration.ts";

/** How long a caller may take nothing of an answer before it is ended; milliseconds. */
const LONGEST_STALL_MS = 60_000;

/**
 * Sends an answer as it is made, never faster than it is taken. What goes wrong before the first part is thrown here, where
 * it can still be told; after that the answer ends early, which the caller sees from its missing end. A caller who takes
 * nothing for a minute is hung up on: what the answer is made from is held open meanwhile.
 */
export async function sendStream(
  ctx: Context,
  { type, chunks }: NonNullable<AdminAnswer["stream"]>,
  longestStallMs = LONGEST_STALL_MS,
): Promise<void> {
  ctx.body = Readable.from(await begun(chunks), { objectMode: false });
  ctx.set("Content-Type", type);
  ctx.res.setTimeout(longestStallMs, () => void ctx.res.destroy());
}

/** The same items, of which the first is made now: what goes wrong until then is thrown here. */
export async function begun<T>(items: AsyncGenerator<T, void, void>): Promise<AsyncIterable<T>> {
  let first: IteratorResult<T, void> | null = await items.next();
  const iterator: AsyncIterator<T, void, void> = {
    async next() {
      const ready = first ?? (await items.next());
      first = null;
      return ready;
    },
    // The generator has begun: this runs its `finally`.
    return: () => items.return(),
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
