import type { Knex } from "knex";
import type { DirectoryId, DirectoryUser } from "../domain/directory.ts";
import type { Listed, UserQuery } from "../ports/directory-tx.ts";
import { compileFilter } from "../scim/evaluate.ts";
import { USER_TYPE } from "../scim/resource-types.ts";
import { userToWire } from "../scim/user.ts";
import { narrowUsers, type Condition } from "./filter-sql.ts";
import { fromUserRow, type UserRow } from "./user-row.ts";

/** Whether the rows that follow from the users (their e-mail addresses, their number) are in step with them. */
export type DerivedRows = "fresh" | "stale";

/** Users asked one by one about a filter that no index answers, per statement. */
const SCAN_PAGE = 500;

/** The users of a directory who were not deleted. */
export function liveUsers(db: Knex, directory: DirectoryId): Knex.QueryBuilder<UserRow, UserRow[]> {
  return db<UserRow>("users").where({ directory }).whereNull("deleted_at");
}

/**
 * One page of the users that match, and how many match: by SQL where the indexes answer the whole filter, else by asking
 * the filter about each user whom they leave. Throws InvalidFilterError for a filter that compares what it cannot.
 */
export async function listUsers(
  db: Knex,
  directory: DirectoryId,
  { filter, offset, limit }: UserQuery,
  derived: DerivedRows,
): Promise<Listed<DirectoryUser>> {
  const page = { offset, limit };
  if (filter === null) {
    const total = derived === "fresh" ? await keptTotal(db, directory) : null;
    return pageOf(() => liveUsers(db, directory), page, total);
  }
  // Compiled even where SQL answers alone: a filter that is refused must be refused whatever its shape.
  const matches = compileFilter(filter, USER_TYPE);
  const narrowing = narrowUsers(filter, derived === "fresh");
  const narrowed = (): LiveUsers => liveUsers(db, directory).where(narrowing?.condition ?? everybody);
  if (narrowing?.exact === true) return pageOf(narrowed, page, null);
  return matchingPage(narrowed, page, (user) => matches(userToWire(user, { baseUrl: "", groups: [] })));
}

type LiveUsers = Knex.QueryBuilder<UserRow, UserRow[]>;
type Page = Pick<UserQuery, "offset" | "limit">;

const everybody: Condition = () => undefined;

async function keptTotal(db: Knex, directory: DirectoryId): Promise<number> {
  const [row] = await db<{ id: string; live_users: number }>("directories")
    .where({ id: directory })
    .select("live_users");
  return row?.live_users ?? 0;
}

async function pageOf(users: () => LiveUsers, page: Page, known: number | null): Promise<Listed<DirectoryUser>> {
  const { offset, limit } = page;
  const rows = limit === 0 ? [] : await users().orderBy("key").offset(offset).limit(limit).select();
  const endsHere = rows.length < limit && (rows.length > 0 || offset === 0);
  const total = known ?? (endsHere ? offset + rows.length : await counted(users()));
  return { items: rows.map(fromUserRow), total };
}

async function counted(users: LiveUsers): Promise<number> {
  const [row] = await users.count({ total: "*" });
  return Number(row?.["total"] ?? 0);
}

async function matchingPage(
  users: () => LiveUsers,
  { offset, limit }: Page,
  matches: (user: DirectoryUser) => boolean,
): Promise<Listed<DirectoryUser>> {
  const items: DirectoryUser[] = [];
  let total = 0;
  for await (const user of scan(users)) {
    if (!matches(user)) continue;
    if (total >= offset && items.length < limit) items.push(user);
    total += 1;
  }
  return { items, total };
}

async function* scan(users: () => LiveUsers): AsyncGenerator<DirectoryUser> {
  let after = 0;
  while (true) {
    const rows = await users().where("key", ">", after).orderBy("key").limit(SCAN_PAGE).select();
    yield* rows.map(fromUserRow);
    const last = rows.at(-1);
    if (last === undefined || rows.length < SCAN_PAGE) return;
    after = last.key;
  }
}
