import {
  LinkConflictError,
  ResourceNotFoundError,
  UniquenessError,
  VersionConflictError,
} from "../../src/domain/errors.ts";
import type { DirectoryUser } from "../../src/domain/directory.ts";
import { aUser, edited } from "../support/directory-builders.ts";
import { ACME, NOW, OTHER, aLink, aQuery, at, contractFor, remove, stage, takeLease, userId } from "./store-harness.ts";
import type { CreateStore, StoreContract } from "./store-harness.ts";
import { alertsContract } from "./store-alerts.ts";
import { announcedContract } from "./store-announced.ts";
import { erasuresContract } from "./store-erasures.ts";
import { censusContract } from "./store-census.ts";
import { groupsContract } from "./store-groups.ts";
import { ledgerContract } from "./store-ledger.ts";
import { listsContract } from "./store-lists.ts";
import { pagesContract } from "./store-pages.ts";
import { leaversContract } from "./store-leavers.ts";
import { recordsContract } from "./store-records.ts";
import { workspaceContract } from "./store-workspace.ts";

/** What every store must do, whatever its driver. Registers the tests under `name`. */
export function storeContract(name: string, createStore: CreateStore): void {
  const contract = contractFor(name, createStore);
  stagingContract(contract);
  uniquenessContract(contract);
  unitContract(contract);
  announcedContract(contract, createStore);
  tombstoneContract(contract);
  groupsContract(contract);
  listsContract(contract);
  pagesContract(contract);
  censusContract(contract);
  wakeContract(contract);
  ledgerContract(contract);
  recordsContract(contract);
  erasuresContract(contract);
  leaversContract(contract);
  alertsContract(contract);
  workspaceContract(contract);
}

function stagingContract(contract: StoreContract): void {
  contract("a staged user comes back as it was given", async (t, store) => {
    const user = aUser({
      externalId: "00u1",
      resource: { displayName: "Zoë 🙂", nickName: null, "urn:x:User": { a: [1, true] } },
    });
    await stage(store, user);
    t.deepEqual(await store.read(ACME, (tx) => tx.user(user.id)), user);
    t.deepEqual(await store.read(ACME, (tx) => tx.userByExternalId("00u1")), user);
    t.is(await store.read(ACME, (tx) => tx.versionOf(user.id)), 1);
  });

  contract("a user without externalId and with active false keeps both", async (t, store) => {
    const user = aUser({ active: false });
    await stage(store, user);
    const found = await store.read(ACME, (tx) => tx.user(user.id));
    t.is(found?.active, false);
    t.false(Object.hasOwn(found ?? {}, "externalId"));
  });

  contract("a replacement is stored when the version is the expected one, and refused otherwise", async (t, store) => {
    const user = aUser();
    await stage(store, user);
    const second = edited(user, { title: "Lead" });
    await store.write(ACME, (tx) => tx.putUser(second, 1));
    t.deepEqual(await store.read(ACME, (tx) => tx.user(user.id)), second);
    await t.throwsAsync(
      store.write(ACME, (tx) => tx.putUser(edited(user, { title: "No" }), 1)),
      { instanceOf: VersionConflictError },
    );
    await t.throwsAsync(
      store.write(ACME, (tx) => tx.putUser(aUser(), 1)),
      { instanceOf: ResourceNotFoundError },
    );
    t.deepEqual(await store.read(ACME, (tx) => tx.user(user.id)), second);
  });

  contract("nothing of another directory can be seen or changed", async (t, store) => {
    const user = aUser({ userName: "ana@acme.example", externalId: "00u1" });
    await stage(store, user);
    await store.read(OTHER, async (tx) => {
      t.is(await tx.user(user.id), undefined);
      t.is(await tx.versionOf(user.id), undefined);
      t.is(await tx.userByExternalId("00u1"), undefined);
      t.deepEqual(await tx.people(aQuery()), { items: [], total: 0, next: null });
      const filter = `id eq "${user.id}" or userName eq "ana@acme.example" or emails.value eq "ana@acme.example"`;
      t.is((await tx.people(aQuery({ filter }))).total, 0);
    });
    const foreign = { ...edited(user, {}), directory: OTHER };
    await t.throwsAsync(
      store.write(OTHER, (tx) => tx.putUser(foreign, 1)),
      { instanceOf: ResourceNotFoundError },
    );
    await t.throwsAsync(
      store.write(OTHER, (tx) => tx.removeUser(user.id, NOW)),
      { instanceOf: ResourceNotFoundError },
    );
    await t.throwsAsync(
      store.write(OTHER, (tx) => tx.putUser(user, null)),
      { message: /one directory only/ },
    );
    await remove(store, user);
    t.is(await store.read(OTHER, (tx) => tx.tombstoneOf("00u1")), undefined);
    await stage(store, aUser({ directory: "other", userName: "ana@acme.example", externalId: "00u1" }));
    t.pass("the same names are free in another directory");
  });

  contract("each answer of a read is of the newest commit", async (t, store) => {
    const [user] = await stage(store, aUser());
    const next = edited(user!, { title: "New" });
    await store.read(ACME, async (tx) => {
      t.deepEqual(await tx.user(user!.id), user);
      await store.write(ACME, (writing) => writing.putUser(next, 1));
      t.deepEqual(await tx.user(user!.id), next);
      t.is(await tx.versionOf(user!.id), 2);
    });
  });
}

