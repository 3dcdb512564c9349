import { isJsonArray } from "../domain/json.ts";

/**
 * True for a `schemas` that names a message of RFC 7644 section 3.1, in any letter case. Looks at one element after the
 * other, where a schema of ours would list the faults of half a million.
 */
export function namesSchema(schemas: unknown, urn: string): boolean {
  const folded = urn.toLowerCase();
  return isJsonArray(schemas) && schemas.some((each) => typeof each === "string" && each.toLowerCase() === folded);
}
