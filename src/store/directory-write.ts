import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryId, DirectoryUser, DirectoryUserId } from "../domain/directory.ts";
import { ResourceNotFoundError, VersionConflictError } from "../domain/errors.ts";
import type { DirectoryWriteTx } from "../ports/directory-tx.ts";
import { rowsOf } from "./dialect.ts";
import { createDirectoryReader, isLive } from "./directory-read.ts";
import { toStoreError } from "./store-errors.ts";
import type { Unit } from "./unit.ts";
import { USER_COLUMNS, emailKeys, toUserColumns, type UserRow } from "./user-row.ts";

const NO_SUCH_USER = "There is no such user.";

/** Writes to one directory inside one unit. */
export function createDirectoryWriter(unit: Unit, directory: DirectoryId): DirectoryWriteTx {
  const reader = createDirectoryReader(() => unit.db, directory, "stale");
  // Users as this unit knows them to be stored.
  const known = new Map<DirectoryUserId, DirectoryUser>();
  // External ids of which an insert has already told that nobody was deleted with them.
  const withoutTombstone = new Set<string>();
  return {
    ...reader,
    async user(id) {
      const user = await reader.user(id);
      if (user !== undefined) known.set(id, user);
      return user;
    },
    async putUser(user, expectedVersion) {
      if (user.directory !== directory) throw new Error("A unit writes to one directory only.");
      const before = known.get(user.id);
      const replaces = expectedVersion !== null;
      const userKey = replaces
        ? await replaceUser(unit, user, expectedVersion, before)
        : await insertNew(unit, user, withoutTombstone);
      known.set(user.id, user);
      // A change of anything but the addresses leaves the search rows alone.
      if (before === undefined || emailsOf(before) !== emailsOf(user)) {
        unit.setEmails({ userKey, replaces, keys: emailKeys(user.resource) });
      }
      unit.markChanged(directory, replaces ? 0 : 1);
    },
    async removeUser(id, at) {
      const db = await unit.writing();
      const removed = await db<UserRow>("users")
        .where({ directory, id })
        .whereNull("deleted_at")
        .update({ deleted_at: at, version: db.raw("version + 1") });
      if (removed === 0) throw new ResourceNotFoundError(NO_SUCH_USER);
      known.delete(id);
      withoutTombstone.clear();
      unit.markChanged(directory, -1);
    },
    async tombstoneOf(externalId) {
      return withoutTombstone.has(externalId) ? undefined : reader.tombstoneOf(externalId);
    },
    async inherit(from, to) {
      const at = await inherit(await unit.writing(), directory, from, to);
      unit.wake({ user: from, reason: null, at });
      unit.markChanged(directory, 0);
    },
    async audit(event) {
      unit.audit(event);
    },
    async wake(user, reason, at) {
      unit.wake({ user, reason, at });
    },
  };
}

function emailsOf(user: DirectoryUser): string {
  return emailKeys(user.resource).join("\n");
}

/** Written as text, since building such a statement costs knex more than SQLite takes to run it. */
const INSERT_USER = `
  insert into users (${USER_COLUMNS.join(", ")}) values (${USER_COLUMNS.map(() => "?").join(", ")})
  returning key, exists (
    select 1 from users as gone
    where gone.directory = ? and gone.external_id = ? and gone.deleted_at is not null and gone.inherited_by is null
  ) as comes_back`;

interface Inserted {
  readonly key: number;
  /** Whether there is a tombstone with the externalId of the new user. */
  readonly comes_back: number | boolean;
}

/** Returns the key of the new row. */
async function insertNew(unit: Unit, user: DirectoryUser, withoutTombstone: Set<string>): Promise<number> {
  const { key, comes_back } = await insertUser(unit, user);
  if (user.externalId !== undefined && !comes_back) withoutTombstone.add(user.externalId);
  return key;
}

async function insertUser(unit: Unit, user: DirectoryUser): Promise<Inserted> {
  const columns = toUserColumns(user);
  const bindings = [...USER_COLUMNS.map((column) => columns[column]), columns.directory, columns.external_id];
  return unit.writeOnce(
    async (db) => {
      const [row] = await typed(rowsOf<Inserted>(db.raw(INSERT_USER, bindings)));
      if (row === undefined) throw new Error("The store did not say under which key it put a user.");
      return row;
    },
    (db, { key }) => db<UserRow>("users").where({ key }).delete(),
  );
}

const REPLACED_COLUMNS = USER_COLUMNS.filter((column) => !["id", "directory", "created"].includes(column));
const REPLACE_USER = `
  update users set ${REPLACED_COLUMNS.map((column) => `${column} = ?`).join(", ")}
  where id = ? and directory = ? and version = ? and deleted_at is null
  returning key`;

/** Returns the key of the row. `before`: the user as this unit knows it to be stored, if it does. */
async function replaceUser(
  unit: Unit,
  user: DirectoryUser,
  expectedVersion: number,
  before: DirectoryUser | undefined,
): Promise<number> {
  const key =
    before?.meta.version === expectedVersion
      ? await unit.writeOnce(
          (db) => sendReplacement(db, user, expectedVersion),
          (db) => sendReplacement(db, before, user.meta.version),
        )
      : await sendReplacement(await unit.writing(), user, expectedVersion);
  if (key !== undefined) return key;
  if (!(await isLive(unit.db, user.directory, user.id))) throw new ResourceNotFoundError(NO_SUCH_USER);
  throw new VersionConflictError(`The user is not at version ${expectedVersion} any more: read it again.`);
}

async function sendReplacement(db: Knex, user: DirectoryUser, expectedVersion: number): Promise<number | undefined> {
  const columns = toUserColumns(user);
  const values = REPLACED_COLUMNS.map((column) => columns[column]);
  const bindings = [...values, user.id, user.directory, expectedVersion];
  const [row] = await typed(rowsOf<{ key: number }>(db.raw(REPLACE_USER, bindings)));
  return row?.key;
}

/** A name that is taken is for the caller to know at once, and not only at the end of the unit. */
async function typed<T>(statement: PromiseLike<T>): Promise<T> {
  try {
    return await statement;
  } catch (error) {
    throw toStoreError(error);
  }
}

/** Returns when `from` was deleted. */
async function inherit(db: Knex, directory: DirectoryId, from: DirectoryUserId, to: DirectoryUserId): Promise<Instant> {
  if (!(await isLive(db, directory, to))) throw new ResourceNotFoundError(NO_SUCH_USER);
  const [tombstone] = await db<UserRow>("users")
    .where({ directory, id: from })
    .whereNotNull("deleted_at")
    .update({ inherited_by: to })
    .returning("deleted_at");
  if (tombstone === undefined) throw new ResourceNotFoundError(NO_SUCH_USER);
  await db("links").where({ user_id: from }).update({ user_id: to });
  await db("failures").where({ user_id: from }).delete();
  return tombstone.deleted_at as Instant;
}