function uniquenessContract(contract: StoreContract): void {
  contract("a userName is taken without regard to case, an externalId exactly", async (t, store) => {
    await stage(store, aUser({ userName: "Zoë@acme.example", externalId: "X1" }));
    const sameName = aUser({ userName: "ZOE\u0308@ACME.example" });
    await t.throwsAsync(stage(store, sameName), { instanceOf: UniquenessError, message: "userName is already in use" });
    const sameKey = aUser({ externalId: "X1" });
    await t.throwsAsync(stage(store, sameKey), {
      instanceOf: UniquenessError,
      message: "externalId is already in use",
    });
    const sameBoth = aUser({ userName: "zoë@acme.example", externalId: "X1" });
    await t.throwsAsync(
      stage(store, sameBoth),
      { message: "userName is already in use" },
      "what an IdP looks for next",
    );
    await t.notThrowsAsync(stage(store, aUser({ externalId: "x1" })));
  });

  contract("a unit learns at once that a name is taken, and may go on without it", async (t, store) => {
    await stage(store, aUser({ userName: "ana@acme.example" }));
    await store.write(ACME, async (tx) => {
      await t.throwsAsync(tx.putUser(aUser({ userName: "ana@acme.example" }), null), { instanceOf: UniquenessError });
      await tx.putUser(aUser({ userName: "bo@acme.example" }), null);
    });
    t.is((await store.read(ACME, (tx) => tx.people(aQuery()))).total, 2);
  });

  contract("a rename to a taken name is refused, a rename to one's own name in other case is not", async (t, store) => {
    const [ana] = await stage(store, aUser({ userName: "ana@acme.example" }), aUser({ userName: "bo@acme.example" }));
    const named = (userName: string): DirectoryUser => ({ ...edited(ana!, { userName }), userName });
    await t.throwsAsync(
      store.write(ACME, (tx) => tx.putUser(named("BO@acme.example"), 1)),
      { instanceOf: UniquenessError },
    );
    await t.notThrowsAsync(store.write(ACME, (tx) => tx.putUser(named("ANA@acme.example"), 1)));
  });

  contract("of a hundred people who want one name at once, one gets it", async (t, store) => {
    const claims = Array.from({ length: 100 }, () => stage(store, aUser({ userName: "one@acme.example" })));
    const results = await Promise.allSettled(claims);
    t.is(results.filter(({ status }) => status === "fulfilled").length, 1);
    t.true(results.every((result) => result.status === "fulfilled" || result.reason instanceof UniquenessError));
  });
}

