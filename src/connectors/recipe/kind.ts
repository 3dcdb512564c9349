import type { ConnectorKind } from "../kind.ts";
import { createRecipeConnector } from "./connector.ts";
import { loadRecipe } from "./load.ts";
import { recipeOptionsSchema } from "./options.ts";

/** Products that a recipe describes, those shipped and those that people write. */
export const recipeKind: ConnectorKind<typeof recipeOptionsSchema> = {
  options: recipeOptionsSchema,
  create: (options, deps) =>
    createRecipeConnector(loadRecipe(options.recipe, deps.readRecipe(options.recipe)), options, deps),
};
