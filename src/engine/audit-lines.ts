import { csvRow } from "../planning/rendering/csv.ts";
import { safeJson } from "../planning/rendering/safe-text.ts";
import type { AuditRecord } from "../ports/records.ts";

/** How rows of the audit log are exported: a JSON object a line, or CSV. */
export type AuditFormat = "jsonl" | "csv";

/** Rows as lines without line feeds: the same on the command line and over HTTP. */
export function auditLines(rows: AsyncIterable<AuditRecord>, format: AuditFormat): AsyncGenerator<string, void, void> {
  return format === "csv" ? csvLines(rows) : jsonLines(rows);
}

async function* jsonLines(rows: AsyncIterable<AuditRecord>): AsyncGenerator<string, void, void> {
  for await (const { sequence, at, actor, action, subject, detail, hash, hashing, erased } of rows) {
    const row = { sequence, at, actor, action, subject, detail, hash, hashing };
    yield safeJson({ ...row, ...(erased !== undefined && { erased }) });
  }
}

/** Lines end in CR LF (RFC 4180): whoever writes them adds the LF. */
async function* csvLines(rows: AsyncIterable<AuditRecord>): AsyncGenerator<string, void, void> {
  yield `${csvRow(["sequence", "at", "actor", "action", "subject", "detail", "hash", "hashing", "erased"])}\r`;
  for await (const { sequence, at, actor, action, subject, detail, hash, hashing, erased = "" } of rows) {
    const cells = [String(sequence), at, actor, action, subject, safeJson(detail), hash, String(hashing), erased];
    yield `${csvRow(cells)}\r`;
  }
}
