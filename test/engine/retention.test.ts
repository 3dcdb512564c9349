import test, { type ExecutionContext } from "ava";
import type { RetentionPolicy } from "../../src/domain/retention.ts";
import { addMs } from "../../src/domain/instant.ts";
import {
  book,
  dryRun,
  hire,
  NEVER,
  openTestBridge,
  patch,
  remove,
  replace,
  runFull,
  type BridgeOptions,
  type TestBridge,
} from "../support/bridge.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const ANA = "ana@acme.example";
const FOR_EVER: RetentionPolicy = { journalMs: null, runsMs: null, leaversMs: null, proofsMs: null, auditMs: null };
const ALL = { since: null, until: null, person: null, filter: null };

/** The same bridge with another policy. */
function keeping(bridge: TestBridge, policy: Partial<RetentionPolicy>) {
  return bridge.restart({ retention: { ...FOR_EVER, ...policy, at: "17 3 * * *" } });
}

/** Ana came, moved, left and is proved gone; Bo is still there. */
async function aYear(t: ExecutionContext, options: BridgeOptions = {}) {
  const bridge = await openTestBridge(t, options);
  const ana = await hire(bridge, ANA, { externalId: "00u1", department: "Sales" });
  const bo = await hire(bridge, "bo@acme.example", { department: "Sales" });
  await runFull(bridge);
  book(bridge, ANA);
  await replace(bridge, ana.id, ANA, { externalId: "00u1", department: "Support", displayName: "Ana Li" });
  await replace(bridge, bo.id, "bo@acme.example", { department: "Support" });
  await runFull(bridge);
  await remove(bridge, ana.id);
  await runFull(bridge);
  return { bridge, ana, bo };
}

const kinds = async (bridge: TestBridge, user: Parameters<TestBridge["store"]["journal"]["entries"]>[0]) =>
  (await bridge.store.journal.entries(user)).map(({ change }) => change.kind);

test("nothing is deleted by default before its time, and a pass that deletes nothing writes no row", async (t) => {
  const { bridge } = await aYear(t);
  bridge.clock.advance(80 * DAY_MS);
  const before = await bridge.services().audit.verify(null, NEVER);
  const report = await bridge.services().retention.apply(NEVER);
  t.deepEqual(new Set(Object.values(report)), new Set([0]));
  t.deepEqual(await bridge.services().audit.verify(null, NEVER), before);
});

test("old changes go, but for those that a return depends on; the plan is the same", async (t) => {
  const { bridge, ana, bo } = await aYear(t);
  bridge.clock.advance(30 * DAY_MS);
  const plan = await dryRun(bridge);
  const services = keeping(bridge, { journalMs: 29 * DAY_MS });
  const report = await services.retention.apply(NEVER);
  t.true(report.journal > 0);
  t.deepEqual(await kinds(bridge, bo.id), ["create-account"]);
  t.deepEqual(await kinds(bridge, ana.id), ["create-account", "deactivate-account", "cancel-booking"]);
  t.is((await dryRun(bridge)).summary.digest, plan.summary.digest);
  const rows = await services.audit.page({ ...ALL, order: "newest-first", after: null, limit: 1 });
  t.like(rows.items[0], { actor: "system", action: "retention.applied", subject: "retention" });
  t.is(rows.items[0]?.detail["journal"], report.journal);
  t.true((await services.proofs.of(ana.id)).proofs[0]?.audit?.matches);
  // A return is told what became of the meetings.
  await hire(bridge, ANA, { externalId: "00u1", department: "Sales" });
  const { people } = await dryRun(bridge);
  t.regex(people.flatMap(({ notes }) => notes).join(), /stay cancelled/);
});

test("what was changed within the limits' window stays, however far the wall clock was set", async (t) => {
  const { bridge, bo } = await aYear(t);
  const before = (await kinds(bridge, bo.id)).length;
  bridge.clock.jump(365 * DAY_MS);
  const report = await keeping(bridge, { journalMs: 29 * DAY_MS }).retention.apply(NEVER);
  t.is(report.journal, 0);
  t.is((await kinds(bridge, bo.id)).length, before);
});

test("nothing is older than the bridge itself, however far the wall clock was set", async (t) => {
  const { bridge } = await aYear(t);
  bridge.clock.jump(3_650 * DAY_MS);
  const ten = { journalMs: 365 * DAY_MS, runsMs: 365 * DAY_MS, leaversMs: 365 * DAY_MS, proofsMs: 365 * DAY_MS };
  const report = await keeping(bridge, { ...ten, auditMs: 365 * DAY_MS }).retention.apply(NEVER);
  t.deepEqual(new Set(Object.values(report)), new Set([0]));
});

