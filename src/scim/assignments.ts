import { isJsonObject } from "../domain/json.ts";
import type { JsonObject, JsonValue } from "../domain/json.ts";
import { isForbiddenName, isUrn, splitAttributePath } from "./attribute-path.ts";
import { lookUp } from "./attribute-target.ts";
import type { AttributePath } from "./filter.ts";
import { ownEntries } from "./own-property.ts";
import { schemaNamed } from "./schema.ts";
import type { AttributeDefinition, ResourceType } from "./schema.ts";

/** One attribute of a body, found in a schema or, in an extension that no schema describes, taken as it is. */
export interface Assignment {
  readonly extension: string | null;
  readonly attribute: AttributeDefinition;
  readonly value: JsonValue;
}

/**
 * What a body says, attribute by attribute, whatever the spelling: plain names, extensions as objects under their URN, and
 * `urn:...:name` keys. Leaves out what no schema has and what no path could name.
 *
 * Attributes under an alias come last, so that they win: we only ever return a schema's own URN, which may be the echo of
 * our answer in a PUT, while an alias is what the IdP was set up to send.
 */
export function assignmentsIn(body: JsonObject, type: ResourceType): readonly Assignment[] {
  const spellings = Map.groupBy(Object.keys(body), (key) => key.toLowerCase());
  const entries = ownEntries(body).flatMap(([key, value]): readonly NamedValue[] => {
    if (!isNamespace(key, value, type)) return [{ path: splitAttributePath(key), value }];
    // A namespace that comes in two letter cases is one, under its first spelling.
    const [urn = key] = spellings.get(key.toLowerCase()) ?? [];
    return isJsonObject(value) ? inNamespace(urn, value) : [];
  });
  const isAliased = ({ path }: NamedValue) => path !== null && path.urn !== null && isAlias(path.urn, type);
  const [own, aliased] = [entries.filter((entry) => !isAliased(entry)), entries.filter(isAliased)];
  return [...own, ...aliased].flatMap(({ path, value }) => {
    const target = path === null || path.subAttribute !== null ? undefined : lookUp(path, type);
    return target === undefined ? [] : [{ extension: target.extension, attribute: target.attribute, value }];
  });
}

/** True for a URN that is an alias of a schema of this resource type, and not its own URN. */
function isAlias(urn: string, type: ResourceType): boolean {
  const schema = schemaNamed(type, urn);
  return schema !== undefined && schema.urn.toLowerCase() !== urn.toLowerCase();
}

interface NamedValue {
  readonly path: AttributePath | null;
  readonly value: JsonValue;
}

/** A key that names a known schema, or a URN that holds an object: an extension of somebody else. */
function isNamespace(key: string, value: JsonValue, type: ResourceType): boolean {
  return schemaNamed(type, key) !== undefined || (isJsonObject(value) && isUrn(key));
}

function inNamespace(urn: string, holder: JsonObject): readonly NamedValue[] {
  return ownEntries(holder).flatMap(([attribute, value]) =>
    isForbiddenName(attribute) ? [] : [{ path: { urn, attribute, subAttribute: null }, value }],
  );
}
