import type { Instant } from "../domain/brand.ts";
import type { AuditRecord, AuditStart, ChainPoint, Evidence } from "../ports/records.ts";
import { createVouching } from "./audit-vouching.ts";
import { startStage, type OnProgress, type Tick } from "./progress.ts";

/** Rows that are held in memory at a time. */
const PAGE = 1_000;

/**
 * Where a chain is not what was written. `missing`: this row is gone. `altered`: this row, or its place, was changed.
 * `cut-off`: the chain ends before this row, which was once its end. `rewritten`: the chain is whole in itself, but this
 * row is not the one that was once its end. `erased`: what this row said is gone, and no row behind it tells who erased it.
 */
export interface AuditBreak {
  readonly kind: "missing" | "altered" | "cut-off" | "rewritten" | "erased";
  readonly sequence: number;
}

/** What came of walking the audit chain. */
export interface AuditReport {
  /** Rows that are as they were written: all, or those before the break. */
  readonly rows: number;
  /** Times of the first and of the last of them; null when there is none. */
  readonly from: Instant | null;
  readonly to: Instant | null;
  /** The last row that retention deleted: the chain begins behind it. Null while none was. */
  readonly start: AuditStart | null;
  /** How many rows lack a reason that named somebody who was forgotten; a row behind them vouches for what is left. */
  readonly erased: number;
  /** The last of the rows. Kept elsewhere, it tells later whether the chain up to here was shortened or made anew. */
  readonly end: ChainPoint | null;
  /** The end that was noted before, where retention has deleted its row: nothing can be said of it. */
  readonly unchecked: ChainPoint | null;
  readonly broken: AuditBreak | null;
}

/** Walks the chain from where it begins to its end, or to the first break. `expected`: an end that was noted before. */
export async function walkChain(
  evidence: Pick<Evidence, "auditStart" | "auditRows" | "checkAudit">,
  expected: ChainPoint | null,
  stop: AbortSignal,
  onProgress?: OnProgress,
): Promise<AuditReport> {
  const start = await evidence.auditStart();
  const total = onProgress === undefined ? null : await rowsBehind(evidence, start);
  const tick = startStage(onProgress, "verifying", total);
  const walk = await walkFrom(evidence, start, expected?.sequence ?? null, { stop, tick });
  const isGone = expected !== null && start !== null && expected.sequence < start.sequence;
  const asNoted = expected === null || isGone ? null : breakAt(expected, walk.noted);
  return { start, ...extentOf(walk, start), unchecked: isGone ? expected : null, broken: walk.broken ?? asNoted };
}

async function rowsBehind(evidence: Pick<Evidence, "auditRows">, start: AuditStart | null): Promise<number> {
  const [last] = await evidence.auditRows({ after: null, since: null, until: null, limit: 1, newestFirst: true });
  return last === undefined ? 0 : last.sequence - (start?.sequence ?? 0);
}

interface Places {
  readonly first: AuditRecord | null;
  readonly last: AuditRecord | null;
  /** The place that was asked for, if the walk came by it. */
  readonly noted: ChainPoint | null;
}

interface Walk extends Places {
  readonly erased: number;
  readonly broken: AuditBreak | null;
}

async function walkFrom(
  evidence: Pick<Evidence, "checkAudit">,
  start: AuditStart | null,
  wanted: number | null,
  { stop, tick }: { readonly stop: AbortSignal; readonly tick: Tick },
): Promise<Walk> {
  const vouching = createVouching(start);
  let places: Places = { first: null, last: null, noted: start?.sequence === wanted ? start : null };
  while (true) {
    stop.throwIfAborted();
    const { whole, broken } = await evidence.checkAudit(places.last ?? start, PAGE);
    for (const row of whole) vouching.see(row);
    tick(whole.length);
    places = further(places, whole, wanted);
    if (broken === null && whole.length > 0) continue;
    return { ...places, erased: vouching.erased(), broken: broken ?? vouching.end() };
  }
}

function further({ first, last, noted }: Places, rows: readonly AuditRecord[], wanted: number | null): Places {
  return {
    first: first ?? rows[0] ?? null,
    last: rows.at(-1) ?? last,
    noted: noted ?? rows.find(({ sequence }) => sequence === wanted) ?? null,
  };
}

function extentOf(
  { first, last, erased }: Walk,
  start: AuditStart | null,
): Pick<AuditReport, "rows" | "from" | "to" | "erased" | "end"> {
  if (last === null) return { rows: 0, from: null, to: null, erased, end: null };
  const { sequence, hash, at } = last;
  return { rows: sequence - (start?.sequence ?? 0), from: first?.at ?? null, to: at, erased, end: { sequence, hash } };
}

/** What an end that was noted before says of a chain that is whole in itself. */
function breakAt({ sequence, hash }: ChainPoint, found: ChainPoint | null): AuditBreak | null {
  if (found === null) return { kind: "cut-off", sequence };
  return found.hash === hash ? null : { kind: "rewritten", sequence };
}
