import type { MemberDraft } from "../domain/directory.ts";
import { InvalidValueError } from "../domain/errors.ts";
import { isJsonArray, isJsonObject } from "../domain/json.ts";
import type { JsonObject, JsonValue } from "../domain/json.ts";
import { canonicalValue } from "./canonical.ts";
import { GROUP_SCHEMA } from "./core-schemas.ts";
import { rewriteValue } from "./dialect.ts";
import { MAX_KEY_LENGTH } from "./key-text.ts";
import { ownValue } from "./own-property.ts";
import { attribute, attributeNamed } from "./schema.ts";
import type { AttributeDefinition } from "./schema.ts";

/** The attribute `members` of a group. */
export const MEMBERS: AttributeDefinition =
  attributeNamed(GROUP_SCHEMA.attributes, "members") ?? attribute("members", "", { multiValued: true });

const MEMBER: AttributeDefinition = { ...MEMBERS, multiValued: false };

/**
 * Reads a list of members: objects, bare ids, or one of either alone; null, `""` and an empty list are nobody. Of several
 * with the same `value` the first counts. `path` names the list in messages.
 * Throws InvalidValueError, which names the member, where one has no usable `value`: it could never be resolved.
 */
export function parseMembers(given: JsonValue, path: string): readonly MemberDraft[] {
  if (given === null || given === "") return [];
  const listed = rewriteValue(given, MEMBERS);
  const members = new Map<string, MemberDraft>();
  (isJsonArray(listed) ? listed : [listed]).forEach((element, index) => {
    const member = parseMember(element, `${path}[${index}]`);
    if (!members.has(member.value)) members.set(member.value, member);
  });
  return [...members.values()];
}

/** One element of `members`, canonical or as it was sent. Throws InvalidValueError. */
function parseMember(element: JsonValue, path: string): MemberDraft {
  const canonical = canonicalValue(MEMBER, element, path);
  const parts: JsonObject = isJsonObject(canonical) ? canonical : {};
  const [value, type, display] = [ownValue(parts, "value"), ownValue(parts, "type"), ownValue(parts, "display")];
  if (typeof value !== "string" || value.trim() === "") throw new InvalidValueError(`${path} has no value.`);
  if (value.length > MAX_KEY_LENGTH) {
    throw new InvalidValueError(`${path}.value is longer than ${MAX_KEY_LENGTH} characters.`);
  }
  return {
    value,
    ...(typeof type === "string" ? { type } : {}),
    ...(typeof display === "string" ? { display } : {}),
  };
}
