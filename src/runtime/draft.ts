import { dirname, join, relative, sep } from "node:path";
import { validate } from "node-cron";
import type { RecipeNeeds } from "../cli/toolbox.ts";
import { checkConfig } from "../config/load.ts";
import { bracedSettings } from "../connectors/recipe/auth-texts.ts";
import { loadRecipe } from "../connectors/recipe/load.ts";
import { parseScimRecipe } from "../connectors/scim/recipe.ts";
import { ConfigError } from "../domain/errors.ts";
import { isJsonObject, type JsonObject } from "../domain/json.ts";
import type { Ambient } from "../ports/ambient.ts";
import { createConnector, productSchemas } from "./connectors.ts";
import { readRecipe } from "./recipes.ts";

/** Stands for a secret that is not there yet. */
const STAND_IN = "not-set-yet";
const SCHEMA = join(import.meta.dirname, "..", "..", "config", "sync.config.schema.json");

/**
 * What a recipe leaves to the configuration `configFile` (absolute), which need not be there: a file of one's own is looked
 * for from that one's folder. Throws ConfigError.
 */
export function recipeNeeds(name: string, configFile: string): RecipeNeeds {
  const text = textOf(name, configFile);
  if (isScim(text)) {
    const { baseUrl = null } = parseScimRecipe(text, name);
    return { connector: "scim", baseUrl, hasToken: true, settings: [] };
  }
  const { recipe } = loadRecipe(name, text);
  const { token, ...others } = recipe.settings;
  return {
    connector: "recipe",
    baseUrl: recipe.baseUrl ?? null,
    hasToken: token !== undefined || bracedSettings(recipe.auth).has("token"),
    settings: Object.entries(others).map(([setting, { describe, default: preset = null }]) => ({
      name: setting,
      describe,
      preset,
    })),
  };
}

function textOf(name: string, configFile: string): string {
  try {
    return readRecipe(name, configFile);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`the recipe ${name}`, [{ path: "", message }]);
  }
}

/** Whatever else is wrong with it is told by the reader of that kind. */
function isScim(text: string): boolean {
  try {
    const document: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return isJsonObject(document) && document["kind"] === "scim";
  } catch {
    return false;
  }
}

/**
 * Checks a configuration before it is saved as `file` (absolute), as whoever loads it will: its connector is made, too, and
 * nothing is sent. The secrets that it points to need not be there yet. Throws ConfigError.
 */
export async function checkDraft(
  document: JsonObject,
  file: string,
  variables: readonly string[],
  ambient: Ambient,
): Promise<void> {
  const { config } = checkConfig(document, file, {
    products: productSchemas,
    isCron: (text) => validate(text),
    environment: Object.fromEntries(variables.map((name) => [name, STAND_IN])),
    readFile: () => STAND_IN,
  });
  await createConnector(config, ambient).close();
}

/** The `$schema` of a configuration (absolute) that lets editors help: the shipped one, as seen from its folder. */
export function schemaReference(configFile: string): string {
  const path = relative(dirname(configFile), SCHEMA).split(sep).join("/");
  return path.startsWith("../") ? path : `./${path}`;
}
