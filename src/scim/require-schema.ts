import { ScimSyntaxError } from "../domain/errors.ts";
import { isJsonArray, isJsonObject } from "../domain/json.ts";
import type { JsonObject, JsonValue } from "../domain/json.ts";
import { ownValueLike } from "./own-property.ts";
import { schemaNamed } from "./schema.ts";
import type { ResourceType } from "./schema.ts";

/**
 * The body of a POST or PUT, which must be an object whose `schemas` names the core schema of the type, by its URN or an
 * alias, among any others. RFC 7644 section 3.3 wants `schemas`; clients that leave it out are understood, since the endpoint
 * says what is meant: null and an empty list are left out (RFC 7643 section 2.5). Throws ScimSyntaxError.
 */
export function requireSchema(body: unknown, type: ResourceType): JsonObject {
  if (!isJsonObject(body)) throw new ScimSyntaxError("The body must be a JSON object.");
  const named = ownValueLike(body, "schemas");
  if (named === undefined || named === null || (isJsonArray(named) && named.length === 0)) return body;
  const isNamed = (urn: JsonValue) => typeof urn === "string" && schemaNamed(type, urn) === type.schema;
  if (!isJsonArray(named) || !named.some(isNamed)) {
    throw new ScimSyntaxError(`schemas must be an array that holds ${type.schema.urn}.`);
  }
  return body;
}
