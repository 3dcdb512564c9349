import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryGroupId, DirectoryId, DirectoryUserId } from "../domain/directory.ts";
import type { DirectoryReadTx } from "../ports/directory-tx.ts";
import { fromGroupRow, type GroupRow } from "./group-row.ts";
import { groupListing } from "./list-groups.ts";
import { MAX_SORTED, listPage } from "./list-page.ts";
import { liveUsers, userListing, type DerivedRows } from "./list-users.ts";
import { groupsOfUsers, membersOfGroups } from "./memberships.ts";
import { fromUserRow, type UserRow } from "./user-row.ts";
import { lookUpUsers, type FoundUser } from "./user-statements.ts";

/**
 * Reads one directory; `db` answers for one state of it. Every statement carries the directory's id. Inside a unit the
 * derived rows are stale: they are written at the end of its group. `maxSorted`: the most resources that are put in order
 * by what no column holds.
 */
export function createDirectoryReader(
  db: () => Knex | Promise<Knex>,
  directory: DirectoryId,
  derived: DerivedRows,
  maxSorted: number = MAX_SORTED,
): DirectoryReadTx {
  const groupsOf: DirectoryReadTx["groupsOf"] = async ({ id }) =>
    (await groupsOfUsers(await db(), [id], directory)).get(id) ?? [];
  return {
    user: async (id) => (await findUser(await db(), directory, id))?.user,
    async person(id) {
      const found = await findUser(await db(), directory, id);
      if (found === undefined) return undefined;
      const { user, isMember } = found;
      return { user, deletedAt: null, groups: isMember ? await groupsOf(user) : [] };
    },
    groupsOf,
    async userByExternalId(externalId) {
      const [row] = await liveUsers(await db(), directory)
        .where({ external_id: externalId })
        .select();
      return row === undefined ? undefined : fromUserRow(row);
    },
    people: async (query) => listPage(userListing(await db(), directory, derived), query, maxSorted),
    async group(id) {
      const [row] = await groupRow(await db(), directory, id).select();
      return row === undefined ? undefined : fromGroupRow(row);
    },
    async members(id) {
      const reader = await db();
      const [row] = await groupRow(reader, directory, id).select("key");
      return row === undefined ? [] : ((await membersOfGroups(reader, directory, [row.key])).get(row.key) ?? []);
    },
    groups: async (query) => listPage(groupListing(await db(), directory), query, maxSorted),
    async versionOf(id) {
      const [row] = await (await db())<UserRow>("users").where({ directory, id }).select("version");
      return row?.version;
    },
    async tombstoneOf(externalId) {
      const [row] = await (
        await db()
      )<UserRow>("users")
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

/** One live user of the directory. */
export async function findUser(db: Knex, directory: DirectoryId, id: DirectoryUserId): Promise<FoundUser | undefined> {
  const [found] = await lookUpUsers(db, [id]);
  return found?.user.directory === directory ? found : undefined;
}

function groupRow(db: Knex, directory: DirectoryId, id: DirectoryGroupId): Knex.QueryBuilder<GroupRow, GroupRow[]> {
  return db<GroupRow>("groups").where({ directory, id });
}

/** Whether this is a user of the directory who was not deleted. */
export async function isLive(db: Knex, directory: DirectoryId, id: DirectoryUserId): Promise<boolean> {
  const rows = await liveUsers(db, directory).where({ id }).select("key");
  return rows.length > 0;
}
