import { faultOf } from "../http.ts";
import type { ProductAnswer } from "../http.ts";
import type { ConnectorFault } from "../../domain/errors.ts";
import type { Evaluator, Place } from "./evaluator.ts";
import type { Scope } from "./expression.ts";
import type { RecipeOutcome } from "./schema-request.ts";

/** What an answer means: a meaning, or the step that is to follow (`end`: the operation is done). */
export type Verdict = { readonly is: "ok" | "already-so" | ConnectorFault } | { readonly goto: string };

/** An answer is looked at with these names beside its body. */
interface Known {
  readonly scope: Scope;
  readonly place: Place;
}

const FIRST = 300;
const LAST = 599;

/**
 * Statuses that are not 2xx which some line of an outcome map could fit: these answers have to come back to be looked at.
 * 401, 429 and 503 only where a line names them: what they mean otherwise is known, and the waiting with it.
 */
export function statusesOf(outcomes: readonly RecipeOutcome[]): readonly number[] {
  const all = Array.from({ length: LAST - FIRST + 1 }, (_, index) => FIRST + index);
  return all.filter((status) => outcomes.some((one) => mayFit(one, status)));
}

function mayFit({ status: wanted }: RecipeOutcome, status: number): boolean {
  if (wanted === undefined) return !NAMED_ONLY.has(status);
  return listOf(wanted).some((one) => one === status || (isClassOf(one, status) && !NAMED_ONLY.has(status)));
}

const NAMED_ONLY: ReadonlySet<number> = new Set([401, 429, 503]);

/** What an answer means: the first line that fits, else what its status means everywhere. */
export async function decide(
  outcomes: readonly RecipeOutcome[],
  answer: ProductAnswer,
  known: Known,
  evaluator: Evaluator,
): Promise<Verdict> {
  for (const outcome of outcomes) {
    if (!(await fits(outcome, answer, known, evaluator))) continue;
    if (outcome.goto !== undefined) return { goto: outcome.goto };
    if (outcome.is !== undefined) return { is: outcome.is };
  }
  return { is: isGood(answer.status) ? "ok" : faultOf(answer.status) };
}

async function fits(
  { status, type, empty, if: condition }: RecipeOutcome,
  answer: ProductAnswer,
  { scope, place }: Known,
  evaluator: Evaluator,
): Promise<boolean> {
  if (status !== undefined && !listOf(status).some((one) => one === answer.status || isClassOf(one, answer.status))) {
    return false;
  }
  if (type !== undefined && mediaType(answer) !== type.toLowerCase()) return false;
  if (empty !== undefined && isEmpty(answer) !== empty) return false;
  if (condition === undefined) return true;
  return evaluator.holds(condition, "if", { input: answer.body ?? {}, scope: withAnswer(scope, answer), place });
}

/** What a check of an answer knows by name. */
export function withAnswer(scope: Scope, { status, text }: ProductAnswer): Scope {
  return { ...scope, status, text };
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}

function isClassOf(wanted: number | string, status: number): boolean {
  return typeof wanted === "string" && wanted.startsWith(String(Math.floor(status / 100)));
}

function mediaType(answer: ProductAnswer): string {
  return (answer.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

function isEmpty({ body, text }: ProductAnswer): boolean {
  return body === undefined && (text === undefined || text === "");
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}
