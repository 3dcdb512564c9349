import type { Knex } from "knex";
import type { DirectoryGroupId, DirectoryId, MemberDraft, MembersChange } from "../domain/directory.ts";
import { MutabilityError } from "../domain/errors.ts";
import { insertRows, rowsFor, valuesTable } from "./dialect.ts";
import { groupKey } from "./group-write.ts";
import { namedByExternalId } from "./naming.ts";
import { sql } from "./sql.ts";

interface ValueRow {
  readonly member_value: string;
}

/** The group whose members change. */
interface Place {
  readonly db: Knex;
  readonly directory: DirectoryId;
  readonly key: number;
}

const MEMBER_COLUMNS = ["group_key", "member_value", "type", "display"] as const;
const KEEP = "on conflict (group_key, member_value) do nothing";
const DESCRIBE = `on conflict (group_key, member_value) do update set
  type = coalesce(excluded.type, memberships.type), display = excluded.display
  where coalesce(excluded.type, memberships.type) is not memberships.type or memberships.display is not excluded.display`;

/**
 * Changes the members of a group; returns the values that came, went, or are described otherwise. Throws MutabilityError
 * where the change keeps types and names another one.
 */
export async function changeMembers(
  db: Knex,
  directory: DirectoryId,
  id: DirectoryGroupId,
  change: MembersChange,
): Promise<readonly string[]> {
  const place = { db, directory, key: await groupKey(db, directory, id) };
  const put = await known(place, change.put);
  if (change.keepsTypes === true) await refuseOtherTypes(place, put);
  const gone = change.base === "none" ? await keepOnly(place, valuesOf(put)) : await drop(place, change.drop);
  const rows = put.map(({ value, type, display }) => [place.key, value, type ?? null, display ?? null]);
  const onConflict = `${change.base === "none" ? DESCRIBE : KEEP} returning member_value`;
  const came = await insertRows<ValueRow>(db, "memberships", MEMBER_COLUMNS, rows, onConflict);
  return [...gone, ...came].map(({ member_value }) => member_value);
}

function valuesOf(members: readonly MemberDraft[]): readonly string[] {
  return members.map(({ value }) => value);
}

/** Who is put, each once: a member who is here is kept under the id, whatever name was sent. */
async function known({ db, directory }: Place, put: readonly MemberDraft[]): Promise<readonly MemberDraft[]> {
  if (put.length === 0) return [];
  const rows = await rowsFor<{ readonly value: string; readonly id: string }>(
    db,
    namedByExternalId(valuesTable("named", valuesOf(put)), directory),
  );
  const ids = new Map(rows.map(({ value, id }) => [value, id]));
  const members = new Map<string, MemberDraft>();
  for (const member of put) {
    const value = ids.get(member.value) ?? member.value;
    if (!members.has(value)) members.set(value, { ...member, value });
  }
  return [...members.values()];
}

async function keepOnly({ db, key }: Place, values: readonly string[]): Promise<readonly ValueRow[]> {
  const others = sql("member_value not in (select kept.value from ?)", valuesTable("kept", values));
  return rowsFor(db, sql("delete from memberships where group_key = ? and ? returning member_value", key, others));
}

/** Whoever is named goes, by id or by externalId. */
async function drop({ db, directory, key }: Place, values: readonly string[]): Promise<readonly ValueRow[]> {
  if (values.length === 0) return [];
  const those = sql(
    "member_value in (select dropped.value from ? union select id from (?))",
    valuesTable("dropped", values),
    namedByExternalId(valuesTable("named", values), directory),
  );
  return rowsFor(db, sql("delete from memberships where group_key = ? and ? returning member_value", key, those));
}

async function refuseOtherTypes({ db, key }: Place, put: readonly MemberDraft[]): Promise<void> {
  const types = new Map(put.flatMap(({ value, type }) => (type === undefined ? [] : [[value, type]])));
  if (types.size === 0) return;
  const stored = await rowsFor<ValueRow & { readonly type: string }>(
    db,
    sql(
      `select stored.member_value, stored.type from ? cross join memberships as stored
       where stored.group_key = ? and stored.member_value = given.value and stored.type is not null`,
      valuesTable("given", [...types.keys()]),
      key,
    ),
  );
  const changed = stored.find(
    ({ member_value, type }) => types.get(member_value)?.toLowerCase() !== type.toLowerCase(),
  );
  if (changed === undefined) return;
  const { member_value, type } = changed;
  throw new MutabilityError(`members[value eq ${JSON.stringify(member_value)}].type is ${type} and cannot be changed.`);
}
