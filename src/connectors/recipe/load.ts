import { ConfigError } from "../../domain/errors.ts";
import type { ConfigProblem } from "../../domain/errors.ts";
import { explainIssue, toProblems } from "../../lib/explain-issue.ts";
import { formatPath } from "../../lib/json-path.ts";
import { whereNoJson } from "../../lib/json-text.ts";
import { JsonTextError, parseJson } from "../../lib/parse-json.ts";
import { compileExpression } from "./expression.ts";
import type { Program } from "./expression.ts";
import { expressionsOf } from "./expressions-of.ts";
import { FUNCTION_NAMES } from "./functions.ts";
import { checkRules } from "./rules.ts";
import { recipeSchema } from "./schema.ts";
import type { Recipe } from "./schema.ts";

/** A recipe that may be used: checked whole, every expression compiled. */
export interface LoadedRecipe {
  /** Named in messages. */
  readonly file: string;
  readonly recipe: Recipe;
  /** By text, `=` included. */
  readonly programs: ReadonlyMap<string, Program>;
}

/** Reads the text of a recipe. Throws ConfigError with every problem of it and its place. */
export function loadRecipe(file: string, text: string): LoadedRecipe {
  const source = `the recipe ${file}`;
  const parsed = recipeSchema.safeParse(parse(source, text), { error: explainIssue });
  if (!parsed.success) throw new ConfigError(source, toProblems(parsed.error));
  const recipe = parsed.data;
  const { programs, problems } = compile(recipe);
  const all = [...checkRules(recipe), ...problems];
  if (all.length > 0) throw new ConfigError(source, all);
  return { file, recipe, programs };
}

function parse(source: string, text: string): unknown {
  try {
    return parseJson(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    // Its message quotes nothing of the text: the name may be that of another file, one of secrets.
    const words = error instanceof JsonTextError ? error.message : "it cannot be read";
    throw new ConfigError(source, [{ path: "", message: `is not JSON: ${words}${whereNoJson(text)}` }]);
  }
}

function compile(recipe: Recipe): {
  readonly programs: ReadonlyMap<string, Program>;
  readonly problems: readonly ConfigProblem[];
} {
  const programs = new Map<string, Program>();
  const problems: ConfigProblem[] = [];
  for (const { path, text, variables, hasAnswer } of expressionsOf(recipe)) {
    const compiled = compileExpression(text, { names: new Set([...variables, ...FUNCTION_NAMES]), hasAnswer });
    if ("program" in compiled) programs.set(text, compiled.program);
    else problems.push(...compiled.problems.map((message) => ({ path: formatPath(path), message })));
  }
  return { programs, problems };
}
