import type { Seat } from "../../src/domain/account.ts";
import { LeaseLostError, UnknownSubjectError } from "../../src/domain/errors.ts";
import type { Change, PlanDigest } from "../../src/domain/plan.ts";
import type { JournalEntry, RunRecord } from "../../src/ports/journal.ts";
import type { Lease } from "../../src/ports/leases.ts";
import type { Store } from "../../src/ports/store.ts";
import { aUser } from "../support/directory-builders.ts";
import { NOW, aLink, anEvent, at, each, stage, takeLease, userId } from "./store-harness.ts";
import type { StoreContract } from "./store-harness.ts";

const CHANGE: Change = { kind: "create-group", cause: "joiner", because: ["rule 1"], name: "Sales" };

function aRun(lease: Lease, parts: Partial<RunRecord> = {}): RunRecord {
  return {
    id: "run-1",
    lane: "full",
    trigger: "schedule",
    epoch: lease.epoch,
    startedAt: NOW,
    finishedAt: null,
    outcome: null,
    digest: null,
    report: {},
    ...parts,
  };
}

function anEntry(parts: Partial<JournalEntry> = {}): JournalEntry {
  return {
    id: "entry-1",
    run: "run-1",
    user: userId("ana"),
    key: "ana create-group Sales",
    change: CHANGE,
    limit: "create",
    state: "intent",
    intendedAt: NOW,
    settledAt: null,
    elapsedMs: 1_000,
    error: null,
    ...parts,
  };
}

/** Leases, links and the journal. */
export function ledgerContract(contract: StoreContract): void {
  leaseContract(contract);
  linkContract(contract);
  rememberedContract(contract);
  journalContract(contract);
  placedContract(contract);
  spentContract(contract);
}

