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
  const entries = ownEntries(object).filter(([key]) => key !== name);
  if (value === undefined) return Object.fromEntries(entries);
  const position = Object.keys(object).indexOf(name);
  return Object.fromEntries(entries.toSpliced(position === -1 ? entries.length : position, 0, [name, value]));
}
