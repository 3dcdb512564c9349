import { ConfigError } from "../../domain/errors.ts";
import type { ConfigProblem } from "../../domain/errors.ts";
import { nearest } from "../../lib/nearest.ts";
import { bracedSettings, pathOfSetting } from "./auth-texts.ts";
import type { LoadedRecipe } from "./load.ts";
import type { RecipeOptions } from "./options.ts";
import type { Recipe } from "./schema.ts";

/** The settings of a recipe by name, as the configuration gives them; `token` is among them where it is given. */
export type Settings = Readonly<Record<string, string>>;

/** What the configuration gives, and what the recipe falls back to. Throws ConfigError that names all that is missing. */
export function settingsOf({ file, recipe }: LoadedRecipe, options: RecipeOptions): Settings {
  const given: Settings = { ...options.settings, ...(options.token === undefined ? {} : { token: options.token }) };
  const problems = [...unknown(recipe, options), ...missing(recipe, given)];
  if (options.baseUrl === undefined && recipe.baseUrl === undefined) {
    problems.push({ path: "product.baseUrl", message: "is required: the recipe does not say where the product is" });
  }
  if (problems.length > 0) throw new ConfigError(`the recipe ${file}`, problems);
  const presets = Object.entries(recipe.settings).flatMap(([name, { default: preset }]) =>
    preset === undefined ? [] : [[name, preset] as const],
  );
  return { ...Object.fromEntries(presets), ...given };
}

function unknown(recipe: Recipe, { settings }: RecipeOptions): readonly ConfigProblem[] {
  const declared = Object.keys(recipe.settings);
  const odd = Object.keys(settings).filter((name) => !declared.includes(name));
  return odd.map((name) => {
    const meant = nearest(name, declared);
    const advice = meant === null ? "" : `; did you mean ${JSON.stringify(meant)}?`;
    return { path: `product.settings.${name}`, message: `the recipe has no such setting${advice}` };
  });
}

function missing(recipe: Recipe, given: Settings): readonly ConfigProblem[] {
  const needed = Object.entries(recipe.settings).filter(
    ([name, { default: preset }]) => given[name] === undefined && preset === undefined,
  );
  const problems = needed.map(([name, { describe }]) => ({
    path: pathOfSetting(name),
    message: `is required by the recipe: ${describe}`,
  }));
  const needsToken = bracedSettings(recipe.auth).has("token") && recipe.settings["token"] === undefined;
  if (!needsToken || given["token"] !== undefined) return problems;
  return [...problems, { path: "product.token", message: "is required by the recipe" }];
}