test("old runs and permissions go, the newest of each lane stays", async (t) => {
  const { bridge, bo } = await aYear(t);
  await bridge.services().permissions.release(bo.id, { author: "cli", reason: "x" });
  for (let run = 0; run < 110; run += 1) await runFull(bridge);
  bridge.clock.advance(30 * DAY_MS);
  const report = await keeping(bridge, { runsMs: 29 * DAY_MS }).retention.apply(NEVER);
  t.is(report.releases, 1);
  t.is(report.runs, 13);
  t.is((await bridge.store.journal.runs(1_000)).length, 100);
});

test("proofs go, and nobody takes them for lost", async (t) => {
  const { bridge, ana } = await aYear(t);
  bridge.clock.advance(400 * DAY_MS);
  const services = keeping(bridge, { proofsMs: 365 * DAY_MS });
  t.is((await services.retention.apply(NEVER)).proofs, 1);
  await t.throwsAsync(services.proofs.of(ana.id), { message: /There is no proof/ });
});

test("the audit log is cut at its beginning, verifies from there, and tells of it", async (t) => {
  const { bridge } = await aYear(t);
  const old = await bridge.services().audit.verify(null, NEVER);
  bridge.clock.advance(100 * DAY_MS);
  await hire(bridge, "eve@acme.example");
  const services = keeping(bridge, { auditMs: 99 * DAY_MS });
  const report = await services.retention.apply(NEVER);
  t.is(report.auditRows, old.rows);
  const after = await services.audit.verify(null, NEVER);
  t.is(after.broken, null);
  t.like(after.start, { sequence: old.rows, hash: old.end!.hash, at: old.to! });
  t.is(after.rows, 3, "what is younger, the cut and the summary");
  t.is((await services.audit.verify(old.end, NEVER)).broken, null, "the row before the cut is known by its hash");
  t.deepEqual((await services.audit.verify({ ...old.end!, sequence: 1 }, NEVER)).unchecked?.sequence, 1);
  t.like((await services.audit.verify({ ...old.end!, hash: "0".repeat(64) }, NEVER)).broken, { kind: "rewritten" });
  // A second cut takes the row that told of the first one along.
  bridge.clock.advance(100 * DAY_MS);
  await services.retention.apply(NEVER);
  const again = await services.audit.verify(null, NEVER);
  t.deepEqual([again.broken, again.rows], [null, 3]);
});

test("a beginning that somebody else cut is found out", async (t) => {
  const { bridge } = await aYear(t);
  const [, second] = (await bridge.services().audit.page({ ...ALL, order: "oldest-first", after: null, limit: 2 }))
    .items;
  await bridge.store.retention.cutAudit(addMs(bridge.clock.now(), 1), 2, () => ({
    at: bridge.clock.now(),
    actor: "x",
    action: "x",
    subject: "x",
    detail: {},
  }));
  const { broken } = await bridge.services().audit.verify(null, NEVER);
  t.deepEqual(broken, { kind: "missing", sequence: second!.sequence });
});

test("people who are long gone are forgotten, whoever may still return or is shut only in part is not", async (t) => {
  const { bridge, ana, bo } = await aYear(t);
  const never = await hire(bridge, "never@acme.example");
  await patch(bridge, bo.id, { active: false });
  await runFull(bridge);
  await remove(bridge, never.id);
  bridge.clock.advance(100 * DAY_MS);
  const services = keeping(bridge, { leaversMs: 99 * DAY_MS });
  const before = await dryRun(bridge);
  const report = await services.retention.apply(NEVER);
  t.is(report.people, 1, "who was deleted unproved is not");
  t.truthy(await bridge.store.erasures.forgottenAt(ana.id));
  t.is(await bridge.store.erasures.forgottenAt(bo.id), null, "inactive is not deleted");
  t.is((await services.audit.verify(null, NEVER)).broken, null);
  t.is((await dryRun(bridge)).summary.digest, before.summary.digest);
  t.false(await bridge.store.erasures.needsScrub());
  t.is((await services.retention.apply(NEVER)).people, 0);
});

test("whoever is asked to stop stops, and tells what is done", async (t) => {
  const { bridge } = await aYear(t);
  bridge.clock.advance(100 * DAY_MS);
  const services = keeping(bridge, { journalMs: DAY_MS, auditMs: DAY_MS, runsMs: DAY_MS });
  const report = await services.retention.apply(AbortSignal.abort());
  t.deepEqual(new Set(Object.values(report)), new Set([0]));
});
