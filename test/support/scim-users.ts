import type { Instant } from "../../src/domain/brand.ts";
import type { DirectoryId, DirectoryUser, DirectoryUserId } from "../../src/domain/directory.ts";
import type { JsonObject } from "../../src/domain/json.ts";

export const USER_URN = "urn:ietf:params:scim:schemas:core:2.0:User";
export const ENTERPRISE_URN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
export const CALENDLY_URN = "urn:ietf:params:scim:schemas:extension:Calendly:2.0:User";
export const CALENDLY_ALIAS = "urn:calendly:scim:schemas:2.0:User";
export const GROUP_URN = "urn:ietf:params:scim:schemas:core:2.0:Group";
export const PATCH_URN = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
export const SEARCH_URN = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
export const BULK_URN = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

/** A stored representation: only what SCIM needs, and what the test says. */
export function aResource(parts: JsonObject = {}): JsonObject {
  return { userName: "ana@acme.example", active: true, ...parts };
}

/** A staged user whose properties agree with its resource. */
export function aStagedUser(parts: JsonObject = {}): DirectoryUser {
  const resource = aResource(parts);
  const { externalId, active, userName } = resource;
  return {
    id: "u-1" as DirectoryUserId,
    directory: "acme" as DirectoryId,
    userName: typeof userName === "string" ? userName : "",
    active: active === true,
    resource,
    meta: {
      created: "2026-01-01T00:00:00.000Z" as Instant,
      lastModified: "2026-11-21T10:00:00.000Z" as Instant,
      version: 3,
    },
    ...(typeof externalId === "string" ? { externalId } : {}),
  };
}

/** A group as an IdP sends it, with these member values; without `members` when none are given. */
export function aScimGroup(displayName: string, members?: readonly string[], parts: JsonObject = {}): JsonObject {
  const named = members === undefined ? {} : { members: members.map((value) => ({ value })) };
  return { schemas: [GROUP_URN], displayName, ...named, ...parts };
}

/** The body of a PATCH. */
export function aPatch(...operations: readonly JsonObject[]): JsonObject {
  return { schemas: [PATCH_URN], Operations: operations };
}
