import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import test from "ava";
import type { DirectoryId, DirectoryUserId } from "../../src/domain/directory.ts";
import { CHAIN_START, auditHash } from "../../src/store/audit-chain.ts";
import type { AuditEvent } from "../../src/ports/directory-tx.ts";
import { NOW, anEvent } from "../contracts/store-harness.ts";
import { aUser, edited } from "../support/directory-builders.ts";
import { rawSqlite } from "../support/raw-sqlite.ts";
import { aFolder, openStoreAt } from "../support/store-files.ts";

const ACME = "acme" as DirectoryId;

/** The first row at which the chain is broken; null when it is whole. */
async function brokenAt(filename: string): Promise<unknown> {
  let hash = CHAIN_START;
  let expected = 1;
  for (const row of await rawSqlite(filename, "select * from audit order by sequence")) {
    const event = { ...row, detail: JSON.parse(String(row["detail"])) } as unknown as AuditEvent;
    hash = auditHash(hash, expected, event);
    if (row["sequence"] !== expected || row["hash"] !== hash) return row["sequence"];
    expected += 1;
  }
  return null;
}

test("read-then-write units of two stores on one file never lose each other's change", async (t) => {
  const filename = join(await aFolder(t), "bridge.db");
  const stores = [await openStoreAt(t, filename), await openStoreAt(t, filename)];
  const user = aUser({ resource: { title: "0" } });
  await stores[0]!.write(ACME, (tx) => tx.putUser(user, null));
  await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      stores[index % 2]!.write(ACME, async (tx) => {
        const now = (await tx.user(user.id))!;
        await tx.putUser(edited(now, { title: String(Number(now.resource["title"]) + 1) }), now.meta.version);
        await tx.audit(anEvent({ subject: user.id }));
      }),
    ),
  );
  t.is((await stores[1]!.read(ACME, (tx) => tx.user(user.id)))?.resource["title"], "60");
  t.is(await brokenAt(filename), null, "and the audit chain has one end");
});

test("of two stores that want the lease at once one gets it, every time", async (t) => {
  const filename = join(await aFolder(t), "bridge.db");
  const stores = [await openStoreAt(t, filename), await openStoreAt(t, filename)];
  for (let round = 1; round <= 20; round += 1) {
    const leases = await Promise.all(
      stores.map((store, index) => store.leases.acquire("sandbox", `h${index}`, NOW, 60_000, () => false)),
    );
    const [won, ...others] = leases.filter((lease) => lease !== null);
    t.deepEqual([won?.epoch, others.length], [round, 0]);
    await stores[round % 2]!.leases.release(won!);
  }
});

test("a change of one row, a row taken out and a row moved are all seen in the audit chain", async (t) => {
  const filename = join(await aFolder(t), "bridge.db");
  const store = await openStoreAt(t, filename);
  await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      store.evidence.audit(anEvent({ subject: `s${index}`, detail: { b: index, a: { y: 1, x: null } } })),
    ),
  );
  t.is(await brokenAt(filename), null);
  const spoiled = async (changes: readonly string[], undo: readonly string[]): Promise<unknown> => {
    await rawSqlite(filename, ...changes);
    const found = await brokenAt(filename);
    await rawSqlite(filename, ...undo);
    return found;
  };
  const actor = (name: string): string => `update audit set actor = '${name}' where sequence = 7`;
  t.is(await spoiled([actor("somebody")], [actor("cli")]), 7);
  const move = (from: number, to: number): string => `update audit set sequence = ${to} where sequence = ${from}`;
  const swap = [move(4, 1_000), move(5, 4), move(1_000, 5)];
  t.is(await spoiled(swap, swap), 4);
  t.is(await brokenAt(filename), null);
  await rawSqlite(filename, "delete from audit where sequence = 12");
  t.is(await brokenAt(filename), 13);
});

test("a writer that is killed loses nothing that it had acknowledged", async (t) => {
  const folder = await aFolder(t);
  const filename = join(folder, "bridge.db");
  const acknowledged: string[] = [];
  for (const lifeMs of [150, 300, 450]) {
    const script = join(import.meta.dirname, "../support/store-writer.ts");
    const child = spawn(process.execPath, [script, filename], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    await once(child.stdout, "data");
    await new Promise((resolve) => setTimeout(resolve, lifeMs));
    child.kill("SIGKILL");
    await once(child, "close");
    acknowledged.push(...text.slice(0, text.lastIndexOf("\n")).split("\n"));
  }
  const store = await openStoreAt(t, filename);
  t.true(acknowledged.length > 50, `${acknowledged.length} acknowledged`);
  await store.read(ACME, async (tx) => {
    for (const id of acknowledged) t.truthy(await tx.user(id as DirectoryUserId), id);
  });
  const [{ users, audit, wakes }] = (await rawSqlite(
    filename,
    "select (select count(*) from users) as users, (select count(*) from audit) as audit, (select count(*) from wakes) as wakes",
  )) as [Record<string, number>];
  t.deepEqual([audit, wakes], [users, users], "a user, its audit row and its wake-up are one");
  t.is(await brokenAt(filename), null);
  t.deepEqual(await rawSqlite(filename, "PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
});
