import { isJsonObject, type JsonValue } from "../domain/json.ts";
import type { Instant } from "../domain/brand.ts";
import type { Hold, PlanDigest } from "../domain/plan.ts";
import { msBetween } from "../domain/instant.ts";
import type { RunEntry } from "../engine/runs/run-history.ts";
import { changeSentence } from "../planning/rendering/change-sentence.ts";
import { counted, instantWords } from "../planning/rendering/change-words.ts";
import { safeText } from "../planning/rendering/safe-text.ts";
import type { PlanStyle } from "../planning/plan-style.ts";
import type { RunRecord } from "../ports/journal.ts";
import { durationWords } from "./ago.ts";
import { outcomeWords } from "./explanation/outcome-words.ts";
import { renderTable } from "./table.ts";

/** Holds that are no fault: whoever waits for a seat is counted as waiting, and the rest follows from another hold. */
const WAITING: readonly Hold[] = ["no-free-seat", "waits-for-held"];

/** Runs as a table, one a line. */
export function runsTable(runs: readonly RunRecord[], now: Instant): string {
  return renderTable(
    ["ID", "LANE", "BY", "STARTED", "TOOK", "OUTCOME", "CHANGES"],
    runs.map((run) => [
      run.id,
      run.lane,
      run.trigger,
      instantWords(run.startedAt, now),
      tookWords(run),
      run.outcome ?? "under way",
      safeText(summaryWords(run)),
    ]),
  );
}

/** The head of one run: what it was, when, and what it counted. */
export function* runLines(run: RunRecord, style: PlanStyle): Generator<string> {
  const { report } = run;
  yield style.title(`Run ${run.id}`);
  yield "";
  const rows = [
    ["lane", run.lane],
    ["started by", run.trigger],
    ["started", run.startedAt],
    ["ended", run.finishedAt === null ? "not yet" : `${run.finishedAt}, after ${tookWords(run)}`],
    ["outcome", run.outcome ?? "under way"],
    ["plan", planWords(run)],
    ["people", peopleWords(run)],
    ["changed", listWords(report["changed"])],
    ["were so already", countOf(report["alreadySo"])],
    ["failed", failedWords(run)],
    ["left for later", countOf(report["superseded"])],
    ["held", listWords(report["held"])],
    ["waiting for a seat", countOf(report["waiting"])],
    ["because", typeof report["message"] === "string" ? report["message"] : ""],
  ];
  yield renderTable(
    [],
    rows.filter(([, value]) => value !== "").map(([name = "", value = ""]) => [`  ${name}`, safeText(value)]),
  );
}

/** Some entries of a run as a table; only the first page of them has a head. */
export function entriesTable(entries: readonly RunEntry[], isFirst: boolean, now: Instant): string {
  return renderTable(
    isFirst ? ["  WHEN", "WHO", "CHANGE", "THE PRODUCT'S ANSWER"] : [],
    entries.map((entry) =>
      [
        `  ${entry.settledAt ?? entry.intendedAt}`,
        entry.person ?? entry.user ?? "–",
        changeSentence(entry.change, now),
        outcomeWords(entry),
      ].map(safeText),
    ),
  );
}

/** The digest by which a plan is approved; null where there is none: the plan of an urgent run is for some people only. */
export function approvableOf({ lane, digest }: Pick<RunRecord, "lane" | "digest">): PlanDigest | null {
  return lane === "urgent" ? null : digest;
}

function planWords(run: RunRecord): string {
  if (run.digest === null) return "none was made";
  return approvableOf(run) ?? "for some people only: it cannot be approved";
}

function tookWords({ startedAt, finishedAt }: RunRecord): string {
  if (finishedAt === null) return "–";
  const ms = Math.max(0, msBetween(startedAt, finishedAt));
  return ms < 120_000 ? `${(ms / 1000).toFixed(ms < 1_000 ? 2 : 1)} s` : durationWords(ms);
}

function summaryWords({ report, outcome }: RunRecord): string {
  const { message } = report;
  if (typeof message === "string") return message;
  const parts = [
    [sumOf(report["changed"]), "changed"],
    [numberOf(report["failedChanges"]), "failed"],
    [sumOf(report["held"], WAITING), "held"],
    [numberOf(report["waiting"]), "waiting"],
  ] as const;
  const words = parts.filter(([count]) => count > 0).map(([count, what]) => `${count.toLocaleString("en")} ${what}`);
  if (words.length > 0) return words.join(", ");
  return outcome === "done" ? "nothing to do" : "–";
}

function peopleWords({ report }: RunRecord): string {
  if (report["people"] === undefined) return "";
  const [people, linked] = [numberOf(report["people"]), numberOf(report["linked"])];
  return `${people.toLocaleString("en")} looked at, ${linked.toLocaleString("en")} linked`;
}

function failedWords({ report }: RunRecord): string {
  const changes = numberOf(report["failedChanges"]);
  const people = numberOf(report["failedPeople"]);
  if (changes + people === 0) return "";
  return `${counted(changes, "change")}, ${counted(people, "person", "people")} left for a later run`;
}

/** `24 create-account, 3 add-to-group`; empty when nothing was counted. */
function listWords(counts: JsonValue | undefined): string {
  if (!isJsonObject(counts)) return "";
  return Object.entries(counts)
    .filter(([, count]) => numberOf(count) > 0)
    .map(([what, count]) => `${numberOf(count).toLocaleString("en")} ${what}`)
    .join(", ");
}

function sumOf(counts: JsonValue | undefined, without: readonly string[] = []): number {
  if (!isJsonObject(counts)) return 0;
  return Object.entries(counts).reduce((sum, [name, count]) => sum + (without.includes(name) ? 0 : numberOf(count)), 0);
}

function countOf(value: JsonValue | undefined): string {
  const count = numberOf(value);
  return count === 0 ? "" : count.toLocaleString("en");
}

function numberOf(value: JsonValue | undefined): number {
  return typeof value === "number" ? value : 0;
}
