import type { Knex } from "knex";
import { closedError, endsTransaction, toStoreError } from "./store-errors.ts";
import { openUnit, type Effects, type Unit } from "./unit.ts";

/** At most so many units share a commit: the first of them waits for all. */
const GROUP_SIZE = 64;

/** The one way to write: units go one after the other, and those that wait together share one commit. */
export interface WriteQueue {
  /**
   * Runs `work` once, alone, inside a transaction, and resolves with its answer after the commit is durable. When it
   * throws, what it wrote is taken back and the other units of its group go on. Work must not wait for another unit.
   *
   * Throws what `work` threw, in the store's own errors; StoreBusyError when another process held the lock for too
   * long; StoreUnavailableError when the disk refuses, or after `close`.
   */
  submit<T>(work: (unit: Unit) => Promise<T>): Promise<T>;
  /** Refuses new units; resolves when all that wait are done. */
  close(): Promise<void>;
}

interface Waiting {
  /** Never rejects, unless the whole transaction is lost. Returns what is to be written with the unit, or null when it failed. */
  run(trx: Knex): Promise<Effects | null>;
  committed(): void;
  lost(error: unknown): void;
}

/** Makes the queue of one writer connection; `flush` writes the effects of a group, as its last statements. */
export function createWriteQueue(
  writer: Knex,
  flush: (trx: Knex, effects: readonly Effects[]) => Promise<void>,
): WriteQueue {
  const waiting: Waiting[] = [];
  let draining: Promise<void> | null = null;
  let closed = false;

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) await runGroup(writer, waiting.splice(0, GROUP_SIZE), flush);
    draining = null;
  };
  return {
    submit(work) {
      if (closed) return Promise.reject(closedError());
      return new Promise((resolve, reject) => {
        waiting.push(toWaiting(work, resolve, reject));
        draining ??= drain();
      });
    },
    async close() {
      closed = true;
      await draining;
    },
  };
}

function toWaiting<T>(
  work: (unit: Unit) => Promise<T>,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): Waiting {
  let settle: () => void = () => undefined;
  return {
    async run(trx) {
      const unit = openUnit(trx);
      try {
        const value = await work(unit);
        unit.end();
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

async function runGroup(
  writer: Knex,
  group: readonly Waiting[],
  flush: (trx: Knex, effects: readonly Effects[]) => Promise<void>,
): Promise<void> {
  try {
    await inTransaction(writer, async (trx) => {
      const effects: Effects[] = [];
      for (const unit of group) {
        const made = await unit.run(trx);
        if (made !== null) effects.push(made);
      }
      await flush(trx, effects);
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
