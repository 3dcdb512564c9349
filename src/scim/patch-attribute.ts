import { isJsonArray, isJsonObject } from "../domain/json.ts";
import type { JsonArray, JsonValue } from "../domain/json.ts";
import { canonicalValue } from "./canonical.ts";
import { addElements, editSelected, removeNamed } from "./patch-elements.ts";
import { editObject } from "./patch-object.ts";
import type { Edit } from "./patch-object.ts";

/**
 * The attribute's value after the edit, undefined when it is unassigned. An attribute that no schema describes is
 * multi-valued when it holds an array. Throws InvalidValueError, InvalidFilterError, MutabilityError and NoTargetError.
 */
export function editAttribute(current: JsonValue | undefined, edit: Edit): JsonValue | undefined {
  const { attribute, filter, subAttribute } = edit;
  const elements = isJsonArray(current) ? current : current === undefined ? [] : [current];
  const isPlural = attribute.multiValued || isJsonArray(current);
  if (filter !== null || (isPlural && subAttribute !== null)) {
    const edited = editSelected(elements, edit);
    const staysSingle = attribute.type === "complex" ? !isPlural : isJsonObject(current);
    return staysSingle ? edited?.[0] : edited;
  }
  return isPlural ? editElements(elements, edit) : editSingle(current, edit);
}

function editElements(elements: JsonArray, edit: Edit): JsonValue | undefined {
  const { attribute, op, value, path } = edit;
  if (op === "remove") return removeNamed(elements, value, attribute);
  return op === "add" ? addElements(elements, edit) : canonicalValue(attribute, value, path);
}

function editSingle(current: JsonValue | undefined, edit: Edit): JsonValue | undefined {
  const { attribute, subAttribute, op, value, path } = edit;
  const object = isJsonObject(current) ? current : {};
  const isMerge = attribute.type === "any" && isJsonObject(current) && isJsonObject(value);
  if (subAttribute !== null || attribute.type === "complex" || isMerge) return editObject(object, edit);
  return op === "remove" ? undefined : canonicalValue(attribute, value, path);
}