function unitContract(contract: StoreContract): void {
  contract("a unit that throws leaves no trace, and those that share its commit are kept", async (t, store) => {
    const users = Array.from({ length: 100 }, (_, index) => aUser({ userName: `u${index}@acme.example` }));
    const results = await Promise.allSettled(
      users.map((user, index) =>
        store.write(ACME, async (tx) => {
          await tx.putUser(user, null);
          await tx.putUser(edited(user, { emails: [{ value: `e${index}@acme.example` }] }), 1);
          await tx.audit({ at: NOW, actor: "cli", action: "user.created", subject: user.id, detail: {} });
          await tx.wake(user.id, "changed", NOW);
          if (index % 3 === 0) throw new RangeError(`unit ${index}`);
          return index;
        }),
      ),
    );
    for (const [index, result] of results.entries()) {
      if (index % 3 === 0) t.true(result.status === "rejected" && result.reason instanceof RangeError);
      else t.deepEqual(result, { status: "fulfilled", value: index });
    }
    const all = await store.read(ACME, (tx) => tx.people(aQuery()));
    t.deepEqual(
      all.items.map(({ user }) => user.userName),
      users.filter((_, index) => index % 3 !== 0).map(({ userName }) => userName),
    );
    t.is(await store.wakes.count(), all.total);
    const find = (email: string): Promise<readonly string[]> => store.evidence.findPeople(email);
    t.deepEqual(await find("e3@acme.example"), []);
    t.deepEqual(await find("E4@acme.example"), [users[4]!.id]);
  });

  contract("a unit that throws after it replaced a user leaves the user as it was, by every way", async (t, store) => {
    const user = aUser({ userName: "old@acme.example", externalId: "X1" });
    await stage(store, user);
    const renamed = { ...edited(user, { userName: "new@acme.example", emails: [] }), userName: "new@acme.example" };
    for (const reads of [true, false]) {
      const failing = store.write(ACME, async (tx) => {
        if (reads) await tx.user(user.id);
        await tx.putUser(renamed, 1);
        await tx.putUser({ ...renamed, active: false, meta: { ...renamed.meta, version: 3 } }, 2);
        if (!reads) await tx.removeUser(user.id, NOW);
        throw new RangeError("no");
      });
      await t.throwsAsync(failing, { instanceOf: RangeError });
      t.deepEqual(await store.read(ACME, (tx) => tx.user(user.id)), user);
      t.deepEqual(await store.evidence.findPeople("old@acme.example"), [user.id]);
      t.deepEqual(await store.evidence.findPeople("new@acme.example"), []);
      t.is((await store.read(ACME, (tx) => tx.people(aQuery({ limit: 0 })))).total, 1);
    }
  });

  contract(
    "a unit that removed the user it had just made leaves a tombstone, and one that threw leaves nothing",
    async (t, store) => {
      const user = aUser({ externalId: "X1" });
      const putAndRemove = (fails: boolean): Promise<void> =>
        store.write(ACME, async (tx) => {
          await tx.putUser(user, null);
          t.is(await tx.tombstoneOf("X1"), undefined);
          await tx.removeUser(user.id, NOW);
          t.is((await tx.tombstoneOf("X1"))?.user.id, user.id);
          if (fails) throw new RangeError("no");
        });
      await t.throwsAsync(putAndRemove(true), { instanceOf: RangeError });
      t.is(await store.read(ACME, (tx) => tx.versionOf(user.id)), undefined);
      await putAndRemove(false);
      t.is(await store.read(ACME, (tx) => tx.versionOf(user.id)), 2);
      t.is((await store.read(ACME, (tx) => tx.people(aQuery({ limit: 0 })))).total, 0);
    },
  );

  contract("a unit reads what it wrote itself, by every way", async (t, store) => {
    await store.write(ACME, async (tx) => {
      const user = aUser({ userName: "ana@acme.example", externalId: "00u1" });
      await tx.putUser(user, null);
      t.deepEqual(await tx.user(user.id), user);
      t.deepEqual(await tx.userByExternalId("00u1"), user);
      for (const filter of ['userName eq "ANA@acme.example"', 'emails.value eq "ana@acme.example"']) {
        t.is((await tx.people(aQuery({ filter, limit: 1 }))).total, 1, filter);
      }
    });
  });

  contract(
    "units run one after the other: none of a hundred read-then-write units loses another's",
    async (t, store) => {
      const [user] = await stage(store, aUser({ resource: { title: "0" } }));
      await Promise.all(
        Array.from({ length: 100 }, () =>
          store.write(ACME, async (tx) => {
            const now = (await tx.user(user!.id))!;
            await tx.putUser(edited(now, { title: String(Number(now.resource["title"]) + 1) }), now.meta.version);
          }),
        ),
      );
      const after = await store.read(ACME, (tx) => tx.user(user!.id));
      t.is(after?.resource["title"], "100");
      t.is(after?.meta.version, 101);
    },
  );

  contract("a unit that is used after its end is an error, and writes nothing", async (t, store) => {
    const [late] = await store.write(ACME, async (tx) => [tx]);
    await t.throwsAsync(async () => late.putUser(aUser(), null), { message: /after its end/ });
    t.is((await store.read(ACME, (tx) => tx.people(aQuery({ limit: 1 })))).total, 0);
  });
}

