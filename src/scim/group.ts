import type { DirectoryGroup, GroupMember, GroupWithMembers, MemberDraft, MembersChange } from "../domain/directory.ts";
import type { JsonObject } from "../domain/json.ts";
import { canonicalAssignments, readBody } from "./canonical.ts";
import { optionalKey, requiredKey } from "./key-text.ts";
import { MEMBERS, parseMembers } from "./members.ts";
import { requireSchema } from "./require-schema.ts";
import { GROUP_TYPE, USER_TYPE } from "./resource-types.ts";
import { resourceLocation, wireResource } from "./wire-resource.ts";

/** What the body of a POST or PUT says about a group. `resource` holds everything but the members. */
export interface GroupDraft {
  readonly externalId?: string;
  readonly displayName: string;
  readonly resource: JsonObject;
  /** Undefined when the body does not say; empty when it says null or nobody. */
  readonly members: readonly MemberDraft[] | undefined;
}

/** What is stored of a group, apart from identity, `meta` and members. Every DirectoryGroup is one. */
export type GroupContent = Pick<DirectoryGroup, "externalId" | "displayName" | "resource">;

/**
 * Reads the body of a POST or PUT. Throws ScimSyntaxError for a body that is no object or does not name the Group schema,
 * InvalidValueError for a missing `displayName`, a member without a `value`, and values of the wrong type.
 */
export function parseGroup(body: unknown): GroupDraft {
  const assignments = readBody(requireSchema(body, GROUP_TYPE), GROUP_TYPE);
  const said = assignments.findLast(({ attribute }) => attribute === MEMBERS);
  return {
    ...groupContent(canonicalAssignments(assignments.filter(({ attribute }) => attribute !== MEMBERS))),
    members: said === undefined ? undefined : parseMembers(said.value, MEMBERS.name),
  };
}

/** A new group, without its members. */
export function newGroup({ members: _, ...content }: GroupDraft): GroupContent {
  return content;
}

/**
 * The group after a PUT (RFC 7644 section 3.5.1): what the draft leaves out is cleared, but for the members. A PUT that
 * says nothing about them must not empty the group (RFC 7644 lets the server choose); null and an empty list do.
 */
export function replaceGroup(
  _stored: GroupContent,
  draft: GroupDraft,
): { readonly content: GroupContent; readonly members: MembersChange | null } {
  const members =
    draft.members === undefined
      ? null
      : ({ base: "none", put: draft.members, drop: [], keepsTypes: true } satisfies MembersChange);
  return { content: newGroup(draft), members };
}

/** The content of a stored representation without members. Throws InvalidValueError when it has no `displayName`. */
export function groupContent(resource: JsonObject): GroupContent {
  const externalId = optionalKey(resource, "externalId");
  const displayName = requiredKey(resource, "displayName");
  return { displayName, resource, ...(externalId === undefined ? {} : { externalId }) };
}

/**
 * The representation that clients see. Without members there is no `members`, nor where they were not asked for.
 * `baseUrl` is that of the SCIM endpoints, without a slash at its end.
 */
export function groupToWire(
  { group, members }: GroupWithMembers,
  { baseUrl }: { readonly baseUrl: string },
): JsonObject {
  const shown = members === null || members.length === 0 ? {} : { members: members.map(memberToWire(baseUrl)) };
  return wireResource(group, GROUP_TYPE, baseUrl, shown);
}

/** `$ref` follows from whom the value names, `type` too, else it is what the IdP said. */
function memberToWire(baseUrl: string): (member: GroupMember) => JsonObject {
  return ({ value, type, display, refersTo }) => {
    const kind = refersTo?.type ?? type;
    const holder = refersTo?.type === "Group" ? GROUP_TYPE : USER_TYPE;
    return {
      value,
      ...(refersTo === null ? {} : { $ref: resourceLocation(holder, refersTo.id, baseUrl) }),
      ...(kind === undefined ? {} : { type: kind }),
      ...(display === undefined ? {} : { display }),
    };
  };
}