function leaseContract(contract: StoreContract): void {
  const alive = (_holder: string): boolean => false;

  contract(
    "a lease is held by one at a time, until it is released, expires, or its holder is dead",
    async (t, store) => {
      const acquire = (holder: string, when = NOW, isDead = alive): Promise<Lease | null> =>
        store.leases.acquire("sandbox", holder, when, 1_000, isDead);
      const first = await acquire("a");
      t.deepEqual(first, { product: "sandbox", holder: "a", epoch: 1 });
      t.is(await acquire("b"), null);
      t.is(await acquire("a"), null, "not even twice by the same");
      t.truthy(await store.leases.acquire("calendly", "b", NOW, 1_000, alive), "another product has its own");
      const taken = await acquire("b", NOW, (holder) => holder === "a");
      t.is(taken?.epoch, 2);
      await store.leases.renew(taken!, at("2026-11-23T12:00:01.500Z"), 1_000);
      t.is(await acquire("c", at("2026-11-23T12:00:02.000Z")), null);
      t.is((await acquire("c", at("2026-11-23T12:00:02.500Z")))?.epoch, 3);
    },
  );

  contract(
    "the epoch grows after a release too, and a lease that was taken over is neither renewed nor released",
    async (t, store) => {
      const first = await takeLease(store, "a");
      await store.leases.release(first);
      const second = await store.leases.acquire("sandbox", "b", NOW, 1_000, alive);
      t.is(second?.epoch, first.epoch + 1);
      await t.throwsAsync(store.leases.renew(first, NOW, 1_000), { instanceOf: LeaseLostError });
      await store.leases.release(first);
      t.is(await store.leases.acquire("sandbox", "c", NOW, 1_000, alive), null, "still held by b");
    },
  );

  contract("of a hundred who want the lease at once, one gets it", async (t, store) => {
    const claims = Array.from({ length: 100 }, (_, index) =>
      store.leases.acquire("sandbox", `h${index}`, NOW, 1_000, alive),
    );
    t.is((await Promise.all(claims)).filter((lease) => lease !== null).length, 1);
  });

  contract("whoever lost the lease writes nothing, by any call", async (t, store) => {
    const [user] = await stage(store, aUser());
    const lost = await takeLease(store, "a");
    await store.journal.startRun(lost, aRun(lost));
    await store.journal.intend(lost, anEntry());
    await takeLease(store, "b");
    const calls: readonly (() => Promise<unknown>)[] = [
      () => store.journal.startRun(lost, aRun(lost, { id: "run-2" })),
      () => store.journal.finishRun(lost, aRun(lost, { finishedAt: NOW, outcome: "done" })),
      () => store.journal.closeInterrupted(lost, NOW),
      () => store.journal.intend(lost, anEntry({ id: "entry-2" })),
      () => store.journal.settle(lost, anEntry({ state: "changed", settledAt: NOW }), { link: aLink(user!, "m-1") }),
      () => store.links.put(lost, [aLink(user!, "m-1")]),
      () => store.wakes.clear(lost, []),
      () => store.wakes.putFailure(lost, { user: user!.id, attempts: 1, nextAt: NOW, code: "x", message: "y" }),
      () => store.wakes.clearFailures(lost, [user!.id]),
      () => store.holds.useApprovals(lost, [], NOW),
      () => store.holds.recordHeld(lost, null, each([])),
      () => store.holds.recordHeld(lost, [user!.id], each([])),
      () => store.holds.recordWaiting(lost, []),
      () =>
        store.evidence.putProof(
          lost,
          { user: user!.id, at: NOW, document: {} },
          { audit: anEvent(), link: aLink(user!, "m-1") },
        ),
      () => store.evidence.putObserved(lost, { accounts: 1, unlinkedActive: 0, tenant: null, at: NOW }),
      () => store.wakes.defer(lost, user!.id, "leaver", NOW),
      () => store.wakes.wakeDeferred(lost, NOW),
      () => store.wakes.forgetDeferred(lost, [user!.id]),
    ];
    for (const call of calls) await t.throwsAsync(call(), { instanceOf: LeaseLostError }, String(call));
    t.is(await store.links.get(user!.id), undefined);
    t.deepEqual(
      (await store.journal.runs(5)).map(({ id, outcome }) => [id, outcome]),
      [["run-1", null]],
    );
    t.deepEqual(
      (await store.journal.entries(userId("ana"))).map(({ state }) => state),
      ["intent"],
    );
    t.deepEqual(await store.evidence.proofs(user!.id), []);
    t.is(await store.evidence.lastObserved("sandbox"), null);
  });
}

function linkContract(contract: StoreContract): void {
  contract("links come back as they were put, are replaced, and are counted", async (t, store) => {
    const [ana, bo] = await stage(store, aUser(), aUser());
    const lease = await takeLease(store);
    const link = aLink(ana!, "m-1", { applied: { email: "ana@acme.example", locale: "de" } });
    await store.links.put(lease, [link, aLink(bo!, "m-2", { applied: null })]);
    t.deepEqual(await store.links.get(ana!.id), link);
    t.is((await store.links.get(bo!.id))?.applied, null);
    t.deepEqual(await store.links.count(), { all: 2, active: 2 });
    await store.links.put(lease, [{ ...link, offboardedAt: NOW }]);
    t.deepEqual(await store.links.get(ana!.id), { ...link, offboardedAt: NOW });
    t.deepEqual(await store.links.count(), { all: 2, active: 1 });
    await store.links.put(lease, []);
    t.is(await store.links.get(userId("nobody")), undefined);
  });
}

