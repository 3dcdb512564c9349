import { z } from "zod";
import type { AccountId, AccountProfile, ObservedAccount, ProductGroupId, Seat } from "../../domain/account.ts";
import { ConnectorError } from "../../domain/errors.ts";
import { isJsonArray, isJsonObject } from "../../domain/json.ts";
import type { JsonObject, JsonValue } from "../../domain/json.ts";
import { directoryOfMark } from "../../domain/marker.ts";
import { booleanOf } from "../../scim/boolean-of.ts";
import { ownValueLike } from "../../scim/own-property.ts";
import { isOpaqueId } from "./opaque-id.ts";
import type { ScimRecipe } from "./recipe.ts";
import { textAt, valueAt } from "./resource.ts";

/** The fields of a profile that stand at a place that the recipe names; the address is the userName. */
export const PLACED = ["displayName", "givenName", "familyName", "timezone", "locale"] as const;

/** A user of the product: what everybody must show, and the whole record as it came. */
export interface ScimUser {
  readonly id: string;
  readonly userName: string;
  readonly active: boolean;
  readonly externalId: string | undefined;
  readonly resource: JsonObject;
}

const active = z.json().transform((value, context) => {
  const meant = booleanOf(value);
  if (meant === undefined) context.addIssue({ code: "custom" });
  return meant === true;
});

const shape = z.object({
  id: z.string().refine(isOpaqueId),
  userName: z.string().trim().min(1).max(1_000),
  // Products leave it out for people who are active; what is there must be a boolean, or Entra's word for one.
  active: active.optional(),
  externalId: z.string().max(1_000).nullish(),
});

/** Reads a User resource (RFC 7643 section 4.1). Throws ConnectorError `unavailable` when it is none. */
export function readUser(body: unknown, product: string): ScimUser {
  if (!isJsonObject(body)) throw strange(product, "no object");
  const named = Object.fromEntries(Object.keys(shape.shape).map((name) => [name, ownValueLike(body, name)]));
  const result = shape.safeParse(named);
  if (!result.success) throw strange(product, `${result.error.issues[0]?.path.join(".")} is not what it should be`);
  const { id, userName, active: isActive = true, externalId } = result.data;
  return { id, userName, active: isActive, externalId: externalId ?? undefined, resource: body };
}

function strange(product: string, what: string): ConnectorError {
  return new ConnectorError("unavailable", `${product} showed a user in a shape that we do not know: ${what}`);
}

/** How users of one product are read. */
export interface UserReading {
  readonly recipe: ScimRecipe;
  /** The pool that everybody who is active takes a seat of; null where the product has none. */
  readonly pool: Seat | null;
  /** Groups of somebody, where the users themselves do not show them; by the user's id. */
  readonly groupsOf?: ((id: string) => readonly ProductGroupId[]) | undefined;
}

/** A user in our words. A mark is the externalId that we gave; anybody else's stays an external id. */
export function toAccount(user: ScimUser, reading: UserReading): ObservedAccount {
  const { recipe, pool, groupsOf } = reading;
  const mark = recipe.attributes.externalId ? user.externalId : undefined;
  const isForeign = mark !== undefined && directoryOfMark(mark) === null;
  return {
    id: user.id as AccountId,
    ...(mark === undefined || mark === "" ? {} : { marker: mark }),
    ...(isForeign && mark !== "" ? { externalId: mark } : {}),
    status: user.active ? "active" : "deactivated",
    role: roleOf(user.resource),
    profile: profileOf(user, recipe),
    seat: user.active ? pool : null,
    groups: groupsOf === undefined ? shownGroups(user.resource, recipe) : groupsOf(user.id),
  };
}

function profileOf({ userName, resource }: ScimUser, { attributes }: ScimRecipe): AccountProfile {
  const profile: { -readonly [K in keyof AccountProfile]: AccountProfile[K] } = { email: canonicalEmail(userName) };
  for (const field of PLACED) {
    const at = attributes[field];
    const text = at === null ? undefined : textAt(resource, at);
    if (text !== undefined) profile[field] = text;
  }
  return profile;
}

/** Names of users are compared without case (RFC 7643 section 4.1.1). */
export function canonicalEmail(email: string): string {
  return email.trim().toLowerCase();
}

const HIGH_ROLES: ReadonlyMap<string, ObservedAccount["role"]> = new Map([
  ["owner", "owner"],
  ["admin", "admin"],
  ["administrator", "admin"],
]);

/** The highest role that is shown; the standard knows no names of roles, so that only the plain words count. */
function roleOf(resource: JsonObject): ObservedAccount["role"] {
  const shown = elementsOf(ownValueLike(resource, "roles")).flatMap((role) => {
    const words = isJsonObject(role) ? [ownValueLike(role, "value"), ownValueLike(role, "display")] : [role];
    return words.flatMap((word) => (typeof word === "string" ? (HIGH_ROLES.get(word.trim().toLowerCase()) ?? []) : []));
  });
  return shown.includes("owner") ? "owner" : (shown[0] ?? "member");
}

function shownGroups(resource: JsonObject, { groups }: ScimRecipe): readonly ProductGroupId[] {
  switch (groups.by) {
    case "none":
      return [];
    case "attribute": {
      const shown = groups.schemas.map((urn) => textAt(resource, `${urn}:${groups.attribute}`));
      const value = shown.find((text) => text !== undefined);
      return value === undefined ? [] : [value as ProductGroupId];
    }
    case "resource":
      return elementsOf(valueAt(resource, "groups")).flatMap(directGroup);
  }
}

function directGroup(group: JsonValue): readonly ProductGroupId[] {
  if (!isJsonObject(group)) return [];
  const [value, type] = [ownValueLike(group, "value"), ownValueLike(group, "type")];
  // Somebody who is in a group by another group cannot be taken out of it.
  if (typeof type === "string" && type.toLowerCase() === "indirect") return [];
  return typeof value === "string" && isOpaqueId(value) ? [value as ProductGroupId] : [];
}

/** The elements of an attribute with several values; one value alone is one element, as sloppy products show it. */
export function elementsOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined || value === null) return [];
  return isJsonArray(value) ? value : [value];
}
