import { isJsonObject } from "../../domain/json.ts";
import type { JsonObject, JsonValue } from "../../domain/json.ts";
import { splitAttributePath } from "../../scim/attribute-path.ts";
import { ownKeyLike, ownValueLike, withOwn } from "../../scim/own-property.ts";

/** The keys that lead to an attribute: `name.givenName` is two, an attribute of an extension has its URN before it. */
export function keysOf(path: string): readonly string[] {
  const parts = splitAttributePath(path);
  if (parts === null) throw new Error(`${path} is no attribute`);
  return [parts.urn, parts.attribute, parts.subAttribute].filter((part) => part !== null);
}

/** What stands at a path of a resource; names are compared without case (RFC 7643 section 2.1). */
export function valueAt(resource: JsonObject, path: string): JsonValue | undefined {
  return keysOf(path).reduce<JsonValue | undefined>(
    (value, key) => (isJsonObject(value) ? ownValueLike(value, key) : undefined),
    resource,
  );
}

/** The resource with another value at a path, or without one there; what is on the way to it is made. */
export function withValueAt(resource: JsonObject, path: string, value: JsonValue | undefined): JsonObject {
  return put(resource, keysOf(path), value);
}

function put(object: JsonObject, [key, ...rest]: readonly string[], value: JsonValue | undefined): JsonObject {
  if (key === undefined) return object;
  const name = ownKeyLike(object, key) ?? key;
  if (rest.length === 0) return withOwn(object, name, value);
  const inner = object[name];
  return withOwn(object, name, put(isJsonObject(inner) ? inner : {}, rest, value));
}

/** The text at a path, without spaces around it; undefined when it is empty, or no text. */
export function textAt(resource: JsonObject, path: string): string | undefined {
  const value = valueAt(resource, path);
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : text;
}
