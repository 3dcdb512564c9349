import { InvalidFilterError } from "../domain/errors.ts";
import type { JsonObject } from "../domain/json.ts";
import { compileFilter } from "../scim/evaluate.ts";
import { filterPaths } from "../scim/filter-paths.ts";
import type { AttributePath } from "../scim/filter.ts";
import { parseFilter } from "../scim/parse-filter.ts";
import { attributeMap, type AttributeDefinition, type ResourceType } from "../scim/schema.ts";

/** Whether something in a list passes a filter; `null` is what has no value. */
export type ListTest = (item: JsonObject) => boolean;

/** Compiles the filters of one list, which may name these attributes. */
export type ListFilter = (text: string) => ListTest;

/**
 * Filters in SCIM's language (RFC 7644 section 3.4.2.2) over a list that is none of SCIM's. The filter throws
 * InvalidFilterError for what is broken, for operators and literals that do not fit an attribute, and, naming those that
 * there are, for an attribute that the list does not have.
 */
export function createListFilter(name: string, attributes: readonly AttributeDefinition[]): ListFilter {
  const type = typeOf(name, attributes);
  const known = attributeMap(attributes);
  const isKnown = ({ urn, attribute, subAttribute }: AttributePath): boolean =>
    urn === null && subAttribute === null && known.has(attribute.toLowerCase());
  return (text) => {
    const node = parseFilter(text);
    if (!filterPaths(node).every(isKnown)) {
      const names = attributes.map((one) => one.name).join(", ");
      throw new InvalidFilterError(`The filter names what ${name} do not have: they are filtered by ${names}.`);
    }
    return compileFilter(node, type);
  };
}

function typeOf(name: string, attributes: readonly AttributeDefinition[]): ResourceType {
  const schema = {
    urn: "",
    name,
    description: "",
    attributes: attributeMap(attributes),
    aliases: [],
    unqualified: false,
  };
  return { name, endpoint: "", description: "", schema, extensions: [] };
}
