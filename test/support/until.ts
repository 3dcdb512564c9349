/** Generous: only a fault makes a test wait for so long. Milliseconds. */
const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 15;

/** What a look may give: something to see, or undefined, null or false for "not yet". */
export type Look<T> = T | undefined | null | false;

/** Looks again and again until there is something to see; rejects when that takes too long, with what `describe` tells. */
export async function until<T>(
  what: string,
  look: () => Look<T> | Promise<Look<T>>,
  describe: () => string = () => "",
): Promise<T> {
  const limit = AbortSignal.timeout(PATIENCE_MS);
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== null && seen !== false) return seen;
    if (limit.aborted) throw new Error(`Waited in vain for ${what}. ${describe()}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
