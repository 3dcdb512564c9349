import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryId, DirectoryUserId } from "../domain/directory.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Evidence, ObservedCounts, StagedCounts } from "../ports/records.ts";
import { foldCase } from "../scim/fold-case.ts";
import { createAuditLog } from "./audit-log.ts";
import { whereOneOf } from "./dialect.ts";
import { underLease } from "./leases.ts";
import { putLinks } from "./links.ts";
import { inLivesOf } from "./lives.ts";
import { reading } from "./reading.ts";
import type { WriteQueue } from "./write-queue.ts";

interface ProofRow {
  readonly user_id: string;
  readonly at: string;
  readonly document: string;
}
interface ObservedRow {
  readonly product: string;
  readonly accounts: number;
  readonly unlinked_active: number;
  readonly tenant: string | null;
  readonly at: string;
}

/** Proofs, the audit log and counts as rows. */
export function createEvidence(reader: Knex, queue: WriteQueue): Evidence {
  return {
    ...createAuditLog(reader),
    putProof: (lease, { user, at, document }, { audit, link }) =>
      queue.submit(async (unit) => {
        const db = await underLease(unit, lease);
        await putLinks(db, [link]);
        await db<ProofRow>("proofs").insert({ user_id: user, at, document: JSON.stringify(document) });
        unit.audit(audit);
      }),
    proofs: (user) =>
      reading(async () => {
        const rows = await reader<ProofRow>("proofs")
          .where(inLivesOf(reader, "user_id", user))
          .orderBy("sequence")
          .select();
        return rows.map(({ at, document }) => ({
          user,
          at: at as Instant,
          document: JSON.parse(document) as JsonObject,
        }));
      }),
    audit: (event) =>
      queue.submit(async (unit) => {
        unit.audit(event);
      }),
    stagedCounts: () => reading(() => stagedCounts(reader)),
    lastObserved: (product) =>
      reading(async () => {
        const [row] = await reader<ObservedRow>("observed_counts").where({ product }).select();
        return row === undefined ? null : fromObservedRow(row);
      }),
    putObserved: (lease, { accounts, unlinkedActive, tenant, at }) =>
      queue.submit(async (unit) => {
        const db = await underLease(unit, lease);
        const row: ObservedRow = { product: lease.product, accounts, unlinked_active: unlinkedActive, tenant, at };
        await db<ObservedRow>("observed_counts").insert(row).onConflict("product").merge();
      }),
    findPeople: (query) => reading(() => findPeople(reader, query)),
    namesOf: (people) =>
      reading(async () => {
        const rows = await reader("users")
          .where(whereOneOf(reader, "id", people))
          .select<{ id: string; user_name: string }[]>("id", "user_name");
        return new Map(rows.map(({ id, user_name }) => [id as DirectoryUserId, user_name]));
      }),
    userNames: (prefix, limit) => reading(() => userNames(reader, prefix, limit)),
  };
}

function fromObservedRow(row: ObservedRow): ObservedCounts {
  return { accounts: row.accounts, unlinkedActive: row.unlinked_active, tenant: row.tenant, at: row.at as Instant };
}

interface CountedRow {
  readonly directory: string;
  readonly active: number | boolean;
  readonly deleted: number | boolean;
  readonly total: number;
}

async function stagedCounts(reader: Knex): Promise<readonly StagedCounts[]> {
  const directories = await reader("directories")
    .orderBy("id")
    .select<{ id: string; last_push_at: string }[]>("id", "last_push_at");
  const deleted = reader.raw("(deleted_at is not null)");
  const counted = await reader("users")
    .whereNull("inherited_by")
    .groupBy("directory", "active", deleted)
    .select<CountedRow[]>(
      "directory",
      "active",
      reader.raw("? as deleted", [deleted]),
      reader.raw("count(*) as total"),
    );
  return directories.map(({ id, last_push_at }) => {
    const own = counted.filter((row) => row.directory === id);
    const sum = (rows: readonly CountedRow[]): number => rows.reduce((total, row) => total + Number(row.total), 0);
    const live = own.filter((row) => !row.deleted);
    return {
      directory: id as DirectoryId,
      active: sum(live.filter((row) => row.active)),
      inactive: sum(live.filter((row) => !row.active)),
      deleted: sum(own.filter((row) => row.deleted)),
      lastPushAt: last_push_at as Instant,
    };
  });
}

/**
 * One lookup per index: the living and the deleted have one each. A tombstone whose place somebody else took answers to
 * its id alone: whoever asks by name means the one who is here.
 */
async function findPeople(reader: Knex, query: string): Promise<readonly DirectoryUserId[]> {
  const key = foldCase(query);
  const users = (): Knex.QueryBuilder => reader("users").select("id").whereNull("inherited_by");
  const found = (await reader("users")
    .select("id")
    .where("id", query)
    .union([
      users().join("user_emails", "users.key", "user_key").where("email_key", key),
      users().where("user_name_key", key).whereNull("deleted_at"),
      users().where("user_name_key", key).whereNotNull("deleted_at"),
      users().where("external_id", query).whereNull("deleted_at"),
      users().where("external_id", query).whereNotNull("deleted_at"),
    ])
    .orderBy("id")) as { id: string }[];
  return found.map(({ id }) => id as DirectoryUserId);
}

/** Bytes sort as code points do, so that nothing that begins with the prefix comes after it and the last code point. */
async function userNames(reader: Knex, prefix: string, limit: number): Promise<readonly string[]> {
  const from = foldCase(prefix);
  const rows = await reader("users")
    .whereNull("deleted_at")
    .where("user_name_key", ">=", from)
    .where("user_name_key", "<", `${from}\u{10ffff}`)
    .orderBy("user_name_key")
    .limit(limit)
    .select<{ user_name: string }[]>("user_name");
  return rows.map(({ user_name }) => user_name);
}
