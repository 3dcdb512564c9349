import type { Knex } from "knex";
import type { AccountId, AccountLink } from "../domain/account.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import { insertRows, whereOneOf } from "./dialect.ts";

const COLUMNS = ["group_name", "account_id"] as const;

/** Keeps by group whose accounts are in it, as the links say it; links that do not say it leave what is kept. */
export async function putLinkGroups(db: Knex, links: readonly AccountLink[]): Promise<void> {
  const told = links.flatMap(({ account, entitlements }) => (entitlements === null ? [] : [{ account, entitlements }]));
  if (told.length === 0) return;
  await db("link_groups")
    .where(
      whereOneOf(
        db,
        "account_id",
        told.map(({ account }) => account),
      ),
    )
    .delete();
  const rows = told.flatMap(({ account, entitlements }) => entitlements.groups.map((group) => [group, account]));
  await insertRows(db, "link_groups", COLUMNS, rows, "on conflict do nothing");
}

/** Per group, how many accounts are in it whose people were not shut out. */
export async function groupSizes(db: Knex): Promise<ReadonlyMap<string, number>> {
  const shut = db("links").whereNotNull("offboarded_at").select("account_id");
  const rows = await db("link_groups")
    .whereNotIn("account_id", shut)
    .groupBy("group_name")
    .select<{ group_name: string; size: number }[]>("group_name", db.raw("count(*) as size"));
  return new Map(rows.map(({ group_name, size }) => [group_name, Number(size)]));
}

/**
 * Who is linked to an account in this group and was not shut out, by account: those that come after `account`, then those
 * before it, so that not everybody is given the same colleagues. The cost does not depend on how many there are.
 */
export async function peersOf(
  db: Knex,
  group: string,
  account: AccountId,
  limit: number,
): Promise<readonly DirectoryUserId[]> {
  const members = (compare: ">" | "<"): Knex.QueryBuilder =>
    db("link_groups")
      .join("links", "links.account_id", "link_groups.account_id")
      .where("link_groups.group_name", group)
      .where("link_groups.account_id", compare, account)
      .whereNull("links.offboarded_at")
      .orderBy("link_groups.account_id")
      .limit(limit)
      .select("links.user_id");
  const after = (await members(">")) as { user_id: string }[];
  const before = after.length < limit ? ((await members("<")) as { user_id: string }[]) : [];
  return [...after, ...before].slice(0, limit).map(({ user_id }) => user_id as DirectoryUserId);
}
