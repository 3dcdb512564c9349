import type { Instant } from "../../domain/brand.ts";
import type { Plan } from "../../domain/plan.ts";
import type { PlanStyle } from "../plan-style.ts";
import { counted } from "./change-words.ts";
import type { PlanRow } from "./person-rows.ts";
import type { HeldPeople } from "./held-people.ts";
import { EVERYBODY, createReport, titleParts } from "./plan-report.ts";
import type { PlanEnding } from "./plan-report.ts";
import { padText, safeText, textWidth } from "./safe-text.ts";

/** How a plan is shown to people. */
export interface PeopleOptions {
  readonly now: Instant;
  readonly style: PlanStyle;
  /** How many people are shown; all of them when absent. The sums count everybody. */
  readonly limit?: number;
}

const BLOCK = 200;
const VERB_WIDTH = 12;
const WIDEST_WHO = 44;
const WIDEST_WHAT = 72;
const WIDEST_NAMES = 84;
const INDENT = " ".repeat(4 + VERB_WIDTH);

/**
 * A plan as aligned lines for a terminal: title, one line per person, what is held with the way out, who waits for a
 * seat, and a closing sentence. Columns are aligned in blocks, so that nothing but one block is held in memory.
 */
export async function* tableLines(
  plan: Plan,
  { now, style, limit = Infinity }: PeopleOptions,
): AsyncGenerator<string, void, void> {
  const { summary } = plan;
  const report = createReport(summary, now);
  const table = createAligner(style);
  let shown = 0;
  let hidden = 0;
  yield style.title(safeText(titleParts(summary).join("   ")));
  yield "";
  for (const { name } of summary.groups) yield `  ${style.create(padText("+ group", VERB_WIDTH + 2))}${safeText(name)}`;
  for await (const person of plan.people()) {
    const rows = report.rows(person);
    if (rows.length === 0) continue;
    if (shown >= limit) hidden += 1;
    else {
      shown += 1;
      table.add(rows);
      if (table.isFull()) yield* table.flush();
    }
  }
  yield* table.flush();
  if (hidden > 0) yield style.muted(`  … and ${counted(hidden, "more person", "more people")}`);
  const ending = report.ending();
  yield* endingLines(ending, style);
  if (shown + summary.groups.length + ending.held.length + ending.waiting.length + ending.notes.length > 0) yield "";
  yield ending.sentence;
}

interface Aligner {
  add(rows: readonly PlanRow[]): void;
  isFull(): boolean;
  flush(): Generator<string, void, void>;
}

function createAligner(style: PlanStyle): Aligner {
  let rows: PlanRow[] = [];
  let whoWidth = 0;
  let whatWidth = 0;
  return {
    add(more) {
      for (const row of more) {
        const safe = { ...row, who: safeText(row.who), what: safeText(row.what) };
        whoWidth = Math.max(whoWidth, Math.min(WIDEST_WHO, textWidth(safe.who)));
        whatWidth = Math.max(whatWidth, Math.min(WIDEST_WHAT, textWidth(safe.what)));
        rows.push(safe);
      }
    },
    isFull: () => rows.length >= BLOCK,
    *flush() {
      for (const { tone, symbol, verb, who, what, why, details } of rows) {
        const head = style[tone](padText(`${symbol} ${verb}`, VERB_WIDTH + 2));
        yield `  ${head}${padText(who, whoWidth)}  ${padText(what, whatWidth)}  ${style.muted(why)}`;
        for (const detail of details) yield `      ${style[detail.tone](`${detail.verb}  ${safeText(detail.what)}`)}`;
      }
      rows = [];
    },
  };
}

function* endingLines(
  { held, waiting, moreWaiting, notes }: PlanEnding,
  style: PlanStyle,
): Generator<string, void, void> {
  for (const { what, who, wayOut } of held) {
    yield `  ${style.held(padText("! held", VERB_WIDTH + 2))}${safeText(what)}`;
    if (who !== null) yield* heldPeopleLines(who, style);
    if (wayOut !== null) yield `${INDENT}${wayOut}`;
  }
  for (const { label, place, reason } of waiting) {
    yield `  ${style.held(padText("… wait", VERB_WIDTH + 2))}${safeText(`${label}  place ${place} · ${reason}`)}`;
  }
  if (moreWaiting > 0)
    yield `${INDENT}${style.muted(`and ${moreWaiting.toLocaleString("en")} more: \`${EVERYBODY}\` has them all`)}`;
  for (const note of notes) yield `  ${style.muted(padText("? note", VERB_WIDTH + 2))}${safeText(note)}`;
}

function* heldPeopleLines(
  { people, names, consequences }: HeldPeople,
  style: PlanStyle,
): Generator<string, void, void> {
  if (consequences !== "") yield `${INDENT}${consequences}`;
  for (const row of wrapNames(names)) yield `${INDENT}${style.muted(row)}`;
  const more = people - names.length;
  if (more > 0) yield `${INDENT}${style.muted(`and ${counted(more, "other")}: \`${EVERYBODY}\` has them all`)}`;
}

/** A few names a row, at least one. */
function* wrapNames(names: readonly string[]): Generator<string, void, void> {
  let row = "";
  for (const name of names.map(safeText)) {
    const longer = row === "" ? name : `${row}, ${name}`;
    if (row === "" || textWidth(longer) <= WIDEST_NAMES) row = longer;
    else {
      yield `${row},`;
      row = name;
    }
  }
  if (row !== "") yield row;
}
