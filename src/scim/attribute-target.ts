import { isJsonArray, isJsonObject } from "../domain/json.ts";
import type { JsonObject, JsonValue } from "../domain/json.ts";
import { COMMON_ATTRIBUTES } from "./core-schemas.ts";
import type { AttributePath } from "./filter.ts";
import { ownValue, ownValueLike } from "./own-property.ts";
import { anyAttribute, attributeNamed, schemaNamed } from "./schema.ts";
import type { AttributeDefinition, ResourceType } from "./schema.ts";

const NONE: readonly JsonValue[] = [];

/** Where an attribute lives in a resource. `extension` is the URN that holds it, null for the top level. */
export interface AttributeTarget {
  readonly extension: string | null;
  readonly attribute: AttributeDefinition;
  readonly subAttribute: AttributeDefinition | null;
}

/**
 * Looks an attribute path up in the schemas of a resource type. An attribute of an extension that no schema describes is of
 * type `any`; a core attribute or a sub-attribute that no schema describes is undefined.
 */
export function lookUp(path: AttributePath, type: ResourceType): AttributeTarget | undefined {
  const holder = path.urn === null ? lookUpUnqualified(path.attribute, type) : lookUpIn(path.urn, path.attribute, type);
  if (holder === undefined) return undefined;
  if (path.subAttribute === null) return { ...holder, subAttribute: null };
  const subAttribute = subAttributeNamed(holder.attribute, path.subAttribute);
  return subAttribute === undefined ? undefined : { ...holder, subAttribute };
}

/** The sub-attribute of that name; any name is one where nothing is known of the attribute. */
export function subAttributeNamed(attribute: AttributeDefinition, name: string): AttributeDefinition | undefined {
  return attribute.type === "any" ? anyAttribute(name) : attributeNamed(attribute.subAttributes, name);
}

/** The values that the target has in a resource: elements of arrays one by one, nothing for unassigned ones. */
export function valuesAt(target: AttributeTarget, resource: JsonObject): readonly JsonValue[] {
  const { attribute, subAttribute } = target;
  const holder = holderOf(target, resource);
  if (holder === undefined) return NONE;
  return subAttribute === null ? valuesOf(holder, attribute) : subValuesOf(holder, attribute, subAttribute);
}

/** The elements of a target without a sub-attribute, whether anything is assigned in them or not. */
export function elementsAt(target: AttributeTarget, resource: JsonObject): readonly JsonValue[] {
  const holder = holderOf(target, resource);
  const value = holder === undefined ? undefined : rawValueOf(holder, target.attribute);
  if (isJsonArray(value)) return value;
  return value === undefined ? NONE : [value];
}

/** The values of one sub-attribute of a target without one: as `valuesAt` of the sub-attribute. */
export function subValuesAt(
  target: AttributeTarget,
  subAttribute: AttributeDefinition,
  resource: JsonObject,
): readonly JsonValue[] {
  const holder = holderOf(target, resource);
  return holder === undefined ? NONE : subValuesOf(holder, target.attribute, subAttribute);
}

/** What holds the attribute: the resource, or the extension, if the resource has it. */
function holderOf({ extension }: AttributeTarget, resource: JsonObject): JsonObject | undefined {
  if (extension === null) return resource;
  const holder = ownValueLike(resource, extension);
  return isJsonObject(holder) ? holder : undefined;
}

/** Whoever has an assigned sub-attribute is assigned: nobody needs to look at the other ones. */
function subValuesOf(
  holder: JsonObject,
  attribute: AttributeDefinition,
  subAttribute: AttributeDefinition,
): readonly JsonValue[] {
  const value = rawValueOf(holder, attribute);
  if (isJsonObject(value)) return valuesOf(value, subAttribute);
  return isJsonArray(value) ? subValues(value, subAttribute) : NONE;
}

/** The values of one attribute of an object that holds attributes: a resource, an extension or an element. */
export function valuesOf(holder: JsonObject, attribute: AttributeDefinition): readonly JsonValue[] {
  const value = rawValueOf(holder, attribute);
  if (isJsonArray(value)) return value.filter(isAssigned);
  return isAssigned(value) ? [value] : NONE;
}

function rawValueOf(holder: JsonObject, attribute: AttributeDefinition): JsonValue | undefined {
  return attribute.type === "any" ? ownValueLike(holder, attribute.name) : ownValue(holder, attribute.name);
}

/** The values of one sub-attribute of those that are objects. */
export function subValues(values: readonly JsonValue[], subAttribute: AttributeDefinition): readonly JsonValue[] {
  const [first] = values;
  if (values.length === 1) return isJsonObject(first) ? valuesOf(first, subAttribute) : NONE;
  return values.flatMap((value) => (isJsonObject(value) ? valuesOf(value, subAttribute) : NONE));
}

/** False for what RFC 7643 section 2.5 calls unassigned: null, an empty array, and also `""` and an object of nothing. */
export function isAssigned(value: JsonValue | undefined): value is JsonValue {
  if (value === undefined || value === null || value === "") return false;
  return typeof value !== "object" || Object.values(value).some(isAssigned);
}

type Holder = Omit<AttributeTarget, "subAttribute">;

function lookUpUnqualified(name: string, type: ResourceType): Holder | undefined {
  const core = attributeNamed(type.schema.attributes, name) ?? attributeNamed(COMMON_ATTRIBUTES, name);
  if (core !== undefined) return { extension: null, attribute: core };
  for (const { urn, unqualified, attributes } of type.extensions) {
    const attribute = unqualified ? attributeNamed(attributes, name) : undefined;
    if (attribute !== undefined) return { extension: urn, attribute };
  }
  return undefined;
}

function lookUpIn(urn: string, name: string, type: ResourceType): Holder | undefined {
  const schema = schemaNamed(type, urn);
  if (schema === type.schema) {
    const attribute = attributeNamed(schema.attributes, name) ?? attributeNamed(COMMON_ATTRIBUTES, name);
    return attribute === undefined ? undefined : { extension: null, attribute };
  }
  if (schema === undefined) return { extension: urn, attribute: anyAttribute(name) };
  return { extension: schema.urn, attribute: attributeNamed(schema.attributes, name) ?? anyAttribute(name) };
}
