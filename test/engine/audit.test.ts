import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { createAuditLog, type AuditLog } from "../../src/engine/audit.ts";
import type { AuditReport } from "../../src/engine/audit-walk.ts";
import { createPermissions } from "../../src/engine/limits/permissions.ts";
import { InvalidCursorError, InvalidFilterError, UnknownSubjectError } from "../../src/domain/errors.ts";
import { createManualClock } from "../support/manual-clock.ts";
import type { ChainPoint } from "../../src/ports/records.ts";
import { auditHash, CHAIN_START } from "../../src/store/audit-chain.ts";
import { anEvent, at, NOW } from "../contracts/store-harness.ts";
import { NEVER } from "../support/bridge.ts";
import { rawSqlite } from "../support/raw-sqlite.ts";
import { aFolder, openStoreAt } from "../support/store-files.ts";

const LATER = at("2026-11-23T13:00:00.000Z");

interface Setting {
  readonly log: AuditLog;
  /** Changes the file behind the store's back. */
  spoil(...statements: readonly string[]): Promise<unknown>;
  verify(expected?: ChainPoint): Promise<AuditReport>;
}

/** A log of `rows` rows, numbered in their details; the last one is later than the others. */
async function aLog(t: ExecutionContext, rows: number): Promise<Setting> {
  const filename = join(await aFolder(t), "bridge.db");
  const store = await openStoreAt(t, filename);
  const { evidence } = store;
  const events = Array.from({ length: rows }, (_, index) =>
    anEvent({ subject: `s${index + 1}`, detail: { number: index + 1 }, at: index + 1 === rows ? LATER : NOW }),
  );
  await Promise.all(events.map((event) => evidence.audit(event)));
  const log = createAuditLog(evidence, createPermissions(store, createManualClock()));
  return {
    log,
    spoil: (...statements) => rawSqlite(filename, ...statements),
    verify: (expected) => log.verify(expected ?? null, NEVER),
  };
}

test("a chain that nobody touched is whole, over all its pages", async (t) => {
  const { verify } = await aLog(t, 2_001);
  const { end, ...report } = await verify();
  t.deepEqual(report, { rows: 2_001, from: NOW, to: LATER, start: null, erased: 0, unchecked: null, broken: null });
  t.is(end?.sequence, 2_001);
  t.regex(end?.hash ?? "", /^[0-9a-f]{64}$/);
});

test("an empty log is whole", async (t) => {
  const { verify } = await aLog(t, 0);
  t.deepEqual(await verify(), {
    rows: 0,
    from: null,
    to: null,
    start: null,
    erased: 0,
    end: null,
    unchecked: null,
    broken: null,
  });
});

const move = (from: number, to: number): string => `update audit set sequence = ${to} where sequence = ${from}`;

for (const [title, statements, kind, sequence] of [
  ["a changed actor", ["update audit set actor = 'nobody' where sequence = 7"], "altered", 7],
  ["a changed time", ["update audit set at = '2020-01-01T00:00:00.000Z' where sequence = 1"], "altered", 1],
  ["a changed detail", [`update audit set detail = '{"number":8}' where sequence = 7`], "altered", 7],
  ["another text for the same detail", [`update audit set detail = '{"number": 7}' where sequence = 7`], "altered", 7],
  [
    "a detail that says two things",
    [`update audit set detail = '{"number":1,"number":7}' where sequence = 7`],
    "altered",
    7,
  ],
  ["a detail that is no JSON", ["update audit set detail = 'x' where sequence = 7"], "altered", 7],
  ["a value that is no text", ["update audit set actor = x'00ff' where sequence = 7"], "altered", 7],
  [
    "a changed hash",
    ["update audit set hash = replace(hash, substr(hash, 1, 1), 'x') where sequence = 12"],
    "altered",
    12,
  ],
  ["another way of hashing", ["update audit set hashing = 1 where sequence = 6"], "altered", 6],
  ["an erased detail", ["update audit set erased = 'x' where sequence = 6"], "altered", 6],
  ["a row that was taken out", ["delete from audit where sequence = 5"], "missing", 5],
  ["rows that were taken out at the start", ["delete from audit where sequence <= 3"], "missing", 1],
  ["rows that were taken out and closed up", ["delete from audit where sequence = 5", move(6, 5)], "altered", 5],
  ["two rows that changed places", [move(4, 1_000), move(5, 4), move(1_000, 5)], "altered", 4],
  [
    "a row that was slipped in before the first",
    [
      `insert into audit select 0, at, actor, action, subject, detail, hash, hashing, erased from audit where sequence = 2`,
    ],
    "altered",
    0,
  ],
  [
    "a row that was put at the end",
    [
      `insert into audit select 13, at, actor, action, subject, detail, hash, hashing, erased from audit where sequence = 12`,
    ],
    "altered",
    13,
  ],
] as const) {
  test(`${title} breaks the chain there`, async (t) => {
    const { verify, spoil } = await aLog(t, 12);
    await spoil(...statements);
    const report = await verify();
    t.deepEqual(report.broken, { kind, sequence });
    const whole = Math.max(0, sequence - 1);
    t.is(report.rows, whole);
    t.is(report.end?.sequence, whole === 0 ? undefined : whole);
  });
}

