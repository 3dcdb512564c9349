import { UnknownSubjectError } from "../../src/domain/errors.ts";
import { MappingChangedError } from "../../src/domain/mapping-errors.ts";
import type { Seat } from "../../src/domain/account.ts";
import type { DirectoryId } from "../../src/domain/directory.ts";
import type { PlanDigest, Waiting } from "../../src/domain/plan.ts";
import type { Approval, HeldRecord } from "../../src/ports/holds.ts";
import type { AuditQuery } from "../../src/ports/records.ts";
import type { Store } from "../../src/ports/store.ts";
import type { TokenRecord } from "../../src/ports/tokens.ts";
import { aUser } from "../support/directory-builders.ts";
import { ACME, NOW, anEvent, at, each, remove, stage, takeLease, userId } from "./store-harness.ts";
import type { StoreContract } from "./store-harness.ts";

const LATER = at("2026-11-23T13:00:00.000Z");
const digestOf = (index: number): PlanDigest => index.toString(16).padStart(12, "0") as PlanDigest;

/** Approvals, holds, tokens, mapping versions and evidence. */
export function recordsContract(contract: StoreContract): void {
  approvalContract(contract);
  heldContract(contract);
  tokenContract(contract);
  evidenceContract(contract);

  contract("every saved mapping is a version, and the newest is the current one", async (t, store) => {
    t.is(await store.mappings.current(), undefined);
    t.is(await store.mappings.newest(), null);
    const first = { version: 1, document: { scope: null }, author: "ana", reason: "seed", savedAt: NOW };
    const second = { version: 2, document: { scope: "x" }, author: "bo", reason: "edit", savedAt: LATER };
    t.deepEqual(await store.mappings.save(first, anEvent()), first);
    await store.mappings.save(second, anEvent());
    t.deepEqual(await store.mappings.current(), second);
    t.is(await store.mappings.newest(), 2);
    t.deepEqual(await store.mappings.find(1), first);
    t.is(await store.mappings.find(3), undefined);
    t.deepEqual(await store.mappings.history(null, 10), [second, first]);
    t.deepEqual(await store.mappings.history(null, 1), [second]);
    t.deepEqual(await store.mappings.history(2, 10), [first]);
  });

  contract("of two edits of one mapping the second is refused, and leaves no trace", async (t, store) => {
    const next = (author: string) => ({ version: 1, document: { author }, author, reason: "edit", savedAt: NOW });
    const outcomes = await Promise.allSettled([
      store.mappings.save(next("ana"), anEvent({ subject: "ana" })),
      store.mappings.save(next("bo"), anEvent({ subject: "bo" })),
      store.mappings.save({ ...next("cy"), version: 3 }, anEvent({ subject: "cy" })),
    ]);
    t.deepEqual(
      outcomes.map(({ status }) => status),
      ["fulfilled", "rejected", "rejected"],
    );
    const [, refused] = outcomes;
    t.true(refused?.status === "rejected" && refused.reason instanceof MappingChangedError);
    t.deepEqual(
      (await store.mappings.history(null, 10)).map(({ author }) => author),
      ["ana"],
    );
    const rows = await store.evidence.auditRows({ after: null, since: null, until: null, limit: 10 });
    t.deepEqual(
      rows.map(({ subject }) => subject),
      ["ana"],
    );
  });

  contract("a probe writes, however many ask at once", async (t, store) => {
    await t.notThrowsAsync(Promise.all(Array.from({ length: 20 }, () => store.probe())));
  });
}

function anApproval(digest: PlanDigest, parts: Partial<Approval> = {}): Approval {
  return {
    digest,
    approvedAt: NOW,
    expiresAt: LATER,
    expiresElapsedMs: 1_000,
    author: "ana",
    reason: "first import",
    ...parts,
  };
}

