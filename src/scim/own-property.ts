import type { JsonObject, JsonValue } from "../domain/json.ts";

/** The object's own value of that exact name; never one that it inherits. */
export function ownValue(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** The object's own key that equals the name without case, the exact one first. */
export function ownKeyLike(object: JsonObject, name: string): string | undefined {
  if (Object.hasOwn(object, name)) return name;
  const folded = name.toLowerCase();
  return Object.keys(object).find((key) => key.toLowerCase() === folded);
}

/** The object's own value whose key equals the name without case. */
export function ownValueLike(object: JsonObject, name: string): JsonValue | undefined {
  const key = ownKeyLike(object, name);
  return key === undefined ? undefined : object[key];
}

/** The object's own members; a key that is undefined is absent. */
export function ownEntries(object: JsonObject): readonly (readonly [string, JsonValue])[] {
  return Object.entries(object).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
}

/** A copy in which `name` has this value, or is missing when the value is undefined. The order of keys is kept. */
export function withOwn(object: JsonObject, name: string, value: JsonValue | undefined): JsonObject {
  // A computed key and a spread define own properties: not even `__proto__` reaches a prototype here.
  if (value !== undefined) return { ...object, [name]: value };
  if (!Object.hasOwn(object, name)) return object;
  const { [name]: _, ...rest } = object;
  return rest;
}
