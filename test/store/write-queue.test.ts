import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import test from "ava";
import type { ExecutionContext } from "ava";
import type { DirectoryGroupId, DirectoryId, DirectoryUser } from "../../src/domain/directory.ts";
import { StoreUnavailableError } from "../../src/domain/errors.ts";
import type { DirectoryWriteTx } from "../../src/ports/directory-tx.ts";
import { openDatabase, type Database } from "../../src/store/database.ts";
import { createDirectoryWriter } from "../../src/store/directory-write.ts";
import { flushEffects } from "../../src/store/group-effects.ts";
import { createWriteQueue, type WriteQueue } from "../../src/store/write-queue.ts";
import { NOW, aQuery, anEvent } from "../contracts/store-harness.ts";
import { aUser, edited } from "../support/directory-builders.ts";
import { aGroup } from "../support/store-groups.ts";
import { aFolder } from "../support/store-files.ts";

const ACME = "acme" as DirectoryId;

async function aQueue(t: ExecutionContext): Promise<{ database: Database; queue: WriteQueue; groups: number[] }> {
  const database = await openDatabase("sqlite3", join(await aFolder(t), "bridge.db"));
  t.teardown(() => database.close());
  const groups: number[] = [];
  const queue = createWriteQueue(database.writer, (trx, effects, heads) => {
    groups.push(effects.length);
    return flushEffects(trx, effects, NOW, heads);
  });
  return { database, queue, groups };
}

const stage = (queue: WriteQueue, user = aUser()): Promise<void> =>
  queue.submit((unit) => createDirectoryWriter(unit, ACME).putUser(user, null));

/** A unit that announces the name of the user whom it makes, so that the user may be written with its group. */
const announced = <T>(queue: WriteQueue, user: DirectoryUser, work: (tx: DirectoryWriteTx) => Promise<T>): Promise<T> =>
  queue.submit((unit) => work(createDirectoryWriter(unit, ACME)), { directory: ACME, userName: user.userName });

const count = async ({ reader }: Database, table = "users"): Promise<number> =>
  Number((await reader(table).count({ total: "*" }))[0]?.["total"]);

