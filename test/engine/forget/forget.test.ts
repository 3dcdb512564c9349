import { readFile } from "node:fs/promises";
import test, { type ExecutionContext } from "ava";
import type { DirectoryUser } from "../../../src/domain/directory.ts";
import { ErasureRefusedError, type ErasureObstacle } from "../../../src/domain/erasure-errors.ts";
import { RunInProgressError, UnknownSubjectError, UsageError } from "../../../src/domain/errors.ts";
import { parseGroup } from "../../../src/scim/group.ts";
import { CHAIN_START, firstAuditHash } from "../../../src/store/audit-chain.ts";
import { connect } from "../../../src/store/open.ts";
import {
  ACME,
  accountOf,
  book,
  dryRun,
  GLOBEX,
  hire,
  NEVER,
  openTestBridge,
  origin,
  patch,
  PLAIN,
  remove,
  runFull,
  snapshot,
  type BridgeOptions,
  type TestBridge,
} from "../../support/bridge.ts";

const ANA = "kanarek.ana@acme.example";
const BO = "bo@acme.example";
const BY = { author: "cli", reason: "request 4711" };
const GROUP_URN = "urn:ietf:params:scim:schemas:core:2.0:Group";

/** In every value that is Ana's own, and in what others say of her. */
const CANARY = "kanarek";

async function hireAna(bridge: TestBridge): Promise<DirectoryUser> {
  return hire(bridge, ANA, {
    externalId: `00u-${CANARY}`,
    displayName: `Ana ${CANARY}`,
    name: { givenName: "Ana", familyName: CANARY, formatted: `Ana ${CANARY}` },
    nickName: CANARY,
    phoneNumbers: [{ value: `+1 555 ${CANARY}` }],
    department: "Sales",
  });
}

/** Ana had an account, a group, a booking that her manager's deputy Bo took over, and left; all of it is proved. */
async function anaLeft(t: ExecutionContext, options: BridgeOptions = {}) {
  const bridge = await openTestBridge(t, options);
  const ana = await hireAna(bridge);
  await hire(bridge, BO, { department: "Sales" });
  const group = parseGroup({
    schemas: [GROUP_URN],
    displayName: "Everybody",
    members: [{ value: ana.id, display: `Ana ${CANARY}` }],
  });
  const everybody = await bridge.services().groups.createGroup(origin(), group, PLAIN);
  await runFull(bridge);
  book(bridge, ANA);
  await patch(bridge, ana.id, { displayName: `Ana Maria ${CANARY}` });
  await runFull(bridge);
  await patch(bridge, ana.id, { active: false });
  await bridge.services().permissions.release(ana.id, { author: "cli", reason: `Ana ${CANARY} left in anger` });
  await runFull(bridge);
  return { bridge, ana, group: everybody.group };
}

/** Changes the file behind the store's back, through the same library: two of them in one process lose each other's locks. */
async function spoil(bridge: TestBridge, statement: string): Promise<void> {
  const db = connect("sqlite3", bridge.store.describe().location, "writer");
  try {
    await db.raw(statement);
  } finally {
    await db.destroy();
  }
}

/** Places of a text in the database file and its log, without case. */
async function tracesOf(bridge: TestBridge, text: string): Promise<readonly string[]> {
  const { location } = bridge.store.describe();
  const files = await Promise.all(
    ["", "-wal", "-shm"].map(async (suffix) => ({ suffix, bytes: await readFile(location + suffix).catch(() => "") })),
  );
  return files
    .filter(({ bytes }) => bytes.toString("latin1").toLowerCase().includes(text.toLowerCase()))
    .map(({ suffix }) => `bridge.db${suffix}`);
}

test("nothing of somebody who was forgotten is left in the database, its log or its free pages", async (t) => {
  const { bridge, ana } = await anaLeft(t);
  const others = Array.from({ length: 30 }, (_, index) => `p${index}@acme.example`);
  for (const name of others) await hire(bridge, name);
  t.not((await tracesOf(bridge, CANARY)).length, 0, "the search finds what is there");
  const done = await bridge.services().forgetting.forget(ANA, BY);
  t.true(done.scrubbed);
  t.is(done.user, ana.id);
  t.deepEqual(done.stillNamed, { mappingVersions: [], people: 0 });
  t.deepEqual(await tracesOf(bridge, CANARY), []);
  t.not((await tracesOf(bridge, "p7@acme.example")).length, 0);
});

