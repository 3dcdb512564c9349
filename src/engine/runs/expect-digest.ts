import { PlanChangedError } from "../../domain/errors.ts";
import type { Plan } from "../../domain/plan.ts";

/** Fewer digits of a digest may be those of another plan. */
const LEAST_DIGITS = 6;

/**
 * Throws PlanChangedError, which names the digest that the plan has, unless it is this one, of which the beginning is
 * enough: at least six digits. Undefined: any plan will do.
 */
export function expectDigest({ summary: { digest } }: Plan, expected: string | undefined): void {
  if (expected === undefined || (expected.length >= LEAST_DIGITS && digest.startsWith(expected))) return;
  throw new PlanChangedError(
    `The plan has changed: it is ${digest} now, not ${expected}. Look at \`rosterbridge plan\` again.`,
  );
}
