import type { DirectoryId } from "../domain/directory.ts";
import { sql, type Sql } from "./sql.ts";

// What a member's value names in its directory: the live user or the group with that id. Whoever sends a member may name a
// user by externalId, where that is no id; the store keeps the id then (decision 7), so that readings need not ask. Joins
// are `cross join`, which SQLite takes in the order in which they are written: left to itself it begins with everybody.

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
 * A select of the live users of a directory whom values name, as the columns `key` and `id`; once for each time they are
 * named. `values` is what stands behind `from`, a table `named` with a column `value`.
 */
export function namedUsers(values: Sql, directory: DirectoryId): Sql {
  return sql(
    `select own.key as key, own.id as id
     from ? cross join users as own
     where own.id = named.value and own.directory = ? and own.deleted_at is null`,
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
