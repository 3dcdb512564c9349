import { z } from "zod";
import { isJsonArray, isJsonObject } from "../domain/json.ts";
import type { JsonObject, JsonValue } from "../domain/json.ts";
import { createConfigSchema } from "./schema.ts";
import type { ConnectorSchema } from "./schema.ts";

const REFERENCE = "#/$defs/reference";

const reference: JsonObject = {
  description: "Read from an environment variable or a file; never printed.",
  oneOf: ["env", "file"].map((key) => ({
    type: "object",
    properties: { [key]: { type: "string", minLength: 1 } },
    required: [key],
    additionalProperties: false,
  })),
};

/** Lets a reference stand wherever a schema asks for a string; the mapping takes none. */
function allowReferences(schema: JsonValue): JsonValue {
  if (isJsonArray(schema)) return schema.map(allowReferences);
  if (!isJsonObject(schema)) return schema;
  if (schema["type"] === "string") {
    const { description, default: preset, ...string } = schema;
    return {
      ...(description === undefined ? {} : { description }),
      ...(preset === undefined ? {} : { default: preset }),
      anyOf: [string, { $ref: REFERENCE }],
    };
  }
  return Object.fromEntries(
    Object.entries(schema).map(([key, inner]) => [
      key,
      inner === undefined || key === "propertyNames" || key === "initial" || key === "default"
        ? (inner ?? null)
        : allowReferences(inner),
    ]),
  );
}

/** The JSON Schema (2020-12) of `sync.config.json` for editors, for one connector; the same text each time. */
export function configJsonSchema(product: ConnectorSchema): JsonObject {
  const schema = z.toJSONSchema(
    createConfigSchema(product, () => true),
    { io: "input", reused: "inline" },
  );
  const { $schema, ...body } = JSON.parse(JSON.stringify(schema)) as JsonObject;
  const described = allowReferences(body);
  return {
    ...($schema === undefined ? {} : { $schema }),
    title: "Rosterbridge configuration",
    ...(isJsonObject(described) ? described : {}),
    $defs: { reference },
  };
}
