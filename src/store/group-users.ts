import type { Knex } from "knex";
import type { DirectoryId, DirectoryUserId } from "../domain/directory.ts";
import type { Announcement } from "../ports/store.ts";
import { foldCase } from "../scim/fold-case.ts";
import { keyText, type Unique } from "./unique.ts";
import { insertUsers, lookUpOwners, lookUpUsers, updateUsers, type FoundUser } from "./user-statements.ts";
import { openUserView, type KnownUsers, type UserView, type WaitingUser } from "./user-view.ts";

/** What one unit announced, and about which directory. */
export interface Announced extends Announcement {
  readonly directory: DirectoryId;
}

/**
 * The users that the units of one commit look at and write: looked up for all of them at once before the first one runs,
 * and written for all of them at once after the last one, or before somebody needs them to be in the tables.
 */
export interface GroupUsers {
  /** Looks up what the units announced. */
  lookUp(db: Knex, announced: readonly Announced[]): Promise<void>;
  /** What one unit sees and does; nobody else sees it before `keep`. */
  openView(): UserView;
  /**
   * Writes what the units before this one left to be written. When that fails once it fails each time, so that nothing is
   * committed: those units were told nothing yet, but they are over.
   */
  flush(db: Knex): Promise<void>;
  /** Everything is looked up again from now on, since a statement of some unit's own may change it. */
  forget(): void;
}

/** Makes the users of one commit. */
export function createGroupUsers(): GroupUsers {
  const known = nothingKnown();
  // One after the other: whoever waits for a flush must find everything written, even if another one had begun with it.
  let flushed: Promise<void> = Promise.resolve();
  return {
    async lookUp(db, announced) {
      await lookUpIds(
        db,
        announced.flatMap(({ user }) => user ?? []),
        known,
      );
      await lookUpKeys(db, announced, known);
    },
    openView: () => openUserView(known, nothingKnown(), writeOut),
    flush(db) {
      flushed = flushed.then(() => writeOut(db, known.waiting));
      return flushed;
    },
    forget() {
      for (const map of [known.users, known.owners, known.unused]) map.clear();
    },
  };
}

function nothingKnown(): KnownUsers {
  return { users: new Map(), owners: new Map(), unused: new Map(), waiting: new Map() };
}

async function lookUpIds(db: Knex, ids: readonly DirectoryUserId[], { users }: KnownUsers): Promise<void> {
  const found = new Map<DirectoryUserId, FoundUser>();
  for (const each of await lookUpUsers(db, ids)) found.set(each.user.id, each);
  for (const id of ids) users.set(id, found.get(id) ?? null);
}

async function lookUpKeys(db: Knex, announced: readonly Announced[], { owners, unused }: KnownUsers): Promise<void> {
  const names = announced.flatMap(({ directory, userName }): readonly Unique[] =>
    userName === undefined ? [] : [{ kind: "userName", directory, value: foldCase(userName) }],
  );
  const externalIds = announced.flatMap(({ directory, externalId }): readonly Unique[] =>
    externalId === undefined ? [] : [{ kind: "externalId", directory, value: externalId }],
  );
  for (const key of [...names, ...externalIds]) owners.set(keyText(key), null);
  for (const key of externalIds) unused.set(keyText(key), { byTombstone: true, byMember: true });
  for (const { use, kind, directory, value, id } of await lookUpOwners(db, [...names, ...externalIds])) {
    const key = keyText({ kind, directory, value });
    const before = unused.get(key) ?? { byTombstone: true, byMember: true };
    if (use === "user") owners.set(key, id);
    else unused.set(key, use === "tombstone" ? { ...before, byTombstone: false } : { ...before, byMember: false });
  }
}

async function writeOut(db: Knex, waiting: Map<DirectoryUserId, WaitingUser>): Promise<void> {
  const all = [...waiting.values()];
  waiting.clear();
  const usersWhere = (isNew: boolean) => all.filter((each) => each.isNew === isNew).map(({ user }) => user);
  await insertUsers(db, usersWhere(true));
  await updateUsers(db, usersWhere(false));
}
