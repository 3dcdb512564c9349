import { LeaseLostError, RunInProgressError, VersionConflictError } from "../../src/domain/errors.ts";
import type { DirectoryUser } from "../../src/domain/directory.ts";
import type { ErasureOrder } from "../../src/ports/erasures.ts";
import type { RunRecord } from "../../src/ports/journal.ts";
import type { Store } from "../../src/ports/store.ts";
import { aUser } from "../support/directory-builders.ts";
import {
  ACME,
  NOW,
  aLink,
  aQuery,
  anEvent,
  at,
  remove,
  stage,
  takeLease,
  type StoreContract,
} from "./store-harness.ts";

const LATER = at("2026-11-23T13:00:00.000Z");

const anOrder = async (
  store: Store,
  user: DirectoryUser,
  parts: Partial<ErasureOrder> = {},
): Promise<ErasureOrder> => ({
  lives: (await store.erasures.dossier(user.id))!.lives,
  at: LATER,
  journal: [],
  proofs: [],
  audit: [],
  texts: [],
  handedOver: [],
  event: anEvent({ action: "person.forgotten", subject: user.id }),
  ...parts,
});

const ana = (parts: Partial<DirectoryUser> = {}): DirectoryUser =>
  aUser({
    userName: "ana@acme.example",
    externalId: "00u1",
    active: false,
    resource: { emails: [{ value: "a.li@acme.example" }] },
    ...parts,
  });

