import type { Plan } from "../domain/plan.ts";
import { jsonLines } from "./rendering/json.ts";
import { markdownLines } from "./rendering/markdown.ts";
import { tableLines } from "./rendering/table.ts";
import type { PeopleOptions } from "./rendering/table.ts";

/** The forms in which a plan is shown. */
export type PlanFormat = "table" | "json" | "markdown";

/** How a plan is shown; `style` and `limit` do not concern JSON, `style` does not concern Markdown. */
export interface RenderOptions extends PeopleOptions {
  readonly format: PlanFormat;
}

/**
 * A plan as lines without line ends, made while they are read: the same for CLI, HTTP and log. Control characters and
 * escape sequences in names never reach the reader.
 */
export function renderPlan(plan: Plan, options: RenderOptions): AsyncIterable<string> {
  switch (options.format) {
    case "table":
      return tableLines(plan, options);
    case "markdown":
      return markdownLines(plan, options);
    case "json":
      return jsonLines(plan);
  }
}
