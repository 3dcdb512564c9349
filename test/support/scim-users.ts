import type { Instant } from "../../src/domain/brand.ts";
import type { DirectoryId, DirectoryUser, DirectoryUserId } from "../../src/domain/directory.ts";
import type { JsonObject } from "../../src/domain/json.ts";

export const USER_URN = "urn:ietf:params:scim:schemas:core:2.0:User";
export const ENTERPRISE_URN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
export const CALENDLY_URN = "urn:ietf:params:scim:schemas:extension:Calendly:2.0:User";
export const CALENDLY_ALIAS = "urn:calendly:scim:schemas:2.0:User";

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
