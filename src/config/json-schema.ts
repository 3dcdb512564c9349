import { z } from "zod";
import { isJsonArray, isJsonObject } from "../domain/json.ts";
import type { JsonObject, JsonValue } from "../domain/json.ts";
import { createConfigSchema } from "./schema.ts";
import type { ConnectorSchema } from "./product.ts";

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

/** Lets a reference stand wherever a schema asks for a string of any kind; the mapping takes none. */
function allowReferences(schema: JsonValue): JsonValue {
  if (isJsonArray(schema)) return schema.map(allowReferences);
  if (!isJsonObject(schema)) return schema;
  if (schema["type"] === "string" && schema["const"] === undefined) {
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

function objectOf(value: JsonValue | undefined): JsonObject {
  return value !== undefined && isJsonObject(value) ? value : {};
}

/** The JSON Schema (2020-12) of `sync.config.json` for editors, for these connectors; the same text each time. */
export function configJsonSchema(products: readonly ConnectorSchema[]): JsonObject {
  const schema = z.toJSONSchema(
    createConfigSchema(products, () => true),
    { io: "input", reused: "inline" },
  );
  const { $schema, ...body } = JSON.parse(JSON.stringify(schema)) as JsonObject;
  const { $defs, ...described } = objectOf(allowReferences(body));
  return {
    ...($schema === undefined ? {} : { $schema }),
    title: "Rosterbridge configuration",
    ...described,
    $defs: { ...objectOf($defs), reference },
  };
}
