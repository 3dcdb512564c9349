import type { GroupPreview, MappingPreview, PersonMove, SeatPreview } from "../../engine/mapping/preview-shape.ts";
import type { Instant } from "../../domain/brand.ts";
import type { PlanStyle } from "../../planning/plan-style.ts";
import { counted, instantWords } from "../../planning/rendering/change-words.ts";
import { safeText } from "../../planning/rendering/safe-text.ts";
import { renderTable } from "../table.ts";
import { moveLines } from "./move-lines.ts";

const MOST_GROUPS = 50;
const MOST_VALUES = 20;

/** What a preview was compared with, and over what. */
export function basisLine({ savedVersion, observedAt, whyStagedOnly }: MappingPreview, now: Instant): string {
  const over =
    observedAt === null
      ? `over what is staged alone: ${whyStagedOnly ?? ""} Who is in a group by hand is known only as far as it was seen before.`
      : `over the product as it was ${instantWords(observedAt, now)}`;
  return safeText(`Compared with the saved mapping, v${savedVersion}, ${over}`);
}

/** The people of a preview, and how many were left out. */
export function peopleLines(
  shown: readonly PersonMove[],
  { totals }: MappingPreview,
  style: PlanStyle,
): readonly string[] {
  if (totals.moves === 0) return [];
  const more = totals.moves - shown.length;
  return [
    style.title("People"),
    ...shown.flatMap((move) => moveLines(move, style)),
    ...(more > 0 ? [style.muted(`  … and ${counted(more, "person", "people")} more: --all shows everybody.`)] : []),
    "",
  ];
}

/** Everything of a preview but its people. `idleRules`: its rules that put nobody anywhere, as they are to be named. */
export function summaryLines(
  preview: MappingPreview,
  idleRules: readonly string[],
  style: PlanStyle,
): readonly string[] {
  return [
    ...groupLines(preview.groups, style),
    ...seatLines(preview.seats, style),
    ...valueLines(preview, style),
    ...idleLines(idleRules, style),
    ...takeoverLines(preview, style),
    totalLine(preview),
  ];
}

function groupLines(groups: readonly GroupPreview[], style: PlanStyle): readonly string[] {
  const changed = groups.filter(isChanged);
  if (changed.length === 0) return [];
  const rows = changed
    .slice(0, MOST_GROUPS)
    .map((group) => [
      `  ${safeText(group.group)}`,
      String(group.before),
      String(group.after),
      String(group.joins),
      String(group.leaves),
      groupNotes(group),
    ]);
  const more = changed.length - rows.length;
  return [
    style.title("Groups"),
    renderTable(["  GROUP", "BEFORE", "AFTER", "JOIN", "LEAVE", ""], rows),
    ...(more > 0 ? [style.muted(`  … and ${counted(more, "group")} more: --json shows all.`)] : []),
    "",
  ];
}

function isChanged({ before, after, joins, leaves, ruling, isCreated }: GroupPreview): boolean {
  return before !== after || joins + leaves > 0 || ruling !== null || isCreated === true;
}

function groupNotes({ isCreated, isEmptied, ruling }: GroupPreview): string {
  return [
    ...(isCreated === true ? ["would be made"] : []),
    ...(isEmptied ? ["left empty"] : []),
    ...(ruling === "begins" ? ["becomes the bridge's"] : []),
    ...(ruling === "ends" ? ["is left alone from now on"] : []),
  ].join(", ");
}

function seatLines(seats: readonly SeatPreview[], style: PlanStyle): readonly string[] {
  const changed = seats.filter(({ before, after }) => before !== after);
  if (changed.length === 0) return [];
  const lines = changed.map(({ seat, before, after, total }) => {
    const of = total === null ? "" : `, of ${total} there are`;
    const short = total !== null && after > total ? `: ${counted(after - total, "person", "people")} would wait` : "";
    return safeText(`  ${seat}: wanted for ${before} before, for ${after} after${of}${short}`);
  });
  return [style.title("Seats"), ...lines, ""];
}

function valueLines({ unmapped, unmappedBeyond }: MappingPreview, style: PlanStyle): readonly string[] {
  if (unmapped.length === 0) return [];
  const shown = unmapped.slice(0, MOST_VALUES);
  const rest = unmapped.slice(MOST_VALUES).reduce((sum, { people }) => sum + people, unmappedBeyond);
  const rows = shown.map(({ value, people, before }) => [
    `  ${safeText(value)}`,
    counted(people, "person", "people"),
    before === people ? "" : before === 0 ? "new" : `${before} before`,
  ]);
  return [
    style.title("Values that no rule names"),
    renderTable([], rows),
    ...(rest > 0 ? [style.muted(`  … and others, of ${counted(rest, "person", "people")}.`)] : []),
    "",
  ];
}

function idleLines(rules: readonly string[], style: PlanStyle): readonly string[] {
  if (rules.length === 0) return [];
  const shown = rules.slice(0, MOST_VALUES);
  const more = rules.length - shown.length;
  return [
    style.title("Rules that put nobody anywhere"),
    ...shown.map((rule) => safeText(`  ${rule}`)),
    ...(more > 0 ? [style.muted(`  … and ${counted(more, "rule")} more: --json shows all.`)] : []),
    "",
  ];
}

function takeoverLines({ takeover }: MappingPreview, style: PlanStyle): readonly string[] {
  if (takeover.groups.length === 0) return [];
  return [style.title("What becomes the bridge's"), ...takeoverSentences(takeover).map((line) => `  ${line}`), ""];
}

/** That membership of managed groups is from now on the bridge's, and what that means for those who are in them today. */
export function takeoverSentences({ groups, takenOut }: MappingPreview["takeover"]): readonly string[] {
  const names = groups.slice(0, 10).map((group) => safeText(JSON.stringify(group)));
  const more = groups.length - names.length;
  const list = `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const who =
    takenOut === 0
      ? "Nobody who is a member today would be taken out."
      : `${counted(takenOut, "person who is a member today", "people who are members today")} would be taken out, since no rule puts them there.`;
  return [
    `Membership of ${list} is the bridge's from now on: it follows the directory.`,
    "Whoever is put in or taken out by hand in the product is put right by the next run.",
    `${who} Accounts that nobody in the directory is linked to are left alone.`,
  ];
}

function totalLine({ people, totals }: MappingPreview): string {
  if (totals.moves === 0) return `Of ${counted(people, "person", "people")}, nothing changes for anybody.`;
  const parts: readonly (readonly [count: number, one: string, many: string])[] = [
    [totals.leave, "leaves", "leave"],
    [totals.stayOut, "stays out", "stay out"],
    [totals.comeIn, "comes in", "come in"],
    [totals.stay, "stays", "stay"],
    [totals.joinGroups, "joins groups", "join groups"],
    [totals.leaveGroups, "goes out of groups", "go out of groups"],
    [totals.gainSeat, "gets a seat", "get a seat"],
    [totals.loseSeat, "loses a seat", "lose a seat"],
    [totals.fields, "has another profile", "have another profile"],
    [totals.needApproval, "is held until approved", "are held until approved"],
  ];
  const words = parts.flatMap(([count, one, many]) => (count === 0 ? [] : counted(count, one, many)));
  return `Of ${counted(people, "person", "people")}, something changes for ${totals.moves.toLocaleString("en")}: ${words.join(", ")}.`;
}
