import type { Instant } from "../domain/brand.ts";
import type { AuditRecord, ChainPoint, Evidence } from "../ports/records.ts";

/** Rows that are held in memory at a time. */
const PAGE = 1_000;

/**
 * Where a chain is not what was written. `missing`: this row is gone. `altered`: this row, or its place, was changed.
 * `cut-off`: the chain ends before this row, which was once its end. `rewritten`: the chain is whole in itself, but this
 * row is not the one that was once its end.
 */
export interface AuditBreak {
  readonly kind: "missing" | "altered" | "cut-off" | "rewritten";
  readonly sequence: number;
}

/** What came of walking the audit chain. */
export interface AuditReport {
  /** Rows that are as they were written: all, or those before the break. */
  readonly rows: number;
  /** Times of the first and of the last of them; null when there is none. */
  readonly from: Instant | null;
  readonly to: Instant | null;
  /** The last of them. Kept elsewhere, it tells later whether the chain up to here was shortened or made anew. */
  readonly end: ChainPoint | null;
  readonly broken: AuditBreak | null;
}

/** Rows of these times; null: no bound. `until` is the first time that is left out. */
export interface AuditRange {
  readonly since: Instant | null;
  readonly until: Instant | null;
}

/** The audit log, as auditors use it. A page of it is in memory at a time. */
export interface AuditLog {
  /** Walks the chain from its first row to its end, or to the first break. `expected`: an end that was noted before. */
  verify(expected: ChainPoint | null, stop: AbortSignal): Promise<AuditReport>;
  /** As the rows are kept, whether or not the chain is whole. */
  rows(range: AuditRange, stop: AbortSignal): AsyncGenerator<AuditRecord, void, void>;
}

/** Makes the use cases over the store's audit log. They throw the reason of `stop` between two pages. */
export function createAuditLog(evidence: Pick<Evidence, "auditRows" | "checkAudit">): AuditLog {
  return {
    async verify(expected, stop) {
      const walk = await walkChain(evidence, expected?.sequence ?? null, stop);
      const { first, last, broken } = walk;
      return {
        rows: last?.sequence ?? 0,
        from: first?.at ?? null,
        to: last?.at ?? null,
        end: last === null ? null : { sequence: last.sequence, hash: last.hash },
        broken: broken ?? (expected === null ? null : breakAt(expected, walk.noted)),
      };
    },
    async *rows({ since, until }, stop) {
      for (let after: number | null = null; ;) {
        stop.throwIfAborted();
        const page: readonly AuditRecord[] = await evidence.auditRows({ after, since, until, limit: PAGE });
        yield* page;
        const last = page.at(-1);
        if (last === undefined) return;
        after = last.sequence;
      }
    },
  };
}

interface Walk {
  readonly first: AuditRecord | null;
  readonly last: AuditRecord | null;
  /** The row that was asked for, if the walk came by it. */
  readonly noted: AuditRecord | null;
  readonly broken: AuditBreak | null;
}

async function walkChain(
  evidence: Pick<Evidence, "checkAudit">,
  wanted: number | null,
  stop: AbortSignal,
): Promise<Walk> {
  let first: AuditRecord | null = null;
  let last: AuditRecord | null = null;
  let noted: AuditRecord | null = null;
  while (true) {
    stop.throwIfAborted();
    const { whole, broken } = await evidence.checkAudit(last, PAGE);
    first ??= whole[0] ?? null;
    last = whole.at(-1) ?? last;
    noted ??= whole.find(({ sequence }) => sequence === wanted) ?? null;
    if (broken !== null || whole.length === 0) return { first, last, noted, broken };
  }
}

/** What an end that was noted before says of a chain that is whole in itself. */
function breakAt({ sequence, hash }: ChainPoint, found: AuditRecord | null): AuditBreak | null {
  if (found === null) return { kind: "cut-off", sequence };
  return found.hash === hash ? null : { kind: "rewritten", sequence };
}