function rememberedContract(contract: StoreContract): void {
  contract("links remember seat, groups and repairs, and a run reads them with its people", async (t, store) => {
    const [ana, bo] = await stage(store, aUser(), aUser());
    const lease = await takeLease(store);
    const link = aLink(ana!, "m-1", {
      entitlements: { seat: "standard" as Seat, groups: ["Sales", "Größe / 1"] },
      repairs: { groups: 1, displayName: 3 },
    });
    const bare = aLink(bo!, "m-2", { entitlements: { seat: null, groups: [] } });
    await store.links.put(lease, [link, bare]);
    t.deepEqual(await store.links.get(ana!.id), link);
    t.deepEqual(await store.links.get(bo!.id), bare);
    const workspace = await store.openWorkspace();
    t.teardown(() => workspace.close());
    const pages = await Array.fromAsync(workspace.people());
    t.deepEqual(pages.flat().find(({ person }) => person.user.id === ana!.id)?.link, link);

    const entry = anEntry({ user: ana!.id });
    await store.journal.startRun(lease, aRun(lease));
    await store.journal.intend(lease, entry);
    const forgiven = { ...link, entitlements: { seat: null, groups: ["Sales"] }, repairs: {} };
    await store.journal.settle(lease, { ...entry, state: "changed", settledAt: NOW }, { link: forgiven });
    t.deepEqual(await store.links.get(ana!.id), forgiven);
    await store.links.put(lease, [{ ...link, entitlements: null }]);
    t.is((await store.links.get(ana!.id))?.entitlements, null);
  });
}

