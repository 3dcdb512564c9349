import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryId, DirectoryUser, DirectoryUserId } from "../domain/directory.ts";
import { ResourceNotFoundError } from "../domain/errors.ts";
import { isLive } from "./directory-read.ts";
import { dropMemberships } from "./group-write.ts";
import { liveUsers } from "./list-users.ts";
import { typed } from "./store-errors.ts";
import type { UserRow } from "./user-row.ts";
import { insertUsers, updateUsers } from "./user-statements.ts";
import { staleError } from "./user-view.ts";

const NO_SUCH_USER = "There is no such user.";

/** Inserts (`expectedVersion` null) or replaces one user, where a group could not be left to do it. */
export async function putAlone(db: Knex, user: DirectoryUser, expectedVersion: number | null): Promise<void> {
  if (expectedVersion === null) return typed(insertUsers(db, [user]));
  const [stored] = await liveUsers(db, user.directory).where({ id: user.id }).select("version");
  if (stored === undefined) throw new ResourceNotFoundError(NO_SUCH_USER);
  if (stored.version !== expectedVersion) throw staleError(expectedVersion);
  await typed(updateUsers(db, [user]));
}

/** Leaves a tombstone, which is a member of nothing. */
export async function removeUser(db: Knex, directory: DirectoryId, id: DirectoryUserId, at: Instant): Promise<void> {
  const [removed] = await db<UserRow>("users")
    .where({ directory, id })
    .whereNull("deleted_at")
    .update({ deleted_at: at, version: db.raw("version + 1") })
    .returning("external_id");
  if (removed === undefined) throw new ResourceNotFoundError(NO_SUCH_USER);
  await dropMemberships(db, directory, { id, externalId: removed.external_id }, at);
}

/** The link of a tombstone goes to a live user; returns when the tombstone was left. */
export async function inherit(
  db: Knex,
  directory: DirectoryId,
  from: DirectoryUserId,
  to: DirectoryUserId,
): Promise<Instant> {
  if (!(await isLive(db, directory, to))) throw new ResourceNotFoundError(NO_SUCH_USER);
  const [tombstone] = await db<UserRow>("users")
    .where({ directory, id: from })
    .whereNotNull("deleted_at")
    .update({ inherited_by: to })
    .returning("deleted_at");
  if (tombstone === undefined) throw new ResourceNotFoundError(NO_SUCH_USER);
  await db("links").where({ user_id: from }).update({ user_id: to });
  await db("failures").where({ user_id: from }).delete();
  return tombstone.deleted_at as Instant;
}