test("what others are said to have got from somebody who was forgotten does not name them", async (t) => {
  const leavers = {
    action: "deactivate",
    bookings: {
      action: "reassign",
      reassignTo: ["group"],
      otherwise: "cancel",
      reason: "x",
      onFailure: "deactivate",
      delayMs: 0,
    },
  } as const;
  const bridge = await openTestBridge(t, { leavers });
  const bo = await hire(bridge, BO, { department: "Sales" });
  const ana = await hireAna(bridge);
  await runFull(bridge);
  book(bridge, BO);
  await patch(bridge, bo.id, { active: false });
  await runFull(bridge);
  const [proof] = (await bridge.services().proofs.of(BO)).proofs;
  t.deepEqual(Object.values(proof!.heirs), [ANA]);
  await remove(bridge, ana.id);
  await runFull(bridge);
  await bridge.services().forgetting.forget(ana.id, BY);
  t.deepEqual(await tracesOf(bridge, CANARY), []);
  const [after] = (await bridge.services().proofs.of(BO)).proofs;
  t.deepEqual(Object.values(after!.heirs), ["[erased]"]);
  t.true(after?.audit?.matches);
});

test("the skeleton stays: explanation, timeline, proof and a whole audit log", async (t) => {
  const { bridge, ana } = await anaLeft(t);
  const services = bridge.services();
  const before = await services.explain(ana.id, NEVER);
  const [proved] = (await services.proofs.of(ana.id)).proofs;
  const { end } = await services.audit.verify(null, NEVER);
  const { at } = await services.forgetting.forget(ANA, BY);

  const after = await services.explain(ana.id, NEVER);
  t.is(after.person.erasedAt, at);
  t.is(after.person.displayName, null);
  t.is(after.verdict.state, "left");
  t.deepEqual(
    after.timeline.slice(0, -1).map((entry) => [entry.at, entry.source === "audit" ? entry.action : entry.change.kind]),
    before.timeline.map((entry) => [entry.at, entry.source === "audit" ? entry.action : entry.change.kind]),
  );
  t.like(after.timeline.at(-1), { action: "person.forgotten" });
  const { proofs, lost } = await services.proofs.of(ana.id);
  t.deepEqual(lost, []);
  t.true(proofs[0]?.audit?.matches);
  t.is(proofs[0]?.audit?.hash, proved!.audit!.hash);
  t.deepEqual(proofs[0]?.document["bookings"], proved!.document["bookings"]);
  t.deepEqual(proofs[0]?.document["readBack"], proved!.document["readBack"]);

  const report = await services.audit.verify(end, NEVER);
  t.is(report.broken, null);
  t.is(report.erased, 1, "the reason of the release");
  await t.throwsAsync(services.explain(ANA, NEVER), { instanceOf: UnknownSubjectError });
});

test("a row that was erased cannot be changed, and none can be erased, without anybody vouching for it", async (t) => {
  const { bridge, ana } = await anaLeft(t);
  await bridge.services().forgetting.forget(ANA, BY);
  const released = await bridge.services().audit.page({
    since: null,
    until: null,
    filter: 'action eq "person.released"',
    after: null,
    limit: 10,
    order: "oldest-first",
  });
  const [row] = released.items;
  t.deepEqual(row?.detail, {});
  t.regex(row?.erased ?? "", /^[0-9a-f]{64}$/);
  const verify = async () => (await bridge.services().audit.verify(null, NEVER)).broken;
  const sequence = row?.sequence ?? 0;
  await spoil(bridge, `update audit set detail = '{"reason":"x"}' where sequence = ${sequence}`);
  t.deepEqual(await verify(), { kind: "erased", sequence });
  await spoil(bridge, `update audit set detail = '{}' where sequence = ${sequence}`);
  t.is(await verify(), null);
  await spoil(bridge, `update audit set actor = 'nobody', hashing = 1 where sequence = ${sequence}`);
  t.deepEqual(await verify(), { kind: "erased", sequence });
  await spoil(bridge, `update audit set actor = 'cli', hashing = 2 where sequence = ${sequence}`);
  const other = await bridge.services().audit.page({
    since: null,
    until: null,
    person: ana.id,
    after: null,
    limit: 1,
    order: "oldest-first",
  });
  await spoil(bridge, `update audit set erased = 'x', hashing = 1 where sequence = ${other.items[0]!.sequence}`);
  t.deepEqual(await verify(), { kind: "erased", sequence: other.items[0]!.sequence });
});

test("rows of older versions are erased and verified as well", async (t) => {
  const { bridge } = await anaLeft(t);
  let hash = CHAIN_START;
  for (const row of await Array.fromAsync(bridge.services().audit.rows({ since: null, until: null }, NEVER))) {
    hash = firstAuditHash(hash, row.sequence, row);
    await spoil(bridge, `update audit set hashing = 1, hash = '${hash}' where sequence = ${row.sequence}`);
  }
  const verify = async () => bridge.services().audit.verify(null, NEVER);
  t.is((await verify()).broken, null, "what an older version wrote is whole");
  await bridge.services().forgetting.forget(ANA, BY);
  const report = await verify();
  t.deepEqual([report.broken, report.erased], [null, 1]);
  t.deepEqual(await tracesOf(bridge, CANARY), []);
});

