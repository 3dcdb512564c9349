import type { Instant } from "../domain/brand.ts";
import type { DirectoryId, DirectoryUser, DirectoryUserId } from "../domain/directory.ts";
import { isJsonObject, type JsonObject } from "../domain/json.ts";
import { foldCase } from "../scim/fold-case.ts";

/** A row of `users`. Drivers give booleans as numbers. */
export interface UserRow {
  readonly key: number;
  readonly id: string;
  readonly directory: string;
  readonly user_name: string;
  readonly user_name_key: string;
  readonly display_name_key: string | null;
  readonly external_id: string | null;
  readonly active: number | boolean;
  readonly left_at: string | null;
  readonly deleted_at: string | null;
  readonly inherited_by: string | null;
  readonly version: number;
  readonly created: string;
  readonly last_modified: string;
  readonly resource: string;
}

/** The columns that a user fills; the others are the store's own. */
export const USER_COLUMNS = [
  "id",
  "directory",
  "user_name",
  "user_name_key",
  "display_name_key",
  "external_id",
  "active",
  "left_at",
  "version",
  "created",
  "last_modified",
  "resource",
] as const;

/** The columns of which a user is made, but for the resource. */
type ReadColumn =
  "id" | "directory" | "user_name" | "external_id" | "active" | "left_at" | "version" | "created" | "last_modified";

/** Their values. */
export type UserColumns = Pick<UserRow, (typeof USER_COLUMNS)[number]>;

/** A user as its columns. */
export function toUserColumns(user: DirectoryUser): UserColumns {
  return {
    id: user.id,
    directory: user.directory,
    user_name: user.userName,
    user_name_key: foldCase(user.userName),
    display_name_key: displayNameKey(user.resource),
    external_id: user.externalId ?? null,
    active: user.active,
    left_at: user.leftAt ?? null,
    version: user.meta.version,
    created: user.meta.created,
    last_modified: user.meta.lastModified,
    resource: JSON.stringify(user.resource),
  };
}

/** The user a row holds. */
export function fromUserRow(row: UserRow): DirectoryUser {
  return toUser(row, JSON.parse(row.resource) as JsonObject);
}

/** The user that columns come to; `resource` is that of the column, parsed. */
export function toUser(row: Pick<UserRow, ReadColumn>, resource: JsonObject): DirectoryUser {
  return {
    id: row.id as DirectoryUserId,
    directory: row.directory as DirectoryId,
    ...(row.external_id !== null && { externalId: row.external_id }),
    userName: row.user_name,
    active: Boolean(row.active),
    ...(row.left_at !== null && { leftAt: row.left_at as Instant }),
    resource,
    meta: {
      created: row.created as Instant,
      lastModified: row.last_modified as Instant,
      version: row.version,
    },
  };
}

/** What a user is found and sorted by under `displayName`; null without one. */
function displayNameKey(resource: JsonObject): string | null {
  const displayName = resource["displayName"];
  return typeof displayName === "string" && displayName !== "" ? foldCase(displayName) : null;
}

/** What a user is found by under `emails.value`: each address once, without case, sorted. */
export function emailKeys(resource: JsonObject): readonly string[] {
  const emails = resource["emails"];
  if (!Array.isArray(emails)) return [];
  const values = (emails as readonly unknown[]).map((email) => (isJsonObject(email) ? email["value"] : undefined));
  const addresses = values.filter((value) => typeof value === "string").filter((value) => value !== "");
  return [...new Set(addresses.map(foldCase))].sort();
}
