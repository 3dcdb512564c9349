import { isJsonArray, type JsonValue } from "../domain/json.ts";
import type { AuditRecord, AuditStart } from "../ports/records.ts";
import { remainsOf } from "./forget/erase-records.ts";
import { FORGOTTEN } from "./forget/forget.ts";

/** The row of the audit log that tells of rows deleted at its beginning. */
export const CUT = "audit.cut";

/** What is not as it was written, and that nobody vouches for. */
export interface Unvouched {
  readonly kind: "missing" | "erased";
  readonly sequence: number;
}

/** What the chain itself cannot show: for each row that was erased or deleted, a row behind it says so. */
export interface Vouching {
  see(row: AuditRecord): void;
  /** How many erased rows went by. */
  erased(): number;
  /** The first for which no row vouched; null when there is none. */
  end(): Unvouched | null;
}

/** Follows a chain from where it begins. */
export function createVouching(start: AuditStart | null): Vouching {
  const open = new Map<number, string>();
  let erased = 0;
  let isStartKnown = start === null;
  return {
    see(row) {
      if (row.erased !== undefined) {
        erased += 1;
        open.set(row.sequence, remainsOf(row, row.erased));
      }
      if (row.action === FORGOTTEN) {
        for (const [sequence, remains] of remainsIn(row)) if (open.get(sequence) === remains) open.delete(sequence);
      }
      if (start !== null && row.action === CUT) isStartKnown ||= tellsOf(row, start);
    },
    erased: () => erased,
    end() {
      if (start !== null && !isStartKnown) return { kind: "missing", sequence: start.sequence };
      const [sequence] = [...open.keys()].sort((one, other) => one - other);
      return sequence === undefined ? null : { kind: "erased", sequence };
    },
  };
}

function remainsIn({ detail: { rows } }: AuditRecord): readonly (readonly [number, string])[] {
  if (!isJsonArray(rows)) return [];
  return rows.flatMap((row) => (isPair(row) ? [row] : []));
}

function isPair(value: JsonValue): value is readonly [number, string] {
  return isJsonArray(value) && typeof value[0] === "number" && typeof value[1] === "string";
}

function tellsOf({ detail }: AuditRecord, { sequence, hash, at }: AuditStart): boolean {
  return detail["before"] === sequence + 1 && detail["previous"] === hash && detail["until"] === at;
}
