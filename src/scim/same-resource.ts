import { isJsonArray, isJsonObject } from "../domain/json.ts";
import type { JsonValue } from "../domain/json.ts";

/**
 * Deep equality of JSON: objects whatever the order of their keys, arrays in order; a key that is undefined is absent. Two
 * equal resources mean that nothing changed: neither version nor `lastModified` may move (RFC 7643 section 3.1).
 */
export function sameResource(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (isJsonArray(a) && isJsonArray(b)) {
    return a.length === b.length && a.every((element, index) => sameResource(element, b[index]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) =>
    sameResource(Object.hasOwn(a, key) ? a[key] : undefined, Object.hasOwn(b, key) ? b[key] : undefined),
  );
}
