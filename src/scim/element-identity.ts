import { isJsonObject } from "../domain/json.ts";
import type { JsonArray, JsonValue } from "../domain/json.ts";
import { foldCase } from "./fold-case.ts";
import { ownValue } from "./own-property.ts";
import { jsonKey } from "./safe-json.ts";
import type { AttributeDefinition } from "./schema.ts";

/**
 * Equal for elements of a multi-valued attribute that mean the same: same `value` and `type` (RFC 7643 section 2.4), of
 * references such as members the same `value`, of anything else the same JSON.
 */
export function elementKey(element: JsonValue, attribute: AttributeDefinition): string {
  const key = valueKey(element, attribute);
  return isReference(attribute) ? key : `${typeOf(element) ?? ""} ${key}`;
}

/** True for an attribute whose elements are told apart by their `value` alone, which nobody may change: members. */
export function isReference(attribute: AttributeDefinition): boolean {
  return attribute.subAttributes.get("value")?.mutability === "immutable";
}

/** The elements without those that mean the same as one before. */
export function firstOfEach(elements: JsonArray, attribute: AttributeDefinition): JsonArray {
  const first = new Map<string, JsonValue>();
  for (const element of elements) {
    const key = elementKey(element, attribute);
    if (!first.has(key)) first.set(key, element);
  }
  return [...first.values()];
}

/** Equal for elements with the same `value`, whatever else they say. */
export function valueKey(element: JsonValue, attribute: AttributeDefinition): string {
  const definition = attribute.subAttributes.get("value");
  const value = isJsonObject(element) ? ownValue(element, "value") : undefined;
  if (definition === undefined || typeof value !== "string") return jsonKey(element);
  return JSON.stringify(definition.caseExact ? value : foldCase(value));
}

/**
 * Which elements a list names: those of the same `value`, unless both sides name a type, and not the same one. Of references
 * the type does not matter.
 */
export function namedBy(list: JsonArray, attribute: AttributeDefinition): (element: JsonValue) => boolean {
  const typesOf = new Map<string, Set<string | undefined>>();
  for (const named of list) {
    const key = valueKey(named, attribute);
    const types = typesOf.get(key) ?? new Set();
    typesOf.set(key, types.add(isReference(attribute) ? undefined : typeOf(named)));
  }
  return (element) => {
    const types = typesOf.get(valueKey(element, attribute));
    const type = typeOf(element);
    return types !== undefined && (type === undefined || types.has(undefined) || types.has(type));
  };
}

function typeOf(element: JsonValue): string | undefined {
  const type = isJsonObject(element) ? ownValue(element, "type") : undefined;
  return typeof type === "string" ? foldCase(type) : undefined;
}
