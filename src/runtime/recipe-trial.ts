import { join } from "node:path";
import { createRecipeConnector, createRecipeProduct } from "../connectors/recipe/connector.ts";
import { loadRecipe } from "../connectors/recipe/load.ts";
import { recipeOptionsSchema, type RecipeOptions } from "../connectors/recipe/options.ts";
import { tryReading } from "../connectors/recipe/trial/read-trial.ts";
import { tryWriting } from "../connectors/recipe/trial/write-trial.ts";
import type { RecipeTrial, RecipeTrialRow } from "../cli/toolbox.ts";
import { ConfigError, UsageError } from "../domain/errors.ts";
import type { Ambient } from "../ports/ambient.ts";
import { readRecipe } from "./recipes.ts";

/** What a trial needs to know of the process. */
export interface TrialSurroundings {
  readonly ambient: Ambient;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The options of the product in the configuration; null where it is no recipe. Throws ConfigError. */
  readonly configured: () => object | null;
}

/** Tries a recipe against its product. Throws ConfigError where the recipe or the settings cannot be used. */
export async function* tryRecipe(trial: RecipeTrial, around: TrialSurroundings): AsyncGenerator<RecipeTrialRow> {
  const { ambient } = around;
  const loaded = loadRecipe(trial.file, textOf(trial.file, around.cwd));
  const options = optionsOf(trial, around);
  const { product } = createRecipeProduct(loaded, options, ambient);
  const connector = createRecipeConnector(loaded, options, ambient);
  const { newId } = ambient;
  const work = { product, connector, newId, signal: trial.signal };
  let works = true;
  for await (const row of tryReading(work)) {
    works &&= row.subject !== "listAccounts" || row.verdict !== "bad";
    yield row;
  }
  if (trial.writeAs === null || !works) return;
  yield* tryWriting(work, trial.writeAs);
}

function textOf(file: string, cwd: string): string {
  try {
    // Names of files start from the working folder, as those of every command.
    return readRecipe(file, join(cwd, "sync.config.json"));
  } catch (error) {
    throw new ConfigError(file, [{ path: "", message: error instanceof Error ? error.message : String(error) }]);
  }
}

/** What the command line says stands above what the configuration says. */
function optionsOf(trial: RecipeTrial, { environment, configured }: TrialSurroundings): RecipeOptions {
  const fromEnvironment = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === "") throw new UsageError(`The environment variable ${name} is not set.`);
    return value;
  };
  const isBare = trial.baseUrl === undefined && trial.tokenEnv === undefined && trial.settingEnvs.size === 0;
  const base = trial.configPath !== undefined || isBare ? configured() : {};
  if (base === null) {
    throw new UsageError(
      "The product of the configuration is no recipe: name --base-url and --token-env, or another --config.",
    );
  }
  const given = recipeOptionsSchema.partial().safeParse(base).data ?? {};
  const settings = [...trial.settingEnvs].map(([name, variable]) => [name, fromEnvironment(variable)] as const);
  const parsed = recipeOptionsSchema.safeParse({
    ...given,
    connector: "recipe",
    recipe: trial.file,
    ...(trial.baseUrl === undefined ? {} : { baseUrl: trial.baseUrl }),
    ...(trial.tokenEnv === undefined ? {} : { token: fromEnvironment(trial.tokenEnv) }),
    settings: { ...given.settings, ...Object.fromEntries(settings) },
    allowDelete: trial.allowDelete || given.allowDelete === true,
  });
  if (parsed.success) return parsed.data;
  throw new UsageError(`--base-url ${trial.baseUrl ?? ""} is no http or https address.`);
}
