import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryId } from "../domain/directory.ts";
import { UnknownSubjectError } from "../domain/errors.ts";
import type { TokenEnd, TokenRecord, Tokens, TokenScope } from "../ports/tokens.ts";
import { whereOneOf } from "./dialect.ts";
import { gather } from "./gather.ts";
import { reading } from "./reading.ts";
import type { WriteQueue } from "./write-queue.ts";

interface TokenRow {
  readonly id: string;
  readonly scope: string;
  readonly directory: string | null;
  readonly hash: string;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
  readonly replaced_by: string | null;
}

/** Tokens as rows. */
export function createTokens(reader: Knex, queue: WriteQueue): Tokens {
  // Spares a unit for each request: the minute in which each token was last written as used, by this process.
  const touched = new Map<string, string>();
  const find = gather(async (ids: readonly string[]) => {
    const rows = await reader<TokenRow>("tokens")
      .where(whereOneOf(reader, "id", [...new Set(ids)]))
      .select();
    const found = new Map(rows.map((row) => [row.id, fromRow(row)]));
    return ids.map((id) => found.get(id));
  });
  return {
    put: (token, audit) =>
      queue.submit(async (unit) => {
        const db = await unit.writing();
        await db<TokenRow>("tokens").insert(toRow(token)).onConflict("id").merge();
        unit.audit(audit);
      }),
    get: (id) => reading(() => find(id)),
    list: () =>
      reading(async () => {
        const rows = await reader<TokenRow>("tokens").orderBy("sequence").select();
        return rows.map(fromRow);
      }),
    revoke: (id, at, audit) =>
      queue.submit(async (unit) => {
        const db = await unit.writing();
        const found = await db<TokenRow>("tokens")
          .where({ id })
          .update({ revoked_at: db.raw("coalesce(revoked_at, ?)", [at]) });
        if (found === 0) throw new UnknownSubjectError(`There is no token ${id}.`);
        unit.audit(audit);
      }),
    replace: (id, end, next, audit) =>
      queue.submit(async (unit) => {
        const db = await unit.writing();
        const found = await db<TokenRow>("tokens")
          .where({ id, revoked_at: null, replaced_by: null })
          .update({ ...endedAt(db, end), replaced_by: next.id });
        if (found === 0)
          throw new UnknownSubjectError(`The token ${id} is not there, or was revoked or rotated before.`);
        await db<TokenRow>("tokens").insert(toRow(next));
        for (const event of audit) unit.audit(event);
      }),
    async touch(id, at) {
      const minute = startOfMinute(at);
      if (touched.get(id) === minute) return;
      touched.set(id, minute);
      await queue.submit(async (unit) => {
        const db = await unit.writing();
        await db<TokenRow>("tokens")
          .where({ id })
          .where((row) => void row.whereNull("last_used_at").orWhere("last_used_at", "<", minute))
          .update({ last_used_at: minute });
      });
    },
  };
}

function startOfMinute(at: Instant): Instant {
  return `${at.slice(0, "2026-11-24T10:00".length)}:00.000Z` as Instant;
}

/** A token never lasts longer for being rotated. */
function endedAt(db: Knex, end: TokenEnd): Readonly<Record<string, string | Knex.Raw>> {
  if ("revokedAt" in end) return { revoked_at: end.revokedAt };
  return { expires_at: db.raw("min(coalesce(expires_at, ?), ?)", [end.expiresAt, end.expiresAt]) };
}

function toRow(token: TokenRecord): TokenRow {
  return {
    id: token.id,
    scope: token.scope,
    directory: token.directory,
    hash: token.hash,
    created_at: token.createdAt,
    expires_at: token.expiresAt,
    revoked_at: token.revokedAt,
    last_used_at: token.lastUsedAt,
    replaced_by: token.replacedBy,
  };
}

function fromRow(row: TokenRow): TokenRecord {
  return {
    id: row.id,
    scope: row.scope as TokenScope,
    directory: row.directory as DirectoryId | null,
    hash: row.hash,
    createdAt: row.created_at as Instant,
    expiresAt: row.expires_at as Instant | null,
    revokedAt: row.revoked_at as Instant | null,
    lastUsedAt: row.last_used_at as Instant | null,
    replacedBy: row.replaced_by,
  };
}
