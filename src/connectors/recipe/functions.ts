import { parseDuration } from "../../lib/duration.ts";
import type { Clock, NewId } from "../../ports/ambient.ts";
import { isoOf, isoToLocal, localToIso, toIso } from "./local-time.ts";

/** JSONata's own functions that recipes may call. Not among them: `eval`, and those whose answer differs each time. */
const OF_JSONATA =
  "sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad match " +
  "contains replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round abs sqrt power " +
  "boolean not map zip filter single reduce sift keys lookup append exists spread merge reverse each type sort distinct " +
  "base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl toMillis fromMillis";

const OF_OURS = [
  "lastSegment",
  "lower",
  "iso",
  "localToIso",
  "isoToLocal",
  "plus",
  "splitName",
  "randomPassword",
  "now",
] as const;

/** Names of all functions that an expression may call, without `$`. */
export const FUNCTION_NAMES: readonly string[] = [...OF_JSONATA.split(" "), ...OF_OURS];

/** What recipes can call beside JSONata's own functions. They answer nothing to what makes no sense. */
export type RecipeFunctions = Readonly<Record<(typeof OF_OURS)[number], (...values: readonly unknown[]) => unknown>>;

/** The functions over a clock and a source of what nobody can guess. */
export function recipeFunctions(clock: Clock, newId: NewId): RecipeFunctions {
  return {
    lastSegment: (text) => (typeof text === "string" ? lastSegment(text) : undefined),
    lower: (text) => (typeof text === "string" ? text.toLowerCase() : undefined),
    iso: (value) => toIso(value),
    localToIso: (local, zone) => localToIso(local, zone),
    isoToLocal: (iso, zone, format) => isoToLocal(iso, zone, format),
    plus: (iso, span) => plus(iso, span),
    splitName: (name) => (typeof name === "string" ? splitName(name) : undefined),
    // Nobody is to know it: 244 random bits, with each kind of character that rules for passwords ask for.
    randomPassword: () => `Aa1!${newId()}${newId()}`.replaceAll("-", ""),
    now: () => clock.now(),
  };
}

function lastSegment(text: string): string | undefined {
  return text
    .replace(/[?#].*$/s, "")
    .split("/")
    .findLast((part) => part !== "");
}

function plus(iso: unknown, span: unknown): string | undefined {
  const from = toIso(iso);
  if (from === undefined || typeof span !== "string") return undefined;
  const ms = parseDuration(span.replace(/^-/, ""));
  return ms === null ? undefined : isoOf(Date.parse(from) + (span.startsWith("-") ? -ms : ms));
}

/** A full name in two: all words but the last, and the last. A single word has no `last`. */
export function splitName(name: string): { readonly first: string; readonly last?: string } {
  const words = name.trim().split(/\s+/);
  if (words.length < 2) return { first: words[0] ?? "" };
  return { first: words.slice(0, -1).join(" "), last: words.at(-1) ?? "" };
}
