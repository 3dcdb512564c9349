import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import type {
  DirectoryGroup,
  DirectoryGroupId,
  DirectoryId,
  DirectoryUser,
  DirectoryUserId,
} from "../domain/directory.ts";
import { ResourceNotFoundError, VersionConflictError } from "../domain/errors.ts";
import { rowsFor, valuesTable, whereOneOf } from "./dialect.ts";
import { toGroupColumns, type GroupRow } from "./group-row.ts";
import { isNoId, namedByExternalId, namedUsers } from "./naming.ts";
import { sql, type Sql } from "./sql.ts";
import { typed } from "./store-errors.ts";

const NO_SUCH_GROUP = "There is no such group.";

/** The key of a group of the directory. Throws ResourceNotFoundError. */
export async function groupKey(db: Knex, directory: DirectoryId, id: DirectoryGroupId): Promise<number> {
  const [row] = await db<GroupRow>("groups").where({ directory, id }).select("key");
  if (row === undefined) throw new ResourceNotFoundError(NO_SUCH_GROUP);
  return row.key;
}

/** Inserts (`expectedVersion` null) or replaces a group, without its members. */
export async function putGroup(db: Knex, group: DirectoryGroup, expectedVersion: number | null): Promise<void> {
  const columns = toGroupColumns(group);
  if (expectedVersion === null)
    return typed(
      db<GroupRow>("groups")
        .insert(columns)
        .then(() => undefined),
    );
  const { id, directory, created: _, ...replaced } = columns;
  const rows = db<GroupRow>("groups").where({ id, directory, version: expectedVersion });
  if ((await typed(rows.update(replaced))) > 0) return;
  await groupKey(db, group.directory, group.id);
  throw new VersionConflictError(`The group is not at version ${expectedVersion} any more: read it again.`);
}

/** A group goes, and with it its members and its own memberships. */
export async function removeGroup(db: Knex, directory: DirectoryId, id: DirectoryGroupId, at: Instant): Promise<void> {
  const removed = await db<GroupRow>("groups").where({ directory, id }).delete();
  if (removed === 0) throw new ResourceNotFoundError(NO_SUCH_GROUP);
  await dropValues(db, directory, sql("m.member_value = ?", id), at);
}

/** The memberships of a user who was just removed, under their id and, where it is nobody's id, their `externalId`. */
export async function dropMemberships(
  db: Knex,
  directory: DirectoryId,
  user: { readonly id: DirectoryUserId; readonly externalId: string | null },
  at: Instant,
): Promise<void> {
  const byExternalId = sql(`m.member_value = ? and ${isNoId("m.member_value", "g.directory")}`, user.externalId);
  await dropValues(db, directory, sql("(m.member_value = ? or (?))", user.id, byExternalId), at);
}

/** Takes members out of the groups of a directory; these get their next version. `m`: memberships, `g`: their groups. */
async function dropValues(db: Knex, directory: DirectoryId, condition: Sql, at: Instant): Promise<void> {
  const dropped = await rowsFor<{ group_key: number }>(
    db,
    sql(
      `delete from memberships where key in (
         select m.key from memberships as m cross join groups as g
         where ? and g.key = m.group_key and g.directory = ?)
       returning group_key`,
      condition,
      directory,
    ),
  );
  await growVersions(db, dropped, at);
}

/** Gives these groups their next version. */
async function growVersions(db: Knex, rows: readonly { readonly group_key: number }[], at: Instant): Promise<void> {
  if (rows.length === 0) return;
  const groups = [...new Set(rows.map(({ group_key }) => group_key))];
  // The clock may have been set back; what a client has seen may not.
  const lastModified = db.raw("case when last_modified < ? then ? else last_modified end", [at, at]);
  await db("groups")
    .where(whereOneOf(db, "key", groups))
    .update({ version: db.raw("version + 1"), last_modified: lastModified });
}

/**
 * Somebody came whom members' values may have named by `externalId`: from now on these hold the id. The groups get their
 * next version, since their members refer to somebody now.
 */
export async function takeMemberships(db: Knex, user: DirectoryUser): Promise<void> {
  if (user.externalId === undefined) return;
  const waiting = sql(
    `member_value = ? and group_key in (select g.key from groups as g where g.directory = ?)
       and ${isNoId("member_value", "?")}`,
    user.externalId,
    user.directory,
    user.directory,
    user.directory,
  );
  const twice = await rowsFor<{ group_key: number }>(
    db,
    sql(
      `delete from memberships where ? and group_key in (select group_key from memberships where member_value = ?)
       returning group_key`,
      waiting,
      user.id,
    ),
  );
  const taken = await rowsFor<{ group_key: number }>(
    db,
    sql("update memberships set member_value = ? where ? returning group_key", user.id, waiting),
  );
  await growVersions(db, [...twice, ...taken], user.meta.lastModified);
}

/** Whom the values name that were sent for members: by id, else by externalId. */
export async function usersNamed(
  db: Knex,
  directory: DirectoryId,
  values: readonly string[],
): Promise<readonly DirectoryUserId[]> {
  if (values.length === 0) return [];
  const named = valuesTable("named", values);
  return idsOf(
    db,
    sql(
      "select id from (?) union select id from (?)",
      namedUsers(named, directory),
      namedByExternalId(named, directory),
    ),
  );
}

/** Who is a member of a group of the directory. */
export async function usersIn(
  db: Knex,
  directory: DirectoryId,
  group: DirectoryGroupId,
): Promise<readonly DirectoryUserId[]> {
  const values = sql(
    `(select m.member_value as value from groups as g cross join memberships as m
      where m.group_key = g.key and g.id = ? and g.directory = ?) as named`,
    group,
    directory,
  );
  return idsOf(db, namedUsers(values, directory));
}

async function idsOf(db: Knex, users: Sql): Promise<readonly DirectoryUserId[]> {
  const rows = await rowsFor<{ id: string }>(db, users);
  return rows.map(({ id }) => id as DirectoryUserId);
}
