/** Numbers that look like chance and are the same for the same seed (mulberry32). */
export interface SeededRandom {
  /** A whole number from 0 to `limit`, which itself is left out. */
  below(limit: number): number;
  /** One of them; throws when there is none. */
  oneOf<T>(choices: readonly T[]): T;
}

/** Begins a sequence. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    oneOf(choices) {
      const [choice] = choices.slice(below(choices.length));
      if (choice === undefined) throw new Error("There is nothing to choose from.");
      return choice;
    },
  };
}
