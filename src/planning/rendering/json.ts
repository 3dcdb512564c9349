import type { Plan } from "../../domain/plan.ts";
import { safeJson } from "./safe-text.ts";

/** A plan as one JSON document `{summary, people}`, a person a line; always everybody. */
export async function* jsonLines(plan: Plan): AsyncGenerator<string, void, void> {
  yield `{"summary":${safeJson(plan.summary)},`;
  yield '"people":[';
  let previous: string | null = null;
  for await (const person of plan.people()) {
    if (previous !== null) yield `${previous},`;
    previous = safeJson(person);
  }
  if (previous !== null) yield previous;
  yield "]}";
}