test("units that wait together share a commit, at most sixty-four of them", async (t) => {
  const { database, queue, groups } = await aQueue(t);
  await Promise.all(Array.from({ length: 130 }, () => stage(queue)));
  t.deepEqual(groups, [64, 64, 2]);
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
  t.is(await revision(), 2, "ten that come together share a commit");
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

test("a unit that comes alone never waits for another one, whatever came before it", async (t) => {
  const { queue, groups } = await aQueue(t);
  await Promise.all([stage(queue), stage(queue), stage(queue)]);
  await setImmediate(); // so that the queue rests
  const lone = stage(queue);
  await setImmediate();
  await setImmediate();
  await Promise.all([lone, stage(queue)]);
  t.deepEqual(groups, [3, 1, 1]);
});

/** Stages three users and, while they are written, one more; then `answered`. Returns when the last one is stored. */
async function threeAndALateOne(queue: WriteQueue, answered: () => Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const first = queue.submit(async () => {
    stage(queue).then(late.resolve, late.reject);
  });
  await Promise.all([first, stage(queue), stage(queue)]);
  await Promise.all([answered(), late.promise]);
}

test("a group waits a moment for as many as there were the last time, and no longer", async (t) => {
  const { queue, groups } = await aQueue(t);
  await threeAndALateOne(queue, () => Promise.resolve());
  t.deepEqual(groups, [3, 1], "nobody came");
  // The moment is so short that a busy machine may let it pass; a queue that does not wait never gets there.
  for (let attempt = 0; attempt < 100 && groups.at(-1) !== 4; attempt += 1) {
    await threeAndALateOne(queue, async () => {
      await setImmediate();
      await setImmediate();
      await Promise.all([stage(queue), stage(queue), stage(queue)]);
    });
  }
  t.deepEqual(groups.slice(-2), [3, 4]);
});

test("closing while a group waits for others refuses new units, and waits for those that are there", async (t) => {
  const { database, queue, groups } = await aQueue(t);
  await threeAndALateOne(queue, async () => {
    const closing = queue.close();
    await t.throwsAsync(stage(queue), { instanceOf: StoreUnavailableError, message: /closed/ });
    await closing;
    t.is(await count(database), 3, "two of the three, and the late one");
  });
  t.deepEqual(groups, [3, 1]);
  await queue.close();
});

test("whatever is asked of a unit after its end is an error, even while its rows wait to be written", async (t) => {
  const { database, queue } = await aQueue(t);
  const [kept, lost] = [aUser({ externalId: "X" }), aUser()];
  const group = "none" as DirectoryGroupId;
  const leaked = announced(queue, kept, async (tx) => {
    await tx.putUser(kept, null);
    return tx;
  });
  const ended = Promise.withResolvers<DirectoryWriteTx>();
  const early = announced(queue, kept, async (tx) => ended.resolve(tx));
  const failing = queue.submit(async (unit) => {
    await createDirectoryWriter(unit, ACME).putUser(lost, null);
    const late = await ended.promise;
    const uses: readonly (() => Promise<unknown>)[] = [
      () => late.user(kept.id),
      () => late.person(kept.id),
      () => late.groupsOf(kept),
      () => late.userByExternalId("X"),
      () => late.people(aQuery()),
      () => late.group(group),
      () => late.members(group),
      () => late.groups(aQuery()),
      () => late.versionOf(kept.id),
      () => late.tombstoneOf("X"),
      () => late.putUser(aUser(), null),
      () => late.removeUser(kept.id, NOW),
      () => late.putGroup(aGroup(), null),
      () => late.removeGroup(group, NOW),
      () => late.changeMembers(group, { base: "none", put: [], drop: [] }),
      () => late.wakeMembers(["X"], "changed", NOW),
      () => late.wakeMembersOf(group, "changed", NOW),
      () => late.inherit(kept.id, lost.id),
      () => late.audit(anEvent()),
      () => late.wake(kept.id, "changed", NOW),
    ];
    for (const use of uses) await t.throwsAsync(use, { message: /after its end/ }, String(use));
    throw new RangeError("no");
  });
  await t.throwsAsync(failing, { instanceOf: RangeError });
  await Promise.all([leaked, early]);
  t.deepEqual(await database.reader("users").pluck("id"), [kept.id], "and nobody's savepoint was hidden");
});

test("a unit that ended with rows that wait to be written does not write them into another unit later", async (t) => {
  const { database, queue } = await aQueue(t);
  const [kept, lost] = [aUser(), aUser()];
  const leaked = Promise.withResolvers<DirectoryWriteTx>();
  const first = announced(queue, kept, async (tx) => {
    await tx.putUser(kept, null);
    leaked.resolve(tx);
  });
  const failing = queue.submit(async (unit) => {
    await createDirectoryWriter(unit, ACME).putUser(lost, null);
    const late = await leaked.promise;
    await t.throwsAsync(late.people(aQuery()), { message: /after its end/ });
    throw new RangeError("no");
  });
  await t.throwsAsync(failing, { instanceOf: RangeError });
  await first;
  t.deepEqual(await database.reader("users").pluck("id"), [kept.id]);
});

test("a user whom one unit made may be changed by the next one, which then needs statements of its own", async (t) => {
  const { database, queue } = await aQueue(t);
  const user = aUser();
  const second = edited(user, { title: "Second" });
  const make = announced(queue, user, (tx) => tx.putUser(user, null));
  const change = (throws: boolean): Promise<number> =>
    queue.submit(async (unit) => {
      const tx = createDirectoryWriter(unit, ACME);
      await tx.putUser(second, 1);
      const { total } = await tx.people(aQuery({ filter: 'title eq "Second"' }));
      if (throws) throw new RangeError("no");
      return total;
    });
  const results = await Promise.allSettled([make, change(true), change(false), change(false)]);
  t.deepEqual(
    results.map(({ status }) => status),
    ["fulfilled", "rejected", "fulfilled", "rejected"],
  );
  t.deepEqual(results[2], { status: "fulfilled", value: 1 });
  t.deepEqual(await database.reader("users").select("id", "version"), [{ id: user.id, version: 2 }]);
});

test("reads that a unit begins at once all see what the units before it left to be written", async (t) => {
  const { queue } = await aQueue(t);
  const users = Array.from({ length: 20 }, () => aUser());
  const making = users.map((user) => announced(queue, user, (tx) => tx.putUser(user, null)));
  const own = aUser();
  const totals = announced(queue, own, async (tx) => {
    const ask = async (): Promise<readonly number[]> => {
      const asked = Array.from({ length: 5 }, () => tx.people(aQuery({ filter: "id pr", limit: 0 })));
      return (await Promise.all(asked)).map(({ total }) => total);
    };
    const before = await ask();
    await tx.putUser(own, null);
    return [...before, ...(await ask())];
  });
  await Promise.all(making);
  t.deepEqual(await totals, [20, 20, 20, 20, 20, 21, 21, 21, 21, 21]);
});

test("an id that a unit of the commit has used is refused at once, and harms nobody", async (t) => {
  const { database, queue } = await aQueue(t);
  const user = aUser();
  const twin = aUser({ id: user.id, userName: "twin@acme.example" });
  const first = announced(queue, user, async (tx) => {
    await tx.putUser(user, null);
    await t.throwsAsync(tx.putUser(twin, null), { message: /users\.id/ });
  });
  const second = announced(queue, twin, (tx) => tx.putUser(twin, null));
  await t.throwsAsync(second, { message: /users\.id/ });
  await Promise.all([first, stage(queue)]);
  t.is(await count(database), 2);
  t.deepEqual(await database.reader("users").where({ id: user.id }).pluck("user_name"), [user.userName]);
});

test("a unit whose rows could not be written fails alone, even if it hides that", async (t) => {
  const { database, queue } = await aQueue(t);
  const user = aUser();
  await stage(queue, user);
  const twin = aUser({ id: user.id, userName: "twin@acme.example" });
  const before = announced(queue, aUser(), (tx) => tx.putUser(aUser(), null));
  const hiding = announced(queue, twin, async (tx) => {
    await tx.putUser(twin, null);
    await t.throwsAsync(tx.people(aQuery()), { message: /users\.id/ });
    return "hidden";
  });
  const after = stage(queue);
  await t.throwsAsync(hiding, { message: /users\.id/ });
  await Promise.all([before, after]);
  t.is(await count(database), 3);
});

test("when what units left to be written cannot be, none of the commit is told that it worked", async (t) => {
  const { database, queue } = await aQueue(t);
  const user = aUser();
  await stage(queue, user);
  const twin = aUser({ id: user.id, userName: "twin@acme.example" });
  const other = aUser();
  const results = await Promise.allSettled([
    announced(queue, other, (tx) => tx.putUser(other, null)),
    announced(queue, twin, (tx) => tx.putUser(twin, null)),
    queue.submit(async (unit) =>
      createDirectoryWriter(unit, ACME)
        .people(aQuery())
        .catch(() => "hidden"),
    ),
    stage(queue),
  ]);
  t.true(results.every(({ status }) => status === "rejected"));
  t.is(await count(database), 1);
  await stage(queue, other);
  t.is(await count(database), 2);
});

test("each unit of a group that succeeds has its audit rows, in the order of the units", async (t) => {
  const { database, queue } = await aQueue(t);
  const made = Array.from({ length: 12 }, (_, index) => index);
  await Promise.allSettled(
    made.map((index) => {
      const user = aUser();
      return announced(queue, user, async (tx) => {
        await tx.putUser(user, null);
        await tx.audit(anEvent({ subject: `unit ${index}` }));
        if (index % 2 === 0) await tx.people(aQuery());
        if (index % 3 === 0) throw new RangeError("no");
      });
    }),
  );
  const subjects: unknown = await database.reader("audit").orderBy("sequence").pluck("subject");
  t.deepEqual(
    subjects,
    made.filter((index) => index % 3 !== 0).map((index) => `unit ${index}`),
  );
});
