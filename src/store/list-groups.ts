import type { Knex } from "knex";
import type { DirectoryId, GroupWithMembers } from "../domain/directory.ts";
import { groupToWire } from "../scim/group.ts";
import { fromGroupRow, type GroupRow } from "./group-row.ts";
import type { Listing } from "./listing.ts";
import { membersOfGroups } from "./memberships.ts";
import { SEARCHABLE_GROUPS } from "./searchable.ts";

/** The list of the groups of a directory. */
export function groupListing(db: Knex, directory: DirectoryId): Listing<GroupRow, GroupWithMembers> {
  return {
    db,
    table: "groups",
    searchable: SEARCHABLE_GROUPS,
    membership: "members",
    rows: () => db<GroupRow>("groups").where({ directory }),
    knownTotal: async () => null,
    async items(rows, withMemberships) {
      if (!withMemberships) return rows.map((row) => ({ group: fromGroupRow(row), members: null }));
      const keys = rows.map(({ key }) => key);
      const members = await membersOfGroups(db, directory, keys);
      return rows.map((row) => ({ group: fromGroupRow(row), members: members.get(row.key) ?? [] }));
    },
    wire: (value) => groupToWire(value, { baseUrl: "" }),
  };
}
