import type { AccountId, ObservedGroup, ProductGroupId } from "../../domain/account.ts";
import { ConnectorError } from "../../domain/errors.ts";
import { isJsonObject } from "../../domain/json.ts";
import type { JsonObject } from "../../domain/json.ts";
import { PATCH_OP_URN } from "../../scim/message.ts";
import { ownEntries, ownKeyLike, ownValueLike, withOwn } from "../../scim/own-property.ts";
import { isOpaqueId, ownOpaqueId } from "./opaque-id.ts";
import { textAt } from "./resource.ts";
import { elementsOf } from "./user.ts";

/** The schema of every group (RFC 7643 section 4.2). */
export const GROUP_URN = "urn:ietf:params:scim:schemas:core:2.0:Group";

/** A group in our words. Throws ConnectorError `unavailable` for what is none. */
export function toGroup(resource: unknown, product: string): ObservedGroup {
  const shown = isJsonObject(resource) ? resource : {};
  const [id, name] = [ownValueLike(shown, "id"), textAt(shown, "displayName")];
  if (typeof id !== "string" || !isOpaqueId(id) || name === undefined) {
    throw new ConnectorError("unavailable", `${product} showed a group without an id or a name`);
  }
  return { id: id as ProductGroupId, name };
}

/** The ids of the users in a group. */
export function membersOf(resource: JsonObject): readonly string[] {
  return elementsOf(ownValueLike(resource, "members")).flatMap((member) => {
    const value = isJsonObject(member) ? ownValueLike(member, "value") : member;
    return typeof value === "string" ? [value] : [];
  });
}

/** A PATCH that puts one member in or out (RFC 7644 section 3.5.2); `id` is checked before it stands in the path. */
export function memberPatch(id: AccountId, isIn: boolean): JsonObject {
  const value = ownOpaqueId(id);
  const operation = isIn
    ? { op: "add", path: "members", value: [{ value }] }
    : { op: "remove", path: `members[value eq ${JSON.stringify(value)}]` };
  return { schemas: [PATCH_OP_URN], Operations: [operation] };
}

/** The whole group for a PUT, with or without one member; everything else stays as it was shown. */
export function groupWith(resource: JsonObject, id: AccountId, isIn: boolean): JsonObject {
  const kept = Object.fromEntries(
    ownEntries(resource).filter(([name]) => !["id", "meta"].includes(name.toLowerCase())),
  );
  const key = ownKeyLike(kept, "members") ?? "members";
  const others = elementsOf(kept[key]).filter(
    (member) => (isJsonObject(member) ? ownValueLike(member, "value") : member) !== id,
  );
  return withOwn(kept, key, isIn ? [...others, { value: id }] : others);
}
