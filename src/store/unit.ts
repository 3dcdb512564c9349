import type { Knex } from "knex";
import type { DirectoryId, DirectoryUserId } from "../domain/directory.ts";
import type { Instant } from "../domain/brand.ts";
import type { AuditEvent, WakeReason } from "../ports/directory-tx.ts";

/** A wake-up of one person, or (reason null) the end of it. */
export interface WakeChange {
  readonly user: DirectoryUserId;
  readonly reason: WakeReason | null;
  readonly at: Instant;
}

/** Under which e-mail addresses a user is to be found from now on. */
export interface EmailChange {
  readonly userKey: number;
  /** False for a user that was just made, who has no rows yet. */
  readonly replaces: boolean;
  readonly keys: readonly string[];
}

/** What goes with a unit's rows and is written once for all units that share a commit. */
export interface Effects {
  readonly audit: readonly AuditEvent[];
  readonly wakes: readonly WakeChange[];
  readonly emails: readonly EmailChange[];
  /** Directories whose revision grows, and by how many their users became more or fewer. */
  readonly changed: ReadonlyMap<DirectoryId, number>;
}

/** One unit of work inside the transaction of its group: all of it happens, or nothing. */
export interface Unit {
  /** For statements that read. */
  readonly db: Knex;
  /** For statements that write: sets the unit apart from the others of its group before its first one. */
  writing(): Promise<Knex>;
  /**
   * Runs one statement that writes, and that another one takes back exactly: that spares the unit a savepoint. What is
   * made by a statement that wrote nothing (undefined) is not taken back.
   */
  writeOnce<T>(
    statement: (db: Knex) => PromiseLike<T>,
    takeBack: (db: Knex, made: T) => PromiseLike<unknown>,
  ): Promise<T>;
  audit(event: AuditEvent): void;
  wake(change: WakeChange): void;
  setEmails(change: EmailChange): void;
  markChanged(directory: DirectoryId, moreUsers: number): void;
}

/** A unit, and what its group does with it. */
export interface OpenUnit extends Unit {
  readonly effects: Effects;
  /** Takes back what the unit wrote. The unit is over then. */
  undo(): Promise<void>;
  /** Any later use of the unit, by work that was not awaited, is an error: its statements would land in another unit. */
  end(): void;
}

const SAVEPOINT = "unit";

/**
 * Opens a unit in a group's transaction. A savepoint is set only before a unit's first write, and never released: the
 * commit does that, and a savepoint of the same name that is set later hides it.
 */
export function openUnit(trx: Knex): OpenUnit {
  const audit: AuditEvent[] = [];
  const wakes: WakeChange[] = [];
  const emails: EmailChange[] = [];
  const changed = new Map<DirectoryId, number>();
  const takeBacks: (() => PromiseLike<unknown>)[] = [];
  let savepoint: Promise<unknown> | null = null;
  let open = true;
  const live = (): Knex => {
    if (!open) throw new Error("A unit of the store was used after its end: await everything inside it.");
    return trx;
  };
  return {
    effects: { audit, wakes, emails, changed },
    get db() {
      return live();
    },
    async writing() {
      const db = live();
      savepoint ??= Promise.resolve(db.raw(`savepoint ${SAVEPOINT}`));
      await savepoint;
      return db;
    },
    async writeOnce(statement, takeBack) {
      const db = live();
      const covered = savepoint !== null;
      const made = await statement(db);
      if (!covered && made !== undefined) takeBacks.push(() => takeBack(trx, made));
      return made;
    },
    audit: (event) => void (live(), audit.push(event)),
    wake: (change) => void (live(), wakes.push(change)),
    setEmails: (change) => void (live(), emails.push(change)),
    markChanged: (directory, moreUsers) =>
      void (live(), changed.set(directory, (changed.get(directory) ?? 0) + moreUsers)),
    async undo() {
      open = false;
      if (savepoint !== null) await trx.raw(`rollback to ${SAVEPOINT}`);
      for (const takeBack of takeBacks.reverse()) await takeBack();
    },
    end() {
      open = false;
    },
  };
}
