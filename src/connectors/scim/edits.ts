import type { AccountProfile, DesiredAccount } from "../../domain/account.ts";
import { isJsonObject } from "../../domain/json.ts";
import type { JsonObject, JsonValue } from "../../domain/json.ts";
import { markOf } from "../../domain/marker.ts";
import { splitAttributePath } from "../../scim/attribute-path.ts";
import { PATCH_OP_URN } from "../../scim/message.ts";
import { ownKeyLike, ownValueLike, withOwn } from "../../scim/own-property.ts";
import type { ScimRecipe } from "./recipe.ts";
import { valueAt, withValueAt } from "./resource.ts";
import { elementsOf, PLACED } from "./user.ts";

/** The schema of every user (RFC 7643 section 4.1). */
export const USER_URN = "urn:ietf:params:scim:schemas:core:2.0:User";

/** Another value for one attribute (undefined: none at all), or for the work e-mail. */
export type Edit =
  { readonly path: string; readonly value: JsonValue | undefined } | { readonly path: "emails"; readonly work: string };

/** What of `after` differs from `before` and may be sent, as edits. */
export function profileEdits(before: AccountProfile, after: AccountProfile, recipe: ScimRecipe): readonly Edit[] {
  const { email } = after;
  const address: readonly Edit[] =
    email === before.email ? [] : [{ path: "userName", value: email }, ...workEmail(email, recipe)];
  const placed = PLACED.filter((field) => after[field] !== before[field]);
  return [...address, ...placedEdits(after, placed, recipe)];
}

function workEmail(email: string, { attributes }: ScimRecipe): readonly Edit[] {
  return attributes.emails ? [{ path: "emails", work: email }] : [];
}

function placedEdits(
  profile: AccountProfile,
  fields: readonly (typeof PLACED)[number][],
  { attributes, readOnly }: ScimRecipe,
): readonly Edit[] {
  return fields.flatMap((field) => {
    const [path, value] = [attributes[field], profile[field]];
    return path === null || value === undefined || readOnly.includes(field) ? [] : [{ path, value }];
  });
}

/** The body of a create: an active user with our marker, where the product keeps one. */
export function createBody(desired: DesiredAccount, recipe: ScimRecipe): JsonObject {
  const { email } = desired.profile;
  const bare: JsonObject = {
    schemas: [USER_URN],
    userName: email,
    ...(recipe.attributes.externalId ? { externalId: markOf(desired) } : {}),
    active: true,
  };
  return toRecord(bare, [...workEmail(email, recipe), ...placedEdits(desired.profile, PLACED, recipe)]);
}

/** A PATCH (RFC 7644 section 3.5.2). `resource` is the user as it stands; needed only where an edit is of the e-mail. */
export function patchBody(edits: readonly Edit[], resource: JsonObject): JsonObject {
  return { schemas: [PATCH_OP_URN], Operations: edits.map((edit) => operationOf(edit, resource)) };
}

function operationOf(edit: Edit, resource: JsonObject): JsonObject {
  if (!("work" in edit)) {
    const { path, value } = edit;
    return value === undefined ? { op: "remove", path } : { op: "replace", path, value };
  }
  const emails = elementsOf(valueAt(resource, "emails"));
  // To replace what is not there is an error to some and a creation to others; to add is neither.
  if (emails.some(isWork)) return { op: "replace", path: 'emails[type eq "work"].value', value: edit.work };
  return { op: "add", path: "emails", value: [newEmail(edit.work, emails)] };
}

/** The whole record for a PUT: what the product showed, with the edits, and without what only the product can write. */
export function replacementBody(edits: readonly Edit[], resource: JsonObject, recipe: ScimRecipe): JsonObject {
  return toRecord(recipe.unnamed === "kept" ? writable(resource) : namedOnly(resource, recipe), edits);
}

const READ_ONLY = new Set(["id", "meta", "groups"]);

function writable(resource: JsonObject): JsonObject {
  const kept = Object.entries(resource).filter(([name]) => !READ_ONLY.has(name.toLowerCase()));
  return withSchema(Object.fromEntries(kept), USER_URN);
}

function namedOnly(resource: JsonObject, { attributes, groups }: ScimRecipe): JsonObject {
  const { emails, externalId, ...placed } = attributes;
  const paths = [
    "userName",
    "active",
    ...(emails ? ["emails"] : []),
    ...(externalId ? ["externalId"] : []),
    ...Object.values(placed).filter((path) => path !== null),
    ...(groups.by === "attribute" ? groups.schemas.map((urn) => `${urn}:${groups.attribute}`) : []),
  ];
  const edits = paths.flatMap((path) => {
    const value = valueAt(resource, path);
    return value === undefined || value === null ? [] : [{ path, value }];
  });
  return toRecord({ schemas: [USER_URN] }, edits);
}

function toRecord(resource: JsonObject, edits: readonly Edit[]): JsonObject {
  return edits.reduce<JsonObject>((record, edit) => {
    if ("work" in edit) return withWorkEmail(record, edit.work);
    const urn = splitAttributePath(edit.path)?.urn ?? null;
    const edited = withValueAt(record, edit.path, edit.value);
    return urn === null || edit.value === undefined ? edited : withSchema(edited, urn);
  }, resource);
}

function withWorkEmail(record: JsonObject, address: string): JsonObject {
  const key = ownKeyLike(record, "emails") ?? "emails";
  const emails = elementsOf(record[key]);
  const changed = emails.map((email) => (isWork(email) ? withValueAt(email, "value", address) : email));
  return withOwn(record, key, emails.some(isWork) ? changed : [...emails, newEmail(address, emails)]);
}

function newEmail(value: string, others: readonly JsonValue[]): JsonObject {
  return { value, type: "work", primary: others.length === 0 };
}

function isWork(email: JsonValue): email is JsonObject {
  const type = isJsonObject(email) ? ownValueLike(email, "type") : undefined;
  return typeof type === "string" && type.toLowerCase() === "work";
}

function withSchema(record: JsonObject, urn: string): JsonObject {
  const key = ownKeyLike(record, "schemas") ?? "schemas";
  const schemas = elementsOf(record[key]);
  const isThere = schemas.some((other) => typeof other === "string" && other.toLowerCase() === urn.toLowerCase());
  return isThere ? record : withOwn(record, key, [...schemas, urn]);
}
