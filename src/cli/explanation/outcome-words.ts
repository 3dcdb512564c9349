import type { JournalEntry } from "../../ports/journal.ts";

const ANSWERS = {
  changed: "done",
  "already-so": "was so already",
  failed: "failed",
  unknown: "nobody knows: the process ended first, or no answer came",
  intent: "under way",
} as const satisfies Record<JournalEntry["state"], string>;

/** What became of a change, in words, with what the product said of a failure. */
export function outcomeWords({ state, error }: Pick<JournalEntry, "state" | "error">): string {
  if (error === null) return ANSWERS[state];
  if (state === "unknown")
    return `nobody knows whether it took effect: ${error.replace(/^connector\.unavailable: /, "")}`;
  return `${ANSWERS[state]}: ${error}`;
}