function journalContract(contract: StoreContract): void {
  contract("runs are listed newest first, with what became of them", async (t, store) => {
    const lease = await takeLease(store);
    await store.journal.startRun(lease, aRun(lease));
    const second = aRun(lease, { id: "run-2", lane: "urgent", trigger: "push", digest: "7f3a9c1e2b44" as PlanDigest });
    await store.journal.startRun(lease, second);
    const finished: RunRecord = {
      ...second,
      finishedAt: NOW,
      outcome: "held",
      report: { changed: { "create-account": 2 } },
    };
    await store.journal.finishRun(lease, finished);
    t.deepEqual(await store.journal.runs(10), [finished, aRun(lease)]);
    t.is((await store.journal.runs(1)).length, 1);
    await t.throwsAsync(store.journal.finishRun(lease, aRun(lease, { id: "never" })), {
      instanceOf: UnknownSubjectError,
    });
  });

  contract("a run is found by its id, or by how it begins", async (t, store) => {
    const lease = await takeLease(store);
    for (const id of ["ab1", "ab2", "ac1", "a%"]) await store.journal.startRun(lease, aRun(lease, { id }));
    const found = async (idPrefix: string, limit = 10): Promise<readonly string[]> =>
      (await store.journal.findRuns(idPrefix, limit)).map(({ id }) => id);
    t.deepEqual(await found("ab1"), ["ab1"]);
    t.deepEqual(await found("ab"), ["ab2", "ab1"]);
    t.deepEqual(await found("a", 2), ["a%", "ac1"]);
    t.deepEqual(await found("a%"), ["a%"]);
    t.deepEqual(await found("ab11"), []);
    t.deepEqual((await store.journal.findRuns("ac1", 1))[0], aRun(lease, { id: "ac1" }));
  });

  contract("the entries of one run come in pages, in the order in which they were meant", async (t, store) => {
    const lease = await takeLease(store);
    const ids = Array.from({ length: 1_100 }, (_, index) => `e${index}`);
    await Promise.all(
      ids.map((id) => store.journal.intend(lease, anEntry({ id, run: id === "e550" ? "other" : "run-1" }))),
    );
    const pages = await Array.fromAsync(store.journal.entriesOf("run-1"));
    t.deepEqual(
      pages.flat().map(({ id }) => id),
      ids.filter((id) => id !== "e550"),
    );
    t.true(pages.length > 1);
    t.deepEqual(pages[0]?.[0], anEntry({ id: "e0" }));
    t.deepEqual(await Array.fromAsync(store.journal.entriesOf("other")), [[anEntry({ id: "e550", run: "other" })]]);
    t.deepEqual(await Array.fromAsync(store.journal.entriesOf("never")), []);
  });

  contract("an entry is settled together with its link, or neither is", async (t, store) => {
    const [ana, bo] = await stage(store, aUser(), aUser());
    const lease = await takeLease(store);
    await store.links.put(lease, [aLink(bo!, "m-2")]);
    const intent = anEntry({ user: ana!.id });
    await store.journal.intend(lease, intent);
    const settled: JournalEntry = { ...intent, state: "changed", settledAt: NOW };
    await t.throwsAsync(store.journal.settle(lease, settled, { link: aLink(ana!, "m-2") }));
    t.deepEqual(await store.journal.entries(ana!.id), [intent]);
    await store.journal.settle(lease, settled, { link: aLink(ana!, "m-1") });
    t.deepEqual(await store.journal.entries(ana!.id), [settled]);
    t.deepEqual(await store.links.get(ana!.id), aLink(ana!, "m-1"));
    await t.throwsAsync(store.journal.settle(lease, anEntry({ id: "never" }), {}), { instanceOf: UnknownSubjectError });
  });

  contract("the last end of a lane is that of its newest run with one of these outcomes", async (t, store) => {
    const lease = await takeLease(store);
    t.is(await store.journal.lastEnd("full", ["done"]), null);
    const ends = [
      ["full", "done", "2026-11-23T10:00:00.000Z"],
      ["full", "failed", "2026-11-23T11:00:00.000Z"],
      ["urgent", "partial", "2026-11-23T12:00:00.000Z"],
    ] as const;
    for (const [lane, outcome, end] of ends) {
      const run = aRun(lease, { id: `${lane}-${outcome}`, lane });
      await store.journal.startRun(lease, run);
      await store.journal.finishRun(lease, { ...run, outcome, finishedAt: at(end) });
    }
    await store.journal.startRun(lease, aRun(lease, { id: "under way" }));
    t.is(await store.journal.lastEnd("full", ["done", "partial"]), at("2026-11-23T10:00:00.000Z"));
    t.is(await store.journal.lastEnd("full", ["done", "failed"]), at("2026-11-23T11:00:00.000Z"));
    t.is(await store.journal.lastEnd("urgent", ["done", "partial"]), at("2026-11-23T12:00:00.000Z"));
    t.is(await store.journal.lastEnd("urgent", ["done"]), null);
  });

  contract("a run that never ended is closed by the next one, and what it meant to do is unknown", async (t, store) => {
    const lost = await takeLease(store);
    await store.journal.startRun(lost, aRun(lost, { id: "ended" }));
    await store.journal.finishRun(lost, aRun(lost, { id: "ended", finishedAt: NOW, outcome: "done" }));
    await store.journal.startRun(lost, aRun(lost));
    await store.journal.intend(lost, anEntry());
    await store.journal.intend(lost, anEntry({ id: "entry-2" }));
    await store.journal.settle(lost, anEntry({ id: "entry-2", state: "failed", settledAt: NOW, error: "x" }), {});
    const lease = await takeLease(store, "next");
    const later = at("2026-11-23T13:00:00.000Z");
    t.is(await store.journal.closeInterrupted(lease, later), 1);
    t.deepEqual(
      (await store.journal.runs(5)).map(({ id, outcome, finishedAt }) => [id, outcome, finishedAt]),
      [
        ["run-1", "interrupted", later],
        ["ended", "done", NOW],
      ],
    );
    t.deepEqual(
      (await store.journal.entries(userId("ana"))).map(({ state }) => state),
      ["unknown", "failed"],
    );
    t.is(await store.journal.closeInterrupted(lease, later), 0);
  });
}

