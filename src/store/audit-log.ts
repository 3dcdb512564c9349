import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import { isJsonObject, type JsonObject } from "../domain/json.ts";
import type { AuditQuery, AuditRecord, AuditStart, ChainPoint, CheckedAudit, Evidence } from "../ports/records.ts";
import { CHAIN_START, auditHash, firstAuditHash, headHash } from "./audit-chain.ts";
import { canonicalJson } from "./canonical-json.ts";
import { inLivesOf } from "./lives.ts";
import { reading } from "./reading.ts";

/** A row of `audit`. */
export interface AuditRow {
  readonly sequence: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: string;
  readonly hash: string;
  readonly hashing: number;
  readonly erased: string | null;
}

/** The audit log as it is read: row by row, against its chain, or about one subject. */
export function createAuditLog(reader: Knex): Pick<Evidence, "auditStart" | "auditRows" | "checkAudit" | "auditOf"> {
  return {
    auditStart: () =>
      reading(async () => {
        const [start] = await reader<AuditStart>("audit_start").select("sequence", "hash", "at");
        return start ?? null;
      }),
    auditRows: (query) => reading(async () => (await auditRows(reader, query)).map(fromAuditRow)),
    checkAudit: (after, limit) =>
      reading(async () => {
        const rows = await auditRows(reader, { after: after?.sequence ?? null, since: null, until: null, limit });
        return checkRows(after ?? { sequence: 0, hash: CHAIN_START }, rows);
      }),
    auditOf: (subject) =>
      reading(async () => {
        const rows = await reader<AuditRow>("audit")
          .where(inLivesOf(reader, "subject", subject))
          .orderBy("sequence")
          .select();
        return rows.map(fromAuditRow);
      }),
  };
}

/** From the very first row without `after`: one that was slipped in before row 1 is looked at, too. */
function auditRows(reader: Knex, query: AuditQuery): Promise<AuditRow[]> {
  const { after, since, until, limit, about, newestFirst = false } = query;
  const rows = reader<AuditRow>("audit")
    .orderBy("sequence", newestFirst ? "desc" : "asc")
    .limit(limit);
  if (after !== null) void rows.where("sequence", newestFirst ? "<" : ">", after);
  if (about !== undefined) void rows.where(inLivesOf(reader, "subject", about));
  if (since !== null) void rows.where("at", ">=", since);
  if (until !== null) void rows.where("at", "<", until);
  return rows.select();
}

/** The rows that go on from a place in the chain, up to the first that does not. */
function checkRows(after: ChainPoint, rows: readonly AuditRow[]): CheckedAudit {
  const whole: AuditRecord[] = [];
  let { sequence, hash } = after;
  for (const row of rows) {
    sequence += 1;
    if (row.sequence > sequence) return { whole, broken: { kind: "missing", sequence } };
    const record = fromAuditRow(row);
    if (row.sequence < sequence || !isAsWritten(row, record, hash)) {
      return { whole, broken: { kind: "altered", sequence: row.sequence } };
    }
    whole.push(record);
    ({ hash } = row);
  }
  return { whole, broken: null };
}

/**
 * Another text for the same detail is an alteration as well: whoever reads the rows must not see two things. What is left of
 * an erased one is vouched for by the row that tells of the erasure, which is for the whole walk to find.
 */
function isAsWritten(row: AuditRow, record: AuditRecord, previous: string): boolean {
  if (row.detail !== canonicalJson(record.detail)) return false;
  const { sequence, hash, hashing, erased } = row;
  if (erased !== null) return hashing === 1 || hash === headHash(previous, sequence, record, erased);
  return hash === (hashing === 1 ? firstAuditHash : auditHash)(previous, sequence, record);
}

/** A row that was tampered with comes back as far as it can be read. */
export function fromAuditRow(row: AuditRow): AuditRecord {
  return {
    sequence: row.sequence,
    at: String(row.at) as Instant,
    actor: String(row.actor),
    action: String(row.action),
    subject: String(row.subject),
    detail: toDetail(String(row.detail)),
    hash: String(row.hash),
    hashing: Number(row.hashing),
    ...(row.erased !== null && { erased: String(row.erased) }),
  };
}

function toDetail(text: string): JsonObject {
  try {
    const detail: unknown = JSON.parse(text);
    if (isJsonObject(detail)) return detail;
  } catch {
    // Not what this program wrote: it is shown as the text that it is.
  }
  return { unreadable: text };
}
