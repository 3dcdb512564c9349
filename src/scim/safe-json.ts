import { InvalidValueError } from "../domain/errors.ts";
import { isJsonArray, isJsonObject } from "../domain/json.ts";
import type { JsonValue } from "../domain/json.ts";
import { isForbiddenName } from "./attribute-path.ts";
import { ownEntries } from "./own-property.ts";
import { textFault } from "./text-fault.ts";
import { excerpt } from "./tokenizer.ts";
import { MAX_KEYS } from "./size-limits.ts";

const MAX_DEPTH = 32;
const MAX_STRING_LENGTH = 65_536;

/** Where a value stands; spelt out only when something is wrong there. */
interface Place {
  readonly parent: Place | null;
  readonly key: string | number;
}

/**
 * Refuses what no attribute may hold: more than 32 levels, objects of more than 1,000 attributes, strings over 65,536
 * characters, NUL, halves of characters, more than thirty combining marks in a row, and the key `__proto__`, which only an
 * attacker sends. Throws InvalidValueError, which names where; `path` is where the value itself stands. Everything behind it
 * may recurse.
 */
export function refuseUnsafeJson(value: JsonValue | undefined, path = ""): void {
  refuseUnsafe(value, path === "" ? null : { parent: null, key: path }, 0);
}

/** Refuses more levels than a body may have. Throws InvalidValueError. Everything behind it may recurse. */
export function refuseDeepJson(value: JsonValue | undefined, depth = 0): void {
  if (depth > MAX_DEPTH) throw tooDeep();
  if (isJsonArray(value)) for (const element of value) refuseDeepJson(element, depth + 1);
  else if (isJsonObject(value)) for (const nested of Object.values(value)) refuseDeepJson(nested, depth + 1);
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

function refuseUnsafe(value: JsonValue | undefined, place: Place | null, depth: number): void {
  if (depth > MAX_DEPTH) throw tooDeep();
  if (typeof value === "string") {
    refuseUnsafeString(value, place);
  } else if (isJsonArray(value)) {
    value.forEach((element, key) => refuseUnsafe(element, { parent: place, key }, depth + 1));
  } else if (isJsonObject(value)) {
    const keys = Object.keys(value);
    if (keys.length > MAX_KEYS) {
      throw new InvalidValueError(`${printPlace(place)} holds more than ${MAX_KEYS} attributes.`);
    }
    for (const key of keys) {
      refuseUnsafeString(key, place);
      if (key === "__proto__") {
        throw new InvalidValueError(`${printPlace(place)} holds the key "__proto__", which no attribute may have.`);
      }
      refuseUnsafe(value[key], { parent: place, key }, depth + 1);
    }
  }
}

function refuseUnsafeString(text: string, place: Place | null): void {
  const isTooLong = text.length > MAX_STRING_LENGTH;
  const fault = isTooLong ? `a string longer than ${MAX_STRING_LENGTH} characters` : textFault(text);
  if (fault !== undefined) throw new InvalidValueError(`${printPlace(place)} holds ${fault}.`);
}

function tooDeep(): InvalidValueError {
  return new InvalidValueError(`The body is nested deeper than ${MAX_DEPTH} levels.`);
}

function printPlace(place: Place | null): string {
  if (place === null) return "The body";
  const { parent, key } = place;
  const own = typeof key === "number" ? `[${key}]` : excerpt(key);
  if (parent === null) return own;
  return `${printPlace(parent)}${typeof key === "number" ? "" : "."}${own}`;
}
