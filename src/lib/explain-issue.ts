import type { z } from "zod";
import type { ConfigProblem } from "../domain/errors.ts";
import { nearest } from "./nearest.ts";
import { formatPath } from "./json-path.ts";

type RawIssue = z.core.$ZodRawIssue;

const NAMES: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  null: "null",
  number: "a number",
  object: "an object",
  record: "an object",
  string: "a string",
};

function nameOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return NAMES[typeof value] ?? typeof value;
}

/** Keys that the object schema behind an issue knows; none when the issue does not tell. */
function knownKeys(issue: RawIssue): readonly string[] {
  const definition = issue.inst?._zod.def;
  if (definition === undefined || !("shape" in definition)) return [];
  const { shape } = definition;
  return typeof shape === "object" && shape !== null ? Object.keys(shape).filter((key) => key !== "$schema") : [];
}

/**
 * One line per unknown key, with the nearest that is known. `known` may know more of a key: what it is, or what to do, else
 * null.
 */
export function explainUnknownKeys(
  issue: z.core.$ZodRawIssue<z.core.$ZodIssueUnrecognizedKeys>,
  known: (key: string) => string | null = () => null,
): string {
  const allowed = knownKeys(issue);
  const lines = issue.keys.map((key) => {
    const told = known(key);
    const meant = nearest(key, allowed);
    const advice = meant === null ? `allowed are ${allowed.join(", ")}` : `did you mean ${JSON.stringify(meant)}?`;
    return `unknown key ${JSON.stringify(key)}: ${told ?? advice}`;
  });
  return lines.join("\n");
}

/** A bound on a number, on the length of a string or on the entries of a list. */
interface BoundIssue {
  readonly origin: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
}

function outOfBounds({ origin, minimum, maximum }: BoundIssue): string {
  const counted = origin === "string" || origin === "array";
  if (counted && minimum === 1) return "must not be empty";
  const bound = minimum === undefined ? `at most ${maximum}` : `at least ${minimum}`;
  if (!counted) return `must be ${bound}`;
  return `must have ${bound} ${origin === "string" ? "characters" : "entries"}`;
}

function wrongType(issue: { readonly expected: string; readonly input?: unknown }): string {
  if (issue.input === undefined) return "is required";
  const got = typeof issue.input === "number" ? String(issue.input) : nameOf(issue.input);
  const quotes = issue.expected === "string" && typeof issue.input === "number" ? `: write it as "${got}"` : "";
  return `must be ${NAMES[issue.expected] ?? issue.expected}, not ${got}${quotes}`;
}

/** What a value must be that is one of a few, with the nearest of them. */
export function explainChoice(values: readonly unknown[], input: unknown): string {
  const allowed = values.map((value) => JSON.stringify(value));
  const choice = allowed.length < 3 ? allowed.join(" or ") : `one of ${allowed.join(", ")}`;
  if (input === undefined) return `is required: ${choice}`;
  const words = values.filter((value) => typeof value === "string");
  const meant = typeof input === "string" ? nearest(input, words) : null;
  return meant === null ? `must be ${choice}` : `must be ${choice}; did you mean ${JSON.stringify(meant)}?`;
}

/** Sentences for what zod finds, where a schema brings none of its own; they never quote a string: it may be a secret. */
export function explainIssue(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case "unrecognized_keys":
      return explainUnknownKeys(issue);
    case "invalid_type":
      return wrongType(issue);
    case "invalid_value":
      return explainChoice(issue.values, issue.input);
    case "invalid_key":
      return "cannot be used as a key";
    case "too_small":
    case "too_big":
      return outOfBounds(issue);
    case "invalid_format":
      return `must be ${issue.format === "url" ? "a URL" : `of the format ${issue.format}`}`;
    default:
      return undefined;
  }
}

/** Every problem of a failed parse with its path; each unknown key is a problem of its own, at the object that holds it. */
export function toProblems(error: z.core.$ZodError): readonly ConfigProblem[] {
  return error.issues.flatMap(({ path, message }) =>
    message.split("\n").map((line) => ({ path: formatPath(path), message: line })),
  );
}
