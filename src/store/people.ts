import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import type { PersonRecord } from "../ports/workspace.ts";
import { whereOneOf } from "./dialect.ts";
import { fromLinkRow, type LinkRow } from "./links.ts";
import { groupsOfUsers } from "./memberships.ts";
import { fromUserRow, type UserRow } from "./user-row.ts";

/** People per statement. */
const PAGE = 1_000;

type JoinedRow = UserRow & { readonly [K in keyof LinkRow]: LinkRow[K] | null };

/** Everybody staged, tombstones included, by id; a statement per page, so that nothing holds them all. */
export async function* peoplePages(db: Knex): AsyncGenerator<readonly PersonRecord[]> {
  let after = "";
  while (true) {
    const from = after;
    const rows = await staged(db, (rows) => void rows.where("users.id", ">", from));
    const last = rows.at(-1);
    if (last === undefined) return;
    yield await toRecords(db, rows);
    if (rows.length < PAGE) return;
    after = last.id;
  }
}

/** These people, by id; unknown ids are left out. */
export async function peopleById(db: Knex, ids: readonly DirectoryUserId[]): Promise<readonly PersonRecord[]> {
  const found: PersonRecord[] = [];
  for (let start = 0; start < ids.length; start += PAGE) {
    const page = ids.slice(start, start + PAGE);
    const rows = await staged(db, (users) => void users.where(whereOneOf(db, "users.id", page)));
    found.push(...(await toRecords(db, rows)));
  }
  return found;
}

/** A tombstone whose link went to somebody else says nothing about anybody any more. */
function staged(db: Knex, narrow: (rows: Knex.QueryBuilder) => void): Promise<JoinedRow[]> {
  return db("users")
    .leftJoin("links", "links.user_id", "users.id")
    .whereNull("users.inherited_by")
    .where(narrow)
    .orderBy("users.id")
    .limit(PAGE)
    .select<JoinedRow[]>("users.*", "links.*");
}

async function toRecords(db: Knex, rows: readonly JoinedRow[]): Promise<readonly PersonRecord[]> {
  const ids = rows.map(({ id }) => id);
  const groups = await groupsOfUsers(db, ids, null);
  return rows.map((row) => ({
    person: {
      user: fromUserRow(row),
      deletedAt: row.deleted_at as Instant | null,
      groups: groups.get(row.id) ?? [],
    },
    link: hasLink(row) ? fromLinkRow(row) : null,
  }));
}

function hasLink(row: JoinedRow): row is UserRow & LinkRow {
  return row.user_id !== null;
}
