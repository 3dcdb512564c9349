import type { Explanation, Verdict } from "../../engine/explain/explanation.ts";
import type { PlanStyle } from "../../planning/plan-style.ts";
import { instantWords } from "../../planning/rendering/change-words.ts";
import { padText, safeText, textWidth } from "../../planning/rendering/safe-text.ts";
import type { Line } from "./step.ts";
import { stepsOf } from "./steps.ts";
import { timelineRows } from "./timeline-lines.ts";

const LABEL_WIDTH = 13;
/** So many of the newest events are shown; JSON has them all. */
const SHOWN = 100;
/** `run ` and as much of the id as tells it from the others: its time, to the millisecond. */
const RUN_WIDTH = 17;

/** An explanation as lines for people: the answer, the five steps, the timeline. What came from outside is made safe. */
export function* explanationLines(explanation: Explanation, style: PlanStyle): Generator<string, void, void> {
  const { person, verdict } = explanation;
  const name = person.displayName === null ? [] : [person.displayName];
  yield style.title(safeText([...name, person.userName, person.directory, person.id].join("   ")));
  yield "";
  yield `${style[TONES[verdict.state]](WORDS[verdict.state])}  ${safeText(verdict.sentence)}`;
  if (person.erasedAt !== null)
    yield `The personal data were erased on ${instantWords(person.erasedAt, explanation.explainedAt)}: ids, times and kinds of changes are left.`;
  for (const { title, lines } of stepsOf(explanation)) {
    yield "";
    yield style.title(title);
    for (const line of lines) yield lineText(line, style);
  }
  yield* timelineText(explanation, style);
}

const WORDS: Readonly<Record<Verdict["state"], string>> = {
  "in-step": "In step.",
  pending: "Pending.",
  held: "Held.",
  waiting: "Waiting.",
  conflict: "Conflict.",
  failing: "Failing.",
  left: "Left.",
  unknown: "Unknown.",
};

const TONES: Readonly<Record<Verdict["state"], keyof PlanStyle>> = {
  "in-step": "create",
  pending: "update",
  held: "held",
  waiting: "held",
  conflict: "held",
  failing: "remove",
  left: "create",
  unknown: "remove",
};

function lineText({ label, value, why, tone }: Line, style: PlanStyle): string {
  const text = safeText(value);
  const shown = tone === undefined ? text : style[tone](text);
  const reason = why === undefined || why === "" ? "" : `   ${style.muted(safeText(why))}`;
  return `  ${style.muted(padText(label, LABEL_WIDTH))}${shown}${reason}`;
}

function* timelineText({ timeline, explainedAt }: Explanation, style: PlanStyle): Generator<string, void, void> {
  yield "";
  yield style.title("Timeline (UTC)");
  if (timeline.length === 0) yield "  nothing yet";
  const hidden = timeline.length - SHOWN;
  if (hidden > 0) yield style.muted(`  … ${hidden} earlier: \`rosterbridge explain … --json\` has them all`);
  const rows = timelineRows(timeline.slice(-SHOWN), explainedAt).map(
    ([at, who, what]) => [at, shortRun(safeText(who)), safeText(what)] as const,
  );
  const width = Math.max(...rows.map(([, who]) => textWidth(who)), 0);
  for (const [at, who, what] of rows) yield `  ${at}  ${style.muted(padText(who, width))}  ${what}`;
}

/** The beginning of a run's id is enough for `rosterbridge runs ID`. */
function shortRun(who: string): string {
  return who.startsWith("run ") ? who.slice(0, RUN_WIDTH) : who;
}
