import type { Condition, Notice } from "../../src/domain/alert.ts";
import type { Instant } from "../../src/domain/brand.ts";
import type { Hold } from "../../src/domain/plan.ts";
import type { AlertChanges, AlertState } from "../../src/ports/alerts.ts";
import type { HeldRecord } from "../../src/ports/holds.ts";
import type { Store } from "../../src/ports/store.ts";
import { NOW, at, each, takeLease, userId } from "./store-harness.ts";
import type { StoreContract } from "./store-harness.ts";

const SOON = at("2026-11-23T12:01:00.000Z");
const LATER = at("2026-11-23T13:00:00.000Z");

function aCondition(key: string, parts: Partial<Condition> = {}): Condition {
  return {
    key,
    topic: "held",
    severity: "warning",
    title: "Something is held",
    text: "Look at it.",
    counts: { people: 2 },
    size: 2,
    stage: 0,
    lastsMs: 0,
    ...parts,
  };
}

function aState(key: string, since: Instant = NOW): AlertState {
  const raised = { at: NOW, toldAt: NOW, size: 2, stage: 0, severity: "warning" as const, to: ["w1"] };
  return { condition: aCondition(key), since, grewAt: NOW, raised, clearSince: null };
}

function aNotice(id: string, parts: Partial<Notice> = {}): Notice {
  const { key, topic, severity, title, text, counts } = aCondition("held");
  return {
    id,
    event: "raised",
    ...{ key, topic, severity, title, text, counts },
    again: false,
    since: NOW,
    at: NOW,
    ...parts,
  };
}

const changes = (parts: Partial<AlertChanges>): AlertChanges => ({ put: [], remove: [], notices: [], ...parts });

async function queue(store: Store, ...notices: AlertChanges["notices"]): Promise<void> {
  const { revision } = await store.alerts.list();
  await store.alerts.save(revision, changes({ notices }));
}

/** What is wrong, who was told, and what is on its way. */
export function alertsContract(contract: StoreContract): void {
  stateContract(contract);
  noticeContract(contract);

  contract("people are counted by why something of theirs is held, as the newest listing has it", async (t, store) => {
    t.deepEqual(await store.holds.heldByReason(), new Map());
    const lease = await takeLease(store);
    const held = (user: string, key: string, hold: Hold): HeldRecord => ({
      user: userId(user),
      label: `${user}@acme.example`,
      key,
      hold,
      detail: "No.",
    });
    await store.holds.recordHeld(lease, null, each([held("ana", "1", "contested")]));
    const rows = [
      held("ana", "1", "over-limit"),
      held("ana", "2", "over-limit"),
      held("ana", "3", "waits-for-held"),
      held("bo", "1", "over-limit"),
      held("cleo", "1", "no-free-seat"),
    ];
    await store.holds.recordHeld(lease, null, each(rows));
    t.deepEqual([...(await store.holds.heldByReason())].toSorted(), [
      ["no-free-seat", 1],
      ["over-limit", 2],
      ["waits-for-held", 1],
    ]);
  });
}

function stateContract(contract: StoreContract): void {
  contract("alerts are kept as they were seen, the oldest first, until they are over", async (t, store) => {
    t.deepEqual((await store.alerts.list()).states, []);
    const first = await store.alerts.list();
    t.true(await store.alerts.save(first.revision, changes({ put: [aState("b", LATER), aState("c"), aState("a")] })));
    const second = await store.alerts.list();
    t.deepEqual(second.states, [aState("a"), aState("c"), aState("b", LATER)]);
    const worse = { ...aState("c"), clearSince: LATER, raised: null };
    t.true(await store.alerts.save(second.revision, changes({ put: [worse], remove: ["a", "never"] })));
    t.deepEqual((await store.alerts.list()).states, [worse, aState("b", LATER)]);
  });

  contract("of two who saw the same, one saves, and the other writes nothing", async (t, store) => {
    const { revision } = await store.alerts.list();
    const notices = [{ webhook: "w1", notice: aNotice("n") }];
    const saved = await Promise.all(
      ["a", "b", "c"].map((key) => store.alerts.save(revision, changes({ put: [aState(key)], notices }))),
    );
    t.deepEqual(saved, [true, false, false]);
    t.deepEqual((await store.alerts.list()).states, [aState("a")]);
    t.truthy(await store.alerts.claim("w1", NOW, NOW));
    t.deepEqual((await store.alerts.giveUp(LATER)).length, 1, "one notice, not three");
  });
}

function noticeContract(contract: StoreContract): void {
  contract("the notices of each webhook come one by one, in their order, to one who claims them", async (t, store) => {
    await queue(
      store,
      { webhook: "w1", notice: aNotice("n1") },
      { webhook: "w2", notice: aNotice("n2") },
      { webhook: "w1", notice: aNotice("n3", { event: "cleared" }) },
    );
    t.is(await store.alerts.claim("w3", NOW, SOON), undefined);
    const claims = await Promise.all([1, 2, 3].map(() => store.alerts.claim("w1", NOW, SOON)));
    const [first, ...others] = claims.filter((claim) => claim !== undefined);
    t.deepEqual(others, []);
    t.like(first, { webhook: "w1", attempts: 0, notice: aNotice("n1") });
    t.deepEqual((await store.alerts.claim("w2", NOW, SOON))?.notice, aNotice("n2"));
    t.is((await store.alerts.claim("w1", SOON, LATER))?.notice.id, "n1", "whoever claimed it has not come back");
    await store.alerts.delivered(first!.sequence);
    t.deepEqual((await store.alerts.claim("w1", NOW, SOON))?.notice, aNotice("n3", { event: "cleared" }));
  });

  contract("what was not taken waits for its time, and what is behind it waits too", async (t, store) => {
    await queue(store, { webhook: "w1", notice: aNotice("n1") }, { webhook: "w1", notice: aNotice("n2") });
    const first = await store.alerts.claim("w1", NOW, SOON);
    await store.alerts.postpone(first!.sequence, 1, LATER);
    t.is(await store.alerts.claim("w1", SOON, LATER), undefined);
    t.like(await store.alerts.claim("w1", LATER, LATER), { sequence: first!.sequence, attempts: 1 });
  });

  contract("a clock that was set back by hours does not keep a notice waiting", async (t, store) => {
    await queue(store, { webhook: "w1", notice: aNotice("n1", { at: LATER }) });
    const back = at("2026-11-23T08:00:00.000Z");
    t.is((await store.alerts.claim("w1", back, SOON))?.notice.id, "n1");
  });

  contract("what is too old is given up, and told once", async (t, store) => {
    await queue(
      store,
      { webhook: "w1", notice: aNotice("n1") },
      { webhook: "w1", notice: aNotice("n2", { at: LATER }) },
      { webhook: "gone", notice: aNotice("n3") },
    );
    t.deepEqual(await store.alerts.giveUp(NOW), []);
    t.deepEqual(
      (await store.alerts.giveUp(SOON)).map(({ notice }) => notice.id),
      ["n1", "n3"],
    );
    t.deepEqual(await store.alerts.giveUp(SOON), []);
    t.is((await store.alerts.claim("w1", LATER, LATER))?.notice.id, "n2");
  });
}
