/** Attribute types of RFC 7643 section 2.3. `any` is JSON that we keep without knowing its schema; it is never published. */
export type AttributeType =
  "string" | "boolean" | "decimal" | "integer" | "dateTime" | "binary" | "reference" | "complex" | "any";

/** Attributes by folded name, in the order in which they are published. */
export type AttributeMap = ReadonlyMap<string, AttributeDefinition>;

/** What one attribute is and how it may be used (RFC 7643 sections 2.2 and 7). */
export interface AttributeDefinition {
  /** The canonical spelling; the only one that is stored and returned. */
  readonly name: string;
  readonly type: AttributeType;
  readonly description: string;
  readonly multiValued: boolean;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: "readWrite" | "readOnly" | "immutable" | "writeOnly";
  readonly returned: "always" | "never" | "default" | "request";
  readonly uniqueness: "none" | "server" | "global";
  /** Suggestions, never enforced: IdPs send other values too. */
  readonly canonicalValues: readonly string[];
  /** What a reference may point at; empty for every other type. */
  readonly referenceTypes: readonly string[];
  /** Empty unless the type is `complex`. */
  readonly subAttributes: AttributeMap;
}

/** A schema: one namespace of attributes (RFC 7643 section 7). */
export interface SchemaDefinition {
  readonly urn: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: AttributeMap;
  /** Other URNs that IdPs send for the same namespace; read as this one, never written. */
  readonly aliases: readonly string[];
  /** True when IdPs name this extension's attributes without its URN, too. */
  readonly unqualified: boolean;
}

/** A kind of resource (RFC 7643 section 6). */
export interface ResourceType {
  readonly name: string;
  /** Path under the base URL, such as `/Users`. */
  readonly endpoint: string;
  readonly description: string;
  readonly schema: SchemaDefinition;
  readonly extensions: readonly SchemaDefinition[];
}

/** The definition that RFC 7643 section 2.2 implies when nothing is said, changed by what is said. */
export function attribute(
  name: string,
  description: string,
  traits: Partial<Omit<AttributeDefinition, "name" | "description" | "subAttributes">> & {
    readonly subAttributes?: readonly AttributeDefinition[];
  } = {},
): AttributeDefinition {
  const { subAttributes, ...rest } = traits;
  return {
    name,
    description,
    type: subAttributes === undefined ? "string" : "complex",
    multiValued: false,
    required: false,
    caseExact: false,
    mutability: "readWrite",
    returned: "default",
    uniqueness: "none",
    canonicalValues: [],
    referenceTypes: [],
    ...rest,
    subAttributes: attributeMap(subAttributes ?? []),
  };
}

/** Attributes by folded name. */
export function attributeMap(attributes: readonly AttributeDefinition[]): AttributeMap {
  return new Map(attributes.map((definition) => [definition.name.toLowerCase(), definition]));
}

/** An attribute that no schema describes: any JSON, compared without case. */
export function anyAttribute(name: string): AttributeDefinition {
  return attribute(name, "", { type: "any" });
}

/** The attribute of that name in any letter case. */
export function attributeNamed(attributes: AttributeMap, name: string): AttributeDefinition | undefined {
  return attributes.get(name.toLowerCase());
}

/** The schema of this resource type with that URN, in any letter case, by its own URN or an alias. */
export function schemaNamed(type: ResourceType, urn: string): SchemaDefinition | undefined {
  if (!urn.includes(":")) return undefined;
  const folded = urn.toLowerCase();
  // Bodies hold many names, nearly all of them none of these: most are told apart by their length.
  const isIt = (name: string) => name.length === folded.length && name.toLowerCase() === folded;
  return [type.schema, ...type.extensions].find((schema) => isIt(schema.urn) || schema.aliases.some(isIt));
}
