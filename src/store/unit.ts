import type { Knex } from "knex";
import type { DirectoryId, DirectoryUserId } from "../domain/directory.ts";
import type { Instant } from "../domain/brand.ts";
import type { AuditEvent, WakeReason } from "../ports/directory-tx.ts";
import type { GroupUsers } from "./group-users.ts";
import type { UserView } from "./user-view.ts";

/** A wake-up of one person, or (reason null) the end of it. */
export interface WakeChange {
  readonly user: DirectoryUserId;
  readonly reason: WakeReason | null;
  readonly at: Instant;
  /** False for a wake-up of our own making: it tells nothing new of the person, and ends no pause after a failure. */
  readonly isNews?: false;
}

/** Under which e-mail addresses a user is to be found from now on. */
export interface EmailChange {
  readonly user: DirectoryUserId;
  /** False for a user who was just made, and has no rows yet. */
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
  /** The users that its group looked up, and those that it leaves to be written with its group. */
  readonly users: UserView;
  /** For statements that read: whatever was left to be written is written first. */
  reading(): Promise<Knex>;
  /** For statements that write: sets the unit apart from the others of its group before its first one. */
  writing(): Promise<Knex>;
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
  /**
   * The work has succeeded. Any later use of the unit, by work that was not awaited, is an error: its statements would land
   * in another unit. Throws when what the unit left to be written could not be, whatever the work made of that.
   */
  end(): Promise<void>;
}

const SAVEPOINT = "unit";

/**
 * Opens a unit in a group's transaction. A savepoint is set only before a unit's first statement that writes, and never
 * released: the commit does that, and a savepoint of the same name that is set later hides it. A unit that leaves its
 * writes to its group needs none: they are dropped when it fails.
 */
export function openUnit(trx: Knex, group: GroupUsers): OpenUnit {
  const users = group.openView();
  const audit: AuditEvent[] = [];
  const wakes: WakeChange[] = [];
  const emails: EmailChange[] = [];
  const changed = new Map<DirectoryId, number>();
  let setApart: Promise<void> | null = null;
  let hasSavepoint = false;
  let open = true;
  const live = <T>(value: T): T => {
    if (!open) throw new Error("A unit of the store was used after its end: await everything inside it.");
    return value;
  };
  const separate = async (): Promise<void> => {
    await group.flush(trx);
    await trx.raw(`savepoint ${SAVEPOINT}`);
    hasSavepoint = true;
    group.forget();
    await users.leave(trx);
  };
  return {
    effects: { audit, wakes, emails, changed },
    get users() {
      return live(users);
    },
    async reading() {
      if (live(setApart) !== null || users.hasWaiting()) await (setApart ??= separate());
      else await group.flush(trx);
      return trx;
    },
    async writing() {
      await (live(setApart) ?? (setApart = separate()));
      return trx;
    },
    audit: (event) => void live(audit).push(event),
    wake: (change) => void live(wakes).push(change),
    setEmails: (change) => void live(emails).push(change),
    markChanged: (directory, moreUsers) => void live(changed).set(directory, (changed.get(directory) ?? 0) + moreUsers),
    async undo() {
      open = false;
      await Promise.allSettled([setApart]);
      if (hasSavepoint) await trx.raw(`rollback to ${SAVEPOINT}`);
    },
    async end() {
      open = false;
      await setApart;
      users.keep();
    },
  };
}