function tombstoneContract(contract: StoreContract): void {
  contract(
    "a deleted user is gone for every read but that of its tombstone, and its names are free",
    async (t, store) => {
      const user = aUser({ userName: "ana@acme.example", externalId: "00u1" });
      await stage(store, user);
      await remove(store, user);
      await store.read(ACME, async (tx) => {
        t.is(await tx.user(user.id), undefined);
        t.is(await tx.userByExternalId("00u1"), undefined);
        t.is((await tx.people(aQuery({ filter: 'userName eq "ana@acme.example"' }))).total, 0);
        t.is(await tx.versionOf(user.id), 2, "removing grows the version");
        const tombstone = await tx.tombstoneOf("00u1");
        t.is(tombstone?.user.id, user.id);
        t.is(tombstone?.deletedAt, NOW);
      });
      await t.throwsAsync(remove(store, user), { instanceOf: ResourceNotFoundError });
      await t.throwsAsync(
        store.write(ACME, (tx) => tx.putUser(edited(user, {}), 2)),
        { instanceOf: ResourceNotFoundError },
      );
      await t.notThrowsAsync(stage(store, aUser({ userName: "ANA@acme.example", externalId: "00u1" })));
    },
  );

  contract("of several tombstones with one externalId the newest counts", async (t, store) => {
    for (const id of ["a", "b"]) {
      await stage(store, aUser({ id, externalId: "00u1" }));
      await remove(store, aUser({ id }));
    }
    t.is((await store.read(ACME, (tx) => tx.tombstoneOf("00u1")))?.user.id, userId("b"));
  });

  contract("who inherits a tombstone gets its link, and the tombstone is no leaver any more", async (t, store) => {
    const [before] = await stage(store, aUser({ externalId: "00u1" }));
    const lease = await takeLease(store);
    await store.links.put(lease, [aLink(before!, "m-1")]);
    await store.write(ACME, async (tx) => {
      await tx.removeUser(before!.id, NOW);
      await tx.wake(before!.id, "leaver", NOW);
    });
    await store.wakes.putFailure(lease, { user: before!.id, attempts: 1, nextAt: NOW, code: "x", message: "y" });
    const after = aUser({ externalId: "00u1" });
    await store.write(ACME, async (tx) => {
      await tx.putUser(after, null);
      const tombstone = await tx.tombstoneOf("00u1");
      await tx.inherit(tombstone!.user.id, after.id);
      await tx.wake(after.id, "changed", NOW);
    });
    t.is(await store.links.get(before!.id), undefined);
    t.is((await store.links.get(after.id))?.account, aLink(after, "m-1").account);
    t.deepEqual(
      (await store.wakes.due(NOW, 10)).map(({ user }) => user),
      [after.id],
    );
    t.deepEqual(await store.wakes.failures(), []);
    const workspace = await store.openWorkspace();
    t.teardown(() => workspace.close());
    const people = (await Array.fromAsync(workspace.people())).flat();
    t.deepEqual(
      people.map(({ person }) => person.user.id),
      [after.id],
    );
    t.is(await store.read(ACME, (tx) => tx.tombstoneOf("00u1")), undefined);
  });

  contract(
    "what is told of somebody who returned twice is told of all three lives, and of nobody else",
    async (t, store) => {
      const lives = ["a", "b", "c"].map((id) => aUser({ id, externalId: "00u1" }));
      for (const [index, user] of lives.entries()) {
        await store.write(ACME, async (tx) => {
          await tx.putUser(user, null);
          await tx.audit({ at: NOW, actor: "token:x", action: "user.created", subject: user.id, detail: {} });
          if (index === 0) return;
          const tombstone = await tx.tombstoneOf("00u1");
          await tx.inherit(tombstone!.user.id, user.id);
        });
        if (index < 2) await remove(store, user);
      }
      const told = async (id: string): Promise<readonly string[]> =>
        (await store.evidence.auditOf(id))
          .filter(({ action }) => action === "user.created")
          .map(({ subject }) => subject);
      t.deepEqual(await told("c"), ["a", "b", "c"]);
      t.deepEqual(await told("a"), ["a"]);
    },
  );

  contract("only a tombstone of the same directory can be inherited, by somebody who is there", async (t, store) => {
    const [live, foreign] = await stage(store, aUser(), aUser({ directory: "other" }));
    await remove(store, foreign!);
    const inherit = (from: DirectoryUser, to: DirectoryUser): Promise<void> =>
      store.write(ACME, (tx) => tx.inherit(from.id, to.id));
    await t.throwsAsync(inherit(foreign!, live!), { instanceOf: ResourceNotFoundError });
    await t.throwsAsync(inherit(live!, live!), { instanceOf: ResourceNotFoundError });
    await t.throwsAsync(inherit(live!, aUser()), { instanceOf: ResourceNotFoundError });
  });

  contract("an account goes over from somebody who was deleted, never from somebody who is there", async (t, store) => {
    const [gone, here, newcomer] = await stage(store, aUser(), aUser(), aUser());
    const lease = await takeLease(store);
    await store.links.put(lease, [aLink(gone!, "m-gone"), aLink(here!, "m-here")]);
    await remove(store, gone!);
    await store.links.put(lease, [aLink(newcomer!, "m-gone", { origin: "adopted" })]);
    t.is(await store.links.get(gone!.id), undefined);
    t.is((await store.links.get(newcomer!.id))?.origin, "adopted");
    await t.throwsAsync(store.links.put(lease, [aLink(newcomer!, "m-here")]), { instanceOf: LinkConflictError });
    t.deepEqual(await store.links.get(here!.id), aLink(here!, "m-here"));
  });

  contract(
    "an account goes over from somebody who is inactive, and cannot be taken back while it is used",
    async (t, store) => {
      const [left, newcomer] = await stage(store, aUser({ active: false }), aUser());
      const lease = await takeLease(store);
      await store.links.put(lease, [aLink(left!, "m-1")]);
      await store.links.put(lease, [aLink(newcomer!, "m-1")]);
      t.is(await store.links.get(left!.id), undefined);
      await t.throwsAsync(store.links.put(lease, [aLink(left!, "m-1")]), { instanceOf: LinkConflictError });
    },
  );

  contract("people are woken as changed, whatever they were deferred to", async (t, store) => {
    const [ana] = await stage(store, aUser());
    const lease = await takeLease(store);
    await store.wakes.clear(lease, await store.wakes.due(at("2026-11-23T14:00:00.000Z"), 10));
    await store.wakes.defer(lease, ana!.id, "leaver", at("2026-11-23T14:00:00.000Z"));
    await store.wakes.wake(lease, [ana!.id], NOW);
    t.deepEqual(
      (await store.wakes.due(NOW, 10)).map(({ user, reason }) => [user, reason]),
      [[ana!.id, "changed"]],
    );
    t.is(await store.wakes.nextDeferred(), at("2026-11-23T14:00:00.000Z"));
  });
}

