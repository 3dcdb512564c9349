import type { Explanation } from "../../engine/explain/explanation.ts";
import { directorySteps } from "./directory-steps.ts";
import { matchedLines } from "./matched-step.ts";
import { plannedLines } from "./planned-step.ts";
import type { Step } from "./step.ts";

/** The five steps, from the IdP's word to the product's answer. */
export function stepsOf(explanation: Explanation): readonly Step[] {
  const { person, matched, explainedAt } = explanation;
  return [
    ...directorySteps(explanation),
    { title: "4 Matched", lines: matchedLines(matched, person.id, explainedAt) },
    { title: "5 Planned and answered", lines: plannedLines(explanation) },
  ];
}
