/** The names of settings, as pages write them: `limits.deactivate`, `drift.<field>`. */
import { isJsonArray, isJsonObject } from "../../src/domain/json.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import { configJsonSchema } from "../../src/config/json-schema.ts";
import { productSchemas } from "../../src/runtime/connectors.ts";

const SCHEMA = configJsonSchema(productSchemas);

/** The settings at the top of the file. */
export function topSettings(): ReadonlySet<string> {
  return new Set(Object.keys(propertiesOf(SCHEMA)));
}

/** Whether the configuration has a setting of this dotted name; `*` and `<…>` stand for any name. */
export function isSetting(name: string): boolean {
  let nodes: readonly JsonObject[] = [SCHEMA];
  for (const part of name.replaceAll(/\[\d*\]/g, "").split(".")) {
    nodes = nodes.flatMap(alternativesOf).flatMap((node) => childrenOf(node, part));
  }
  return nodes.length > 0;
}

function childrenOf(node: JsonObject, part: string): readonly JsonObject[] {
  const properties = propertiesOf(node);
  const isAny = part === "*" || part.startsWith("<");
  const named = isAny ? Object.values(properties) : [properties[part]];
  return [...named, node["additionalProperties"]].filter(isJsonObject);
}

/** A node itself, where its reference leads, and each of what it may be; items for a list. */
function alternativesOf(node: JsonObject): readonly JsonObject[] {
  const { $ref, items } = node;
  const led = typeof $ref === "string" ? [follow($ref)] : [];
  const others = ["oneOf", "anyOf", "allOf"].flatMap((key) => listOf(node[key]));
  return [node, ...[...led, ...others, items].filter(isJsonObject).flatMap(alternativesOf)];
}

function follow(reference: string): JsonValue | undefined {
  let node: JsonValue | undefined = SCHEMA;
  for (const part of reference.replace(/^#\//, "").split("/")) node = isJsonObject(node) ? node[part] : undefined;
  return node;
}

function propertiesOf(node: JsonObject): JsonObject {
  return isJsonObject(node["properties"]) ? node["properties"] : {};
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return isJsonArray(value) ? value : [];
}
