import { isJsonArray } from "../../domain/json.ts";
import type { JsonValue } from "../../domain/json.ts";
import type { ProductAnswer, Sending } from "../http.ts";
import type { Caller } from "./calls.ts";
import { failure } from "./evaluator.ts";
import type { Evaluator, Given, Place } from "./evaluator.ts";
import type { Scope } from "./expression.ts";
import { withAnswer } from "./outcome.ts";
import { effectOf } from "./rules.ts";
import type { RecipeStep } from "./schema-request.ts";

/** Steps, and for whom. */
export interface StepsCall {
  readonly steps: readonly RecipeStep[];
  readonly scope: Scope;
  /** Of the operation: the step is added. */
  readonly place: Place;
  readonly how: Sending;
}

/** What steps came to. */
export interface StepsDone {
  /** Whether a request that writes was answered with ok. */
  readonly changed: boolean;
  /** What is known by name now. */
  readonly scope: Scope;
  /** Body of the last answer; undefined where it had none. */
  readonly body: unknown;
}

/** Where a walk through steps is. */
interface Walk extends StepsDone {
  readonly answer: ProductAnswer | null;
  /** The step that is to follow, instead of the next. */
  readonly goto: string | null;
}

/** Runs steps in their order. Throws ConnectorError; what was done before a failure stays done. */
export type RunSteps = (call: StepsCall) => Promise<StepsDone>;

/** Steps over the requests of a recipe. */
export function createSteps(caller: Caller, evaluator: Evaluator): RunSteps {
  return async ({ steps, scope, place: operation, how }) => {
    let walk: Walk = { changed: false, scope, body: undefined, answer: null, goto: null };
    for (const [index, step] of steps.entries()) {
      if (walk.goto !== null && walk.goto !== step.name) continue;
      const place = { ...operation, step: step.name ?? String(index + 1) };
      walk = await take(step, { ...walk, goto: null }, place, how);
      if (walk.goto === "end") break;
    }
    return walk;
  };

  async function take(step: RecipeStep, walk: Walk, place: Place, how: Sending): Promise<Walk> {
    const before: Given = { input: undefined, scope: walk.scope, place };
    if (step.when !== undefined && !(await evaluator.holds(step.when, "when", before))) return walk;
    let after = walk;
    for (const scope of await scopesOf(step, before)) {
      after = await send(step, { ...after, scope: { ...after.scope, ...scope } }, place, how);
    }
    return after.goto === null ? expecting(step, after, place) : after;
  }

  /** One round, or one for each item of forEach. */
  async function scopesOf(step: RecipeStep, given: Given): Promise<readonly Scope[]> {
    if (step.forEach === undefined) return [{}];
    const list = await evaluator.text(step.forEach, "forEach", given);
    // JSONata gives a list of one as the one, and an empty one as nothing.
    const items: readonly JsonValue[] = list === undefined ? [] : isJsonArray(list) ? list : [list];
    return items.map((item) => ({ item }));
  }

  async function send(step: RecipeStep, walk: Walk, place: Place, how: Sending): Promise<Walk> {
    const { request, outcomes } = step;
    if (request === undefined) return walk;
    const effect = effectOf(request);
    const { verdict, answer } = await caller.send({ request, effect, outcomes, scope: walk.scope, place, how });
    const changed = walk.changed || (effect === "write" && "is" in verdict && verdict.is === "ok");
    const given: Given = { input: answer.body ?? {}, scope: walk.scope, place };
    const scope = { ...walk.scope, ...(await captured(step, given)) };
    return { changed, scope, body: answer.body, answer, goto: "goto" in verdict ? verdict.goto : null };
  }

  async function captured({ capture = {} }: RecipeStep, given: Given): Promise<Scope> {
    const values: (readonly [string, JsonValue | undefined])[] = [];
    for (const [name, text] of Object.entries(capture)) {
      values.push([name, await evaluator.text(text, `capture.${name}`, given)]);
    }
    return Object.fromEntries(values);
  }

  async function expecting(step: RecipeStep, walk: Walk, place: Place): Promise<Walk> {
    if (step.expect === undefined) return walk;
    const scope = walk.answer === null ? walk.scope : withAnswer(walk.scope, walk.answer);
    const holds = await evaluator.holds(step.expect, "expect", { input: walk.body ?? {}, scope, place });
    if (holds) return walk;
    throw failure(step.otherwise ?? "unavailable", "what the step expects is not so", place);
  }
}
