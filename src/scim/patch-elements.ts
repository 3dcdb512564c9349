import { MutabilityError, NoTargetError } from "../domain/errors.ts";
import { isJsonArray, isJsonObject } from "../domain/json.ts";
import type { JsonArray, JsonObject, JsonValue } from "../domain/json.ts";
import { isAssigned } from "./attribute-target.ts";
import { canonicalValue, isPrimary } from "./canonical.ts";
import { elementKey, isReference, namedBy } from "./element-identity.ts";
import { elementFor } from "./element-for-filter.ts";
import { compileElementFilter } from "./evaluate.ts";
import { editObject } from "./patch-object.ts";
import type { Edit } from "./patch-object.ts";
import { sameResource } from "./same-resource.ts";
import type { AttributeDefinition } from "./schema.ts";

/** What says how an element is used, but not what it is. */
const LABELS: ReadonlySet<string> = new Set(["type", "primary"]);

/**
 * The elements after an edit of those that the value filter selects, of all where there is none; undefined when none is
 * left. When it selects nothing, a removal changes nothing, and anything else makes the element that was meant (Entra;
 * RFC 7644 section 3.5.2.3 asks for `noTarget`). Throws NoTargetError when the filter does not say which element that is.
 */
export function editSelected(elements: JsonArray, edit: Edit): JsonArray | undefined {
  const { attribute, filter, op, value, path } = edit;
  const selects = filter === null ? () => true : compileElementFilter(filter, attribute);
  const isSelected = (element: JsonValue): element is JsonObject => isJsonObject(element) && selects(element);
  const touched = new Set<JsonValue>();
  const touch = (element: JsonObject): JsonArray => {
    const edited = editElement(element, edit);
    if (edited === undefined) return [];
    touched.add(edited);
    return [edited];
  };
  if (elements.some(isSelected)) {
    const edited = elements.flatMap((element) => (isSelected(element) ? touch(element) : [element]));
    return someOf(withOnePrimary(edited, touched));
  }
  if (op === "remove" || !isAssigned(value)) return someOf(elements);
  const meant = filter === null ? {} : elementFor(filter, attribute);
  if (meant === null || !selects(meant))
    throw new NoTargetError(`${path} selects nothing, and does not say what to make.`);
  return someOf(withOnePrimary([...elements, ...touch(meant)], touched));
}

/** The elements and the new ones; one that is there already is not repeated, but takes on what the new one says. */
export function addElements(elements: JsonArray, { attribute, value, path }: Edit): JsonArray | undefined {
  const given = canonicalValue(attribute, value, path) ?? [];
  const result = [...elements];
  const positions = new Map(elements.map((element, index) => [elementKey(element, attribute), index]));
  const touched = new Set<JsonValue>();
  for (const element of isJsonArray(given) ? given : [given]) {
    const key = elementKey(element, attribute);
    const position = positions.get(key) ?? result.length;
    const existing = result[position];
    const merged = isJsonObject(existing) && isJsonObject(element) ? { ...existing, ...element } : element;
    positions.set(key, position);
    result[position] = isReference(attribute) ? (existing ?? element) : merged;
    touched.add(merged);
  }
  return someOf(withOnePrimary(result, touched));
}

/**
 * The elements without those that `value` names (Entra removes members by a list); all of them are gone when it is null, none
 * when it is an empty list.
 */
export function removeNamed(
  elements: JsonArray,
  value: JsonValue,
  attribute: AttributeDefinition,
): JsonArray | undefined {
  if (value === null) return undefined;
  const given = canonicalValue(attribute, value, attribute.name) ?? [];
  const isNamed = namedBy(isJsonArray(given) ? given : [given], attribute);
  return someOf(elements.filter((element) => !isNamed(element)));
}

function editElement(element: JsonObject, edit: Edit): JsonObject | undefined {
  const { attribute, subAttribute, op, value } = edit;
  const edited = editObject(element, { ...edit, attribute: { ...attribute, multiValued: false } });
  if (edited === undefined) return undefined;
  if (subAttribute !== null && (op === "remove" || !isAssigned(value))) {
    // Entra clears an e-mail by removing its value: what is left is a label of nothing.
    if (subAttribute.name === "value" || Object.keys(edited).every((name) => LABELS.has(name))) return undefined;
  }
  for (const { name, mutability } of attribute.subAttributes.values()) {
    const isFixed = mutability === "immutable" && element[name] !== undefined;
    if (isFixed && !sameResource(element[name], edited[name])) {
      throw new MutabilityError(`${attribute.name}.${name} cannot be changed.`);
    }
  }
  return edited;
}

/** When an edit made an element primary, no other one stays so (RFC 7644 section 3.5.2). */
function withOnePrimary(elements: JsonArray, touched: ReadonlySet<JsonValue>): JsonArray {
  const winner = elements.find((element) => touched.has(element) && isPrimary(element));
  if (winner === undefined) return elements;
  return elements.map((element) =>
    element !== winner && isJsonObject(element) && isPrimary(element) ? { ...element, primary: false } : element,
  );
}

function someOf(elements: JsonArray): JsonArray | undefined {
  return elements.length === 0 ? undefined : elements;
}
