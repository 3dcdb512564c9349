import type { JsonObject, JsonValue } from "../domain/json.ts";
import { isJsonObject } from "../domain/json.ts";
import {
  elementsAt,
  isAssigned,
  lookUp,
  subAttributeNamed,
  subValues,
  subValuesAt,
  valuesAt,
} from "./attribute-target.ts";
import { compileElementFilter } from "./evaluate.ts";
import { parsePatchPath } from "./parse-path.ts";
import type { AttributeDefinition, ResourceType } from "./schema.ts";

/** Reads the values that a path names in a resource, in order; none where it is unassigned. */
export type AttributeReader = (resource: JsonObject) => readonly JsonValue[];

/**
 * Turns a path such as `name.givenName`, `emails[type eq "work"].value` or `urn:...:User:department` into a reader. Of a
 * complex attribute as a whole it reads the sub-attribute `value`, where there is one. A path that no schema describes
 * reads nothing, one into an unknown extension what that extension holds.
 * Throws InvalidPathError for a malformed path, InvalidFilterError for a value filter that does not fit the attribute.
 */
export function compileAttributeReader(pathText: string, type: ResourceType): AttributeReader {
  const { urn, attribute, filter, subAttribute } = parsePatchPath(pathText);
  const target = lookUp({ urn, attribute, subAttribute: null }, type);
  if (target === undefined) return () => [];
  const selects = filter === null ? null : compileElementFilter(filter, target.attribute);
  const leaf = leafOf(target.attribute, subAttribute);
  if (leaf === undefined) return () => [];
  if (selects === null) {
    if (leaf === null) return (resource) => valuesAt(target, resource);
    return (resource) => subValuesAt(target, leaf, resource);
  }
  return (resource) => {
    const selected = elementsAt(target, resource).filter((value) => isJsonObject(value) && selects(value));
    return leaf === null ? selected.filter(isAssigned) : subValues(selected, leaf);
  };
}

/** What is read of each value: a sub-attribute, null for the value itself, undefined when there is no such sub-attribute. */
function leafOf(attribute: AttributeDefinition, subAttribute: string | null): AttributeDefinition | null | undefined {
  if (subAttribute !== null) return subAttributeNamed(attribute, subAttribute);
  return attribute.subAttributes.get("value") ?? null;
}
