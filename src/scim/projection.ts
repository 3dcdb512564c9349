import { InvalidValueError } from "../domain/errors.ts";
import { isJsonArray, isJsonObject } from "../domain/json.ts";
import type { JsonObject, JsonValue } from "../domain/json.ts";
import { lookUp } from "./attribute-target.ts";
import { COMMON_ATTRIBUTES } from "./core-schemas.ts";
import { ownEntries, ownKeyLike, ownValue } from "./own-property.ts";
import { parsePatchPath } from "./parse-path.ts";
import { prefixOf } from "./patch-steps.ts";
import type { ResourceType } from "./schema.ts";
import { attributeNamed } from "./schema.ts";

/** The most names that one list may hold: each of them is looked for in every resource of an answer. */
const MAX_NAMES = 200;

/** One attribute that a client named. `attribute` null: the whole extension; `subAttribute` null: the whole attribute. */
interface Selector {
  readonly extension: string | null;
  readonly attribute: string | null;
  readonly subAttribute: string | null;
}

/** Which attributes an answer shows (RFC 7644 section 3.9). `only` null: all that are returned by default. */
export interface Projection {
  readonly only: readonly Selector[] | null;
  readonly without: readonly Selector[];
  readonly never: ReadonlySet<string>;
}

/** The query parameters of RFC 7644 section 3.9: comma-separated names, or lists of them as in a search request. */
export interface ProjectionQuery {
  readonly attributes?: string | readonly string[] | undefined;
  readonly excludedAttributes?: string | readonly string[] | undefined;
}

/**
 * Reads `attributes` and `excludedAttributes`: names, sub-attributes, URNs of whole extensions, and value paths, which
 * count as their attribute. Names that no schema has select nothing. Throws InvalidPathError for malformed ones, InvalidValueError
 * for more than 200.
 */
export function parseProjection(query: ProjectionQuery, type: ResourceType): Projection {
  const only = selectors(query.attributes, type);
  const never = [...type.schema.attributes.values()].filter(({ returned }) => returned === "never");
  return {
    only,
    without: selectors(query.excludedAttributes, type) ?? [],
    never: new Set(never.map(({ name }) => name)),
  };
}

/** The part of a full representation that was asked for; always with `schemas` and `id`, never with `password`. */
export function projectResource(resource: JsonObject, { only, without, never }: Projection): JsonObject {
  const shown = only === null ? resource : pick(resource, only);
  const kept = without.reduce(drop, shown);
  // Nothing of the kind is ever stored: a page of a hundred is not copied for it.
  return Object.keys(kept).some((name) => never.has(name)) ? filterKeys(kept, (name) => !never.has(name)) : kept;
}

function selectors(names: string | readonly string[] | undefined, type: ResourceType): readonly Selector[] | null {
  const list = (typeof names === "string" ? [names] : (names ?? [])).flatMap(splitNames);
  if (list.length > MAX_NAMES) throw new InvalidValueError(`A list of attributes names at most ${MAX_NAMES}.`);
  return list.length === 0 ? null : list.flatMap((name) => selectorsFor(name, type));
}

function selectorsFor(name: string, type: ResourceType): readonly Selector[] {
  const prefix = prefixOf(name, type);
  if (prefix === "") {
    const core = [...type.schema.attributes.values()];
    return core.map((attribute) => ({ extension: null, attribute: attribute.name, subAttribute: null }));
  }
  if (prefix !== null) return [{ extension: prefix.slice(0, -1), attribute: null, subAttribute: null }];
  const { urn, attribute, filter, subAttribute } = parsePatchPath(name);
  const target = lookUp({ urn, attribute, subAttribute: filter === null ? subAttribute : null }, type);
  if (target === undefined) return [];
  const sub = target.subAttribute?.name ?? null;
  return [{ extension: target.extension, attribute: target.attribute.name, subAttribute: sub }];
}

/** Splits at commas, but for those in the brackets or quotes of a value path. */
function splitNames(names: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  let isBracketed = false;
  for (let index = 0; index < names.length; index += 1) {
    const character = names.charAt(index);
    if (isQuoted && character === "\\") index += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (character === "[" || character === "]")) isBracketed = character === "[";
    else if (!isQuoted && !isBracketed && character === ",") {
      parts.push(names.slice(start, index));
      start = index + 1;
    }
  }
  return [...parts, names.slice(start)].map((part) => part.trim()).filter((part) => part !== "");
}

function isAlways(name: string): boolean {
  return attributeNamed(COMMON_ATTRIBUTES, name)?.returned === "always";
}

function pick(resource: JsonObject, only: readonly Selector[]): JsonObject {
  const entries = ownEntries(resource).flatMap(([key, value]): readonly (readonly [string, JsonValue])[] => {
    if (isAlways(key)) return [[key, value]];
    const core = only.filter(({ extension, attribute }) => extension === null && attribute === key);
    const nested = only.filter(({ extension }) => extension?.toLowerCase() === key.toLowerCase());
    const picked = nested.length > 0 ? pickNested(value, nested) : pickParts(value, core);
    return picked === undefined ? [] : [[key, picked]];
  });
  return Object.fromEntries(entries);
}

function pickNested(value: JsonValue, nested: readonly Selector[]): JsonValue | undefined {
  if (!isJsonObject(value) || nested.some(({ attribute }) => attribute === null)) return value;
  const entries = ownEntries(value).flatMap(([name, part]) => {
    const chosen = nested.filter(({ attribute }) => attribute?.toLowerCase() === name.toLowerCase());
    const picked = pickParts(part, chosen);
    return picked === undefined ? [] : [[name, picked] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The whole value, the sub-attributes that were chosen, or nothing. */
function pickParts(value: JsonValue, chosen: readonly Selector[]): JsonValue | undefined {
  if (chosen.length === 0) return undefined;
  const names = chosen.flatMap(({ subAttribute }) => (subAttribute === null ? [] : [subAttribute.toLowerCase()]));
  if (names.length < chosen.length) return value;
  return eachObject(value, (object) => filterKeys(object, (key) => names.includes(key.toLowerCase())));
}

function drop(resource: JsonObject, { extension, attribute, subAttribute }: Selector): JsonObject {
  const key = ownKeyLike(resource, extension ?? attribute ?? "");
  if (key === undefined || isAlways(key)) return resource;
  if (extension !== null && attribute !== null) {
    const nested = ownValue(resource, key);
    if (!isJsonObject(nested)) return resource;
    const kept = drop(nested, { extension: null, attribute, subAttribute });
    return filterKeys({ ...resource, [key]: kept }, (name) => name !== key || Object.keys(kept).length > 0);
  }
  if (subAttribute === null) return filterKeys(resource, (name) => name !== key);
  const folded = subAttribute.toLowerCase();
  const kept = eachObject(ownValue(resource, key) ?? null, (object) =>
    filterKeys(object, (name) => name.toLowerCase() !== folded),
  );
  return { ...resource, [key]: kept };
}

function eachObject(value: JsonValue, change: (object: JsonObject) => JsonObject): JsonValue {
  if (isJsonArray(value)) return value.map((element) => eachObject(element, change));
  return isJsonObject(value) ? change(value) : value;
}

function filterKeys(object: JsonObject, keeps: (key: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => keeps(key)));
}
