import { setImmediate, setTimeout as delay } from "node:timers/promises";
import type { Knex } from "knex";
import { closedError, endsTransaction, toStoreError } from "./store-errors.ts";
import { createGroupUsers, type Announced, type GroupUsers } from "./group-users.ts";
import { readHeads, type Heads } from "./heads.ts";
import { together } from "./together.ts";
import { openUnit, type Effects, type Unit } from "./unit.ts";

/** At most so many units share a commit: the first of them waits for all. */
const GROUP_SIZE = 64;
/** How long a group waits for those who are likely to come; milliseconds. */
const PATIENCE_MS = 2;

/** The one way to write: units go one after the other, and those that wait together share one commit. */
export interface WriteQueue {
  /**
   * Runs `work` once, alone, inside a transaction, and resolves with its answer after the commit is durable. When it
   * throws, what it wrote is taken back and the other units of its group go on. Work must not wait for another unit.
   *
   * Throws what `work` threw, in the store's own errors; StoreBusyError when another process held the lock for too
   * long; StoreUnavailableError when the disk refuses, or after `close`.
   */
  submit<T>(work: (unit: Unit) => Promise<T>, announced?: Announced): Promise<T>;
  /** Refuses new units; resolves when all that wait are done. */
  close(): Promise<void>;
}

interface Waiting {
  readonly announced: Announced | undefined;
  /** Never rejects, unless the whole transaction is lost. Returns what is to be written with the unit, or null when it failed. */
  run(trx: Knex, users: GroupUsers): Promise<Effects | null>;
  committed(): void;
  lost(error: unknown): void;
}

/** Writes the effects of the units of a group that succeeded. `heads` are those of the group's beginning. */
export type Flush = (trx: Knex, effects: readonly Effects[], heads: Heads) => Promise<void>;

/** Makes the queue of one writer connection; `flush` writes the effects of a group, as its last statements. */
export function createWriteQueue(writer: Knex, flush: Flush): WriteQueue {
  const line = createWaitingLine();
  let draining: Promise<void> | null = null;
  let closed = false;

  const drain = async (): Promise<void> => {
    let expected = 1;
    while (line.length() > 0) {
      const group = await line.next(expected);
      await runGroup(writer, group, flush);
      expected = group.length + line.length();
    }
    draining = null;
  };
  return {
    submit(work, announced) {
      if (closed) return Promise.reject(closedError());
      return new Promise((resolve, reject) => {
        line.join({ ...toWaiting(work, resolve, reject), announced });
        draining ??= drain();
      });
    },
    async close() {
      closed = true;
      await draining;
    },
  };
}

/** Units that wait for their turn. */
interface WaitingLine {
  length(): number;
  join(unit: Waiting): void;
  /**
   * The next group. Whoever was answered just now is likely to ask again at once, so that a moment is given to as many as
   * were there the last time: half of them in each commit would cost twice the syncs. Nobody who comes alone waits.
   */
  next(expected: number): Promise<readonly Waiting[]>;
}

function createWaitingLine(): WaitingLine {
  const waiting: Waiting[] = [];
  let wanted = Infinity;
  let complete: () => void = () => undefined;
  return {
    length: () => waiting.length,
    join(unit) {
      waiting.push(unit);
      if (waiting.length >= wanted) complete();
    },
    async next(expected) {
      // Requests that came together are read one after the other: the first of them waits for the last.
      await setImmediate();
      wanted = Math.min(expected, GROUP_SIZE);
      if (waiting.length < wanted) {
        const isComplete = new Promise<void>((resolve) => void (complete = resolve));
        await Promise.race([isComplete, delay(PATIENCE_MS)]);
      }
      wanted = Infinity;
      return waiting.splice(0, GROUP_SIZE);
    },
  };
}

function toWaiting<T>(
  work: (unit: Unit) => Promise<T>,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): Omit<Waiting, "announced"> {
  let settle: () => void = () => undefined;
  return {
    async run(trx, users) {
      const unit = openUnit(trx, users);
      try {
        const value = await work(unit);
        await unit.end();
        settle = () => resolve(value);
        return unit.effects;
      } catch (thrown) {
        const error = toStoreError(thrown);
        if (endsTransaction(error)) throw error;
        await unit.undo();
        settle = () => reject(error);
        return null;
      }
    },
    committed: () => settle(),
    lost: reject,
  };
}

async function runGroup(writer: Knex, group: readonly Waiting[], flush: Flush): Promise<void> {
  try {
    await inTransaction(writer, async (trx) => {
      const effects: Effects[] = [];
      const users = createGroupUsers();
      const announced = group.flatMap((unit) => unit.announced ?? []);
      const [heads] = await together([readHeads(trx), users.lookUp(trx, announced)]);
      for (const unit of group) {
        const made = await unit.run(trx, users);
        if (made !== null) effects.push(made);
      }
      await users.flush(trx);
      await flush(trx, effects, heads);
    });
  } catch (thrown) {
    const error = toStoreError(thrown);
    for (const unit of group) unit.lost(error);
    return;
  }
  for (const unit of group) unit.committed();
}

/**
 * Commits what `work` does, or nothing of it. A sick disk may have ended the transaction already, whatever `work` made
 * of the error: what it went on to write must not be taken for committed.
 */
async function inTransaction(writer: Knex, work: (trx: Knex) => Promise<void>): Promise<void> {
  const trx = await writer.transaction();
  const faults: Error[] = [];
  trx.on("query-error", (error: Error) => void faults.push(error));
  try {
    await work(trx);
    const fault = faults.find((error) => endsTransaction(toStoreError(error)));
    if (fault !== undefined) throw fault;
    await trx.commit();
  } catch (error) {
    await settled(trx.rollback());
    // A commit that failed leaves the transaction open, and knex takes it for ended.
    await settled(writer.raw("rollback"));
    throw error;
  }
}

/** Waits for a statement that may well fail, since there is often nothing left to roll back. */
async function settled(statement: PromiseLike<unknown>): Promise<void> {
  await Promise.allSettled([statement]);
}
