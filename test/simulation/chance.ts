import { createSeededRandom } from "../support/seeded-random.ts";

/** Every choice of one history. The same seed and name give the same choices. */
export interface Chance {
  /** A whole number from 0 to `limit`, which itself is left out. */
  below(limit: number): number;
  /** A whole number between both, which are among them. */
  between(first: number, last: number): number;
  /** True so many times in a hundred. */
  percent(share: number): boolean;
  oneOf<T>(choices: readonly T[]): T;
  /** One of them, those with a larger weight more often. */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T;
  /** Choices of their own for one purpose: how many are taken there moves nothing here. */
  fork(name: string): Chance;
}

/** Begins a sequence. */
export function createChance(seed: number): Chance {
  const random = createSeededRandom(seed);
  return {
    ...random,
    between: (first, last) => first + random.below(last - first + 1),
    percent: (share) => random.below(100) < share,
    weighted(choices) {
      let left = random.below(choices.reduce((sum, [weight]) => sum + weight, 0));
      const found = choices.find(([weight]) => (left -= weight) < 0);
      if (found === undefined) throw new Error("There is nothing to choose from.");
      return found[1];
    },
    fork: (name) => createChance(mix(seed, name)),
  };
}

/** FNV-1a over the name, started from the seed. */
function mix(seed: number, name: string): number {
  let hash = Math.imul(seed ^ 0x811c9dc5, 0x01000193) >>> 0;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}
