import type { Meta } from "../domain/directory.ts";
import type { JsonObject } from "../domain/json.ts";
import type { ResourceType } from "./schema.ts";

/** What every staged resource has, whatever its type. */
interface Staged {
  readonly id: string;
  readonly resource: JsonObject;
  readonly meta: Meta;
}

/**
 * The representation that clients see (RFC 7643 section 3): exactly the namespaces that are present in `schemas`, core
 * attributes at the top level, `computed` ones among them, and `meta`. `baseUrl` is that of the SCIM endpoints, without a
 * slash at its end.
 */
export function wireResource(
  { id, resource, meta }: Staged,
  type: ResourceType,
  baseUrl: string,
  computed: JsonObject,
): JsonObject {
  return {
    schemas: [type.schema.urn, ...Object.keys(resource).filter((key) => key.includes(":"))],
    id,
    ...resource,
    ...computed,
    meta: {
      resourceType: type.name,
      created: meta.created,
      lastModified: meta.lastModified,
      location: resourceLocation(type, id, baseUrl),
      version: versionTag(meta.version),
    },
  };
}

/** The URI of a resource, as in `meta.location`, the Location header and `$ref`. */
export function resourceLocation({ endpoint }: ResourceType, id: string, baseUrl: string): string {
  return `${baseUrl}${endpoint}/${id}`;
}

/** The weak ETag of a version (RFC 7644 section 3.14), as in `meta.version` and the ETag header. */
export function versionTag(version: number): string {
  return `W/"${version}"`;
}
