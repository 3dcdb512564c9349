import type { Knex } from "knex";
import type { DirectoryGroupId, DirectoryId, MemberDraft, MembersChange } from "../domain/directory.ts";
import { MutabilityError } from "../domain/errors.ts";
import { insertRows, rowsFor, valuesTable } from "./dialect.ts";
import { groupKey } from "./group-write.ts";
import { otherNames } from "./naming.ts";
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
  if (change.keepsTypes === true) await refuseOtherTypes(place, change.put);
  const put = await newcomers(place, change);
  const gone = change.base === "none" ? await keepOnly(place, valuesOf(put)) : await drop(place, change.drop);
  const rows = put.map(({ value, type, display }) => [place.key, value, type ?? null, display ?? null]);
  const onConflict = `${change.base === "none" ? DESCRIBE : KEEP} returning member_value`;
  const came = await insertRows<ValueRow>(db, "memberships", MEMBER_COLUMNS, rows, onConflict);
  return [...gone, ...came].map(({ member_value }) => member_value);
}

function valuesOf(members: readonly MemberDraft[]): readonly string[] {
  return members.map(({ value }) => value);
}

interface OtherName {
  readonly value: string;
  readonly other: string;
  readonly is_id: number;
  readonly is_there: number;
}

/**
 * Who is put, each once, whether under their id or their externalId: the id goes before. Of a group that keeps its members,
 * without those who are there under their other name.
 */
async function newcomers({ db, directory, key }: Place, { base, put }: MembersChange): Promise<readonly MemberDraft[]> {
  const members = new Map(put.toReversed().map((member) => [member.value, member]));
  if (members.size === 0) return [];
  const names = await rowsFor<OtherName>(
    db,
    sql(
      `select value, other, is_id, exists (
         select 1 from memberships where group_key = ? and member_value = other) as is_there
       from (?)`,
      key,
      otherNames(valuesTable("named", [...members.keys()]), directory),
    ),
  );
  for (const { value, other, is_id, is_there } of names) {
    if (is_id === 1) members.delete(other);
    if (base === "stored" && is_there === 1) members.delete(value);
  }
  return [...members.values()].toReversed();
}

async function keepOnly({ db, key }: Place, values: readonly string[]): Promise<readonly ValueRow[]> {
  const others = sql("member_value not in (select kept.value from ?)", valuesTable("kept", values));
  return rowsFor(db, sql("delete from memberships where group_key = ? and ? returning member_value", key, others));
}

/** Whoever is named goes, under whichever of their names they came. */
async function drop({ db, directory, key }: Place, values: readonly string[]): Promise<readonly ValueRow[]> {
  if (values.length === 0) return [];
  const those = sql(
    "member_value in (select dropped.value from ? union select other from (?))",
    valuesTable("dropped", values),
    otherNames(valuesTable("named", values), directory),
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
