import { createHash } from "node:crypto";
import type { Knex } from "knex";
import type { AuditEvent } from "../ports/directory-tx.ts";
import { canonicalJson } from "./canonical-json.ts";
import { insertRows } from "./dialect.ts";

/** What the first row of the chain follows. */
export const CHAIN_START = "0".repeat(64);

const COLUMNS = ["sequence", "at", "actor", "action", "subject", "detail", "hash"] as const;

/**
 * The hash of one row of the audit log: SHA-256, in hexadecimal, over the hash before it and the row as canonical JSON.
 * Whoever changes, drops or moves a row breaks every hash after it.
 */
export function auditHash(previous: string, sequence: number, event: AuditEvent): string {
  const { at, actor, action, subject, detail } = event;
  const row = canonicalJson({ sequence, at, actor, action, subject, detail });
  return createHash("sha256").update(previous).update(row).digest("hex");
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
    hash = auditHash(hash, sequence, event);
    const { at, actor, action, subject, detail } = event;
    return [sequence, at, actor, action, subject, canonicalJson(detail), hash];
  });
  await insertRows(trx, "audit", COLUMNS, rows);
}
