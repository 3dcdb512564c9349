import type { Instant } from "../../domain/brand.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { TimelineEntry } from "../../engine/explain/explanation.ts";
import { changeSentence } from "../../planning/rendering/change-sentence.ts";
import { actorWords, attributeWords } from "./actor-words.ts";
import { outcomeWords } from "./outcome-words.ts";

/** One row: time, who, what. Not yet made safe or aligned. */
export type TimelineRow = readonly [at: string, who: string, what: string];

/** The rows of a timeline; times in UTC to the second. */
export function timelineRows(timeline: readonly TimelineEntry[], now: Instant): readonly TimelineRow[] {
  return timeline.map((entry) => [entry.at.slice(0, 19).replace("T", " "), ...wordsOf(entry, now)]);
}

function wordsOf(entry: TimelineEntry, now: Instant): readonly [who: string, what: string] {
  if (entry.source === "audit") return [actorWords(entry.actor), `${entry.action}${detailWords(entry.detail)}`];
  return [`run ${entry.run}`, `${changeSentence(entry.change, now)}: ${outcomeWords(entry)}`];
}

/** The parts of an audit row that are short enough to read; `--json` has it whole. */
function detailWords({ version, active, attributes, reason, proof }: JsonObject): string {
  const names = Array.isArray(attributes) ? attributes.filter((name) => typeof name === "string") : [];
  const parts = [
    ...(typeof version === "number" ? [`version ${version}`] : []),
    ...(names.length > 0 ? [`(${names.map(attributeWords).join(", ")})`] : []),
    ...(active === false ? ["inactive"] : []),
    ...(typeof reason === "string" ? [JSON.stringify(reason)] : []),
    ...(typeof proof === "string" ? [proof.slice(0, 12)] : []),
  ];
  return parts.length === 0 ? "" : `: ${parts.join(" ")}`;
}
