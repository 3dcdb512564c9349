import type { JsonObject } from "../domain/json.ts";
import { subAttributeNamed } from "./attribute-target.ts";
import { canonicalValue } from "./canonical.ts";
import type { FilterNode } from "./filter.ts";
import type { AttributeDefinition } from "./schema.ts";

/**
 * The one element that a value filter describes: `type eq "work" and primary eq true` gives both. Null when it holds
 * anything but `eq` terms joined by `and`, since no element follows from those.
 */
export function elementFor(filter: FilterNode, attribute: AttributeDefinition): JsonObject | null {
  if (filter.op === "and") {
    const [left, right] = [elementFor(filter.left, attribute), elementFor(filter.right, attribute)];
    return left === null || right === null ? null : { ...left, ...right };
  }
  if (filter.op !== "eq" || filter.value === null) return null;
  const definition = subAttributeNamed(attribute, filter.path.attribute);
  if (definition?.mutability === "readOnly") return null;
  const value = definition && canonicalValue(definition, filter.value, filter.path.attribute);
  return definition === undefined || value === undefined ? null : { [definition.name]: value };
}