test("over SCIM they are as somebody who was deleted, and come back as somebody new", async (t) => {
  const { bridge, ana, group } = await anaLeft(t);
  const { provisioning, groups, forgetting } = bridge.services();
  await forgetting.forget(ANA, BY);
  await t.throwsAsync(provisioning.getUser(ACME, ana.id, PLAIN), { message: /no such user/ });
  const { members } = await groups.getGroup(ACME, group.id, { withMemberships: true });
  t.deepEqual(members, []);
  const counts = (await bridge.store.evidence.stagedCounts())[0];
  t.like(counts, { active: 1, inactive: 0, deleted: 1 });
  const again = await hireAna(bridge);
  t.not(again.id, ana.id);
  t.is(await bridge.store.links.get(again.id), undefined, "no account is inherited");
  t.deepEqual(
    (await bridge.store.evidence.auditOf(again.id)).map(({ action }) => action),
    ["user.created"],
  );
});

for (const action of ["deactivate", "delete"] as const) {
  test(`no plan changes where leavers are to ${action}, and a run afterwards writes nothing`, async (t) => {
    const { bridge } = await anaLeft(t, {
      leavers: {
        action,
        bookings: {
          action: "cancel",
          reassignTo: ["manager"],
          otherwise: "cancel",
          reason: "x",
          onFailure: "deactivate",
          delayMs: 0,
        },
      },
    });
    await hire(bridge, "dana@acme.example", { department: "Support" });
    const before = await dryRun(bridge);
    const [account, state] = [accountOf(bridge, ANA), snapshot(bridge)];
    await bridge.services().forgetting.forget(ANA, BY);
    const after = await dryRun(bridge);
    t.is(after.summary.digest, before.summary.digest);
    t.deepEqual(after.people, before.people);
    t.deepEqual(snapshot(bridge), state, "forgetting writes nothing to the product");
    await runFull(bridge);
    const writes = bridge.product.writes.length;
    await runFull(bridge);
    t.is(bridge.product.writes.length, writes);
    t.deepEqual(accountOf(bridge, ANA), account, "the account is as it was");
  });
}

test("whoever was deleted without ever having had an account is forgotten, too", async (t) => {
  const bridge = await openTestBridge(t, { mode: "observe" });
  const ana = await hireAna(bridge);
  await remove(bridge, ana.id);
  await runFull(bridge);
  const done = await bridge.services().forgetting.forget(ANA, BY);
  t.like(done.erased, { changes: 0, proofs: 0, auditRows: 0 });
  t.deepEqual(await tracesOf(bridge, CANARY), []);
});

test("all lives of somebody who came back are forgotten together, by the last id only", async (t) => {
  const { bridge, ana } = await anaLeft(t);
  await remove(bridge, ana.id);
  const again = await hireAna(bridge);
  await runFull(bridge);
  await remove(bridge, again.id);
  await runFull(bridge);
  const { forgetting } = bridge.services();
  await t.throwsAsync(forgetting.forget(ana.id, BY), {
    instanceOf: ErasureRefusedError,
    message: new RegExp(again.id),
  });
  const done = await forgetting.forget(again.id, BY);
  t.deepEqual(done.earlier, [ana.id]);
  t.deepEqual(await tracesOf(bridge, CANARY), []);
  t.is((await bridge.services().audit.verify(null, NEVER)).broken, null);
});

test("whose data are still needed is not forgotten, and nothing is erased", async (t) => {
  const { bridge, ana } = await anaLeft(t, { directories: { [ACME]: ["*"], [GLOBEX]: ["*"] } });
  const { forgetting } = bridge.services();
  const refused = (person: string, obstacle: ErasureObstacle, message: RegExp) =>
    t
      .throwsAsync(forgetting.forget(person, BY), { instanceOf: ErasureRefusedError, message })
      .then((error) => t.is(error?.obstacle, obstacle));
  await t.throwsAsync(forgetting.forget("nobody@acme.example", BY), { instanceOf: UnknownSubjectError });
  await refused(BO, "active", /still active in directory acme/);
  const dana = await hire(bridge, "dana@acme.example");
  await runFull(bridge);
  await patch(bridge, dana.id, { active: false });
  await refused(dana.id, "under-way", /a push about them has not been worked on yet/);
  const elsewhere = await hire(bridge, ANA, {}, GLOBEX);
  await refused(ana.id, "active", /still active in directory globex as/);
  await t.throwsAsync(forgetting.forget(ANA, BY), { instanceOf: UsageError });
  await remove(bridge, elsewhere.id, GLOBEX);
  t.is((await bridge.store.links.get(ana.id))?.applied?.email, ANA, "everything is still there");
});

