/** One line of a step: a label, a value, and, muted after it, why. An empty label goes on with the one above. */
export interface Line {
  readonly label: string;
  readonly value: string;
  readonly why?: string;
  /** What the value tells of: nothing special unless it says so. */
  readonly tone?: "held" | "remove" | "create";
}

/** One of the five steps. */
export interface Step {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** How what stands in the way is told of. */
export const HELD = { tone: "held" } as const;
/** How what was taken away or failed is told of. */
export const REMOVED = { tone: "remove" } as const;

/** Lines for a list: the label stands beside the first. */
export function listed(label: string, values: readonly (Omit<Line, "label"> | string)[]): readonly Line[] {
  return values.map((value, index) => ({
    label: index === 0 ? label : "",
    ...(typeof value === "string" ? { value } : value),
  }));
}
