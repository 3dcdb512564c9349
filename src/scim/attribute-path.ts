import type { AttributePath } from "./filter.ts";

const NAME = /^[a-z$][a-z0-9_$-]*$/i;

const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);

/** True for a word that may name an attribute (RFC 7643 section 2.1, and `$ref`). */
export function isAttributeName(word: string): boolean {
  return NAME.test(word) && !isForbiddenName(word);
}

/** True for a name that reaches an object's prototype instead of its data, in any letter case. */
export function isForbiddenName(word: string): boolean {
  return FORBIDDEN.has(word.toLowerCase());
}

/**
 * Takes `urn:name.sub` apart; null when it is no attribute path. The URN ends at the last colon, because it may hold dots
 * (`...:enterprise:2.0:User:manager.value`).
 */
export function splitAttributePath(word: string): AttributePath | null {
  const colon = word.lastIndexOf(":");
  const urn = colon === -1 ? null : word.slice(0, colon);
  const [attribute = "", subAttribute = null, ...rest] = word.slice(colon + 1).split(".", 3);
  if (rest.length > 0 || !isAttributeName(attribute)) return null;
  if (subAttribute !== null && !isAttributeName(subAttribute)) return null;
  if (urn !== null && !isUrn(urn)) return null;
  return { urn, attribute, subAttribute };
}

/** True for a namespace such as `urn:ietf:params:scim:schemas:core:2.0:User`, and for an `http` one. */
export function isUrn(text: string): boolean {
  const [scheme = "", ...parts] = text.toLowerCase().split(":");
  return ["urn", "http", "https"].includes(scheme) && parts.length > 0 && !parts.some(isForbiddenName);
}

/** The text of an attribute path, as filters and messages show it. */
export function printAttributePath({ urn, attribute, subAttribute }: AttributePath): string {
  return `${urn === null ? "" : `${urn}:`}${attribute}${subAttribute === null ? "" : `.${subAttribute}`}`;
}
