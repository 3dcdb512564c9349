import type { DirectoryUser, Person } from "../domain/directory.ts";
import { InvalidValueError, ScimSyntaxError } from "../domain/errors.ts";
import { isJsonArray, isJsonObject } from "../domain/json.ts";
import type { JsonObject, JsonValue } from "../domain/json.ts";
import { canonicalResource } from "./canonical.ts";
import { BODY_DEVIATIONS, rewriteBody } from "./dialect.ts";
import { ownValue, ownValueLike, withOwn } from "./own-property.ts";
import type { PatchOperation } from "./parse-patch.ts";
import { applyPatch } from "./patch.ts";
import { GROUP_TYPE, USER_TYPE } from "./resource-types.ts";
import { schemaNamed } from "./schema.ts";
import type { ResourceType } from "./schema.ts";

const MAX_EXTERNAL_ID_LENGTH = 512;

/** What the body of a POST or PUT says about a user. `resource` holds everything, the three other properties included. */
export interface UserDraft {
  readonly externalId?: string;
  readonly userName: string;
  /** Undefined when the body does not say. */
  readonly active: boolean | undefined;
  readonly resource: JsonObject;
}

/** What is stored of a user, apart from identity and `meta`. Every DirectoryUser is one. */
export type UserContent = Pick<DirectoryUser, "externalId" | "userName" | "active" | "resource">;

/**
 * Reads the body of a POST or PUT. Throws ScimSyntaxError for a body that is no object or does not name the User schema,
 * InvalidValueError for a missing `userName`, an `active` that is neither true nor false, and values of the wrong type.
 */
export function parseUser(body: unknown): UserDraft {
  if (!isJsonObject(body)) throw new ScimSyntaxError("The body must be a JSON object.");
  requireSchema(body, USER_TYPE);
  const resource = canonicalResource(body, USER_TYPE);
  // RFC 7643 section 2.5 would take null for unassigned; but unknown must never come to mean inactive, nor active.
  if (ownValueLike(rewriteBody(body, USER_TYPE, BODY_DEVIATIONS), "active") === null) throw activeIsUnclear();
  return draftOf(resource);
}

/** A new user: active, unless the draft says otherwise. */
export function newUser(draft: UserDraft): UserContent {
  return withActive(draft, draft.active ?? true);
}

/**
 * The user after a PUT (RFC 7644 section 3.5.1): what the draft leaves out is cleared, but for `active`, which stays. A PUT
 * that says nothing about it must not shut anybody out.
 */
export function replaceUser(stored: UserContent, draft: UserDraft): UserContent {
  return withActive(draft, draft.active ?? stored.active);
}

/** The user after a PATCH. Throws what `applyPatch` throws, and InvalidValueError when `userName` or `active` would be gone. */
export function patchUser(stored: UserContent, operations: readonly PatchOperation[]): UserContent {
  const draft = draftOf(applyPatch(stored.resource, operations, USER_TYPE));
  if (draft.active === undefined) throw activeIsUnclear();
  return withActive(draft, draft.active);
}

/**
 * The representation that clients see: exactly the namespaces that are present in `schemas`, core attributes at the top
 * level. `baseUrl` is that of the SCIM endpoints, without a slash at its end.
 */
export function userToWire(
  user: DirectoryUser,
  { baseUrl, groups }: { readonly baseUrl: string; readonly groups: Person["groups"] },
): JsonObject {
  const memberships = groups.map(({ id, displayName }) => ({
    value: id,
    $ref: `${baseUrl}${GROUP_TYPE.endpoint}/${id}`,
    display: displayName,
    type: "direct",
  }));
  return {
    schemas: [USER_TYPE.schema.urn, ...Object.keys(user.resource).filter((key) => key.includes(":"))],
    id: user.id,
    ...user.resource,
    ...(memberships.length === 0 ? {} : { groups: memberships }),
    meta: {
      resourceType: USER_TYPE.name,
      created: user.meta.created,
      lastModified: user.meta.lastModified,
      location: `${baseUrl}${USER_TYPE.endpoint}/${user.id}`,
      version: versionTag(user.meta.version),
    },
  };
}

/** The weak ETag of a version (RFC 7644 section 3.14), as in `meta.version` and the ETag header. */
export function versionTag(version: number): string {
  return `W/"${version}"`;
}

function requireSchema(body: JsonObject, type: ResourceType): void {
  const named = ownValueLike(body, "schemas");
  const isNamed = (urn: JsonValue) => typeof urn === "string" && schemaNamed(type, urn) === type.schema;
  if (!isJsonArray(named) || !named.some(isNamed)) {
    throw new ScimSyntaxError(`schemas must be an array that holds ${type.schema.urn}.`);
  }
}

function draftOf(resource: JsonObject): UserDraft {
  const userName = ownValue(resource, "userName");
  const externalId = ownValue(resource, "externalId");
  const active = ownValue(resource, "active");
  if (typeof userName !== "string" || userName.trim() === "") throw new InvalidValueError("userName is required.");
  if (typeof externalId === "string" && externalId.length > MAX_EXTERNAL_ID_LENGTH) {
    throw new InvalidValueError(`externalId is longer than ${MAX_EXTERNAL_ID_LENGTH} characters.`);
  }
  return {
    userName,
    active: typeof active === "boolean" ? active : undefined,
    resource,
    ...(typeof externalId === "string" ? { externalId } : {}),
  };
}

function withActive({ externalId, userName, resource }: UserDraft, active: boolean): UserContent {
  const content = { userName, active, resource: withOwn(resource, "active", active) };
  return externalId === undefined ? content : { ...content, externalId };
}

function activeIsUnclear(): InvalidValueError {
  return new InvalidValueError("active must be true or false.");
}
