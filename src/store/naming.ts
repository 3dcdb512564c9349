import type { DirectoryId } from "../domain/directory.ts";
import { sql, type Sql } from "./sql.ts";

// What a member's value names in its directory: the live user or the group with that id, else the live user with that
// externalId. Everything that asks for it asks in these words, so that all of them mean the same. Joins are `cross join`,
// which SQLite takes in the order in which they are written: left to itself it begins with everybody in the directory.

/**
 * True of a value that is no id in the directory, so that it may name a user by `externalId`. Both arguments are SQL
 * expressions.
 */
export function isNoId(value: string, directory: string): string {
  return `(
    not exists (select 1 from users as holder where holder.id = ${value} and holder.directory = ${directory} and holder.deleted_at is null)
    and not exists (select 1 from groups as holder where holder.id = ${value} and holder.directory = ${directory}))`;
}

/**
 * True of a user whom a member's value may name, in whatever directory: whoever is not one is in no group. Both arguments
 * are SQL expressions.
 */
export function mayBeMember(id: string, externalId: string): string {
  return `exists (select 1 from memberships where member_value in (${id}, ${externalId}))`;
}

/**
 * A select of the live users of a directory whom values name, each once, as the columns `key` and `id`. `values` is what
 * stands behind `from`, a table `named` with a column `value`.
 */
export function namedUsers(values: Sql, directory: DirectoryId): Sql {
  return sql(
    `select own.key as key, own.id as id
     from ? cross join users as own
     where own.id = named.value and own.directory = ? and own.deleted_at is null
     union
     select own.key as key, own.id as id
     from ? cross join users as own
     where own.external_id = named.value and own.directory = ? and own.deleted_at is null
       and ${isNoId("named.value", "own.directory")}`,
    values,
    directory,
    values,
    directory,
  );
}

/**
 * A select of the ids of live users of a directory whom values name by `externalId`, as the columns `value` and `id`.
 * `values` as for `namedUsers`.
 */
export function namedByExternalId(values: Sql, directory: DirectoryId): Sql {
  return sql(
    `select named.value as value, own.id as id
     from ? cross join users as own
     where own.external_id = named.value and own.directory = ? and own.deleted_at is null
       and ${isNoId("named.value", "own.directory")}`,
    values,
    directory,
  );
}
