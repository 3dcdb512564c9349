import type { DirectoryUserId } from "../../domain/directory.ts";
import { UnknownSubjectError, UsageError } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { Journal, JournalEntry, RunRecord } from "../../ports/journal.ts";
import type { Evidence } from "../../ports/records.ts";
import { attribute } from "../../scim/schema.ts";
import { createListFilter } from "../list-filter.ts";
import { pageOf, type ListPage, type PageRequest } from "../paging.ts";

/** How many runs are named to whoever gave the beginning of several. */
const NAMED = 5;

/** What the journal says of one change, with whom it was for. */
export interface RunEntry extends JournalEntry {
  /** Their userName; null for a change that belongs to no person, and for somebody who is not known any more. */
  readonly person: string | null;
}

/** Some of the runs that were. */
export interface RunsQuery extends PageRequest {
  /** A SCIM filter over `id`, `lane`, `trigger`, `outcome`, `startedAt`, `finishedAt` and `digest`; null: all. */
  readonly filter: string | null;
}

/** The runs that were, and what each of them did. */
export interface RunHistory {
  /** Newest first. */
  last(limit: number): Promise<readonly RunRecord[]>;
  /**
   * Newest first. With a filter a page may hold fewer than `limit` runs, or none, and still have a `next`: only so many are
   * looked at for it. Throws InvalidFilterError, which names what runs are filtered by, and InvalidCursorError.
   */
  page(query: RunsQuery): Promise<ListPage<RunRecord>>;
  /**
   * The run with this id, of which the beginning is enough. Throws UnknownSubjectError when there is none, UsageError when
   * several begin so.
   */
  find(id: string): Promise<RunRecord>;
  /** Oldest first, in pages; throws the reason of `stop` between two of them. */
  entries(run: string, stop: AbortSignal): AsyncGenerator<readonly RunEntry[], void, void>;
  /** The changes of one run (its whole id), oldest first; none for a run that is not known. Throws InvalidCursorError. */
  entriesPage(run: string, request: PageRequest): Promise<ListPage<RunEntry>>;
}

/** What runs are filtered by. */
const ATTRIBUTES = [
  attribute("id", "Identifier of the run.", { caseExact: true }),
  attribute("lane", "full or urgent."),
  attribute("trigger", "What started the run."),
  attribute("outcome", "What became of it; none while it is under way."),
  attribute("startedAt", "When it began.", { type: "dateTime" }),
  attribute("finishedAt", "When it ended; none while it is under way.", { type: "dateTime" }),
  attribute("digest", "The digest of its plan; none before it was made."),
];

/** Makes the use cases over the store's journal. */
export function createRunHistory(store: { readonly journal: Journal; readonly evidence: Evidence }): RunHistory {
  const { journal, evidence } = store;
  const filterOf = createListFilter("runs", ATTRIBUTES);
  return {
    last: (limit) => journal.runs(limit),
    async page({ filter, ...request }) {
      const passes = filter === null ? null : filterOf(filter);
      const wanted = passes === null ? null : (run: RunRecord) => passes(toFiltered(run));
      return pageOf({ ...request, wanted, read: (behind, limit) => journal.runsBefore(behind, limit) });
    },
    async find(id) {
      const [run, ...others] = id === "" ? [] : await journal.findRuns(id, NAMED);
      if (run === undefined || run.id === id || others.length === 0) return run ?? unknownRun(id);
      const exact = others.find((other) => other.id === id);
      if (exact !== undefined) return exact;
      const names = [run, ...others].map((one) => one.id).join(", ");
      throw new UsageError(`Several runs begin with "${id}": name one (${names}).`);
    },
    async *entries(run, stop) {
      for await (const page of journal.entriesOf(run)) {
        stop.throwIfAborted();
        yield await withNames(evidence, page);
      }
    },
    async entriesPage(run, request) {
      const read = (behind: number | null, limit: number) => journal.entriesAfter(run, behind, limit);
      const { items, next } = await pageOf({ ...request, wanted: null, read });
      return { items: await withNames(evidence, items), next };
    },
  };
}

function toFiltered({ id, lane, trigger, outcome, startedAt, finishedAt, digest }: RunRecord): JsonObject {
  return { id, lane, trigger, outcome, startedAt, finishedAt, digest };
}

async function withNames(
  evidence: Pick<Evidence, "namesOf">,
  entries: readonly JournalEntry[],
): Promise<readonly RunEntry[]> {
  const users = new Set(entries.flatMap(({ user }): readonly DirectoryUserId[] => (user === null ? [] : [user])));
  const names = await evidence.namesOf([...users]);
  return entries.map((entry) => ({ ...entry, person: entry.user === null ? null : (names.get(entry.user) ?? null) }));
}

function unknownRun(id: string): never {
  throw new UnknownSubjectError(`There is no run "${id}": \`rosterbridge runs\` lists the last ones.`);
}
