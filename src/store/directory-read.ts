import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryId, DirectoryUserId } from "../domain/directory.ts";
import type { DirectoryReadTx } from "../ports/directory-tx.ts";
import { liveUsers, listUsers, type DerivedRows } from "./list-users.ts";
import { fromUserRow, type UserRow } from "./user-row.ts";

/**
 * Reads one directory; `db` answers for one state of it. Every statement carries the directory's id. Inside a unit the
 * derived rows are stale: they are written at the end of its group.
 */
export function createDirectoryReader(db: () => Knex, directory: DirectoryId, derived: DerivedRows): DirectoryReadTx {
  const live = (): Knex.QueryBuilder<UserRow, UserRow[]> => liveUsers(db(), directory);
  return {
    async user(id) {
      const [row] = await live().where({ id }).select();
      return row === undefined ? undefined : fromUserRow(row);
    },
    async userByExternalId(externalId) {
      const [row] = await live().where({ external_id: externalId }).select();
      return row === undefined ? undefined : fromUserRow(row);
    },
    users: (query) => listUsers(db(), directory, query, derived),
    async versionOf(id) {
      const [row] = await db()<UserRow>("users").where({ directory, id }).select("version");
      return row?.version;
    },
    async tombstoneOf(externalId) {
      const [row] = await db()<UserRow>("users")
        .where({ directory, external_id: externalId })
        .whereNotNull("deleted_at")
        .whereNull("inherited_by")
        .orderBy("key", "desc")
        .limit(1)
        .select();
      if (row === undefined) return undefined;
      return { user: fromUserRow(row), deletedAt: row.deleted_at as Instant };
    },
  };
}

/** Whether this is a user of the directory who was not deleted. */
export async function isLive(db: Knex, directory: DirectoryId, id: DirectoryUserId): Promise<boolean> {
  const rows = await liveUsers(db, directory).where({ id }).select("key");
  return rows.length > 0;
}
