import type { Knex } from "knex";
import type { DirectoryId, DirectoryUser, DirectoryUserId } from "../domain/directory.ts";
import { ResourceNotFoundError, VersionConflictError } from "../domain/errors.ts";
import { foldCase } from "../scim/fold-case.ts";
import { takenError } from "./store-errors.ts";
import { keyText } from "./unique.ts";
import type { FoundUser } from "./user-statements.ts";

/** A user who is left to be written. */
export interface WaitingUser {
  readonly user: DirectoryUser;
  /** To be inserted; else somebody who is there, or was left to be inserted by a unit before this one. */
  readonly isNew: boolean;
}

/** What is known of users. What is in no map was not looked up. Keys of unique values are those of `keyText`. */
export interface KnownUsers {
  /** Live users by id; null: there is none. */
  readonly users: Map<DirectoryUserId, FoundUser | null>;
  /** Who has a userName or an externalId; null: nobody. */
  readonly owners: Map<string, DirectoryUserId | null>;
  /** Of externalIds: whether no tombstone has them, and no member's value names them. */
  readonly unused: Map<string, { readonly byTombstone: boolean; readonly byMember: boolean }>;
  readonly waiting: Map<DirectoryUserId, WaitingUser>;
}

/** The users of a commit as one of its units sees them. */
export interface UserView {
  /** Null when there is no such live user in the directory, undefined when that was not looked up. */
  find(directory: DirectoryId, id: DirectoryUserId): FoundUser | null | undefined;
  /** True when nobody was deleted with this externalId; false when somebody was, or when that was not looked up. */
  hasNoTombstone(directory: DirectoryId, externalId: string): boolean;
  /**
   * Leaves a new user (`expectedVersion` null) or the next version of one to be written. False, and nothing done, when too
   * little was looked up to tell whether it can be. Throws UniquenessError, VersionConflictError, ResourceNotFoundError.
   */
  put(user: DirectoryUser, expectedVersion: number | null): boolean;
  /** Whether anything of this unit is left to be written. */
  hasWaiting(): boolean;
  /** Writes what this unit left to be written. It goes its own way from now on: `find` and `put` know nothing. */
  leave(db: Knex): Promise<void>;
  /** The unit has succeeded: its group knows what it knew. */
  keep(): void;
}

/** Opens the view of one unit: `own` is what it alone knows yet, `group` what the units of its commit know. */
export function openUserView(
  group: KnownUsers,
  own: KnownUsers,
  writeOut: (db: Knex, waiting: Map<DirectoryUserId, WaitingUser>) => Promise<void>,
): UserView {
  let hasLeft = false;
  const find = (id: DirectoryUserId): FoundUser | null | undefined =>
    hasLeft ? undefined : (own.users.get(id) ?? group.users.get(id));
  const isFree = (key: string, column: string): boolean => {
    const owner = own.owners.get(key) ?? group.owners.get(key);
    if (owner !== undefined && owner !== null) throw takenError(column);
    return owner === null;
  };
  const leaveToGroup = (user: DirectoryUser, isNew: boolean, isMember: boolean): true => {
    own.users.set(user.id, { user, isMember });
    own.waiting.set(user.id, { user, isNew });
    return true;
  };
  const insert = (user: DirectoryUser): boolean => {
    const { userName, externalId } = keysOf(user);
    // For an id that somebody has the table tells what is wrong. Of two clashes the name is the one to tell of, which an
    // IdP then looks for.
    if (find(user.id) || !isFree(userName, "users.user_name_key")) return false;
    if (externalId !== null && !isFree(externalId, "users.external_id")) return false;
    for (const key of [userName, externalId]) if (key !== null) own.owners.set(key, user.id);
    // No member's value can name an id that was made just now.
    const isMember = externalId !== null && group.unused.get(externalId)?.byMember !== true;
    return leaveToGroup(user, true, isMember);
  };
  const replace = (user: DirectoryUser, expectedVersion: number): boolean => {
    const before = find(user.id);
    if (before === undefined) return false;
    if (before?.user.directory !== user.directory) throw new ResourceNotFoundError("There is no such user.");
    if (before.user.meta.version !== expectedVersion) throw staleError(expectedVersion);
    const [was, is] = [keysOf(before.user), keysOf(user)];
    if (was.userName !== is.userName || was.externalId !== is.externalId) return false;
    return leaveToGroup(user, own.waiting.get(user.id)?.isNew ?? false, before.isMember);
  };
  return {
    find(directory, id) {
      const found = find(id);
      return found === undefined || found?.user.directory === directory ? found : null;
    },
    hasNoTombstone: (directory, value) =>
      group.unused.get(keyText({ kind: "externalId", directory, value }))?.byTombstone === true,
    put: (user, expectedVersion) =>
      !hasLeft && (expectedVersion === null ? insert(user) : replace(user, expectedVersion)),
    hasWaiting: () => own.waiting.size > 0,
    async leave(db) {
      hasLeft = true;
      own.users.clear();
      own.owners.clear();
      await writeOut(db, own.waiting);
    },
    keep() {
      for (const [id, user] of own.users) group.users.set(id, user);
      for (const [key, owner] of own.owners) group.owners.set(key, owner);
      for (const [id, { user, isNew }] of own.waiting) {
        group.waiting.set(id, { user, isNew: isNew || (group.waiting.get(id)?.isNew ?? false) });
      }
    },
  };
}

/** What is thrown when a user is not at the version that was expected. */
export function staleError(expectedVersion: number): VersionConflictError {
  return new VersionConflictError(`The user is not at version ${expectedVersion} any more: read it again.`);
}

function keysOf({ directory, userName, externalId }: DirectoryUser): {
  readonly userName: string;
  readonly externalId: string | null;
} {
  return {
    userName: keyText({ kind: "userName", directory, value: foldCase(userName) }),
    externalId: externalId === undefined ? null : keyText({ kind: "externalId", directory, value: externalId }),
  };
}
