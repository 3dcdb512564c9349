import assert from "node:assert/strict";

/** A test of the planner as it was registered. */
export interface Registered {
  readonly title: string;
  readonly body: (t: Assertions) => unknown;
}

/** The assertions that tests of the planner make; each throws when it does not hold. */
const ASSERTIONS = {
  deepEqual: assert.deepStrictEqual,
  is: assert.strictEqual,
  not: assert.notStrictEqual,
  like: (actual: unknown, part: unknown) => assert.partialDeepStrictEqual(actual, part),
  true: (actual: unknown) => assert.strictEqual(actual, true),
  false: (actual: unknown) => assert.strictEqual(actual, false),
  regex: (text: string, pattern: RegExp) => assert.match(text, pattern),
  notRegex: (text: string, pattern: RegExp) => assert.doesNotMatch(text, pattern),
};
type Assertions = typeof ASSERTIONS;

const registered: Registered[] = [];

/** Stands in for ava's `test` in a process that runs the same tests many times, without starting anything for each. */
export default function test(title: string, body: Registered["body"]): void {
  registered.push({ title, body });
}

/** The tests that were registered since this was asked last. */
export function takeTests(): readonly Registered[] {
  return registered.splice(0);
}

/** Rejects when the test fails. */
export async function runTest({ body }: Registered): Promise<void> {
  await body(ASSERTIONS);
}