function approvalContract(contract: StoreContract): void {
  contract("a plan is found by the start of its digest, the newest first", async (t, store) => {
    t.is(await store.holds.findPlan("7f"), undefined);
    await store.holds.rememberPlan("7f0000000001" as PlanDigest, NOW, each(["a", "b"]));
    await store.holds.rememberPlan("7f0000000002" as PlanDigest, LATER, each([]));
    t.deepEqual(await store.holds.findPlan("7f"), { digest: "7f0000000002" as PlanDigest, at: LATER, held: 0 });
    t.deepEqual(await store.holds.findPlan("7f0000000001"), { digest: "7f0000000001" as PlanDigest, at: NOW, held: 2 });
    t.like(await store.holds.newestPlan(), { digest: "7f0000000002", held: 0 });
    t.deepEqual(await store.holds.overLimitKeys("7f0000000001" as PlanDigest), new Set(["a", "b"]));
    t.deepEqual(await store.holds.overLimitKeys("7f0000000009" as PlanDigest), new Set());
    t.is(await store.holds.findPlan("%"), undefined);
    t.is(await store.holds.findPlan("7F"), undefined);
  });

  contract("a plan whose keys could not be read to the end is not remembered", async (t, store) => {
    async function* broken(): AsyncGenerator<string> {
      yield "a";
      throw new RangeError("no more");
    }
    await t.throwsAsync(store.holds.rememberPlan(digestOf(1), NOW, broken()), { instanceOf: RangeError });
    t.is(await store.holds.findPlan(digestOf(1)), undefined);
  });

  contract("the newest fifty plans are kept, and those with an open approval", async (t, store) => {
    await store.holds.rememberPlan(digestOf(1), NOW, each(["kept"]));
    await store.holds.approve(anApproval(digestOf(1)), anEvent());
    for (let index = 2; index <= 60; index += 1) await store.holds.rememberPlan(digestOf(index), NOW, each(["k"]));
    t.is(await store.holds.findPlan(digestOf(10)), undefined);
    t.truthy(await store.holds.findPlan(digestOf(11)));
    t.truthy(await store.holds.findPlan(digestOf(60)));
    t.true((await store.holds.openApprovals({ now: NOW, elapsedMs: 999 })).covers("kept"));
  });

  contract("an approval covers the keys of its plan until it is used or expires", async (t, store) => {
    const keys = Array.from({ length: 2_500 }, (_, index) => `key ${index}`);
    await store.holds.rememberPlan(digestOf(1), NOW, each(keys));
    t.is((await store.holds.findPlan(digestOf(1)))?.held, 2_500);
    await t.throwsAsync(store.holds.approve(anApproval(digestOf(9)), anEvent()), { instanceOf: UnknownSubjectError });
    t.deepEqual((await store.holds.openApprovals({ now: NOW, elapsedMs: 999 })).digests, []);
    await store.holds.approve(anApproval(digestOf(1)), anEvent());
    const open = await store.holds.openApprovals({ now: NOW, elapsedMs: 999 });
    t.deepEqual(open.digests, [digestOf(1)]);
    t.true(keys.every((key) => open.covers(key)));
    t.false(open.covers("key 2500"));
    t.deepEqual((await store.holds.openApprovals({ now: LATER, elapsedMs: 999 })).digests, [], "expired");
    t.deepEqual(
      (await store.holds.openApprovals({ now: NOW, elapsedMs: 1_000 })).digests,
      [],
      "whatever the wall says",
    );
    await store.holds.rememberPlan(digestOf(1), LATER, each([...keys.slice(0, 2), "grown"]));
    t.false((await store.holds.openApprovals({ now: NOW, elapsedMs: 999 })).covers("grown"), "nobody was shown that");
    t.true(
      (await store.holds.openApprovals({ now: NOW, elapsedMs: 999 })).covers("key 1"),
      "the same plan, made again",
    );
    const lease = await takeLease(store);
    await store.holds.useApprovals(lease, [digestOf(2)], NOW);
    t.is((await store.holds.openApprovals({ now: NOW, elapsedMs: 999 })).digests.length, 1);
    await store.holds.useApprovals(lease, [digestOf(1)], NOW);
    t.false((await store.holds.openApprovals({ now: NOW, elapsedMs: 999 })).covers("key 1"));
  });

  contract("a release wakes a person, and lets them through until it expires", async (t, store) => {
    const release = {
      user: userId("ana"),
      releasedAt: NOW,
      expiresAt: LATER,
      expiresElapsedMs: 1_000,
      author: "bo",
      reason: "urgent",
    };
    await store.holds.release(release, anEvent());
    t.deepEqual(await store.holds.openReleases({ now: NOW, elapsedMs: 999 }), new Set([userId("ana")]));
    t.deepEqual(await store.holds.openReleases({ now: LATER, elapsedMs: 999 }), new Set());
    t.like(
      (await store.wakes.due(NOW, 10))[0],
      { user: userId("ana"), reason: "leaver" },
      "whoever works looks at once",
    );
  });
}