test("a run that is under way is waited for, and what it knows of the person is not written down again", async (t) => {
  const { bridge, ana } = await anaLeft(t);
  await hire(bridge, "dana@acme.example");
  const { forgetting } = bridge.services();
  let asked: Promise<unknown> = Promise.resolve();
  await runFull(bridge, {
    confirm: async () => {
      // On this clock pauses pass at once: the run may outlast all attempts.
      asked = forgetting.forget(ana.id, BY).catch((error: unknown) => error);
      await bridge.store.probe();
      return true;
    },
  });
  const answer = await asked;
  if (answer instanceof RunInProgressError) await forgetting.forget(ana.id, BY);
  t.deepEqual(await tracesOf(bridge, CANARY), []);
  const { items } = await bridge.services().audit.page({
    since: null,
    until: null,
    filter: 'action eq "person.forgotten"',
    after: null,
    limit: 10,
    order: "oldest-first",
  });
  const [run] = await bridge.store.journal.runs(1);
  t.true(items.length === 1 && items[0]!.at > (run?.startedAt ?? ""));
});

test("an account that was not proved shut keeps its person", async (t) => {
  const bridge = await openTestBridge(t, { protected: [ANA] });
  const ana = await hireAna(bridge);
  await runFull(bridge);
  await patch(bridge, ana.id, { active: false });
  await runFull(bridge);
  const error = await t.throwsAsync(bridge.services().forgetting.forget(ANA, BY), { instanceOf: ErasureRefusedError });
  t.true(["under-way", "account"].includes(error?.obstacle ?? ""), error?.message);
});

test("a reason that names the person is refused, and so is a second erasure", async (t) => {
  const { bridge, ana } = await anaLeft(t);
  const { forgetting } = bridge.services();
  for (const reason of [`GDPR: ${ANA}`, `ana ${CANARY.toUpperCase()} asked`]) {
    await t.throwsAsync(forgetting.forget(ANA, { author: "cli", reason }), { message: /The reason names the person/ });
  }
  const preview = await forgetting.look(ANA, BY.reason);
  const { at, scrubbed: _, ...done } = await forgetting.forget(ANA, BY);
  t.deepEqual(done, preview);
  await t.throwsAsync(forgetting.forget(ana.id, BY), {
    instanceOf: ErasureRefusedError,
    message: `The data of ${ana.id} were erased on ${at}: nothing is left to erase.`,
  });
});

test("reasons and holds that name them are stripped, mappings and colleagues' attributes are told of", async (t) => {
  const { bridge } = await anaLeft(t);
  await hire(bridge, "eve@acme.example", { manager: { displayName: "nobody" }, title: `Deputy of Ana ${CANARY}` });
  await hire(bridge, "diana@acme.example", { title: `x${ANA}` });
  await bridge
    .services()
    .mappingEdits.save(
      { groups: { rules: [] }, scope: `userName ne "${ANA}"` },
      { author: "admin", reason: `without ${ANA}`, expected: null, takesOver: true },
    );
  await runFull(bridge);
  const { stillNamed } = await bridge.services().forgetting.forget(ANA, BY);
  t.deepEqual(stillNamed, { mappingVersions: [2], people: 1 });
  const versions = await bridge.store.mappings.history(null, 10);
  t.is(versions[0]?.reason, "without [erased]");
  t.is((await bridge.services().audit.verify(null, NEVER)).broken, null);
});

test("what somebody else has as well stays where it is", async (t) => {
  const { bridge, ana } = await anaLeft(t);
  await remove(bridge, ana.id);
  // The address goes to somebody else, who leaves again.
  const other = await hire(bridge, ANA, { externalId: "00u-other", displayName: "Another One" });
  await runFull(bridge);
  await patch(bridge, other.id, { active: false });
  await runFull(bridge);
  await bridge.services().forgetting.forget(ana.id, BY);
  const [person] = await bridge.store.evidence.findPeople(ANA);
  t.is(person, other.id);
});

test("a file that others write to all the while is rewritten all the same", async (t) => {
  const { bridge } = await anaLeft(t);
  let isOver = false;
  const writing = (async () => {
    for (let index = 0; !isOver; index += 1) await hire(bridge, `busy${index}@acme.example`);
  })();
  const { scrubbed } = await bridge.services().forgetting.forget(ANA, BY);
  isOver = true;
  await writing;
  t.true(scrubbed);
  t.deepEqual(await tracesOf(bridge, CANARY), []);
});
