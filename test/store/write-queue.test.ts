import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import test from "ava";
import type { ExecutionContext } from "ava";
import type { DirectoryId } from "../../src/domain/directory.ts";
import { StoreUnavailableError } from "../../src/domain/errors.ts";
import { openDatabase, type Database } from "../../src/store/database.ts";
import { createDirectoryWriter } from "../../src/store/directory-write.ts";
import { flushEffects } from "../../src/store/group-effects.ts";
import { createWriteQueue, type WriteQueue } from "../../src/store/write-queue.ts";
import { NOW } from "../contracts/store-harness.ts";
import { aUser } from "../support/directory-builders.ts";
import { aFolder } from "../support/store-files.ts";

const ACME = "acme" as DirectoryId;

async function aQueue(t: ExecutionContext): Promise<{ database: Database; queue: WriteQueue; groups: number[] }> {
  const database = await openDatabase("sqlite3", join(await aFolder(t), "bridge.db"));
  t.teardown(() => database.close());
  const groups: number[] = [];
  const queue = createWriteQueue(database.writer, (trx, effects) => {
    groups.push(effects.length);
    return flushEffects(trx, effects, NOW);
  });
  return { database, queue, groups };
}

const stage = (queue: WriteQueue, user = aUser()): Promise<void> =>
  queue.submit((unit) => createDirectoryWriter(unit, ACME).putUser(user, null));

const count = async ({ reader }: Database, table = "users"): Promise<number> =>
  Number((await reader(table).count({ total: "*" }))[0]?.["total"]);

test("units that wait together share a commit, at most sixty-four of them", async (t) => {
  const { database, queue, groups } = await aQueue(t);
  await Promise.all(Array.from({ length: 130 }, () => stage(queue)));
  t.deepEqual(groups, [1, 64, 64, 1]);
  t.is(await count(database), 130);
});

test("the directory's revision grows once for a group, and not for a unit that failed or only read", async (t) => {
  const { database, queue } = await aQueue(t);
  const revision = async (): Promise<unknown> =>
    (await database.reader("directories").where({ id: ACME }).first("revision"))?.revision;
  const failing = queue.submit(async (unit) => {
    await createDirectoryWriter(unit, ACME).putUser(aUser(), null);
    throw new RangeError("no");
  });
  await t.throwsAsync(failing);
  await queue.submit(async (unit) => createDirectoryWriter(unit, ACME).user(aUser().id));
  t.is(await revision(), undefined);
  await stage(queue);
  await setImmediate(); // so that the queue rests
  await Promise.all(Array.from({ length: 10 }, () => stage(queue)));
  t.is(await revision(), 3, "the first of ten went alone");
});

test("a unit that fails after another one of its group was written takes only its own rows back", async (t) => {
  const { database, queue } = await aQueue(t);
  const first = stage(queue);
  const kept = stage(queue);
  const failing = queue.submit(async (unit) => {
    await createDirectoryWriter(unit, ACME).putUser(aUser(), null);
    await createDirectoryWriter(unit, ACME).putUser(aUser(), null);
    throw new RangeError("no");
  });
  const onlyReads = queue.submit(async () => {
    throw new TypeError("nothing written");
  });
  const after = stage(queue);
  await t.throwsAsync(failing, { instanceOf: RangeError });
  await t.throwsAsync(onlyReads, { instanceOf: TypeError });
  await Promise.all([first, kept, after]);
  t.is(await count(database), 3);
  t.is(await count(database, "user_emails"), 3);
});

test("when the disk is full nobody of the group is told that it worked, and the queue goes on when there is space", async (t) => {
  const { database, queue } = await aQueue(t);
  await stage(queue);
  const [{ page_count: pages }] = (await database.writer.raw("PRAGMA page_count")) as [{ page_count: number }];
  await database.writer.raw(`PRAGMA max_page_count = ${pages}`);
  const large = aUser({ resource: { notes: "x".repeat(200_000) } });
  const results = await Promise.allSettled([stage(queue), stage(queue), stage(queue, large), stage(queue)]);
  const [, ...together] = results;
  t.true(together.every((result) => result.status === "rejected" && result.reason instanceof StoreUnavailableError));
  t.regex(String((together[1] as PromiseRejectedResult).reason), /disk of the database is full: free some space/);
  const before = await count(database);
  await database.writer.raw("PRAGMA max_page_count = 100000");
  await stage(queue);
  t.is(await count(database), before + 1);
});

test("a unit that hides a sick disk does not get its later writes through", async (t) => {
  const { database, queue } = await aQueue(t);
  await stage(queue);
  const [{ page_count: pages }] = (await database.writer.raw("PRAGMA page_count")) as [{ page_count: number }];
  await database.writer.raw(`PRAGMA max_page_count = ${pages}`);
  const hiding = queue.submit(async (unit) => {
    const tx = createDirectoryWriter(unit, ACME);
    await tx.putUser(aUser({ resource: { notes: "x".repeat(200_000) } }), null).catch(() => undefined);
    return "hidden";
  });
  await t.throwsAsync(hiding, { instanceOf: StoreUnavailableError });
  t.is(await count(database), 1);
});

test("messages of the store never show what was bound", async (t) => {
  const { queue } = await aQueue(t);
  const user = aUser({ userName: "secret@acme.example" });
  await stage(queue, user);
  const again = await t.throwsAsync(
    queue.submit(async (unit) =>
      (await unit.writing())("users").insert({ id: user.id, user_name: "secret@acme.example" }),
    ),
  );
  t.false(String(again?.message).includes("secret"));
  t.false(String(again?.stack).includes("secret"));
});