function aHeld(user: string, key = "k"): HeldRecord {
  return {
    user: userId(user),
    label: `${user}@acme.example`,
    key,
    hold: "over-limit",
    detail: "37 deactivations: limit 12.",
  };
}

function heldContract(contract: StoreContract): void {
  const shown = async (store: Store): Promise<readonly string[]> =>
    (await store.holds.held(10)).items.map(({ user, key }) => `${user} ${key}`);

  contract("what is held is replaced for everybody, or for some people only", async (t, store) => {
    const lease = await takeLease(store);
    await store.holds.recordHeld(lease, null, each([aHeld("ana"), aHeld("bo"), aHeld("bo", "l")]));
    t.deepEqual(await store.holds.held(1), { total: 3, items: [aHeld("ana")] });
    await store.holds.recordHeld(lease, [userId("bo"), userId("dana")], each([aHeld("dana")]));
    t.deepEqual(await shown(store), ["ana k", "dana k"]);
    await store.holds.recordHeld(lease, null, each([aHeld("zoe")]));
    t.deepEqual(await shown(store), ["zoe k"]);
  });

  contract(
    "what only follows from another hold is neither listed nor counted; people are counted by kind",
    async (t, store) => {
      const lease = await takeLease(store);
      const held: readonly HeldRecord[] = [
        aHeld("ana", '["deactivate-account","ana","a"]'),
        aHeld("ana", '["delete-account","ana","a"]'),
        { ...aHeld("ana", '["release-seat","ana","s"]'), hold: "waits-for-held" },
        { ...aHeld("bo", '["assign-seat","bo","s"]'), hold: "no-free-seat" },
        { ...aHeld("cy", '["deactivate-account","cy","c"]'), hold: "protected-account" },
      ];
      await store.holds.recordHeld(lease, null, each(held));
      const { total, items } = await store.holds.held(10);
      t.is(total, 3);
      t.deepEqual(items, [held[0]!, held[1]!, held[4]!]);
      const kinds = ["deactivate-account", "delete-account"] as const;
      t.is(await store.holds.heldPeople(kinds, ["over-limit"]), 1);
      t.is(await store.holds.heldPeople(kinds, ["over-limit", "protected-account"]), 2);
      t.is(await store.holds.heldPeople(["release-seat"], ["over-limit"]), 0);
    },
  );

  contract("what is held of one person is listed whole, echoes too, as the newest listing has it", async (t, store) => {
    const lease = await takeLease(store);
    const own: readonly HeldRecord[] = [aHeld("ana"), { ...aHeld("ana", "l"), hold: "waits-for-held" }];
    await store.holds.recordHeld(lease, null, each([aHeld("ana", "older")]));
    await store.holds.recordHeld(lease, null, each([own[0]!, aHeld("bo"), own[1]!]));
    t.deepEqual(await store.holds.heldOf(userId("ana")), own);
    t.deepEqual(await store.holds.heldOf(userId("cy")), []);
  });

  contract("a listing of what is held that was interrupted changes nothing", async (t, store) => {
    const lease = await takeLease(store);
    await store.holds.recordHeld(lease, null, each([aHeld("ana")]));
    async function* broken(): AsyncGenerator<HeldRecord> {
      for (let index = 0; index < 1_500; index += 1) yield aHeld(`u${index}`);
      throw new RangeError("no more");
    }
    await t.throwsAsync(store.holds.recordHeld(lease, null, broken()), { instanceOf: RangeError });
    t.deepEqual(await shown(store), ["ana k"]);
    await store.holds.recordHeld(lease, null, each([aHeld("bo")]));
    t.deepEqual(await shown(store), ["bo k"]);
  });

  contract("who waits for a seat is listed as it was recorded", async (t, store) => {
    const lease = await takeLease(store);
    const waiting: Waiting = {
      user: userId("ana"),
      label: "ana@acme.example",
      seat: "standard" as Seat,
      place: 1,
      reason: "over capacity",
    };
    const second = { ...waiting, user: userId("bo"), place: 2 };
    await store.holds.recordWaiting(lease, [waiting, second]);
    t.deepEqual(await store.holds.waiting(), [waiting, second]);
    await store.holds.recordWaiting(lease, [{ ...second, place: 1 }]);
    t.deepEqual(await store.holds.waiting(), [{ ...second, place: 1 }]);
  });
}

