import { isJsonArray, isJsonObject } from "../../domain/json.ts";
import type { JsonValue } from "../../domain/json.ts";
import type { Path } from "../../lib/json-path.ts";
import type { Recipe } from "./schema.ts";
import type { RecipeAuth } from "./schema-auth.ts";
import type { OperationName } from "./schema-operations.ts";
import type { RecipeOutcome, RecipePaging, RecipeRequest, RecipeStep } from "./schema-request.ts";
import { isExpression } from "./schema-values.ts";
import { ANSWER_VARIABLES, PAGING_VARIABLES, VARIABLES } from "./variables.ts";

/** An expression of a recipe, where it stands, and what it may refer to. */
export interface FoundExpression {
  readonly path: Path;
  readonly text: string;
  readonly variables: readonly string[];
  readonly hasAnswer: boolean;
}

type Found = Iterable<FoundExpression>;
type Names = readonly string[];

/** Every expression of a recipe. */
export function* expressionsOf(recipe: Recipe): Generator<FoundExpression> {
  yield* ofAuth(["auth"], recipe.auth);
  const { headers, outcomes, paging } = recipe.defaults;
  yield* ofValue(["defaults", "headers"], headers, [], false);
  yield* ofOutcomes(["defaults", "outcomes"], outcomes, []);
  if (paging !== undefined) yield* ofPaging(["defaults", "paging"], paging);
  yield* ofShape(["account"], recipe.account, ["answer"]);
  for (const name of Object.keys(recipe.operations).filter(isOperationName)) {
    yield* ofOperation(name, recipe);
  }
}

/** The expressions in braces in a path, each as an expression of its own, with `=` before it. */
function bracedExpressions(path: string): readonly string[] {
  return [...path.matchAll(BRACED)].map(([, inner = ""]) => `=${inner}`);
}

/** What stands in braces. */
export const BRACED = /\{([^{}]*)\}/g;

function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(VARIABLES, name);
}

/** The parts that operations are made of; each has some of them. */
interface Parts {
  readonly steps?: readonly RecipeStep[];
  readonly request?: RecipeRequest;
  readonly outcomes?: readonly RecipeOutcome[] | undefined;
  readonly paging?: RecipePaging | undefined;
  readonly detail?: {
    readonly when?: string;
    readonly request: RecipeRequest;
    readonly outcomes?: readonly RecipeOutcome[];
    readonly take?: string;
  };
}

function* ofOperation(name: OperationName, recipe: Recipe): Found {
  const operation = recipe.operations[name];
  if (operation === undefined) return;
  const path: Path = ["operations", name];
  const names = ["settings", ...VARIABLES[name]];
  const { steps, request, outcomes, paging, detail, ...shapes }: Parts & Readonly<Record<string, unknown>> = operation;
  if (steps !== undefined) {
    const captured = yield* ofSteps([...path, "steps"], steps, names);
    yield* ofShape(path, shapes, [...names, ...captured]);
    return;
  }
  const pagingNames = PAGING_VARIABLES[(paging ?? recipe.defaults.paging ?? { by: "none" as const }).by];
  if (request !== undefined) yield* ofRequest([...path, "request"], request, [...names, ...pagingNames]);
  yield* ofOutcomes([...path, "outcomes"], outcomes, names);
  if (paging !== undefined) yield* ofPaging([...path, "paging"], paging);
  if (detail !== undefined) {
    const own = [...names, "item"];
    yield* ofValue([...path, "detail", "when"], detail.when, own, true);
    yield* ofRequest([...path, "detail", "request"], detail.request, own);
    yield* ofOutcomes([...path, "detail", "outcomes"], detail.outcomes, own);
    yield* ofValue([...path, "detail", "take"], detail.take, own, true);
  }
  yield* ofShape(path, shapes, [...names, "answer"]);
}

/** What is left of an operation: expressions that read the answer, or objects of them. */
function* ofShape(path: Path, shape: Readonly<Record<string, unknown>>, names: Names): Found {
  for (const [key, value] of Object.entries(shape)) {
    if (key === "window" || key === "$schema") continue;
    yield* ofValue([...path, key], value, names, true);
  }
}

function* ofAuth(path: Path, auth: RecipeAuth): Found {
  if (auth.type !== "session") return;
  const { login, succeeds, headers } = auth;
  yield* ofBraces([...path, "login", "path"], login.path, ["settings"]);
  yield* ofValue([...path, "login", "body"], login.body, ["settings"], false);
  yield* ofValue([...path, "succeeds"], succeeds, ["settings", ...ANSWER_VARIABLES], true);
  yield* ofValue([...path, "headers"], headers, ["settings"], true);
}

function* ofRequest(path: Path, request: RecipeRequest, names: Names): Found {
  yield* ofBraces([...path, "path"], request.path, names);
  for (const key of ["query", "headers", "body", "form"] as const) {
    yield* ofValue([...path, key], request[key], names, false);
  }
}

function* ofBraces(path: Path, text: string, variables: Names): Found {
  for (const inner of bracedExpressions(text)) yield { path, text: inner, variables, hasAnswer: false };
}

function* ofOutcomes(path: Path, outcomes: readonly RecipeOutcome[] | undefined, names: Names): Found {
  for (const [index, outcome] of (outcomes ?? []).entries()) {
    yield* ofValue([...path, index, "if"], outcome.if, [...names, ...ANSWER_VARIABLES], true);
  }
}

function* ofPaging(path: Path, paging: RecipePaging): Found {
  for (const [key, value] of Object.entries(paging)) {
    if (key === "total" || key === "more" || key === "next") yield* ofValue([...path, key], value, [], true);
  }
}

/** The expressions of steps; gives the names that they capture. */
function* ofSteps(path: Path, steps: readonly RecipeStep[], names: Names): Generator<FoundExpression, Names> {
  const captured: string[] = [];
  for (const [index, step] of steps.entries()) {
    const at = [...path, index];
    const known = [...names, ...captured];
    yield* ofValue([...at, "when"], step.when, known, false);
    yield* ofValue([...at, "forEach"], step.forEach, known, false);
    const inner = step.forEach === undefined ? known : [...known, "item"];
    if (step.request !== undefined) yield* ofRequest([...at, "request"], step.request, inner);
    yield* ofOutcomes([...at, "outcomes"], step.outcomes, inner);
    yield* ofValue([...at, "capture"], step.capture, inner, true);
    captured.push(...Object.keys(step.capture ?? {}));
    yield* ofValue([...at, "expect"], step.expect, [...inner, ...captured, ...ANSWER_VARIABLES], true);
  }
  return captured;
}

function* ofValue(path: Path, value: unknown, variables: Names, hasAnswer: boolean): Found {
  if (typeof value === "string") {
    if (isExpression(value)) yield { path, text: value, variables, hasAnswer };
  } else if (isJsonArray(value)) {
    for (const [index, inner] of value.entries()) yield* ofValue([...path, index], inner, variables, hasAnswer);
  } else if (isJsonObject(value)) {
    for (const [key, inner] of Object.entries<JsonValue | undefined>(value)) {
      yield* ofValue([...path, key], inner, variables, hasAnswer);
    }
  }
}
