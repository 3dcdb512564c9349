import { InvalidPathError, ScimError } from "../domain/errors.ts";
import { isJsonArray, isJsonObject } from "../domain/json.ts";
import type { JsonValue } from "../domain/json.ts";
import type { BulkOperation } from "./bulk.ts";
import { referenceIn, referenceInPath } from "./bulk-path.ts";
import { ownEntries } from "./own-property.ts";
import { tokenize } from "./tokenizer.ts";
import type { Token } from "./tokenizer.ts";

/** Keys whose text is what their object is about: without it the rest of the object means nothing, or something else. */
const ESSENTIAL: ReadonlySet<string> = new Set(["value", "path"]);

/**
 * The bulkIds that data refers to (RFC 7644 section 3.7.1): texts `bulkId:x` anywhere in it, and such a text in the filter
 * of a PATCH path, `members[value eq "bulkId:x"]`. The data must not be nested deeper than JSON of a request may be.
 */
export function bulkReferences(value: JsonValue | undefined): ReadonlySet<string> {
  const found = new Set<string>();
  collect(value, false, found);
  return found;
}

/** The bulkIds that an operation refers to, in its path and in its data. */
export function operationReferences({ path, data }: BulkOperation): ReadonlySet<string> {
  const named = referenceInPath(path);
  const found = bulkReferences(data);
  return named === null ? found : new Set([named, ...found]);
}

/** The data with ids in the place of references to them; references that are not among `ids` stay. */
export function fillBulkIds(value: JsonValue, ids: ReadonlyMap<string, string>): JsonValue {
  return fill(value, false, ids);
}

/**
 * The data without the references in `unresolved`: what holds one goes, as does the object whose `value` or `path` it is,
 * such as a member or an operation of a PATCH. Undefined when nothing is left.
 */
export function withoutReferences(value: JsonValue, unresolved: ReadonlySet<string>): JsonValue | undefined {
  return strip(value, false, unresolved);
}

function collect(value: JsonValue | undefined, isPath: boolean, found: Set<string>): void {
  if (typeof value === "string") {
    for (const reference of referencesOf(value, isPath)) found.add(reference);
  } else if (isJsonArray(value)) {
    for (const element of value) collect(element, false, found);
  } else if (isJsonObject(value)) {
    for (const [key, nested] of ownEntries(value)) collect(nested, isPathKey(key), found);
  }
}

function fill(value: JsonValue, isPath: boolean, ids: ReadonlyMap<string, string>): JsonValue {
  if (typeof value === "string") return isPath ? fillPath(value, ids) : (ids.get(referenceIn(value) ?? "") ?? value);
  if (isJsonArray(value)) return value.map((element) => fill(element, false, ids));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(ownEntries(value).map(([key, nested]) => [key, fill(nested, isPathKey(key), ids)]));
}

function strip(value: JsonValue, isPath: boolean, unresolved: ReadonlySet<string>): JsonValue | undefined {
  if (typeof value === "string") {
    return referencesOf(value, isPath).some((reference) => unresolved.has(reference)) ? undefined : value;
  }
  if (isJsonArray(value)) {
    return value.flatMap((element) => {
      const kept = strip(element, false, unresolved);
      return kept === undefined ? [] : [kept];
    });
  }
  if (!isJsonObject(value)) return value;
  const entries = ownEntries(value).map(([key, nested]) => [key, strip(nested, isPathKey(key), unresolved)] as const);
  const isGone = entries.some(([key, kept]) => kept === undefined && ESSENTIAL.has(key.toLowerCase()));
  return isGone ? undefined : Object.fromEntries(entries.filter(([, kept]) => kept !== undefined));
}

function isPathKey(key: string): boolean {
  return key.toLowerCase() === "path";
}

function referencesOf(text: string, isPath: boolean): readonly string[] {
  const texts = isPath ? literalsOf(text).map(({ value }) => value) : [text];
  return texts.flatMap((each) => referenceIn(each) ?? []);
}

function fillPath(path: string, ids: ReadonlyMap<string, string>): string {
  return literalsOf(path).reduceRight((filled, { value, text, at }) => {
    const id = ids.get(referenceIn(value) ?? "");
    const start = at - 1;
    return id === undefined ? filled : filled.slice(0, start) + JSON.stringify(id) + filled.slice(start + text.length);
  }, path);
}

/** What a path compares with: texts in quotes, or words without. None where the path is broken: PATCH will say so. */
function literalsOf(path: string): readonly Token[] {
  if (!path.includes("bulkId:")) return [];
  try {
    const tokens = tokenize(path, (fault) => new InvalidPathError(fault));
    return tokens.filter(({ kind }) => kind === "string" || kind === "word");
  } catch (error) {
    if (error instanceof ScimError) return [];
    throw error;
  }
}
