import { createHash } from "node:crypto";
import type { Knex } from "knex";
import type { AuditEvent } from "../ports/directory-tx.ts";
import { canonicalJson } from "./canonical-json.ts";
import { insertRows } from "./dialect.ts";

/** What the first row of the chain follows. */
export const CHAIN_START = "0".repeat(64);

/** How rows are hashed now; those of older versions say 1. */
const HASHING = 2;

const COLUMNS = ["sequence", "at", "actor", "action", "subject", "detail", "hash", "hashing"] as const;

/** A row of the audit log but for its detail. */
export type AuditHead = Omit<AuditEvent, "detail">;

/**
 * The hash of one row of the audit log: SHA-256, in hexadecimal, over the hash before it and the row as canonical JSON, in
 * which the detail stands as its own digest. Whoever changes, drops or moves a row breaks every hash after it; a detail
 * that has to be erased leaves its digest, and the chain whole.
 */
export function auditHash(previous: string, sequence: number, event: AuditEvent): string {
  return headHash(previous, sequence, event, sha256(canonicalJson(event.detail)));
}

/** The same for a row of whose detail only the digest is known. */
export function headHash(previous: string, sequence: number, head: AuditHead, detail: string): string {
  const { at, actor, action, subject } = head;
  return sha256(previous, canonicalJson({ sequence, at, actor, action, subject, detail }));
}

/** The hash of a row that an older version wrote: it covers the detail itself. */
export function firstAuditHash(previous: string, sequence: number, event: AuditEvent): string {
  const { at, actor, action, subject, detail } = event;
  return sha256(previous, canonicalJson({ sequence, at, actor, action, subject, detail }));
}

function sha256(...texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text);
  return hash.digest("hex");
}

/** Appends events to the chain behind its last row, in order. The transaction must hold the write lock: there is one end. */
export async function appendAudit(
  trx: Knex,
  events: readonly AuditEvent[],
  last: { readonly sequence: number; readonly hash: string },
): Promise<void> {
  let { sequence, hash } = last;
  const rows = events.map((event) => {
    sequence += 1;
    const { at, actor, action, subject } = event;
    const detail = canonicalJson(event.detail);
    hash = headHash(hash, sequence, event, sha256(detail));
    return [sequence, at, actor, action, subject, detail, hash, HASHING];
  });
  await insertRows(trx, "audit", COLUMNS, rows);
}
