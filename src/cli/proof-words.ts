import type { Instant } from "../domain/brand.ts";
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from "../domain/json.ts";
import type { LeaverProof } from "../engine/leaver-proofs.ts";
import type { PlanStyle } from "../planning/plan-style.ts";
import { counted, instantWords } from "../planning/rendering/change-words.ts";
import { safeText } from "../planning/rendering/safe-text.ts";
import { durationWords } from "./ago.ts";
import { outcomeWords } from "./explanation/outcome-words.ts";
import { renderTable } from "./table.ts";

const STATES = ["changed", "already-so", "failed", "unknown"] as const;

/**
 * A proof for people to read. It is read as it is kept, whatever version of this program wrote it: what is not there is
 * shown as not known.
 */
export function* proofLines(
  { user, at, document, heirs, audit }: LeaverProof,
  person: string,
  now: Instant,
  style: PlanStyle,
): Generator<string> {
  const directory = textOf(document["directory"]);
  yield style.title(safeText(`Offboarded   ${person}   directory ${directory}   ${instantWords(at, now)}`));
  yield "";
  const said = objectOf(document["said"]);
  const facts = [
    ["  person", user],
    ["  account", textOf(document["account"])],
    leftRow(said),
    ["  proved", `at ${at}${latencyWords(document["latencyMs"], said)}`],
    ["  bookings", bookingsWords(objectOf(document["bookings"]), heirs)],
    ["  read back", readBackWords(objectOf(document["readBack"]))],
  ].map((row) => row.map(safeText));
  yield renderTable([], [...facts, ["  audit log", auditWords(audit, style)]]);
  const { steps: listed } = document;
  const values: readonly JsonValue[] = isJsonArray(listed) ? listed : [];
  const steps = values.map(objectOf);
  yield "";
  if (steps.length === 0) {
    yield "  No step was left to do: the product was so already.";
    return;
  }
  yield renderTable(
    ["  WHEN", "STEP", "ON", "THE PRODUCT'S ANSWER"],
    steps.map((step) =>
      [
        `  ${textOf(step["settledAt"] ?? step["intendedAt"])}`,
        textOf(step["change"]),
        textOf(step["subject"]),
        answerWords(step),
      ].map(safeText),
    ),
  );
}

/** Nobody says that somebody is out of scope: it follows from an edit of the mapping, or from what the IdP says of them. */
function isOutOfScope({ what }: JsonObject): boolean {
  return what === "out of scope";
}

function leftRow(said: JsonObject): readonly [string, string] {
  const at = textOf(said["at"]);
  return isOutOfScope(said)
    ? ["  out of scope", `since ${at}: by an edit of the mapping, or by what the IdP changed of them`]
    : ["  the IdP said", `${textOf(said["what"])}, at ${at}`];
}

function latencyWords(ms: JsonValue | undefined, said: JsonObject): string {
  if (typeof ms !== "number") return "";
  const since = isOutOfScope(said) ? "that" : "it was said";
  return `, ${ms < 120_000 ? `${(ms / 1000).toFixed(2)} s` : durationWords(ms)} after ${since}`;
}

/** `6 cancelled, 7 guests, none left`; whatever else was counted comes with its own name. */
function bookingsWords(bookings: JsonObject, names: Readonly<Record<string, string>>): string {
  const { guests, left, reassignedTo, handledBy, ...others } = bookings;
  if (handledBy === "product") return "the product cancels upcoming ones by itself when the account is shut";
  if (handledBy === "nobody") return "upcoming ones are left to the product";
  const heirs = Object.entries(objectOf(reassignedTo)).map(([account, count]) => {
    const name = names[account];
    return name === undefined ? `${account} (${textOf(count)})` : `${name} (${textOf(count)}, account ${account})`;
  });
  const to = heirs.length === 0 ? "" : ` to ${heirs.join(", ")}`;
  const parts = Object.entries(others).map(([what, count]) => {
    return `${textOf(count)} ${what}${what === "reassigned" ? to : ""}`;
  });
  const told = typeof guests === "number" ? [counted(guests, "guest")] : [];
  const rest = left === 0 ? "none left" : typeof left === "number" ? `${left} left` : "nobody looked what is left";
  return [...parts, ...told, rest].join(", ");
}

function readBackWords({ account, seat, groups }: JsonObject): string {
  if (account === "gone") return "the account is gone";
  const place = groups === 0 ? "in no group" : `in ${textOf(groups)} groups`;
  return `account ${textOf(account)}, ${seat === null ? "no seat" : `seat ${textOf(seat)}`}, ${place}`;
}

function auditWords(audit: LeaverProof["audit"], style: PlanStyle): string {
  if (audit === null)
    return style.held("no row of it tells of this proof: the run was stopped just then, and only a later proof counts");
  const place = safeText(`row ${audit.sequence} (${audit.hash.slice(0, 12)}…)`);
  return audit.matches
    ? `${place}: the proof is as it was written`
    : style.remove(`${place}: the proof was CHANGED since`);
}

function answerWords({ state, error }: JsonObject): string {
  const known = STATES.find((name) => name === state) ?? "unknown";
  return outcomeWords({ state: known, error: typeof error === "string" ? error : null });
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function textOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return "not known";
  return typeof value === "string" ? value : JSON.stringify(value);
}
