import type { Knex } from "knex";
import type { DirectoryId, Person } from "../domain/directory.ts";
import { userToWire } from "../scim/user.ts";
import type { Listing } from "./listing.ts";
import { groupsOfUsers } from "./memberships.ts";
import { searchableUsers } from "./searchable.ts";
import { fromUserRow, type UserRow } from "./user-row.ts";

/** Whether the rows that follow from the users (their e-mail addresses, their number) are in step with them. */
export type DerivedRows = "fresh" | "stale";

/** The users of a directory who were not deleted. */
export function liveUsers(db: Knex, directory: DirectoryId): Knex.QueryBuilder<UserRow, UserRow[]> {
  return db<UserRow>("users").where({ directory }).whereNull("deleted_at");
}

/** The list of the users of a directory. */
export function userListing(db: Knex, directory: DirectoryId, derived: DerivedRows): Listing<UserRow, Person> {
  return {
    db,
    table: "users",
    searchable: searchableUsers(directory, derived === "fresh"),
    membership: "groups",
    rows: () => liveUsers(db, directory),
    knownTotal: async () => (derived === "fresh" ? keptTotal(db, directory) : null),
    async items(rows, withMemberships) {
      const ids = withMemberships ? rows.map(({ id }) => id) : [];
      const groups = await groupsOfUsers(db, ids, directory);
      return rows.map((row) => ({ user: fromUserRow(row), deletedAt: null, groups: groups.get(row.id) ?? [] }));
    },
    wire: ({ user, groups }) => userToWire(user, { baseUrl: "", groups }),
  };
}

async function keptTotal(db: Knex, directory: DirectoryId): Promise<number> {
  const [row] = await db<{ id: string; live_users: number }>("directories")
    .where({ id: directory })
    .select("live_users");
  return row?.live_users ?? 0;
}
