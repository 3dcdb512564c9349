import { chmod, copyFile, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { StoreBusyError, StoreUnavailableError, UsageError } from "../../src/domain/errors.ts";
import type { BackupFacts, RestoreReport } from "../../src/ports/backup.ts";
import { backUpDatabase } from "../../src/store/backup.ts";
import { restoreDatabase } from "../../src/store/restore.ts";
import { anEvent, NOW } from "../contracts/store-harness.ts";
import { rawSqlite } from "../support/raw-sqlite.ts";
import { aFolder, aQuietAmbient, openStoreAt } from "../support/store-files.ts";

const ambient = aQuietAmbient();
const backUp = (database: string, file: string): Promise<BackupFacts> => backUpDatabase(database, file, ambient.newId);
const restore = (filename: string, backup: string, isMeant = true): Promise<RestoreReport | null> =>
  restoreDatabase({ filename, backup, ambient, agree: async () => isMeant });

const token = (id: string) =>
  ({
    id,
    scope: "admin",
    directory: null,
    hash: id,
    createdAt: NOW,
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
    replacedBy: null,
  }) as const;

test("a backup of a database in use is whole, as of one moment, in one file for its owner alone", async (t) => {
  const folder = await aFolder(t);
  const database = join(folder, "bridge.db");
  const store = await openStoreAt(t, database);
  await store.tokens.put(token("t1"), anEvent());
  let isOver = false;
  const writing = (async () => {
    for (let n = 0; !isOver; n += 1) await store.evidence.audit(anEvent({ subject: `s${n}` }));
  })();
  const facts = await backUp(database, join(folder, "kept.db"));
  isOver = true;
  await writing;
  t.is((await stat(join(folder, "kept.db"))).mode & 0o777, 0o600);
  t.is(facts.people, 0);
  t.is(facts.bytes, (await stat(join(folder, "kept.db"))).size);
  t.deepEqual(
    (await readdir(folder)).filter((name) => name.startsWith("kept")),
    ["kept.db"],
  );
  t.like(await rawSqlite(join(folder, "kept.db"), "select id from tokens"), [{ id: "t1" }]);
  const copy = await openStoreAt(t, join(folder, "kept.db"));
  t.is((await copy.evidence.checkAudit(null, 10_000)).broken, null);
});

test("a backup overwrites nothing, and leaves nothing behind where it cannot be made", async (t) => {
  const folder = await aFolder(t);
  const database = join(folder, "bridge.db");
  await openStoreAt(t, database);
  await writeFile(join(folder, "taken"), "precious");
  await t.throwsAsync(backUp(database, join(folder, "taken")), { instanceOf: UsageError, message: /not overwritten/ });
  t.is(await readFile(join(folder, "taken"), "utf8"), "precious");
  await t.throwsAsync(backUp(database, join(folder, "none", "x")), {
    instanceOf: UsageError,
    message: /check its folder/,
  });
  await t.throwsAsync(backUp(join(folder, "no.db"), join(folder, "x")), { instanceOf: StoreUnavailableError });
  t.deepEqual(
    (await readdir(folder)).filter((name) => !name.startsWith("bridge.db")),
    ["taken"],
  );
});

test("a damaged database gives no backup", async (t) => {
  const folder = await aFolder(t);
  const database = join(folder, "bridge.db");
  await (await openStoreAt(t, database)).close();
  const bytes = await readFile(database);
  await writeFile(database, bytes.fill(0xff, 3 * 4096, 12 * 4096));
  await t.throwsAsync(backUp(database, join(folder, "kept.db")), { instanceOf: StoreUnavailableError });
  t.deepEqual(
    (await readdir(folder)).filter((name) => name.startsWith("kept")),
    [],
  );
});

test("a restore keeps the former database and its tokens, and says that changes are to be held", async (t) => {
  const folder = await aFolder(t);
  const database = join(folder, "bridge.db");
  const store = await openStoreAt(t, database);
  await store.tokens.put(token("old"), anEvent());
  await store.tokens.put(token("leaked"), anEvent());
  await backUp(database, join(folder, "kept.db"));
  await store.tokens.revoke("leaked", NOW, anEvent());
  await store.tokens.put(token("new"), anEvent({ subject: "later" }));
  const lease = await store.leases.acquire("sandbox", "me", NOW, 1, () => false);
  await store.leases.release(lease!);
  await store.close();

  const report = await restore(database, join(folder, "kept.db"));
  t.true(report?.keptTokens);
  t.regex(report?.replaced ?? "", /bridge\.db\.replaced-\d{8}T\d{9}Z$/);
  t.like(await rawSqlite(report?.replaced ?? "", "select count(*) as rows from audit where subject = 'later'"), [
    { rows: 1 },
  ]);
  const again = await openStoreAt(t, database);
  const tokens = (await again.tokens.list()).map(({ id, revokedAt }) => [id, revokedAt]);
  t.deepEqual(tokens, [
    ["old", null],
    ["leaked", NOW],
    ["new", null],
  ]);
  t.like(await again.restorations.standing(), { restoredAt: ambient.clock.now(), knownUntil: NOW });
  t.is((await again.evidence.checkAudit(null, 100)).broken, null);
  t.true((await again.leases.acquire("sandbox", "me", NOW, 1, () => false))!.epoch > lease!.epoch);
  t.is((await stat(database)).mode & 0o777, 0o600);
  t.deepEqual(
    (await readdir(folder)).filter((name) => name.includes(".part")),
    [],
  );

  await again.restorations.resume(NOW, anEvent());
  t.is(await again.restorations.standing(), null);
  await t.throwsAsync(again.restorations.resume(NOW, anEvent()), { code: "subject.unknown" });
});

test("while anybody has the database open, it is not replaced; whoever says no leaves it as it is", async (t) => {
  const folder = await aFolder(t);
  const database = join(folder, "bridge.db");
  const store = await openStoreAt(t, database);
  await backUp(database, join(folder, "kept.db"));
  const before = (await stat(database)).ino;
  await t.throwsAsync(restore(database, join(folder, "kept.db")), {
    instanceOf: StoreBusyError,
    message: /stop the daemon/,
  });
  await store.evidence.audit(anEvent());
  await store.close();
  t.is(await restore(database, join(folder, "kept.db"), false), null);
  t.is((await stat(database)).ino, before);
  t.deepEqual((await readdir(folder)).sort(), ["bridge.db", "kept.db"]);
});

test("a lease that has not ended stops a restore", async (t) => {
  const folder = await aFolder(t);
  const database = join(folder, "bridge.db");
  const store = await openStoreAt(t, database);
  await backUp(database, join(folder, "kept.db"));
  await store.leases.acquire("sandbox", "somewhere else", ambient.clock.now(), 60_000, () => false);
  await store.close();
  await t.throwsAsync(restore(database, join(folder, "kept.db")), {
    code: "run.in-progress",
    message: /lease of sandbox/,
  });
});

test("where there is no database, a restore puts the first one", async (t) => {
  const folder = await aFolder(t);
  await openStoreAt(t, join(folder, "bridge.db"));
  await backUp(join(folder, "bridge.db"), join(folder, "kept.db"));
  const database = join(folder, "elsewhere", "bridge.db");
  t.deepEqual(await restore(database, join(folder, "kept.db")), { replaced: null, keptTokens: false });
  t.not(await (await openStoreAt(t, database)).restorations.standing(), null);
});

test("a database that cannot be read is set aside with its log, and the backup comes in its place", async (t) => {
  const folder = await aFolder(t);
  const database = join(folder, "bridge.db");
  await (await openStoreAt(t, database)).close();
  await backUp(database, join(folder, "kept.db"));
  await writeFile(database, "no database at all, but long enough to be taken for the header of one".repeat(100));
  await writeFile(`${database}-wal`, "its log");
  const report = await restore(database, join(folder, "kept.db"));
  t.false(report?.keptTokens);
  t.is(await readFile(`${report?.replaced}-wal`, "utf8"), "its log");
  t.not(await (await openStoreAt(t, database)).restorations.standing(), null);
});

for (const [title, make, message] of [
  ["a file that is not there", async () => undefined, /is no file/],
  ["a folder", async (file: string) => mkdir(file), /is no file/],
  ["an empty file", async (file: string) => writeFile(file, ""), /is no database of Rosterbridge/],
  ["some text", async (file: string) => writeFile(file, "hello ".repeat(1000)), /is damaged, or no database/],
  [
    "another program's database",
    async (file: string) => rawSqlite(file, "create table t (x)"),
    /no database of Rosterbridge/,
  ],
  [
    "a copy that was cut short",
    async (file: string, kept: string) => writeFile(file, (await readFile(kept)).subarray(0, 40_000)),
    /damaged/,
  ],
  [
    "a backup of a newer version",
    async (file: string, kept: string) => {
      await copyFile(kept, file);
      await chmod(file, 0o600);
      await rawSqlite(file, "insert into migrations (name, batch) values ('0999_future', 1)");
    },
    /written by a newer version of Rosterbridge \(it has 0999_future\)/,
  ],
  [
    "the file of a database in use",
    async (file: string, kept: string) => {
      await copyFile(kept, file);
      await writeFile(`${file}-wal`, "frames");
    },
    /is a database in use/,
  ],
] as const) {
  test(`${title} is not restored, and nothing is touched`, async (t) => {
    const folder = await aFolder(t);
    const database = join(folder, "bridge.db");
    await (await openStoreAt(t, database)).close();
    await backUp(database, join(folder, "kept.db"));
    const before = await readFile(database);
    const file = join(folder, "given");
    await make(file, join(folder, "kept.db"));
    await t.throwsAsync(restore(database, file), { message });
    t.deepEqual(await readFile(database), before);
    t.deepEqual(
      (await readdir(folder)).filter((name) => name.includes(".part") || name.includes("replaced")),
      [],
    );
  });
}

test("the database is not restored from itself", async (t) => {
  const database = join(await aFolder(t), "bridge.db");
  await (await openStoreAt(t, database)).close();
  await t.throwsAsync(restore(database, database), { instanceOf: UsageError, message: /is the database itself/ });
});