function placedContract(contract: StoreContract): void {
  contract("runs are read in pages from the newest on, whatever comes meanwhile", async (t, store) => {
    const lease = await takeLease(store);
    const start = (id: string): Promise<void> => store.journal.startRun(lease, aRun(lease, { id }));
    for (const id of ["a", "b", "c"]) await start(id);
    t.deepEqual(await store.journal.runsBefore(1, 10), []);
    const first = await store.journal.runsBefore(null, 2);
    t.deepEqual(
      first.map(({ item }) => item),
      [aRun(lease, { id: "c" }), aRun(lease, { id: "b" })],
    );
    await start("d");
    const second = await store.journal.runsBefore(first[1]!.place, 2);
    t.deepEqual(
      second.map(({ item }) => item.id),
      ["a"],
    );
  });

  contract("the entries of a run are read in pages from the oldest on, without those of others", async (t, store) => {
    const lease = await takeLease(store);
    const ids = Array.from({ length: 7 }, (_, index) => `e${index}`);
    for (const id of ids) {
      await store.journal.intend(lease, anEntry({ id }));
      await store.journal.intend(lease, anEntry({ id: `other ${id}`, run: "run-2" }));
    }
    t.deepEqual(await store.journal.entriesAfter("run-3", null, 10), []);
    for (const limit of [1, 3, 7, 8]) {
      const seen: string[] = [];
      for (let place: number | null = null; ;) {
        const page: Awaited<ReturnType<Store["journal"]["entriesAfter"]>> = await store.journal.entriesAfter(
          "run-1",
          place,
          limit,
        );
        t.true(page.length <= limit);
        seen.push(...page.map(({ item }) => item.id));
        place = page.at(-1)?.place ?? null;
        if (place === null) break;
      }
      t.deepEqual(seen, ids, `limit ${limit}`);
    }
  });

  contract("groups are as large as links say, without those who were shut out", async (t, store) => {
    const people = await stage(store, aUser(), aUser(), aUser(), aUser());
    const lease = await takeLease(store);
    t.deepEqual(await store.links.groupSizes(), new Map());
    const given: readonly (readonly [readonly string[] | null, typeof NOW | null])[] = [
      [["Sales", "All"], null],
      [["All"], null],
      [["Sales"], NOW],
      [null, null],
    ];
    await store.links.put(
      lease,
      given.map(([groups, offboardedAt], index) =>
        aLink(people[index]!, `m-${index}`, {
          offboardedAt,
          entitlements: groups === null ? null : { seat: null, groups },
        }),
      ),
    );
    t.deepEqual(
      await store.links.groupSizes(),
      new Map([
        ["All", 2],
        ["Sales", 1],
      ]),
    );
  });
}

function spentContract(contract: StoreContract): void {
  contract("each different change that was made, or may have been, is spent once", async (t, store) => {
    const lease = await takeLease(store);
    const early = at("2026-11-22T11:00:00.000Z");
    const put = async (store: Store, entry: JournalEntry): Promise<void> => {
      await store.journal.intend(lease, { ...entry, state: "intent", settledAt: null });
      if (entry.state !== "intent") await store.journal.settle(lease, entry, {});
    };
    let id = 0;
    const entry = (key: string, parts: Partial<JournalEntry>): JournalEntry =>
      anEntry({ id: `e${id++}`, key, ...parts });
    await put(store, entry("1", { limit: "update", state: "changed", settledAt: NOW }));
    await put(store, entry("1", { limit: "update", state: "changed", settledAt: NOW }));
    await put(store, entry("1", { limit: "update", state: "changed", settledAt: NOW, user: userId("bo") }));
    await put(store, entry("2", { limit: "update", state: "already-so", settledAt: NOW }));
    await put(store, entry("3", { limit: "update", state: "failed", settledAt: NOW, error: "x" }));
    await put(store, entry("4", { limit: "deactivate", state: "unknown" }));
    await put(store, entry("4", { limit: "deactivate", state: "already-so", settledAt: NOW }));
    await put(store, entry("5", { limit: "deactivate", state: "intent" }));
    await put(store, entry("6", { limit: "delete", state: "changed", elapsedMs: 100, settledAt: early }));
    await put(store, entry("7", { limit: "delete", state: "changed", elapsedMs: 500, settledAt: NOW }));
    await put(store, entry("8", { limit: null, state: "changed", settledAt: NOW }));
    const none = {
      deactivate: 0,
      delete: 0,
      cancelBookings: 0,
      removeFromGroup: 0,
      releaseSeat: 0,
      update: 0,
      create: 0,
      adopt: 0,
    };
    t.deepEqual(await store.journal.spentSince(500), {
      ...none,
      update: 2,
      deactivate: 2,
      delete: 1,
    });
    t.deepEqual(await store.journal.spentSince(1_001), none);
  });
}
