import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ExecutionContext } from "ava";
import { createRecipeConnector } from "../../src/connectors/recipe/connector.ts";
import { loadRecipe } from "../../src/connectors/recipe/load.ts";
import { recipeOptionsSchema } from "../../src/connectors/recipe/options.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import type { Clock } from "../../src/ports/ambient.ts";
import type { Connector } from "../../src/ports/connector.ts";

/** The connector of a shipped recipe, with options as they stand under `product`; closed with the test. */
export function shippedConnector(
  t: ExecutionContext,
  name: string,
  options: JsonObject,
  clock: Clock,
  requestTimeoutMs?: number,
): Connector {
  const text = readFileSync(new URL(`../../config/recipes/${name}.json`, import.meta.url), "utf8");
  const checked = recipeOptionsSchema.parse({ connector: "recipe", recipe: name, ...options });
  const deps = { clock, newId: randomUUID, ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }) };
  const connector = createRecipeConnector(loadRecipe(name, text), checked, deps);
  t.teardown(() => connector.close());
  return connector;
}
