import { InvalidValueError, PayloadTooLargeError, TooManyError } from "../domain/errors.ts";
import { isJsonArray } from "../domain/json.ts";
import type { JsonObject } from "../domain/json.ts";
import type { FilterNode } from "./filter.ts";

/** The most values of one attribute; members of a group are not counted. */
export const MAX_VALUES = 1000;
/** The most attributes of one object. */
export const MAX_KEYS = 1000;
/** UTF-8. A little less than a body may have, so that a client can send back what it was given. */
const MAX_RESOURCE_BYTES = 1_000_000;
/** Comparisons that the filters of one PATCH may take: about a tenth of a second. */
const MAX_COMPARISONS = 500_000;

/** Throws InvalidValueError for more values than an attribute may have. `path` names it in the message. */
export function refuseManyValues(values: readonly unknown[], path: string): void {
  if (values.length > MAX_VALUES) throw new InvalidValueError(`${path} holds more than ${MAX_VALUES} values.`);
}

/**
 * Refuses what many small requests have made too large for one: nobody could send it back by PUT. Throws
 * InvalidValueError for too many attributes or values, PayloadTooLargeError for too many bytes.
 */
export function refuseOversized(resource: JsonObject): void {
  const names = Object.keys(resource);
  if (names.length > MAX_KEYS) throw new InvalidValueError(`The resource would have more than ${MAX_KEYS} attributes.`);
  for (const name of names) {
    const value = resource[name];
    if (isJsonArray(value)) refuseManyValues(value, name);
  }
  const text = JSON.stringify(resource);
  // No character takes more than three bytes for each unit of its length.
  if (text.length * 3 <= MAX_RESOURCE_BYTES || new TextEncoder().encode(text).length <= MAX_RESOURCE_BYTES) return;
  throw new PayloadTooLargeError(`The resource would be larger than ${MAX_RESOURCE_BYTES} bytes.`);
}

/** Counts what the filters of one PATCH are asked. */
export interface ComparisonBudget {
  /** A filter is about to be asked of so many elements. Throws TooManyError when all of it comes to too much. */
  spend(filter: FilterNode, elements: number): void;
}

/** A budget for one request: it is worked on in one go, and everybody else waits. */
export function comparisonBudget(): ComparisonBudget {
  let left = MAX_COMPARISONS;
  return {
    spend(filter, elements) {
      left -= terms(filter) * elements;
      if (left < 0) throw new TooManyError("The filters of this PATCH look at too many values: send fewer at once.");
    },
  };
}

function terms(filter: FilterNode): number {
  if ("left" in filter) return terms(filter.left) + terms(filter.right);
  if (filter.op === "not" || filter.op === "value-path") return terms(filter.filter);
  return 1;
}