/** Erasing people, and deleting what is over its time. */
export function erasuresContract(contract: StoreContract): void {
  contract("whoever is forgotten leaves a tombstone that nobody finds by name, and their link", async (t, store) => {
    const [user, other] = await stage(store, ana(), aUser({ userName: "bo@acme.example" }));
    const lease = await takeLease(store);
    await store.links.put(lease, [aLink(user!, "m-1", { offboardedAt: NOW })]);
    t.is(await store.erasures.forgottenAt(user!.id), null);
    t.false(await store.erasures.needsScrub());
    await store.erasures.forget(lease, await anOrder(store, user!));
    t.is(await store.erasures.forgottenAt(user!.id), LATER);
    t.true(await store.erasures.needsScrub());
    t.true(await store.erasures.scrub());
    t.false(await store.erasures.needsScrub());
    for (const name of ["ana@acme.example", "a.li@acme.example", "00u1"])
      t.deepEqual(await store.evidence.findPeople(name), [], name);
    t.deepEqual(await store.evidence.findPeople(user!.id), [user!.id]);
    const listed = await store.read(ACME, (tx) => tx.people(aQuery()));
    t.deepEqual([listed.total, listed.items[0]?.user.id], [1, other!.id]);
    t.is(await store.read(ACME, (tx) => tx.tombstoneOf("00u1")), undefined);
    const link = await store.links.get(user!.id);
    t.deepEqual([link?.account, link?.applied, link?.offboardedAt], [aLink(user!, "m-1").account, null, NOW]);
    t.deepEqual(
      (await store.evidence.auditOf(user!.id)).map(({ action }) => action),
      ["person.forgotten"],
    );
    const workspace = await store.openWorkspace();
    t.teardown(() => workspace.close());
    const [record] = await workspace.peopleById([user!.id]);
    t.like(record?.person, { deletedAt: LATER });
    t.deepEqual(record?.person.user.resource, {});
  });

  contract(
    "an erasure under a lost lease, or of somebody who was pushed meanwhile, changes nothing",
    async (t, store) => {
      const [user] = await stage(store, ana());
      const lost = await takeLease(store, "first");
      const lease = await takeLease(store, "second");
      const order = await anOrder(store, user!);
      await t.throwsAsync(store.erasures.forget(lost, order), { instanceOf: LeaseLostError });
      await remove(store, user!);
      await t.throwsAsync(store.erasures.forget(lease, order), { instanceOf: VersionConflictError });
      t.is((await store.read(ACME, (tx) => tx.tombstoneOf("00u1")))?.user.userName, "ana@acme.example");
      t.false(await store.erasures.needsScrub());
      t.deepEqual(await store.evidence.auditOf(user!.id), []);
    },
  );

  contract("nobody is forgotten while a run is under way, which may have read them", async (t, store) => {
    const [user] = await stage(store, ana());
    const lease = await takeLease(store);
    const run: RunRecord = {
      id: "r1",
      lane: "full",
      trigger: "cli",
      epoch: lease.epoch,
      startedAt: NOW,
      finishedAt: null,
      outcome: null,
      digest: null,
      report: {},
    };
    await store.journal.startRun(lease, run);
    const order = await anOrder(store, user!);
    await t.throwsAsync(store.erasures.forget(lease, order), { instanceOf: RunInProgressError });
    t.is(await store.erasures.forgottenAt(user!.id), null);
    await store.journal.finishRun(lease, { ...run, finishedAt: NOW, outcome: "done" });
    await t.notThrowsAsync(store.erasures.forget(lease, order));
  });

  contract("a dossier tells who else has a name, what is under way, and who took the place", async (t, store) => {
    const [user, namesake] = await stage(
      store,
      ana(),
      aUser({ userName: "A.LI@acme.example", directory: "other", active: true }),
    );
    await store.write(ACME, (tx) => tx.wake(user!.id, "leaver", NOW));
    const dossier = await store.erasures.dossier(user!.id);
    t.deepEqual(dossier?.namesakes, [{ user: namesake!.id, directory: namesake!.directory, active: true }]);
    t.is(dossier?.underWay, "wake");
    t.is(dossier?.link, null);
    await remove(store, user!);
    const next = ana({ active: true });
    await store.write(ACME, async (tx) => {
      await tx.putUser(next, null);
      await tx.inherit(user!.id, next.id);
    });
    t.is((await store.erasures.dossier(user!.id))?.inheritedBy, next.id);
    t.deepEqual(
      (await store.erasures.dossier(next.id))?.lives.map((life) => life.user.id),
      [next.id, user!.id],
    );
    t.is(await store.erasures.dossier(aUser().id), undefined);
  });

  contract("texts are found as whole words only, without the case of ASCII letters", async (t, store) => {
    const [user] = await stage(store, ana());
    await stage(
      store,
      aUser({ userName: "x", resource: { manager: 'Zoë "Ana" Li' } }),
      aUser({ userName: "diana@acme.example" }),
    );
    await store.evidence.audit(anEvent({ detail: { reason: "for ANA@acme.example." } }));
    await store.evidence.audit(anEvent({ detail: { reason: "for diana@acme.example" } }));
    await store.evidence.audit(anEvent({ detail: { reason: "for ana@acme.example.org" } }));
    const found = await store.erasures.mentions(["ana@acme.example", 'zoë "ana" li'], [user!.id]);
    t.deepEqual(
      found.audit.map(({ sequence }) => sequence),
      [1],
    );
    t.is(found.people, 1);
    t.deepEqual(found.mappingVersions, []);
  });

  contract("the audit log is cut up to the first row that is younger, and never wholly", async (t, store) => {
    const { evidence, retention } = store;
    for (const when of [NOW, NOW, NOW, LATER, NOW]) await evidence.audit(anEvent({ at: when }));
    const cut = (limit: number, before = LATER) =>
      retention.cutAudit(before, limit, (start, rows) => anEvent({ at: LATER, detail: { to: start.sequence, rows } }));
    t.is(await evidence.auditStart(), null);
    t.is(await cut(2), 2);
    t.is((await evidence.auditStart())?.sequence, 2);
    t.is(await cut(10), 1);
    t.is(await cut(10), 0);
    const left = await evidence.auditRows({ after: null, since: null, until: null, limit: 10 });
    t.deepEqual(
      left.map(({ sequence }) => sequence),
      [4, 5, 6, 7],
    );
    t.deepEqual(left.at(-1)?.detail, { to: 3, rows: 1 });
    const whole = await evidence.checkAudit(await evidence.auditStart(), 10);
    t.deepEqual([whole.whole.length, whole.broken], [4, null]);
    t.is(await cut(10, at("2030-01-01T00:00:00.000Z")), 3, "the newest row stays");
    t.is((await evidence.checkAudit(await evidence.auditStart(), 10)).broken, null);
  });

  contract("rows about a person come newest or oldest first", async (t, store) => {
    const [user] = await stage(store, ana());
    for (const subject of [user!.id, "x", user!.id]) await store.evidence.audit(anEvent({ subject }));
    const ask = async (parts: object) =>
      (
        await store.evidence.auditRows({ after: null, since: null, until: null, limit: 10, about: user!.id, ...parts })
      ).map(({ sequence }) => sequence);
    t.deepEqual(await ask({}), [1, 3]);
    t.deepEqual(await ask({ newestFirst: true }), [3, 1]);
    t.deepEqual(await ask({ newestFirst: true, after: 3 }), [1]);
  });
}
