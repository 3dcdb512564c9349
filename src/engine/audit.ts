import type { Instant } from "../domain/brand.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import type { JsonObject } from "../domain/json.ts";
import type { AuditRecord, ChainPoint, Evidence } from "../ports/records.ts";
import { attribute } from "../scim/schema.ts";
import { walkChain, type AuditReport } from "./audit-walk.ts";
import type { Permissions } from "./limits/permissions.ts";
import { createListFilter, type ListTest } from "./list-filter.ts";
import { pageOf, type ListPage, type PageRequest } from "./paging.ts";
import { startStage, type OnProgress } from "./progress.ts";

/** Rows that are held in memory at a time. */
const PAGE = 1_000;

/** Which rows. Null: no bound. */
export interface AuditSelection {
  readonly since: Instant | null;
  /** The first time that is left out. */
  readonly until: Instant | null;
  /** Rows about this person (id, userName, e-mail or externalId), the lives before a rehire included. */
  readonly person?: string | null;
  /** A SCIM filter over `at`, `actor`, `action`, `subject` and `sequence`. */
  readonly filter?: string | null;
}

/** One page of them. */
export interface AuditPageQuery extends AuditSelection, PageRequest {
  readonly order: "newest-first" | "oldest-first";
}

/** The audit log, as auditors use it. A page of it is in memory at a time. */
export interface AuditLog {
  /** Walks the chain from where it begins to its end, or to the first break. `expected`: an end that was noted before. */
  verify(expected: ChainPoint | null, stop: AbortSignal, onProgress?: OnProgress): Promise<AuditReport>;
  /**
   * As the rows are kept, oldest first, whether or not the chain is whole. Throws InvalidFilterError for a filter that is
   * broken or names anything else; UnknownSubjectError and UsageError for a person as `identify` does.
   */
  rows(selection: AuditSelection, stop: AbortSignal, onProgress?: OnProgress): AsyncGenerator<AuditRecord, void, void>;
  /**
   * A page may have a `next` though it holds fewer rows than `limit`, or none: only so many are looked at for one page.
   * Throws as `rows` does, and InvalidCursorError for an `after` that is no position.
   */
  page(query: AuditPageQuery): Promise<ListPage<AuditRecord>>;
}

const toTest = createListFilter("rows of the audit log", [
  attribute("at", "When it happened.", { type: "dateTime" }),
  attribute("actor", "Who did it.", { caseExact: true }),
  attribute("action", "What was done.", { caseExact: true }),
  attribute("subject", "The id of what it happened to.", { caseExact: true }),
  attribute("sequence", "The place in the chain.", { type: "integer" }),
]);

/** Makes the use cases over the store's audit log. They throw the reason of `stop` between two pages. */
export function createAuditLog(
  evidence: Pick<Evidence, "auditStart" | "auditRows" | "checkAudit">,
  { identify }: Pick<Permissions, "identify">,
): AuditLog {
  const narrowed = async ({ person = null, filter = null, since, until }: AuditSelection): Promise<Narrowed> => {
    const test = filter === null ? null : toTest(filter);
    const about = person === null ? {} : { about: await identify(person) };
    return { bounds: { since, until, ...about }, test };
  };
  return {
    verify: (expected, stop, onProgress) => walkChain(evidence, expected, stop, onProgress),
    async *rows(selection, stop, onProgress) {
      const { bounds, test } = await narrowed(selection);
      const passed = await startExport(evidence, bounds, onProgress);
      for (let after: number | null = null; ;) {
        stop.throwIfAborted();
        const page: readonly AuditRecord[] = await evidence.auditRows({ ...bounds, after, limit: PAGE });
        yield* test === null ? page : page.filter((row) => test(toItem(row)));
        const last = page.at(-1);
        if (last === undefined) return;
        passed(last);
        after = last.sequence;
      }
    },
    async page({ after, limit, order, ...selection }) {
      const { bounds, test } = await narrowed(selection);
      const newestFirst = order === "newest-first";
      return pageOf({
        after,
        limit,
        wanted: test === null ? null : (row) => test(toItem(row)),
        async read(behind, most) {
          const rows = await evidence.auditRows({ ...bounds, after: behind, limit: most, newestFirst });
          return rows.map((row) => ({ item: row, place: row.sequence }));
        },
      });
    },
  };
}

/** Counts by places in the chain, which are known before anything is read: of those who are left out, too. */
async function startExport(
  evidence: Pick<Evidence, "auditRows">,
  bounds: Bounds,
  onProgress: OnProgress | undefined,
): Promise<(row: AuditRecord) => void> {
  if (onProgress === undefined) return () => undefined;
  const ends = { ...bounds, after: null, limit: 1 };
  const [first] = await evidence.auditRows(ends);
  const [last] = await evidence.auditRows({ ...ends, newestFirst: true });
  if (first === undefined || last === undefined) return () => undefined;
  const tick = startStage(onProgress, "exporting", last.sequence - first.sequence + 1);
  let place = first.sequence - 1;
  return ({ sequence }) => {
    tick(sequence - place);
    place = sequence;
  };
}

interface Bounds {
  readonly since: Instant | null;
  readonly until: Instant | null;
  readonly about?: DirectoryUserId;
}

interface Narrowed {
  readonly bounds: Bounds;
  readonly test: ListTest | null;
}

function toItem({ at, actor, action, subject, sequence }: AuditRecord): JsonObject {
  return { at, actor, action, subject, sequence };
}
