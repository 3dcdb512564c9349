import { InvalidValueError } from "../domain/errors.ts";
import type { JsonObject } from "../domain/json.ts";
import { ownValue } from "./own-property.ts";

/** The longest text that resources are found by, in characters: what an index of every database takes. */
export const MAX_KEY_LENGTH = 512;

/** The attribute that names a resource. Throws InvalidValueError when it is missing, blank or too long to be found by. */
export function requiredKey(resource: JsonObject, name: string): string {
  const text = optionalKey(resource, name);
  if (text === undefined || text.trim() === "") throw new InvalidValueError(`${name} is required.`);
  return text;
}

/** An attribute that resources are found by, undefined when it is unassigned. Throws InvalidValueError when it is too long. */
export function optionalKey(resource: JsonObject, name: string): string | undefined {
  const text = ownValue(resource, name);
  if (typeof text !== "string") return undefined;
  if (text.length > MAX_KEY_LENGTH) {
    throw new InvalidValueError(`${name} is longer than ${MAX_KEY_LENGTH} characters.`);
  }
  return text;
}