function aToken(id: string, parts: Partial<TokenRecord> = {}): TokenRecord {
  return {
    id,
    scope: "scim",
    directory: ACME,
    hash: "ab".repeat(32),
    createdAt: NOW,
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
    replacedBy: null,
    ...parts,
  };
}

function tokenContract(contract: StoreContract): void {
  contract(
    "tokens come back as they were put, oldest first, and a revocation keeps its first time",
    async (t, store) => {
      const admin = aToken("t2", { scope: "admin", directory: null, expiresAt: LATER });
      await store.tokens.put(aToken("t9"), anEvent());
      await store.tokens.put(admin, anEvent());
      t.deepEqual(await store.tokens.list(), [aToken("t9"), admin]);
      t.deepEqual(await store.tokens.get("t2"), admin);
      t.is(await store.tokens.get("t3"), undefined);
      await store.tokens.revoke("t9", NOW, anEvent());
      await store.tokens.revoke("t9", LATER, anEvent());
      t.is((await store.tokens.get("t9"))?.revokedAt, NOW);
      await t.throwsAsync(store.tokens.revoke("t3", NOW, anEvent()), { instanceOf: UnknownSubjectError });
    },
  );

  contract(
    "a token that is rotated ends with the making of its successor, and never later than before",
    async (t, store) => {
      const soon = at("2026-11-23T12:00:00.000Z");
      for (const [id, expiresAt] of [
        ["t1", null],
        ["t2", LATER],
        ["t3", soon],
        ["t4", null],
      ] as const) {
        await store.tokens.put(aToken(id, { expiresAt }), anEvent());
      }
      await store.tokens.replace("t1", { expiresAt: LATER }, aToken("n1"), [anEvent(), anEvent()]);
      await store.tokens.replace("t2", { expiresAt: soon }, aToken("n2"), [anEvent()]);
      await store.tokens.replace("t3", { expiresAt: LATER }, aToken("n3"), [anEvent()]);
      await store.tokens.replace("t4", { revokedAt: NOW }, aToken("n4"), [anEvent()]);
      const ends = (await store.tokens.list()).map(({ id, expiresAt, revokedAt, replacedBy }) => [
        id,
        expiresAt ?? revokedAt,
        replacedBy,
      ]);
      t.deepEqual(ends.slice(0, 4), [
        ["t1", LATER, "n1"],
        ["t2", soon, "n2"],
        ["t3", soon, "n3"],
        ["t4", NOW, "n4"],
      ]);
      t.deepEqual(
        ends.slice(4).map(([id]) => id),
        ["n1", "n2", "n3", "n4"],
      );
      for (const id of ["t1", "t4", "unknown"]) {
        await t.throwsAsync(store.tokens.replace(id, { revokedAt: NOW }, aToken(`of-${id}`), [anEvent()]), {
          instanceOf: UnknownSubjectError,
        });
        t.is(await store.tokens.get(`of-${id}`), undefined);
      }
    },
  );

  contract("when a token was last used is kept to the minute, and never goes back", async (t, store) => {
    await store.tokens.put(aToken("t1"), anEvent());
    const used = async (when: string): Promise<string | null | undefined> => {
      await store.tokens.touch("t1", at(when));
      return (await store.tokens.get("t1"))?.lastUsedAt;
    };
    t.is(await used("2026-11-23T12:01:59.999Z"), at("2026-11-23T12:01:00.000Z"));
    t.is(await used("2026-11-23T12:01:10.000Z"), at("2026-11-23T12:01:00.000Z"));
    t.is(await used("2026-11-23T12:02:00.000Z"), at("2026-11-23T12:02:00.000Z"));
    t.is(await used("2026-11-23T12:01:00.000Z"), at("2026-11-23T12:02:00.000Z"));
    await t.notThrowsAsync(store.tokens.touch("unknown", NOW));
  });
}

