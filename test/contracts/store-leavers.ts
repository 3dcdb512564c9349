import { LinkConflictError } from "../../src/domain/errors.ts";
import type { AccountId } from "../../src/domain/account.ts";
import { aUser } from "../support/directory-builders.ts";
import { ACME, NOW, aLink, anEvent, at, remove, stage, takeLease, userId } from "./store-harness.ts";
import type { StoreContract } from "./store-harness.ts";

const LATER = at("2026-11-23T13:00:00.000Z");
const LATEST = at("2026-11-23T14:00:00.000Z");
const inGroups = (...groups: readonly string[]) => ({ entitlements: { seat: null, groups } });

/** What leavers need: proofs, people looked at later, news that ends a pause, and colleagues. */
export function leaversContract(contract: StoreContract): void {
  deferredContract(contract);
  peersContract(contract);

  contract("a proof comes with its link and its row of the audit log", async (t, store) => {
    const [ana] = await stage(store, aUser());
    const lease = await takeLease(store);
    const link = aLink(ana!, "m-1");
    const proof = { user: ana!.id, at: NOW, document: { steps: [{ step: "deactivate" }] } };
    const audit = anEvent({ subject: ana!.id, action: "leaver.proved" });
    await store.evidence.putProof(lease, proof, { audit, link: { ...link, offboardedAt: NOW } });
    await store.evidence.putProof(lease, { ...proof, at: LATER }, { audit, link: { ...link, offboardedAt: LATER } });
    t.deepEqual(await store.evidence.proofs(ana!.id), [proof, { ...proof, at: LATER }]);
    t.is((await store.links.get(ana!.id))?.offboardedAt, LATER);
    t.is((await store.evidence.auditOf(ana!.id)).length, 2);
    t.deepEqual(await store.evidence.proofs(userId("bo")), []);
  });

  contract("a proof of somebody whose link went to another leaves nothing", async (t, store) => {
    const [ana, bo] = await stage(store, aUser(), aUser());
    const lease = await takeLease(store);
    await store.links.put(lease, [aLink(bo!, "m-1")]);
    const ending = { audit: anEvent({ subject: ana!.id }), link: aLink(ana!, "m-1", { offboardedAt: NOW }) };
    await t.throwsAsync(store.evidence.putProof(lease, { user: ana!.id, at: NOW, document: {} }, ending), {
      instanceOf: LinkConflictError,
    });
    t.deepEqual(await store.evidence.proofs(ana!.id), []);
    t.deepEqual(await store.evidence.auditOf(ana!.id), []);
    t.is((await store.links.get(bo!.id))?.offboardedAt, null);
  });

  contract("news of somebody who failed end the pause, but not the failure", async (t, store) => {
    const [ana, bo] = await stage(store, aUser(), aUser());
    const lease = await takeLease(store);
    const failure = { attempts: 3, nextAt: LATER, code: "connector.rejected", message: "no" };
    await store.wakes.putFailure(lease, { ...failure, user: ana!.id });
    await store.wakes.putFailure(lease, { ...failure, user: bo!.id });
    await store.write(ACME, (tx) => tx.wake(ana!.id, "leaver", NOW));
    t.deepEqual(
      (await store.wakes.due(NOW, 10)).map(({ user }) => user),
      [ana!.id],
    );
    t.deepEqual(
      (await store.wakes.failures()).map(({ user, attempts, nextAt }) => [user, attempts, nextAt]),
      [
        [ana!.id, 3, NOW],
        [bo!.id, 3, LATER],
      ],
    );
  });
}

function deferredContract(contract: StoreContract): void {
  contract("who is looked at later is woken once when due, and remembered until forgotten", async (t, store) => {
    const [ana, bo] = await stage(store, aUser(), aUser());
    const lease = await takeLease(store);
    t.is(await store.wakes.nextDeferred(), null);
    await store.wakes.defer(lease, ana!.id, "leaver", LATEST);
    await store.wakes.defer(lease, ana!.id, "leaver", LATER);
    await store.wakes.defer(lease, bo!.id, "changed", LATEST);
    t.is(await store.wakes.nextDeferred(), LATER);
    await store.wakes.wakeDeferred(lease, NOW);
    t.is(await store.wakes.count(), 0);
    await store.wakes.wakeDeferred(lease, LATER);
    const [wake] = await store.wakes.due(LATER, 10);
    t.like(wake, { user: ana!.id, reason: "leaver", since: LATER });
    t.is(await store.wakes.nextDeferred(), LATEST);
    await store.wakes.clear(lease, [wake!]);
    await store.wakes.wakeDeferred(lease, LATER);
    t.is(await store.wakes.count(), 0);
    const kept = new Map([
      [ana!.id, LATER],
      [bo!.id, LATEST],
    ]);
    const sorted = (times: ReadonlyMap<string, string>) => [...times].sort();
    t.deepEqual(sorted(await store.wakes.deferred()), sorted(kept));
    await store.wakes.forgetDeferred(lease, [ana!.id]);
    kept.delete(ana!.id);
    t.deepEqual(sorted(await store.wakes.deferred()), sorted(kept));
  });
}

function peersContract(contract: StoreContract): void {
  contract("colleagues are those with a link in the group, those after the account first", async (t, store) => {
    const people = await stage(store, aUser(), aUser(), aUser(), aUser(), aUser());
    const [ana, bo, cy, di, ed] = people.map(({ id }) => id);
    const lease = await takeLease(store);
    const links = people.map((user, index) => aLink(user, `m-${index + 1}`, inGroups("Sales")));
    await store.links.put(lease, links);
    await store.links.put(lease, [
      { ...links[3]!, offboardedAt: NOW },
      { ...links[4]!, ...inGroups("Support", "Sales") },
    ]);
    const workspace = await store.openWorkspace();
    t.teardown(() => workspace.close());
    const peers = (group: string, account: string, limit = 10) => workspace.peers(group, account as AccountId, limit);
    t.deepEqual(await peers("Sales", "m-2"), [cy, ed, ana]);
    t.deepEqual(await peers("Sales", "m-2", 2), [cy, ed]);
    t.deepEqual(await peers("Support", "m-2"), [ed]);
    t.deepEqual(await peers("sales", "m-2"), []);
    await store.links.put(lease, [{ ...links[2]!, ...inGroups() }]);
    t.deepEqual(await peers("Sales", "m-9"), [ana, bo, ed]);
    t.false((await peers("Sales", "m-9")).includes(di!));
  });

  contract("an account that goes over to somebody else is theirs among colleagues, too", async (t, store) => {
    const [ana, bo] = await stage(store, aUser(), aUser());
    const lease = await takeLease(store);
    await store.links.put(lease, [aLink(ana!, "m-1", inGroups("Sales"))]);
    await remove(store, ana!);
    await store.links.put(lease, [aLink(bo!, "m-1", { entitlements: null })]);
    const workspace = await store.openWorkspace();
    t.teardown(() => workspace.close());
    t.deepEqual(await workspace.peers("Sales", "m-0" as AccountId, 10), [bo!.id]);
  });
}
