import type { Plan, PlanSummary } from "../../domain/plan.ts";
import { counted } from "./change-words.ts";
import type { HeldPeople } from "./held-people.ts";
import type { PlanRow } from "./person-rows.ts";
import { EVERYBODY, createReport, titleParts } from "./plan-report.ts";
import type { HeldBlock, PlanEnding } from "./plan-report.ts";
import { safeText } from "./safe-text.ts";
import type { PeopleOptions } from "./table.ts";

/** A plan as GitHub-flavoured Markdown, for a pull request or a ticket; no name can break out of its cell. */
export async function* markdownLines(
  plan: Plan,
  { now, limit = Infinity }: PeopleOptions,
): AsyncGenerator<string, void, void> {
  const report = createReport(plan.summary, now);
  yield* heading(plan.summary);
  let shown = 0;
  let hidden = 0;
  for await (const person of plan.people()) {
    const rows = report.rows(person);
    if (rows.length === 0) continue;
    if (shown >= limit) {
      hidden += 1;
      continue;
    }
    if (shown === 0) yield* ["| | person | change | cause |", "|---|---|---|---|"];
    shown += 1;
    yield* rows.map(tableRow);
  }
  if (shown > 0) yield "";
  if (hidden > 0) yield* [`… and ${counted(hidden, "more person", "more people")}`, ""];
  yield* ending(report.ending());
}

function heading(summary: PlanSummary): readonly string[] {
  const [digest = "", ...rest] = titleParts(summary).map(escape);
  const groups = summary.groups.map(({ name }) => `* \`+ group\` ${escape(name)}`);
  return [`## ${digest}`, "", rest.join(" · "), "", ...(groups.length === 0 ? [] : [...groups, ""])];
}

function ending({ held, waiting, moreWaiting, notes, sentence }: PlanEnding): readonly string[] {
  const queue = waiting.map(
    ({ label, place, reason }) => `* **waits** ${escape(label)}: place ${place}, ${escape(reason)}`,
  );
  const more =
    moreWaiting === 0 ? [] : [`* and ${moreWaiting.toLocaleString("en")} more: \`${EVERYBODY}\` has them all`];
  const remarks = notes.map((note) => `* **note** ${escape(note)}`);
  const lists = [...held.flatMap(heldLines), ...queue, ...more, ...remarks];
  return [...lists, ...(lists.length === 0 ? [] : [""]), `**${escape(sentence)}**`];
}

function heldLines({ what, who, wayOut }: HeldBlock): readonly string[] {
  const head = `* **held** ${escape(what)}${wayOut === null ? "" : `: \`${safeText(wayOut)}\``}`;
  return [head, ...(who === null ? [] : heldPeopleLines(who))];
}

function heldPeopleLines({ people, names, consequences }: HeldPeople): readonly string[] {
  const more = people - names.length;
  return [
    ...(consequences === "" ? [] : [`  * ${escape(consequences)}`]),
    `  * ${names.map(escape).join(", ")}`,
    ...(more === 0 ? [] : [`  * and ${counted(more, "other")}: \`${EVERYBODY}\` has them all`]),
  ];
}

function tableRow({ symbol, verb, who, what, why, details }: PlanRow): string {
  const lines = [what, ...details.map((detail) => `${detail.verb} ${detail.what}`)].filter((line) => line !== "");
  const cells = [`\`${symbol} ${verb}\``, escape(who), lines.map(escape).join("<br>"), escape(why)];
  return `| ${cells.join(" | ")} |`;
}

function escape(text: string): string {
  return safeText(text).replace(/[\\`*_[\]<>|#&~!]/g, (character) => `\\${character}`);
}
