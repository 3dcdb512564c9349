import { InvalidValueError } from "../domain/errors.ts";
import { isJsonObject } from "../domain/json.ts";
import type { JsonObject, JsonValue } from "../domain/json.ts";
import { isAssigned, subAttributeNamed } from "./attribute-target.ts";
import { canonicalValue } from "./canonical.ts";
import { rewriteValue } from "./dialect.ts";
import type { FilterNode } from "./filter.ts";
import { ownEntries, ownValue, withOwn } from "./own-property.ts";
import type { AttributeDefinition } from "./schema.ts";

/** What one step does to one attribute. */
export interface Edit {
  readonly op: "add" | "remove" | "replace";
  readonly value: JsonValue;
  readonly attribute: AttributeDefinition;
  readonly filter: FilterNode | null;
  readonly subAttribute: AttributeDefinition | null;
  /** As it was sent; for messages. */
  readonly path: string;
}

/**
 * An object after an edit of itself, or of the sub-attribute that the edit names; undefined when nothing is left. What the
 * edit's value leaves out stays, what it gives as null or `""` goes. Throws InvalidValueError.
 */
export function editObject(object: JsonObject, edit: Edit): JsonObject | undefined {
  const { attribute, subAttribute, op, value, path } = edit;
  if (subAttribute !== null) {
    const assigned = op === "remove" ? undefined : canonicalValue(subAttribute, value, path);
    const edited = withOwn(object, subAttribute.name, assigned);
    return somethingOf(withoutStaleNames(object, edited, attribute, new Set([subAttribute.name])));
  }
  const given = op === "remove" ? null : rewriteValue(value, attribute);
  if (isJsonObject(given)) return somethingOf(mergeInto(object, given, attribute, path));
  if (isAssigned(given)) throw new InvalidValueError(`${path} must be an object.`);
  return undefined;
}

function mergeInto(object: JsonObject, given: JsonObject, attribute: AttributeDefinition, path: string): JsonObject {
  const merged = new Map<string, JsonValue | undefined>(ownEntries(object));
  const named = new Set<string>();
  for (const [name, part] of ownEntries(given)) {
    const definition = subAttributeNamed(attribute, name);
    if (definition === undefined || definition.mutability === "readOnly") continue;
    named.add(definition.name);
    merged.set(definition.name, canonicalValue(definition, part, `${path}.${definition.name}`));
  }
  const assigned = [...merged].filter(([, value]) => value !== undefined);
  return withoutStaleNames(object, Object.fromEntries(assigned), attribute, named);
}

/** `$ref` and `displayName` describe the `value` beside them: they go when it changes and they were not sent with it. */
function withoutStaleNames(
  before: JsonObject,
  after: JsonObject,
  attribute: AttributeDefinition,
  given: ReadonlySet<string>,
): JsonObject {
  // Of an extension that no schema describes we do not know what describes what.
  if (attribute.type === "any" || ownValue(before, "value") === ownValue(after, "value")) return after;
  const stale = ["$ref", "displayName"].filter((name) => !given.has(name));
  return stale.reduce((kept, name) => withOwn(kept, name, undefined), after);
}

function somethingOf(object: JsonObject): JsonObject | undefined {
  return Object.keys(object).length === 0 ? undefined : object;
}
