import type { DirectoryUserId } from "../../domain/directory.ts";
import { UnknownSubjectError, UsageError } from "../../domain/errors.ts";
import type { Journal, JournalEntry, RunRecord } from "../../ports/journal.ts";
import type { Evidence } from "../../ports/records.ts";

/** How many runs are named to whoever gave the beginning of several. */
const NAMED = 5;

/** What the journal says of one change, with whom it was for. */
export interface RunEntry extends JournalEntry {
  /** Their userName; null for a change that belongs to no person, and for somebody who is not known any more. */
  readonly person: string | null;
}

/** The runs that were, and what each of them did. */
export interface RunHistory {
  /** Newest first. */
  last(limit: number): Promise<readonly RunRecord[]>;
  /**
   * The run with this id, of which the beginning is enough. Throws UnknownSubjectError when there is none, UsageError when
   * several begin so.
   */
  find(id: string): Promise<RunRecord>;
  /** Oldest first, in pages; throws the reason of `stop` between two of them. */
  entries(run: string, stop: AbortSignal): AsyncGenerator<readonly RunEntry[], void, void>;
}

/** Makes the use cases over the store's journal. */
export function createRunHistory(store: { readonly journal: Journal; readonly evidence: Evidence }): RunHistory {
  return {
    last: (limit) => store.journal.runs(limit),
    async find(id) {
      const [run, ...others] = id === "" ? [] : await store.journal.findRuns(id, NAMED);
      if (run === undefined || run.id === id || others.length === 0) return run ?? unknownRun(id);
      const exact = others.find((other) => other.id === id);
      if (exact !== undefined) return exact;
      const names = [run, ...others].map((one) => one.id).join(", ");
      throw new UsageError(`Several runs begin with "${id}": name one (${names}).`);
    },
    async *entries(run, stop) {
      for await (const page of store.journal.entriesOf(run)) {
        stop.throwIfAborted();
        const users = new Set(page.flatMap(({ user }): readonly DirectoryUserId[] => (user === null ? [] : [user])));
        const names = await store.evidence.namesOf([...users]);
        yield page.map((entry) => ({ ...entry, person: entry.user === null ? null : (names.get(entry.user) ?? null) }));
      }
    },
  };
}

function unknownRun(id: string): never {
  throw new UnknownSubjectError(`There is no run "${id}": \`rosterbridge runs\` lists the last ones.`);
}
