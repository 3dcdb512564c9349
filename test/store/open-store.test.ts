import { existsSync } from "node:fs";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { chmod, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import { StoreBusyError, StoreUnavailableError } from "../../src/domain/errors.ts";
import { openDatabase } from "../../src/store/database.ts";
import { MIGRATIONS } from "../../src/store/migrations.ts";
import type { Driver } from "../../src/store/open.ts";
import { openStore } from "../../src/store/open-store.ts";
import { checkSqliteVersion } from "../../src/store/sqlite-version.ts";
import { aUser } from "../support/directory-builders.ts";
import { rawSqlite } from "../support/raw-sqlite.ts";
import { aFolder, aQuietAmbient, openStoreAt } from "../support/store-files.ts";

/** Opens and closes the store in a process of its own; what it says. */
async function openedElsewhere(filename: string, user: { uid?: number; gid?: number } = {}): Promise<string> {
  const script = join(import.meta.dirname, "../support/store-opener.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [script, filename], user);
  return stdout;
}

const DRIVERS: readonly Driver[] = ["sqlite3", "better-sqlite3"];

for (const driver of DRIVERS) {
  test(`${driver}: every connection has its pragmas, in a new file and in one that is opened again`, async (t) => {
    const filename = join(await aFolder(t), "bridge.db");
    for (const opening of ["new", "again"]) {
      const database = await openDatabase(driver, filename);
      const workspace = database.openPrivate();
      for (const [role, db] of Object.entries({
        writer: database.writer,
        reader: database.reader,
        private: workspace,
      })) {
        const pragma = async (name: string): Promise<unknown> =>
          Object.values((await db.raw(`PRAGMA ${name}`))[0] as object)[0];
        t.deepEqual(
          {
            journal: await pragma("journal_mode"),
            synchronous: await pragma("synchronous"),
            foreignKeys: await pragma("foreign_keys"),
            trustedSchema: await pragma("trusted_schema"),
            busyTimeout: await pragma("busy_timeout"),
            queryOnly: await pragma("query_only"),
          },
          {
            journal: "wal",
            synchronous: 2,
            foreignKeys: 1,
            trustedSchema: 0,
            busyTimeout: 5_000,
            queryOnly: role === "reader" ? 1 : 0,
          },
          `${opening}: ${role}`,
        );
      }
      await workspace.destroy();
      await database.close();
    }
  });

  test(`${driver}: what was written is there when the file is opened again`, async (t) => {
    const filename = join(await aFolder(t), "bridge.db");
    const user = aUser();
    const first = await openStore({ filename, ambient: aQuietAmbient(), client: driver });
    await first.write(user.directory, (tx) => tx.putUser(user, null));
    await first.close();
    const again = await openStoreAt(t, filename, driver);
    t.deepEqual(await again.read(user.directory, (tx) => tx.user(user.id)), user);
    t.is(again.describe().driver, driver);
    t.regex(again.describe().version, /^3\.\d+\.\d+$/);
    t.is(again.describe().location, filename);
  });
}

test("a start reads each pragma back and names the one that does not take", async (t) => {
  const { setPragmas } = await import("../../src/store/pragmas.ts");
  const answers = (broken: string) => async (sql: string) => {
    const [, name, value] = /^PRAGMA (\S+)(?: = (\S+))?$/.exec(sql) ?? [];
    const good: Record<string, unknown> = {
      busy_timeout: 5000,
      journal_mode: "wal",
      synchronous: 2,
      foreign_keys: 1,
      trusted_schema: 0,
      query_only: 1,
    };
    return value === undefined ? [{ value: name === broken ? "other" : good[name ?? ""] }] : [];
  };
  await t.notThrowsAsync(setPragmas(answers("none"), "reader"));
  for (const name of ["busy_timeout", "journal_mode", "synchronous", "foreign_keys", "trusted_schema", "query_only"]) {
    const error = await t.throwsAsync(setPragmas(answers(name), "reader"), { instanceOf: StoreUnavailableError });
    t.true(error.message.includes(name), error.message);
  }
});

test("versions of SQLite that may lose data are refused", (t) => {
  for (const bad of ["3.6.23", "3.7.0", "3.50.4", "3.51.0", "3.51.2"]) {
    t.throws(() => checkSqliteVersion(bad), {
      instanceOf: StoreUnavailableError,
      message: new RegExp(bad.replaceAll(".", "\\.")),
    });
  }
  for (const good of ["3.51.3", "3.52.0", "3.54.1", "4.0.0"]) t.notThrows(() => checkSqliteVersion(good));
});

test("folder and file are made, and are for the owner alone", async (t) => {
  const filename = join(await aFolder(t), "a", "b", "bridge.db");
  const store = await openStoreAt(t, filename);
  await store.probe();
  for (const name of [filename, `${filename}-wal`, `${filename}-shm`])
    t.is((await stat(name)).mode & 0o777, 0o600, name);
});

test("a file that others could read is closed to them", async (t) => {
  const filename = join(await aFolder(t), "bridge.db");
  await writeFile(filename, "");
  await chmod(filename, 0o644);
  await openStoreAt(t, filename);
  t.is((await stat(filename)).mode & 0o777, 0o600);
});

test("what cannot be opened is told in one sentence that says what to do", async (t) => {
  const folder = await aFolder(t);
  const refused = async (filename: string, expected: RegExp): Promise<void> => {
    const error = await t.throwsAsync(openStore({ filename, ambient: aQuietAmbient() }), {
      instanceOf: StoreUnavailableError,
    });
    t.regex(error.message, expected);
    t.false(error.message.includes("\n"), error.message);
  };
  await mkdir(join(folder, "folder.db"));
  await refused(join(folder, "folder.db"), /folder\.db is not a file: set database\.filename/);
  await writeFile(join(folder, "plain"), "x");
  await refused(
    join(folder, "plain", "bridge.db"),
    /plain of the database cannot be made or written \((ENOTDIR|EEXIST)\): check/,
  );
  await writeFile(join(folder, "notes.db"), "These are my notes. ".repeat(500));
  await refused(join(folder, "notes.db"), /notes\.db: .*is not an SQLite database: move it away/);
  await refused(":memory:", /":memory:" is not a file: set database\.filename/);
  // A file system that takes no new names; making folders there once went on for ever.
  if (existsSync("/proc/self")) await refused("/proc/nowhere/bridge.db", /cannot be made or written \(ENOENT\)/);
  const socket = createServer();
  socket.listen(join(folder, "socket"));
  t.teardown(() => socket.close());
  await once(socket, "listening");
  await refused(join(folder, "socket"), /is not a file/);
});

test("a file or a folder that may not be written is told in one sentence that says what to do", async (t) => {
  const folder = await aFolder(t);
  await chmod(folder, 0o777);
  // Nothing is closed to root, so root opens it as nobody.
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const opened = (filename: string): Promise<string> => openedElsewhere(filename, nobody);
  const readable = join(folder, "readable.db");
  t.is(await opened(readable), "opened");
  await chmod(readable, 0o444);
  t.regex(
    await opened(readable),
    /^StoreUnavailableError: .*readable\.db cannot be opened for writing \(EACCES\): check the owner and the mode/,
  );
  await mkdir(join(folder, "closed"));
  await chmod(join(folder, "closed"), 0o555);
  t.regex(
    await opened(join(folder, "closed", "bridge.db")),
    /^StoreUnavailableError: The folder .*closed of the database cannot be made or written \(EACCES\)/,
  );
});

test("a file of somebody else's notes is left as it was", async (t) => {
  const filename = join(await aFolder(t), "notes.db");
  const text = "These are my notes. ".repeat(500);
  await writeFile(filename, text);
  await t.throwsAsync(openStore({ filename, ambient: aQuietAmbient() }));
  t.is((await stat(filename)).size, text.length);
});

test("a database that a newer version wrote is refused, and not changed", async (t) => {
  const filename = join(await aFolder(t), "bridge.db");
  await (await openStore({ filename, ambient: aQuietAmbient() })).close();
  await rawSqlite(filename, "insert into migrations (name, batch, migration_time) values ('9999_future', 9, 0)");
  await t.throwsAsync(openStore({ filename, ambient: aQuietAmbient() }), {
    instanceOf: StoreUnavailableError,
    message: /written by a newer version of Rosterbridge \(it has 9999_future\)/,
  });
  const names = (await rawSqlite(filename, "select name from migrations order by id")).map(({ name }) => name);
  t.deepEqual(names, [...MIGRATIONS.map(({ name }) => name), "9999_future"]);
});

test("processes that start together on a new file all come up", async (t) => {
  const filename = join(await aFolder(t), "bridge.db");
  // Within one process, those that wait for the lock would take its threads from whoever holds it.
  t.deepEqual(await Promise.all([1, 2, 3].map(() => openedElsewhere(filename))), ["opened", "opened", "opened"]);
  const names = (await rawSqlite(filename, "select name from migrations order by id")).map(({ name }) => name);
  t.deepEqual(
    names,
    MIGRATIONS.map(({ name }) => name),
  );
});

test("every migration can be taken back, and made again", async (t) => {
  const database = await openDatabase("sqlite3", join(await aFolder(t), "bridge.db"));
  t.teardown(() => database.close());
  const schema = async (): Promise<unknown> =>
    database.writer.raw("select type, name, sql from sqlite_master where name not like 'sqlite_%' order by name");
  const before = await schema();
  await database.writer.transaction(async (trx) => {
    for (const step of MIGRATIONS.toReversed()) await step.down(trx);
    const left = await trx.raw<{ name: string }[]>(
      "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'",
    );
    t.deepEqual(left.map(({ name }) => name).sort(), ["migrations", "migrations_lock"]);
    for (const step of MIGRATIONS) await step.up(trx);
  });
  t.deepEqual(await schema(), before);
});

test("a start waits for a lock only so long, and says that the store is busy", async (t) => {
  const filename = join(await aFolder(t), "bridge.db");
  const database = await openDatabase("sqlite3", filename);
  t.teardown(() => database.close());
  const holder = await database.writer.transaction();
  await t.throwsAsync(openStore({ filename, ambient: aQuietAmbient() }), { instanceOf: StoreBusyError });
  await holder.rollback();
});

test("a closed store refuses everything, and closing twice is closing once", async (t) => {
  const filename = join(await aFolder(t), "bridge.db");
  const store = await openStore({ filename, ambient: aQuietAmbient() });
  const workspace = await store.openWorkspace();
  await workspace.spool(pages());
  const last = store.probe();
  await Promise.all([store.close(), store.close()]);
  await t.notThrowsAsync(last, "what was asked before the close is done");
  await t.throwsAsync(store.probe(), { instanceOf: StoreUnavailableError, message: /closed/ });
  await t.throwsAsync(store.tokens.list(), { instanceOf: StoreUnavailableError, message: /closed/ });
  await t.throwsAsync(store.openWorkspace(), { instanceOf: StoreUnavailableError, message: /closed/ });
  await t.throwsAsync(stat(`${filename}-wal`), { code: "ENOENT" }, "the log is in the file");
  await rm(filename);
});

async function* pages(): AsyncGenerator<never[]> {
  yield [];
}
