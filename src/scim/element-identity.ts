import { isJsonObject } from "../domain/json.ts";
import type { JsonValue } from "../domain/json.ts";
import { foldCase } from "./fold-case.ts";
import { ownValue } from "./own-property.ts";
import { jsonKey } from "./safe-json.ts";
import type { AttributeDefinition } from "./schema.ts";

/**
 * Equal for elements of a multi-valued attribute that mean the same: same `value` and `type` (RFC 7643 section 2.4), of
 * references such as members the same `value`, of anything else the same JSON.
 */
export function elementKey(element: JsonValue, attribute: AttributeDefinition): string {
  const isReference = attribute.subAttributes.get("value")?.mutability === "immutable";
  return isReference ? valueKey(element, attribute) : `${typeOf(element) ?? ""} ${valueKey(element, attribute)}`;
}

/** Equal for elements with the same `value`, whatever else they say. */
export function valueKey(element: JsonValue, attribute: AttributeDefinition): string {
  const definition = attribute.subAttributes.get("value");
  const value = isJsonObject(element) ? ownValue(element, "value") : undefined;
  if (definition === undefined || typeof value !== "string") return jsonKey(element);
  return JSON.stringify(definition.caseExact ? value : foldCase(value));
}

/** False when both elements name a type, and not the same one. */
export function typesAgree(a: JsonValue, b: JsonValue): boolean {
  const [one, other] = [typeOf(a), typeOf(b)];
  return one === undefined || other === undefined || one === other;
}

function typeOf(element: JsonValue): string | undefined {
  const type = isJsonObject(element) ? ownValue(element, "type") : undefined;
  return typeof type === "string" ? foldCase(type) : undefined;
}
