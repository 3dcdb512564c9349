import type { Knex } from "knex";
import type { AccountId, AccountLink, AccountProfile, Entitlements } from "../domain/account.ts";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import { LinkConflictError } from "../domain/errors.ts";
import type { Links } from "../ports/links.ts";
import { insertRows, whereOneOf, type Cell } from "./dialect.ts";
import { underLease } from "./leases.ts";
import { groupSizes, putLinkGroups } from "./peers.ts";
import { reading } from "./reading.ts";
import type { WriteQueue } from "./write-queue.ts";

/** A row of `links`. */
export interface LinkRow {
  readonly user_id: string;
  readonly account_id: string;
  readonly origin: string;
  readonly linked_at: string;
  readonly applied: string | null;
  readonly offboarded_at: string | null;
  readonly entitlements: string | null;
  readonly repairs: string | null;
}

const COLUMNS = [
  "user_id",
  "account_id",
  "origin",
  "linked_at",
  "applied",
  "offboarded_at",
  "entitlements",
  "repairs",
] as const;
const REPLACE = `on conflict (user_id) do update set ${COLUMNS.slice(1)
  .map((column) => `${column} = excluded.${column}`)
  .join(", ")}`;

/** Links as rows. */
export function createLinks(reader: Knex, queue: WriteQueue): Links {
  return {
    get: (user) =>
      reading(async () => {
        const [row] = await reader<LinkRow>("links").where({ user_id: user }).select();
        return row === undefined ? undefined : fromLinkRow(row);
      }),
    count: () =>
      reading(async () => {
        const rows = await reader("counters")
          .whereIn("name", ["links", "links_offboarded"])
          .select<{ name: string; value: number }[]>("name", "value");
        const counted = new Map(rows.map(({ name, value }) => [name, value]));
        const all = counted.get("links") ?? 0;
        return { all, active: all - (counted.get("links_offboarded") ?? 0) };
      }),
    groupSizes: () => reading(() => groupSizes(reader)),
    put: (lease, links) =>
      queue.submit(async (unit) => {
        await putLinks(await underLease(unit, lease), links);
      }),
  };
}

/**
 * Inserts or replaces links. An account whose holder was deleted from the directory, or is inactive there, goes over to
 * the new one. Throws LinkConflictError when its holder is still there.
 */
export async function putLinks(db: Knex, links: readonly AccountLink[]): Promise<void> {
  if (links.length === 0) return;
  const holders = await otherHolders(db, new Map(links.map((link) => [link.account, link.user])));
  const present = holders.find((holder) => holder.deleted_at === null && Boolean(holder.active));
  if (present !== undefined) {
    throw new LinkConflictError(`Account ${present.account_id} is already linked to user ${present.user_id}.`);
  }
  await db("links")
    .where(
      whereOneOf(
        db,
        "user_id",
        holders.map((holder) => holder.user_id),
      ),
    )
    .delete();
  await insertRows(db, "links", COLUMNS, links.map(toCells), REPLACE);
  await putLinkGroups(db, links);
}

interface HolderRow {
  readonly user_id: string;
  readonly account_id: string;
  readonly deleted_at: string | null;
  readonly active: boolean | number;
}

async function otherHolders(db: Knex, wanted: ReadonlyMap<AccountId, DirectoryUserId>): Promise<readonly HolderRow[]> {
  const rows = await db("links")
    .join("users", "users.id", "links.user_id")
    .where(whereOneOf(db, "links.account_id", [...wanted.keys()]))
    .select<HolderRow[]>("links.user_id", "links.account_id", "users.deleted_at", "users.active");
  return rows.filter((row) => wanted.get(row.account_id as AccountId) !== row.user_id);
}

function toCells(link: AccountLink): readonly Cell[] {
  const repairs = Object.keys(link.repairs).length === 0 ? null : JSON.stringify(link.repairs);
  return [
    link.user,
    link.account,
    link.origin,
    link.linkedAt,
    jsonOf(link.applied),
    link.offboardedAt,
    jsonOf(link.entitlements),
    repairs,
  ];
}

function jsonOf(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** The link a row holds. */
export function fromLinkRow(row: LinkRow): AccountLink {
  return toLink(row, {
    applied: parsed(row.applied) as AccountProfile | null,
    entitlements: parsed(row.entitlements) as Entitlements | null,
    repairs: parsed(row.repairs) as AccountLink["repairs"] | null,
  });
}

function parsed(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}

/** The columns of a link that hold JSON, parsed. */
export interface LinkDocuments {
  readonly applied: AccountProfile | null;
  readonly entitlements: Entitlements | null;
  readonly repairs: AccountLink["repairs"] | null;
}

/** The link that columns come to. */
export function toLink(row: Omit<LinkRow, keyof LinkDocuments>, documents: LinkDocuments): AccountLink {
  const { applied, entitlements, repairs } = documents;
  return {
    user: row.user_id as DirectoryUserId,
    account: row.account_id as AccountId,
    origin: row.origin as AccountLink["origin"],
    linkedAt: row.linked_at as Instant,
    applied,
    offboardedAt: row.offboarded_at as Instant | null,
    entitlements,
    repairs: repairs ?? {},
  };
}
