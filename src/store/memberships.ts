import type { Knex } from "knex";
import type { DirectoryGroupId, DirectoryId, GroupMember, Person } from "../domain/directory.ts";
import { rowsFor, valuesTable } from "./dialect.ts";
import { EVERY, sql } from "./sql.ts";

interface GroupOfRow {
  readonly user_id: string;
  readonly id: string;
  readonly display_name: string;
}

/**
 * The groups of live users, by user id, each group once, by name and then id; nobody else is in it. `directory` null:
 * users of any directory, each with the groups of their own.
 */
export async function groupsOfUsers(
  db: Knex,
  ids: readonly string[],
  directory: DirectoryId | null,
): Promise<ReadonlyMap<string, Person["groups"]>> {
  if (ids.length === 0) return new Map();
  const rows = await rowsFor<GroupOfRow>(
    db,
    sql(
      `select distinct u.id as user_id, g.id as id, g.display_name as display_name
       from ? cross join users as u cross join memberships as m cross join groups as g
       where u.id = asked.value and u.deleted_at is null and ? and m.member_value = u.id
         and g.key = m.group_key and g.directory = u.directory
       order by g.display_name, g.id`,
      valuesTable("asked", ids),
      directory === null ? EVERY : sql("u.directory = ?", directory),
    ),
  );
  const found = new Map<string, { readonly id: DirectoryGroupId; readonly displayName: string }[]>();
  for (const { user_id, id, display_name } of rows) {
    const own = found.get(user_id) ?? [];
    own.push({ id: id as DirectoryGroupId, displayName: display_name });
    found.set(user_id, own);
  }
  return found;
}

interface MemberRow {
  readonly group_key: number;
  readonly member_value: string;
  readonly type: string | null;
  readonly display: string | null;
  readonly user_id: string | null;
  readonly named_group_id: string | null;
}

/** The members of groups of one directory, by the groups' keys, in the order in which they came. */
export async function membersOfGroups(
  db: Knex,
  directory: DirectoryId,
  groupKeys: readonly number[],
): Promise<ReadonlyMap<number, readonly GroupMember[]>> {
  if (groupKeys.length === 0) return new Map();
  const rows = await rowsFor<MemberRow>(
    db,
    sql(
      `select m.group_key, m.member_value, m.type, m.display,
         u.id as user_id, g.id as named_group_id
       from ? cross join memberships as m
       left join users as u on u.id = m.member_value and u.directory = ? and u.deleted_at is null
       left join groups as g on g.id = m.member_value and g.directory = ?
       where m.group_key = asked.value
       order by m.key`,
      valuesTable("asked", groupKeys),
      directory,
      directory,
    ),
  );
  const found = new Map<number, GroupMember[]>();
  for (const row of rows) {
    const own = found.get(row.group_key) ?? [];
    own.push(toMember(row));
    found.set(row.group_key, own);
  }
  return found;
}

function toMember({ member_value, type, display, ...named }: MemberRow): GroupMember {
  return {
    value: member_value,
    ...(type !== null && { type }),
    ...(display !== null && { display }),
    refersTo: refersTo(named),
  };
}

/** A user who is here is kept under the id, so that any other value names nobody. */
function refersTo({ user_id, named_group_id }: Pick<MemberRow, "user_id" | "named_group_id">): GroupMember["refersTo"] {
  if (user_id !== null) return { type: "User", id: user_id };
  return named_group_id === null ? null : { type: "Group", id: named_group_id };
}
