import type { JsonValue } from "../domain/json.ts";

/** JSON with sorted keys and no white space: equal values give equal texts. Keys that are `undefined` are left out. */
export function canonicalJson(value: JsonValue): string {
  return JSON.stringify(value, (_key, part: JsonValue) => (isPlain(part) ? sorted(part) : part));
}

function isPlain(value: JsonValue): value is { readonly [key: string]: JsonValue | undefined } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sorted(object: { readonly [key: string]: JsonValue | undefined }): JsonValue {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