function wakeContract(contract: StoreContract): void {
  contract("leavers are due first, then who has waited longest; waking twice is waking once", async (t, store) => {
    const wake = (user: string, reason: "leaver" | "changed", when: string): Promise<void> =>
      store.write(ACME, (tx) => tx.wake(userId(user), reason, at(when)));
    await wake("late", "changed", "2026-11-23T12:00:02.000Z");
    await wake("early", "changed", "2026-11-23T12:00:01.000Z");
    await wake("leaver", "leaver", "2026-11-23T12:00:03.000Z");
    await wake("early", "changed", "2026-11-23T12:00:09.000Z");
    await wake("leaver", "changed", "2026-11-23T12:00:09.000Z");
    await wake("turned", "changed", "2026-11-23T12:00:00.000Z");
    await wake("turned", "leaver", "2026-11-23T12:00:04.000Z");
    const due = await store.wakes.due(NOW, 10);
    t.deepEqual(
      due.map(({ user, reason, since }) => [user, reason, since.slice(17, 19)]),
      [
        ["leaver", "leaver", "03"],
        ["turned", "leaver", "04"],
        ["early", "changed", "01"],
        ["late", "changed", "02"],
      ],
    );
    t.is(await store.wakes.count(), 4);
    t.is((await store.wakes.due(NOW, 1)).length, 1);
  });

  contract("a wake-up that came while its person was worked on is kept", async (t, store) => {
    const lease = await takeLease(store);
    const wake = (): Promise<void> => store.write(ACME, (tx) => tx.wake(userId("ana"), "changed", NOW));
    await wake();
    const [first] = await store.wakes.due(NOW, 10);
    await wake();
    await store.wakes.clear(lease, [first!]);
    const [second] = await store.wakes.due(NOW, 10);
    t.is(second?.user, userId("ana"));
    await store.wakes.clear(lease, [second!]);
    t.is(await store.wakes.count(), 0);
    await wake();
    await store.wakes.clear(lease, [first!, second!]);
    t.is(await store.wakes.count(), 1, "a sequence is never given twice");
  });

  contract("who failed is not due before their time, and is again when the failure is cleared", async (t, store) => {
    const lease = await takeLease(store);
    const user = userId("ana");
    await store.write(ACME, (tx) => tx.wake(user, "leaver", NOW));
    const failure = {
      user,
      attempts: 1,
      nextAt: at("2026-11-23T12:00:05.000Z"),
      code: "connector.rejected",
      message: "No.",
    };
    await store.wakes.putFailure(lease, { ...failure, attempts: 0 });
    await store.wakes.putFailure(lease, failure);
    t.deepEqual(await store.wakes.failures(), [failure]);
    t.deepEqual(await store.wakes.due(at("2026-11-23T12:00:04.999Z"), 10), []);
    t.is((await store.wakes.due(at("2026-11-23T12:00:05.000Z"), 10)).length, 1);
    await store.wakes.clearFailures(lease, [user]);
    t.is((await store.wakes.due(NOW, 10)).length, 1);
  });
}
