import { z } from "zod";
import type { JsonObject } from "../../domain/json.ts";
import { recipeSchema } from "./schema.ts";

/** The JSON Schema (2020-12) of recipes for editors; the same text each time. */
export function recipeJsonSchema(): JsonObject {
  const { $schema, ...body } = JSON.parse(
    JSON.stringify(z.toJSONSchema(recipeSchema, { io: "input", reused: "ref" })),
  ) as JsonObject;
  return { ...($schema === undefined ? {} : { $schema }), title: "Rosterbridge recipe", ...body };
}
