import type { DirectoryUser, Person } from "../domain/directory.ts";
import { InvalidValueError } from "../domain/errors.ts";
import type { JsonObject } from "../domain/json.ts";
import { canonicalAssignments, readBody } from "./canonical.ts";
import { optionalKey, requiredKey } from "./key-text.ts";
import { ownValue, withOwn } from "./own-property.ts";
import type { PatchOperation } from "./parse-patch.ts";
import { applyPatch } from "./patch.ts";
import { requireSchema } from "./require-schema.ts";
import { GROUP_TYPE, USER_TYPE } from "./resource-types.ts";
import { refuseOversized } from "./size-limits.ts";
import { resourceLocation, wireResource } from "./wire-resource.ts";

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
 * Reads the body of a POST or PUT. Throws ScimSyntaxError for a body that is no object or names other schemas alone,
 * InvalidValueError for a missing `userName`, an `active` that is neither true nor false, and values of the wrong type.
 */
export function parseUser(body: unknown): UserDraft {
  const assignments = readBody(requireSchema(body, USER_TYPE), USER_TYPE);
  // RFC 7643 section 2.5 would take null for unassigned; but unknown must never come to mean inactive, nor active.
  const active = assignments.findLast(({ extension, attribute }) => extension === null && attribute.name === "active");
  if (active?.value === null) throw activeIsUnclear();
  return draftOf(canonicalAssignments(assignments));
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

/**
 * The user after a PATCH. Throws what `applyPatch` and `refuseOversized` throw, and InvalidValueError when `userName` or
 * `active` would be gone.
 */
export function patchUser(stored: UserContent, operations: readonly PatchOperation[]): UserContent {
  const draft = draftOf(applyPatch(stored.resource, operations, USER_TYPE));
  if (draft.active === undefined) throw activeIsUnclear();
  refuseOversized(draft.resource);
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
    $ref: resourceLocation(GROUP_TYPE, id, baseUrl),
    display: displayName,
    type: "direct",
  }));
  return wireResource(user, USER_TYPE, baseUrl, memberships.length === 0 ? {} : { groups: memberships });
}

function draftOf(resource: JsonObject): UserDraft {
  const externalId = optionalKey(resource, "externalId");
  const active = ownValue(resource, "active");
  return {
    userName: requiredKey(resource, "userName"),
    active: typeof active === "boolean" ? active : undefined,
    resource,
    ...(externalId === undefined ? {} : { externalId }),
  };
}

function withActive({ externalId, userName, resource }: UserDraft, active: boolean): UserContent {
  const content = { userName, active, resource: withOwn(resource, "active", active) };
  return externalId === undefined ? content : { ...content, externalId };
}

function activeIsUnclear(): InvalidValueError {
  return new InvalidValueError("active must be true or false.");
}
