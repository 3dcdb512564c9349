import { InvalidPathError } from "../domain/errors.ts";
import { isJsonObject } from "../domain/json.ts";
import type { JsonObject, JsonValue } from "../domain/json.ts";
import { printAttributePath } from "./attribute-path.ts";
import { lookUp, subValues, valuesAt } from "./attribute-target.ts";
import { booleanOf } from "./boolean-of.ts";
import { isPrimary } from "./canonical.ts";
import { compareCodePoints } from "./code-points.ts";
import type { FilterOptions } from "./evaluate.ts";
import type { AttributePath } from "./filter.ts";
import { foldCase } from "./fold-case.ts";
import { instantOf } from "./instant-of.ts";
import { parsePatchPath } from "./parse-path.ts";
import { GROUP_TYPE, USER_TYPE } from "./resource-types.ts";
import type { AttributeDefinition, ResourceType } from "./schema.ts";
import { excerpt } from "./tokenizer.ts";

/** What a resource is put in order by: a folded text, a number (date-times in milliseconds, booleans as 0 and 1), nothing. */
export type SortKey = string | number | null;

/**
 * Reads `sortBy` (RFC 7644 section 3.4.2.3): an attribute or a sub-attribute that the resource type has, or, where `type` is
 * null, that any type has. Throws InvalidPathError for anything else.
 */
export function parseSortBy(text: string, type: ResourceType | null): AttributePath {
  const { filter, ...path } = parsePatchPath(text);
  if (filter !== null) throw new InvalidPathError("sortBy names an attribute, without a filter.");
  const types = type === null ? [USER_TYPE, GROUP_TYPE] : [type];
  if (types.every((each) => lookUp(path, each) === undefined)) throw unknownAttribute(path);
  return path;
}

/**
 * Turns an attribute path into a reader of sort keys over full representations. Of several values it takes the primary one,
 * else the first; of a complex one its `value`. Throws InvalidPathError for an attribute that the type lacks (unless
 * `absent`: then no resource has a key), for one that is never returned, and for a complex one without a `value`.
 */
export function compileSortKey(
  path: AttributePath,
  type: ResourceType,
  { unknownAttributes }: FilterOptions = { unknownAttributes: "reject" },
): (wire: JsonObject) => SortKey {
  const target = lookUp(path, type);
  if (target === undefined && unknownAttributes === "absent") return () => null;
  if (target === undefined) throw unknownAttribute(path);
  const named = target.subAttribute ?? target.attribute;
  const leaf = named.type === "complex" ? named.subAttributes.get("value") : named;
  if (leaf === undefined || target.attribute.returned === "never") {
    throw new InvalidPathError(`Nothing can be put in order by ${shown(path)}.`);
  }
  const holder = { ...target, subAttribute: null };
  const isWithin = leaf !== target.attribute;
  return (wire) => {
    const values = valuesAt(holder, wire);
    const chosen = values.find(isPrimary) ?? values[0];
    if (chosen === undefined) return null;
    const [value = null] = isWithin ? subValues([chosen], leaf) : [chosen];
    return keyOf(value, leaf);
  };
}

/**
 * The order of two keys, for `Array.prototype.sort`: texts by code point, numbers before texts. Resources without a key come
 * last ascending and first descending (RFC 7644 section 3.4.2.3).
 */
export function compareSortKeys(a: SortKey, b: SortKey, descending: boolean): number {
  const order = ascending(a, b);
  return descending ? -order : order;
}

function ascending(a: SortKey, b: SortKey): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === "string" && typeof b === "string") return compareCodePoints(a, b);
  if (typeof a === "number" && typeof b === "number") return a < b ? -1 : Number(a > b);
  return typeof a === "number" ? -1 : 1;
}

function keyOf(value: JsonValue, { type, caseExact }: AttributeDefinition): SortKey {
  switch (type) {
    case "boolean":
      return numberOf(booleanOf(value));
    case "decimal":
    case "integer":
      return typeof value === "number" ? value : null;
    case "dateTime":
      return typeof value === "string" ? (instantOf(value) ?? null) : null;
    case "string":
    case "reference":
    case "binary":
      return typeof value === "string" ? textOf(value, caseExact) : null;
    case "any":
    case "complex":
      return keyOfAny(isJsonObject(value) ? (value["value"] ?? null) : value);
  }
}

/** Nothing is known of the attribute: what it holds says what it is. */
function keyOfAny(value: JsonValue): SortKey {
  if (typeof value === "boolean") return numberOf(value);
  if (typeof value === "string") return textOf(value, false);
  return typeof value === "number" ? value : null;
}

function numberOf(value: boolean | undefined): number | null {
  return value === undefined ? null : Number(value);
}

function textOf(value: string, caseExact: boolean): string {
  return caseExact ? value : foldCase(value);
}

function unknownAttribute(path: AttributePath): InvalidPathError {
  return new InvalidPathError(
    `There is no attribute ${excerpt(printAttributePath(path))} to put anything in order by.`,
  );
}

function shown(path: AttributePath): string {
  return excerpt(printAttributePath(path));
}
