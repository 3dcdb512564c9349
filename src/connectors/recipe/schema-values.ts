import { z } from "zod";
import { parseDuration } from "../../lib/duration.ts";

/** Whether a text of a recipe is an expression: it begins with `=`, and the rest is JSONata. */
export function isExpression(text: string): boolean {
  return text.startsWith("=");
}

/** A JSONata expression after `=`. Bare names read the product's answer, names with `$` what Rosterbridge knows. */
export const expressionField = () =>
  z
    .string()
    .regex(/^=/, 'must be an expression: "=" and JSONata, such as "=data.id"')
    .max(4_000)
    .describe('JSONata after "=": bare names read the answer, names with $ what Rosterbridge knows.');

/** A fixed text, or an expression whose answer is taken. */
export const textField = () =>
  z.string().max(4_000).describe('A fixed text; or, beginning with "=", a JSONata expression.');

/**
 * Any JSON, in which each string that begins with `=` is replaced by what the expression answers. A key of an object whose
 * expression answers nothing is left out; one that answers null stays, as null.
 */
export const bodyField = () =>
  z
    .json()
    .describe('JSON; each string that begins with "=" is replaced by what the JSONata after it answers, or left out.');

/**
 * A path below the base URL, without a leading slash: `users/{$account}`. What stands in braces is JSONata, and its answer
 * must look like an id (`ids` of the recipe).
 */
export const pathField = () =>
  z
    .string()
    .min(1)
    .max(500)
    .regex(/^[^/?#\s]/, "must be relative to the base URL: no leading slash, no query (see query), no address")
    .refine((path) => !/[?#]/.test(path.replaceAll(/\{[^}]*\}/g, "")), "must not hold a query: write it under query")
    .refine((path) => !/(?:^|\/)\.{1,2}(?:\/|$)/.test(path), "must not hold . or .. as a part")
    .describe("Relative to the base URL; in braces JSONata that answers an id: users/{$account}.");

/** A text of the authentication part: each `{name}` is replaced by the setting of that name. */
export const settingText = () =>
  z.string().min(1).max(1_000).describe("Each {name} is replaced by the setting of that name, such as {token}.");

/** A span of time such as `500ms`, `60s`, `15m`, `1h` or `30d`, from `leastMs` to `mostMs`. */
export const spanField = (leastMs: number, mostMs: number) =>
  z
    .string()
    .refine((text) => {
      const ms = parseDuration(text);
      return ms !== null && ms >= leastMs && ms <= mostMs;
    }, "must be a span of time such as 60s, 15m or 7d, within what makes sense here")
    .describe("A span of time: a whole number and ms, s, m, h or d.");

/** Names of settings, steps and captured values. */
export const nameField = () =>
  z
    .string()
    .regex(/^[a-z][A-Za-z0-9]{0,39}$/, "must be letters and digits, beginning with a small letter")
    .describe("Letters and digits, beginning with a small letter.");
