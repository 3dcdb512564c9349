/** Writes the JSON Schemas of `config/`; tests say when they have to be written again. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { configJsonSchema } from "../src/config/json-schema.ts";
import { recipeJsonSchema } from "../src/connectors/recipe/json-schema.ts";
import { scimRecipeJsonSchema } from "../src/connectors/scim/recipe.ts";
import { productSchemas } from "../src/runtime/connectors.ts";

const write = (name: string, schema: unknown): void =>
  writeFileSync(join(import.meta.dirname, "..", "config", name), `${JSON.stringify(schema, null, 2)}\n`);

write("sync.config.schema.json", configJsonSchema(productSchemas));
write("recipe.schema.json", recipeJsonSchema());
write("scim-recipe.schema.json", scimRecipeJsonSchema());