function evidenceContract(contract: StoreContract): void {
  contract("the audit log comes in pages, from a row on or between two times", async (t, store) => {
    await store.evidence.audit(anEvent({ subject: "a", at: NOW, detail: { b: [1, null], a: "\u2028" } }));
    await store.evidence.audit(anEvent({ subject: "b", at: LATER }));
    await store.evidence.audit(anEvent({ subject: "c", at: NOW, action: "other.done" }));
    const asked = async (parts: Partial<AuditQuery>): Promise<string> => {
      const rows = await store.evidence.auditRows({ after: null, since: null, until: null, limit: 10, ...parts });
      return rows.map(({ sequence, subject }) => `${sequence}${subject}`).join(" ");
    };
    t.is(await asked({}), "1a 2b 3c");
    t.is(await asked({ limit: 2 }), "1a 2b");
    t.is(await asked({ after: 2 }), "3c");
    t.is(await asked({ since: LATER }), "2b");
    t.is(await asked({ until: LATER }), "1a 3c");
    const [first] = await store.evidence.auditRows({ after: null, since: null, until: null, limit: 1 });
    t.like(first, { ...anEvent({ subject: "a", detail: { b: [1, null], a: "\u2028" } }) });
    t.regex(first?.hash ?? "", /^[0-9a-f]{64}$/);
    const about = await store.evidence.auditOf("b");
    t.deepEqual(
      about.map(({ sequence }) => sequence),
      [2],
    );
    t.deepEqual(await store.evidence.auditOf("d"), []);
  });

  contract("the audit chain is checked page by page, and goes on from a place that is known", async (t, store) => {
    t.deepEqual(await store.evidence.checkAudit(null, 10), { whole: [], broken: null });
    for (const subject of ["a", "b", "c"]) await store.evidence.audit(anEvent({ subject }));
    const first = await store.evidence.checkAudit(null, 2);
    t.deepEqual([first.whole.map(({ sequence }) => sequence), first.broken], [[1, 2], null]);
    const second = await store.evidence.checkAudit(first.whole[1]!, 2);
    t.deepEqual([second.whole.map(({ subject }) => subject), second.broken], [["c"], null]);
    t.deepEqual(await store.evidence.checkAudit(second.whole[0]!, 2), { whole: [], broken: null });
    const wrong = await store.evidence.checkAudit({ sequence: 2, hash: "0".repeat(64) }, 2);
    t.deepEqual(wrong, { whole: [], broken: { kind: "altered", sequence: 3 } });
  });

  contract("staged people are counted per directory", async (t, store) => {
    t.deepEqual(await store.evidence.stagedCounts(), []);
    const [, , gone] = await stage(
      store,
      aUser(),
      aUser({ active: false }),
      aUser({ active: false }),
      aUser({ directory: "other" }),
    );
    await remove(store, gone!);
    const counts = await store.evidence.stagedCounts();
    t.deepEqual(
      counts.map(({ lastPushAt: _, ...rest }) => rest),
      [
        { directory: ACME, active: 1, inactive: 1, deleted: 1 },
        { directory: "other" as DirectoryId, active: 1, inactive: 0, deleted: 0 },
      ],
    );
    t.true(counts.every(({ lastPushAt }) => lastPushAt !== null));
  });

  contract("the size of the last complete listing is kept per product", async (t, store) => {
    const lease = await takeLease(store);
    t.is(await store.evidence.lastObserved("sandbox"), null);
    await store.evidence.putObserved(lease, { accounts: 10, unlinkedActive: 2, tenant: null, at: NOW });
    await store.evidence.putObserved(lease, { accounts: 11, unlinkedActive: 0, tenant: "org_1", at: LATER });
    t.deepEqual(await store.evidence.lastObserved("sandbox"), {
      accounts: 11,
      unlinkedActive: 0,
      tenant: "org_1",
      at: LATER,
    });
    t.is(await store.evidence.lastObserved("calendly"), null);
  });

  contract("people are named by their userName, deleted ones too", async (t, store) => {
    const ana = aUser({ userName: "Ana@acme.example" });
    const other = aUser({ directory: "other", userName: "bo@other.example" });
    await stage(store, ana, other);
    await remove(store, ana);
    const names = await store.evidence.namesOf([ana.id, other.id, userId("nobody")]);
    t.deepEqual(
      [...names].sort(),
      [[ana.id, "Ana@acme.example"] as const, [other.id, "bo@other.example"] as const].sort(),
    );
    t.is((await store.evidence.namesOf([])).size, 0);
  });

  contract(
    "people are found by id, userName, e-mail or externalId, in every directory, deleted ones too",
    async (t, store) => {
      const ana = aUser({ userName: "Ana@acme.example", email: "lind@acme.example", externalId: "X1" });
      const other = aUser({ directory: "other", userName: "ana@acme.example", externalId: "X1" });
      await stage(store, ana, other);
      const both = [ana.id, other.id].sort();
      t.deepEqual(await store.evidence.findPeople("ANA@acme.example"), both);
      await remove(store, ana);
      t.deepEqual(await store.evidence.findPeople("ANA@acme.example"), both);
      t.deepEqual(await store.evidence.findPeople("X1"), both);
      t.deepEqual(await store.evidence.findPeople("x1"), []);
      t.deepEqual(await store.evidence.findPeople("LIND@acme.example"), [ana.id]);
      t.deepEqual(await store.evidence.findPeople(ana.id), [ana.id]);
      t.deepEqual(await store.evidence.findPeople(""), []);
    },
  );

  contract("a tombstone whose place somebody took answers to its id alone", async (t, store) => {
    const before = aUser({ userName: "ana@acme.example", email: "ana@acme.example", externalId: "X1" });
    const after = aUser({ userName: "ana@acme.example", email: "ana@acme.example", externalId: "X1" });
    await stage(store, before);
    await remove(store, before);
    await stage(store, after);
    await store.write(ACME, (tx) => tx.inherit(before.id, after.id));
    t.deepEqual(await store.evidence.findPeople("ana@acme.example"), [after.id]);
    t.deepEqual(await store.evidence.findPeople("X1"), [after.id]);
    t.deepEqual(await store.evidence.findPeople(before.id), [before.id]);
  });

  contract("userNames are listed by how they begin, without those of deleted people", async (t, store) => {
    const gone = aUser({ userName: "anke@acme.example" });
    const names = ["bo@acme.example", "Ana@acme.example", "AN\u{1f600}", "anb%"];
    await stage(
      store,
      gone,
      ...names.map((userName) => aUser({ userName })),
      aUser({ userName: "ana@x", directory: "other" }),
    );
    await remove(store, gone);
    t.deepEqual(await store.evidence.userNames("AN", 10), ["Ana@acme.example", "ana@x", "anb%", "AN\u{1f600}"]);
    t.deepEqual(await store.evidence.userNames("", 2), ["Ana@acme.example", "ana@x"]);
    t.deepEqual(await store.evidence.userNames("b%", 10), []);
  });
}
