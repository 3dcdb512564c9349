import { ResourceNotFoundError } from "../domain/errors.ts";
import type { JsonObject } from "../domain/json.ts";
import { MAX_BULK_BYTES, MAX_BULK_OPERATIONS } from "./bulk.ts";
import { MAX_RESULTS } from "./message.ts";
import { GROUP_TYPE, USER_TYPE } from "./resource-types.ts";
import type { AttributeDefinition, ResourceType, SchemaDefinition } from "./schema.ts";

const CONFIG_URN = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
const RESOURCE_TYPE_URN = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
const SCHEMA_URN = "urn:ietf:params:scim:schemas:core:2.0:Schema";

/** What this server can do, as RFC 7643 section 5 asks it to say. Must be true of the routes that are served. */
export interface ServiceCapabilities {
  readonly patch: boolean;
  /** `maxPayloadSize` in bytes. */
  readonly bulk: { readonly supported: boolean; readonly maxOperations: number; readonly maxPayloadSize: number };
  readonly filter: { readonly supported: boolean; readonly maxResults: number };
  readonly sort: boolean;
  readonly etag: boolean;
  readonly changePassword: boolean;
  /** RFC 9865 section 4. `cursorTimeout` in seconds. */
  readonly pagination: {
    readonly cursor: boolean;
    readonly index: boolean;
    readonly defaultPaginationMethod: "index" | "cursor";
    readonly defaultPageSize: number;
    readonly maxPageSize: number;
    readonly cursorTimeout: number;
  };
}

/** What is served today. */
export const CURRENT_CAPABILITIES: ServiceCapabilities = {
  patch: true,
  bulk: { supported: true, maxOperations: MAX_BULK_OPERATIONS, maxPayloadSize: MAX_BULK_BYTES },
  filter: { supported: true, maxResults: MAX_RESULTS },
  sort: true,
  etag: true,
  changePassword: false,
  pagination: {
    cursor: true,
    index: true,
    defaultPaginationMethod: "index",
    defaultPageSize: MAX_RESULTS,
    maxPageSize: MAX_RESULTS,
    cursorTimeout: 3600,
  },
};

/** The resource types that are served today. */
export const SERVED_TYPES: readonly ResourceType[] = [USER_TYPE, GROUP_TYPE];

/** The body of `/ServiceProviderConfig` (RFC 7643 section 5). `baseUrl` as in `userToWire`. */
export function serviceProviderConfig(
  baseUrl: string,
  capabilities: ServiceCapabilities = CURRENT_CAPABILITIES,
): JsonObject {
  return {
    schemas: [CONFIG_URN],
    patch: { supported: capabilities.patch },
    bulk: { ...capabilities.bulk },
    filter: { ...capabilities.filter },
    changePassword: { supported: capabilities.changePassword },
    sort: { supported: capabilities.sort },
    etag: { supported: capabilities.etag },
    pagination: { ...capabilities.pagination },
    authenticationSchemes: [
      {
        type: "oauthbearertoken",
        name: "Bearer token",
        description: "A token of one directory in the Authorization header (RFC 6750).",
        specUri: "https://www.rfc-editor.org/info/rfc6750",
        primary: true,
      },
    ],
    meta: { resourceType: "ServiceProviderConfig", location: `${baseUrl}/ServiceProviderConfig` },
  };
}

/** The resources of `/ResourceTypes` (RFC 7643 section 6). */
export function resourceTypes(baseUrl: string, types: readonly ResourceType[] = SERVED_TYPES): readonly JsonObject[] {
  return types.map(({ name, endpoint, description, schema, extensions }) => ({
    schemas: [RESOURCE_TYPE_URN],
    id: name,
    name,
    endpoint,
    description,
    schema: schema.urn,
    schemaExtensions: extensions.map(({ urn }) => ({ schema: urn, required: false })),
    meta: { resourceType: "ResourceType", location: `${baseUrl}/ResourceTypes/${name}` },
  }));
}

/** The resources of `/Schemas` (RFC 7643 section 7): what the parser, the filters and PATCH go by. */
export function schemas(baseUrl: string, types: readonly ResourceType[] = SERVED_TYPES): readonly JsonObject[] {
  const served = types.flatMap(({ schema, extensions }) => [schema, ...extensions]);
  return served.map((schema) => schemaToWire(schema, baseUrl));
}

/** One of `/ResourceTypes`. Throws ResourceNotFoundError. */
export function resourceType(baseUrl: string, name: string, types: readonly ResourceType[] = SERVED_TYPES): JsonObject {
  return oneOf(resourceTypes(baseUrl, types), name, "resource type");
}

/** One of `/Schemas`, its URN in any letter case. Throws ResourceNotFoundError. */
export function schema(baseUrl: string, urn: string, types: readonly ResourceType[] = SERVED_TYPES): JsonObject {
  return oneOf(schemas(baseUrl, types), urn, "schema");
}

function oneOf(resources: readonly JsonObject[], id: string, kind: string): JsonObject {
  const folded = id.toLowerCase();
  const found = resources.find(({ id: own }) => typeof own === "string" && own.toLowerCase() === folded);
  if (found === undefined) throw new ResourceNotFoundError(`There is no such ${kind}.`);
  return found;
}

function schemaToWire({ urn, name, description, attributes }: SchemaDefinition, baseUrl: string): JsonObject {
  return {
    schemas: [SCHEMA_URN],
    id: urn,
    name,
    description,
    attributes: [...attributes.values()].map(attributeToWire),
    meta: { resourceType: "Schema", location: `${baseUrl}/Schemas/${urn}` },
  };
}

function attributeToWire(definition: AttributeDefinition): JsonObject {
  const { subAttributes, canonicalValues, referenceTypes, ...traits } = definition;
  return {
    ...traits,
    ...(canonicalValues.length === 0 ? {} : { canonicalValues }),
    ...(referenceTypes.length === 0 ? {} : { referenceTypes }),
    ...(subAttributes.size === 0 ? {} : { subAttributes: [...subAttributes.values()].map(attributeToWire) }),
  };
}
