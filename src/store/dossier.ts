import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryId, DirectoryUserId } from "../domain/directory.ts";
import type { Dossier, Life } from "../ports/erasures.ts";
import { foldCase } from "../scim/fold-case.ts";
import { whereOneOf } from "./dialect.ts";
import { fromLinkRow, type LinkRow } from "./links.ts";
import { inLivesOf } from "./lives.ts";
import { emailKeys, fromUserRow, type UserRow } from "./user-row.ts";

/** A row of `users`, with when its person was forgotten. */
export type KeptUserRow = UserRow & { readonly forgotten_at: string | null };

/** What is on record of a person, as far as it decides whether they can be forgotten; undefined for an unknown id. */
export async function readDossier(db: Knex, user: DirectoryUserId): Promise<Dossier | undefined> {
  const rows = await db<KeptUserRow>("users")
    .where(inLivesOf(db, "id", user))
    .orderBy("key", "desc")
    .select();
  const own = rows.find(({ id }) => id === user);
  if (own === undefined) return undefined;
  const lives = [own, ...rows.filter((row) => row !== own)].map(toLife);
  const ids = rows.map(({ id }) => id);
  const [link] = await db<LinkRow>("links")
    .where(whereOneOf(db, "user_id", ids))
    .select();
  return {
    lives,
    inheritedBy: own.inherited_by as DirectoryUserId | null,
    forgottenAt: own.forgotten_at as Instant | null,
    link: link === undefined ? null : fromLinkRow(link),
    namesakes: await namesakesOf(db, lives),
    underWay: await underWay(db, ids),
  };
}

function toLife(row: KeptUserRow): Life {
  return { user: fromUserRow(row), deletedAt: row.deleted_at as Instant | null };
}

interface NamesakeRow {
  readonly id: string;
  readonly directory: string;
  readonly active: number | boolean;
  readonly deleted_at: string | null;
}

async function namesakesOf(db: Knex, lives: readonly Life[]): Promise<Dossier["namesakes"]> {
  const keys = lives.flatMap(({ user }) => [foldCase(user.userName), ...emailKeys(user.resource)]);
  const ids = lives.map(({ user }) => user.id);
  const columns = ["users.id", "users.directory", "users.active", "users.deleted_at"] as const;
  const byName = db("users")
    .where(whereOneOf(db, "user_name_key", keys))
    .select(...columns);
  const byEmail = db("user_emails")
    .join("users", "users.key", "user_emails.user_key")
    .where(whereOneOf(db, "email_key", keys))
    .select(...columns);
  const found = (await byName.union([byEmail])) as readonly NamesakeRow[];
  return found
    .filter(({ id }) => !ids.includes(id as DirectoryUserId))
    .map(({ id, directory, active, deleted_at }) => ({
      user: id as DirectoryUserId,
      directory: directory as DirectoryId,
      active: deleted_at === null && Boolean(active),
    }));
}

async function underWay(db: Knex, ids: readonly string[]): Promise<Dossier["underWay"]> {
  const has = async (table: string): Promise<boolean> =>
    (
      await db(table)
        .where(whereOneOf(db, "user_id", ids))
        .limit(1)
        .select("user_id")
    ).length > 0;
  if (await has("wakes")) return "wake";
  if (await has("failures")) return "failure";
  return (await has("held")) ? "held" : null;
}