test("a chain that was shortened at its end is whole in itself, and found out by the end that was noted", async (t) => {
  const { verify, spoil } = await aLog(t, 12);
  const end = (await verify()).end!;
  t.is((await verify(end)).broken, null);
  await spoil("delete from audit where sequence > 10");
  t.is((await verify()).broken, null);
  const report = await verify(end);
  t.deepEqual(report.broken, { kind: "cut-off", sequence: 12 });
  t.is(report.rows, 10);
});

test("a chain that goes on behind the end that was noted is whole", async (t) => {
  const { verify, log } = await aLog(t, 1_200);
  const [, , third] = await Array.fromAsync(log.rows({ since: null, until: null }, NEVER));
  t.is((await verify(third)).broken, null);
});

test("a chain that somebody made anew is found out by the end that was noted", async (t) => {
  const { verify, spoil, log } = await aLog(t, 3);
  const end = (await verify()).end!;
  let hash = CHAIN_START;
  for (const row of await Array.fromAsync(log.rows({ since: null, until: null }, NEVER))) {
    hash = auditHash(hash, row.sequence, { ...row, actor: "forged" });
    await spoil(`update audit set actor = 'forged', hash = '${hash}' where sequence = ${row.sequence}`);
  }
  t.is((await verify()).broken, null, "nobody could tell from the file alone");
  t.deepEqual((await verify(end)).broken, { kind: "rewritten", sequence: 3 });
});

test("rows come in order over all pages, those of a time too, and from a broken chain as well", async (t) => {
  const { log, spoil } = await aLog(t, 1_500);
  await spoil(
    "update audit set actor = 'nobody' where sequence = 7",
    "update audit set detail = 'x' where sequence = 8",
  );
  const all = await Array.fromAsync(log.rows({ since: null, until: null }, NEVER));
  t.deepEqual(
    all.map(({ sequence }) => sequence),
    Array.from({ length: 1_500 }, (_, index) => index + 1),
  );
  t.like(all[6], { actor: "nobody", detail: { number: 7 } });
  t.deepEqual(all[7]?.detail, { unreadable: "x" });
  t.is((await Array.fromAsync(log.rows({ since: LATER, until: null }, NEVER))).length, 1);
  t.is((await Array.fromAsync(log.rows({ since: null, until: LATER }, NEVER))).length, 1_499);
});

test("whoever is stopped stops between two pages", async (t) => {
  const { log } = await aLog(t, 1);
  const reason = new Error("stopped");
  await t.throwsAsync(log.verify(null, AbortSignal.abort(reason)), { is: reason });
  await t.throwsAsync(Array.fromAsync(log.rows({ since: null, until: null }, AbortSignal.abort(reason))), {
    is: reason,
  });
});

const ALL = { since: null, until: null, person: null, filter: null };

test("a page is of the newest or the oldest rows, and the next one goes on behind it", async (t) => {
  const { log } = await aLog(t, 25);
  for (const [order, first] of [
    ["newest-first", [25, 24, 23]],
    ["oldest-first", [1, 2, 3]],
  ] as const) {
    const seen: number[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof log.page>> = await log.page({ ...ALL, order, after, limit: 10 });
      seen.push(...page.items.map(({ sequence }) => sequence));
      after = page.next;
    } while (after !== null);
    t.deepEqual(seen.slice(0, 3), first);
    t.is(new Set(seen).size, 25);
  }
  const since = await log.page({ ...ALL, since: LATER, order: "oldest-first", after: null, limit: 10 });
  t.deepEqual([since.items.map(({ sequence }) => sequence), since.next], [[25], null]);
  await t.throwsAsync(log.page({ ...ALL, order: "oldest-first", after: "x", limit: 10 }), {
    instanceOf: InvalidCursorError,
  });
});

for (const [filter, found] of [
  ['subject eq "s7"', [7]],
  ['subject eq "S7"', []],
  ["sequence gt 10 and sequence lt 13", [11, 12]],
  ['at gt "2026-11-23T12:30:00Z"', [12_00]],
  ['action sw "test." and not (sequence gt 2)', [1, 2]],
  ['actor ne "cli"', []],
] as const) {
  test(`rows are filtered: ${filter}`, async (t) => {
    const { log } = await aLog(t, 1_200);
    const rows = await Array.fromAsync(log.rows({ ...ALL, filter }, NEVER));
    t.deepEqual(
      rows.map(({ sequence }) => sequence),
      found,
    );
    const page = await log.page({ ...ALL, filter, order: "oldest-first", after: null, limit: 10 });
    t.deepEqual(
      page.items.map(({ sequence }) => sequence),
      found,
    );
  });
}

test("a filter that names anything else says what there is, and a person has to be known", async (t) => {
  const { log } = await aLog(t, 3);
  const ask = (parts: object) => log.page({ ...ALL, ...parts, order: "oldest-first", after: null, limit: 10 });
  await t.throwsAsync(ask({ filter: 'detail.reason co "x"' }), {
    instanceOf: InvalidFilterError,
    message: /at, actor, action, subject, sequence/,
  });
  await t.throwsAsync(ask({ filter: "subject eq" }), { instanceOf: InvalidFilterError });
  await t.throwsAsync(ask({ person: "nobody" }), { instanceOf: UnknownSubjectError });
  await t.throwsAsync(Array.fromAsync(log.rows({ ...ALL, filter: "x eq 1" }, NEVER)), {
    instanceOf: InvalidFilterError,
  });
});
