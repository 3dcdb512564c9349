import type { Knex } from "knex";
import type { DirectoryGroupId, DirectoryId, GroupMember, Person } from "../domain/directory.ts";
import { rowsFor, valuesTable } from "./dialect.ts";
import { isNoId } from "./naming.ts";
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
  const memberships = sql(
    `from ? cross join users as u cross join memberships as m cross join groups as g
     where u.id = asked.value and u.deleted_at is null and ? and g.key = m.group_key and g.directory = u.directory`,
    valuesTable("asked", ids),
    directory === null ? EVERY : sql("u.directory = ?", directory),
  );
  const rows = await rowsFor<GroupOfRow>(
    db,
    sql(
      `select u.id as user_id, g.id as id, g.display_name as display_name ? and m.member_value = u.id
       union
       select u.id as user_id, g.id as id, g.display_name as display_name ? and m.member_value = u.external_id
         and ${isNoId("m.member_value", "u.directory")}
       order by display_name, id`,
      memberships,
      memberships,
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
  readonly external_user_id: string | null;
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
         u.id as user_id, g.id as named_group_id, x.id as external_user_id
       from ? cross join memberships as m
       left join users as u on u.id = m.member_value and u.directory = ? and u.deleted_at is null
       left join groups as g on g.id = m.member_value and g.directory = ?
       left join users as x on x.external_id = m.member_value and x.directory = ? and x.deleted_at is null
       where m.group_key = asked.value
       order by m.key`,
      valuesTable("asked", groupKeys),
      directory,
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

/** An id goes before an externalId. */
function refersTo(named: Pick<MemberRow, "user_id" | "named_group_id" | "external_user_id">): GroupMember["refersTo"] {
  if (named.user_id !== null) return { type: "User", id: named.user_id };
  if (named.named_group_id !== null) return { type: "Group", id: named.named_group_id };
  return named.external_user_id === null ? null : { type: "User", id: named.external_user_id };
}
