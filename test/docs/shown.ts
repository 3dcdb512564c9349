/** What a page shows of an output or an answer, held against the real one. */
import { isJsonArray, isJsonObject } from "../../src/domain/json.ts";
import type { JsonValue } from "../../src/domain/json.ts";

/** Stands for any text in a shown answer. */
const ANY = "…";

/** A line of output without what differs each time: times, durations, ids, addresses, tokens, and the width of columns. */
export function withoutChance(line: string): string {
  return line
    .replaceAll(/\brb_\S+/g, "rb_<token>")
    .replaceAll(/\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z)?/g, "<time>")
    .replaceAll(/\b[A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2}(?: \d{2}:\d{2} UTC\b)?/g, "<time>")
    .replaceAll(/\b[\d.]+ (?:s|min|ms)\b/g, "<duration>")
    .replaceAll(/(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "<id>")
    .replaceAll(/\b[0-9a-f]{64}\b/g, "<hash>")
    .replaceAll(/\b[0-9a-f]{10,12}\b/g, "<id>")
    .replaceAll(/\baccount \d+\b/g, "account <id>")
    .replaceAll(/127\.0\.0\.1:\d+/g, "<address>")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** The first shown line that the output does not have after the ones before it; undefined when it has them all. */
export function missingLine(shown: readonly string[], output: string): string | undefined {
  const left = output.split("\n").map(withoutChance);
  return shown.find((line) => {
    const at = left.indexOf(withoutChance(line));
    if (at === -1) return true;
    left.splice(0, at + 1);
    return false;
  });
}

/**
 * Where an answer is not as shown; nothing when it is. Each field that is shown must be there with this value, and `"…"` stands
 * for any text; in text, what differs each time may differ. A list is shown whole, or ends in `"…"`. An error or a list of
 * SCIM, which has `schemas`, is shown with all of its fields.
 */
export function otherThanShown(real: JsonValue | undefined, shown: JsonValue, path = "answer"): readonly string[] {
  if (isJsonObject(shown)) {
    if (!isJsonObject(real)) return [`${path} is no object`];
    const left = "schemas" in shown ? Object.keys(real).filter((key) => !(key in shown)) : [];
    return [
      ...left.map((key) => `${path}.${key} is not shown`),
      ...Object.entries(shown).flatMap(([key, value]) =>
        value === undefined ? [] : otherThanShown(real[key], value, `${path}.${key}`),
      ),
    ];
  }
  if (isJsonArray(shown)) {
    if (!isJsonArray(real)) return [`${path} is no list`];
    const isCut = shown.at(-1) === ANY;
    const items = isCut ? shown.slice(0, -1) : shown;
    if (!isCut && real.length !== items.length) return [`${path} has ${real.length} items, not ${items.length}`];
    return items.flatMap((item, index) => otherThanShown(real[index], item, `${path}[${index}]`));
  }
  if (shown === ANY) return typeof real === "string" ? [] : [`${path} is no text`];
  if (typeof shown === "string" && typeof real === "string") {
    return withoutChance(real) === withoutChance(shown) ? [] : [`${path} is ${JSON.stringify(real)}`];
  }
  return Object.is(real, shown) ? [] : [`${path} is ${JSON.stringify(real)}`];
}
