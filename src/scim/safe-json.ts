import { InvalidValueError } from "../domain/errors.ts";
import { isJsonArray, isJsonObject } from "../domain/json.ts";
import type { JsonValue } from "../domain/json.ts";
import { isForbiddenName } from "./attribute-path.ts";
import { ownEntries } from "./own-property.ts";
import { excerpt } from "./tokenizer.ts";

const MAX_DEPTH = 32;
const MAX_STRING_LENGTH = 65_536;

/**
 * Refuses what no attribute may hold: more than 32 levels, strings over 65,536 characters, NUL, and the key `__proto__`,
 * which only an attacker sends. Throws InvalidValueError, which names where. Everything behind it may recurse.
 */
export function refuseUnsafeJson(value: JsonValue | undefined, path = "", depth = 0): void {
  if (depth > MAX_DEPTH) throw new InvalidValueError(`The body is nested deeper than ${MAX_DEPTH} levels.`);
  if (typeof value === "string") {
    refuseUnsafeString(value, path);
  } else if (isJsonArray(value)) {
    value.forEach((element, index) => refuseUnsafeJson(element, `${path}[${index}]`, depth + 1));
  } else if (isJsonObject(value)) {
    for (const [key, nested] of Object.entries(value)) {
      refuseUnsafeString(key, path);
      if (key === "__proto__") {
        throw new InvalidValueError(`${placeOf(path)} holds the key "__proto__", which no attribute may have.`);
      }
      refuseUnsafeJson(nested, path === "" ? excerpt(key) : `${path}.${excerpt(key)}`, depth + 1);
    }
  }
}

/** A copy of JSON that no schema describes, whole but for keys that reach an object's prototype. */
export function copyJson(value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map(copyJson);
  if (!isJsonObject(value)) return value;
  const entries = ownEntries(value).filter(([key]) => !isForbiddenName(key));
  return Object.fromEntries(entries.map(([key, nested]) => [key, copyJson(nested)]));
}

/** A text that is equal for equal JSON, whatever the order of keys. */
export function jsonKey(value: JsonValue): string {
  if (isJsonArray(value)) return `[${value.map(jsonKey).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = ownEntries(value).map(([key, nested]) => `${JSON.stringify(key)}:${jsonKey(nested)}`);
  return `{${members.toSorted().join(",")}}`;
}

function refuseUnsafeString(text: string, path: string): void {
  const where = placeOf(path);
  if (text.length > MAX_STRING_LENGTH) {
    throw new InvalidValueError(`${where} holds a string longer than ${MAX_STRING_LENGTH} characters.`);
  }
  if (text.includes("\0")) throw new InvalidValueError(`${where} holds a NUL character.`);
}

function placeOf(path: string): string {
  return path === "" ? "The body" : path;
}
