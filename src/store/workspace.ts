import type { Knex } from "knex";
import type { PersonRecord, Workspace } from "../ports/workspace.ts";
import { claimantsOf } from "./claimants.ts";
import { peopleById, peoplePages } from "./people.ts";
import { peersOf } from "./peers.ts";
import { inSettlingOrder, savePlan } from "./plan-spool.ts";
import { reading } from "./reading.ts";
import { countActive, findCandidates, holdersOf, spoolAccounts, spoolFacts, type SpoolFacts } from "./spool.ts";
import { toStoreError } from "./store-errors.ts";

/**
 * A workspace on a connection of its own: its tables are temporary, so that nothing of them reaches the database file,
 * two processes can plan at once, and they vanish with the connection. `onClosed` is called once.
 */
export function createWorkspace(db: Knex, onClosed: () => void): Workspace {
  const snapshot = createSnapshot(db);
  let plans = 0;
  let spooled: SpoolFacts | null = null;
  let closing: Promise<void> | null = null;
  return {
    spool: (pages) =>
      reading(async () => {
        spooled = null;
        return spoolAccounts(db, pages);
      }),
    activeAccounts: () => reading(() => countActive(db)),
    people: () => throwingStoreErrors(snapshot.during(() => peoplePages(db))),
    peopleById: (ids) => reading(() => peopleById(db, ids)),
    candidates: (keys) =>
      reading(async () => {
        spooled ??= await spoolFacts(db);
        return findCandidates(db, keys, spooled);
      }),
    holders: (accounts) => reading(() => holdersOf(db, accounts)),
    peers: (group, account, limit) => reading(() => peersOf(db, group, account, limit)),
    claimants: (emails) => reading(() => claimantsOf(db, emails)),
    inSettlingOrder: (people) => throwingStoreErrors(inSettlingOrder(db, people)),
    savePlan(people) {
      plans += 1;
      const own = plans;
      return reading(() => savePlan(db, people, () => own === plans));
    },
    close() {
      closing ??= db.destroy().finally(onClosed);
      return closing;
    },
  };
}

interface Snapshot {
  /** The pages, all read from the state of the database at the first of them. */
  during(pages: () => AsyncGenerator<readonly PersonRecord[]>): AsyncGenerator<readonly PersonRecord[]>;
}

/** Holds one read transaction while anybody iterates; everything else on the connection takes part in it. */
function createSnapshot(db: Knex): Snapshot {
  let users = 0;
  return {
    async *during(pages) {
      users += 1;
      try {
        if (users === 1) await db.raw("begin");
        yield* pages();
      } finally {
        users -= 1;
        if (users === 0) await db.raw("commit");
      }
    },
  };
}

async function* throwingStoreErrors<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (error) {
    throw toStoreError(error);
  }
}
