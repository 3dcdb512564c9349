import type { Knex } from "knex";
import type { DirectoryUser, DirectoryUserId } from "../domain/directory.ts";
import { insertRows, rowsFor, whereOneOf } from "./dialect.ts";
import { sql, type Cell } from "./sql.ts";
import type { Unique } from "./unique.ts";
import { fromUserRow, toUserColumns, USER_COLUMNS, type UserRow } from "./user-row.ts";

// Statements about many users at once, with one binding each. Those that are sent for every commit are written as text,
// since building them costs knex more than SQLite takes to run them.

/** A live user, and whether they may be a member of anything: if not, nobody needs to look for their groups. */
export interface FoundUser {
  readonly user: DirectoryUser;
  readonly isMember: boolean;
}

/** What uses a value: a live user, somebody who was deleted with this externalId, or a member's value (of whatever id). */
export interface Owner extends Unique {
  readonly use: "user" | "tombstone" | "member";
  readonly id: DirectoryUserId;
}

type FoundRow = UserRow & { readonly is_member: number | boolean };

/** The live users with these ids, of any directory. */
export async function lookUpUsers(db: Knex, ids: readonly string[]): Promise<readonly FoundUser[]> {
  if (ids.length === 0) return [];
  return foundIn(await found(db).where(whereOneOf(db, "users.id", ids)));
}

/** The live users of any directory with one of these names, which are folded. */
export async function lookUpNames(db: Knex, names: readonly string[]): Promise<readonly FoundUser[]> {
  return foundIn(await found(db).where(whereOneOf(db, "users.user_name_key", names)));
}

function found(db: Knex): Knex.QueryBuilder<UserRow, FoundRow[]> {
  const isMember = db.raw("exists (select 1 from memberships where member_value = users.id) as is_member");
  return db<UserRow>("users").whereNull("deleted_at").select<FoundRow[]>("users.*", isMember);
}

function foundIn(rows: readonly FoundRow[]): readonly FoundUser[] {
  return rows.map((row) => ({ user: fromUserRow(row), isMember: Boolean(row.is_member) }));
}

const OWNERS = `
  with wanted as (
    select json_extract(value, '$[0]') as kind, json_extract(value, '$[1]') as directory,
      json_extract(value, '$[2]') as value
    from json_each(?)
  )
  select 'user' as use, kind, wanted.directory, wanted.value, users.id from wanted cross join users
  where kind = 'userName' and user_name_key = wanted.value and users.directory = wanted.directory
    and deleted_at is null
  union all
  select 'user', kind, wanted.directory, wanted.value, users.id from wanted cross join users
  where kind = 'externalId' and external_id = wanted.value and users.directory = wanted.directory
    and deleted_at is null
  union all
  select 'tombstone', kind, wanted.directory, wanted.value, users.id from wanted cross join users
  where kind = 'externalId' and external_id = wanted.value and users.directory = wanted.directory
    and deleted_at is not null and inherited_by is null
  union all
  select 'member', kind, wanted.directory, wanted.value, '' from wanted cross join memberships
  where kind = 'externalId' and member_value = wanted.value`;

/** What uses these values. */
export async function lookUpOwners(db: Knex, values: readonly Unique[]): Promise<readonly Owner[]> {
  if (values.length === 0) return [];
  const wanted = values.map(({ kind, directory, value }) => [kind, directory, value]);
  return rowsFor<Owner>(db, sql(OWNERS, JSON.stringify(wanted)));
}

/** Inserts users, in this order. */
export async function insertUsers(db: Knex, users: readonly DirectoryUser[]): Promise<void> {
  await insertRows(db, "users", USER_COLUMNS, users.map(cellsOf));
}

const REPLACED = USER_COLUMNS.filter((column) => !["id", "directory", "created"].includes(column));
const UPDATE_USERS = `
  update users set ${REPLACED.map((column) => `${column} = ${given(column)}`).join(", ")}
  from json_each(?) as given where users.id = ${given("id")}`;

/** Replaces users who are there. */
export async function updateUsers(db: Knex, users: readonly DirectoryUser[]): Promise<void> {
  if (users.length > 0) await rowsFor(db, sql(UPDATE_USERS, JSON.stringify(users.map(cellsOf))));
}

function given(column: (typeof USER_COLUMNS)[number]): string {
  return `json_extract(given.value, '$[${USER_COLUMNS.indexOf(column)}]')`;
}

function cellsOf(user: DirectoryUser): readonly Cell[] {
  const columns = toUserColumns(user);
  return USER_COLUMNS.map((column) => columns[column]);
}
