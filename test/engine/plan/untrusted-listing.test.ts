import test from "ava";
import {
  accountOf,
  hire,
  NEVER,
  openTestBridge,
  replace,
  runFull,
  runUrgent,
  type TestBridge,
} from "../../support/bridge.ts";
import { STANDARD } from "../../support/plan-builders.ts";

const PEOPLE = 8;
const SEATS = 6;

const queue = async ({ store }: TestBridge): Promise<readonly string[]> =>
  (await store.holds.waiting()).map(({ label }) => label);

test("a broken listing neither fills the queue for seats nor empties it, and says nothing of over capacity", async (t) => {
  const bridge = await openTestBridge(t, { product: { seats: { standard: SEATS } } });
  for (let n = 0; n < PEOPLE; n += 1) {
    await hire(bridge, `p${n}@acme.example`);
    bridge.clock.advance(1);
  }
  await runFull(bridge);
  const waiting = await bridge.store.holds.waiting();
  t.is(waiting.length, PEOPLE - SEATS);
  const before = waiting.map(({ reason }) => reason);

  bridge.product.hide(({ role }) => role === "member");
  const { summary } = await runFull(bridge);
  t.false(summary.basis.observation.complete);
  t.deepEqual(summary.waiting, []);
  t.is(summary.tally.held["no-free-seat"], 0);
  t.is(summary.tally.held["observation-incomplete"], PEOPLE);
  t.deepEqual(await bridge.store.holds.waiting(), waiting, "the queue of the last good run stands");
  const dry = await bridge.services().reconciler.plan({ of: "everybody" }, NEVER, async ({ people }) => {
    const held = (await Array.fromAsync(people())).flatMap((person) => person.held.map(({ hold }) => hold));
    return new Set(held);
  });
  t.deepEqual(dry, new Set(["observation-incomplete", "waits-for-held"]));

  bridge.product.hide(null);
  await runFull(bridge);
  t.deepEqual(
    (await bridge.store.holds.waiting()).map(({ reason }) => reason),
    before,
  );
});

test("nobody is new to the queue by a broken listing, though their own account was in it", async (t) => {
  const bridge = await openTestBridge(t, { product: { seats: { standard: 1 } } });
  const bo = await hire(bridge, "bo@acme.example", { userType: "Contractor" });
  for (let n = 0; n < 5; n += 1) await hire(bridge, `c${n}@acme.example`, { userType: "Contractor" });
  await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  await replace(bridge, bo.id, "bo@acme.example");
  bridge.product.hide(({ profile }) => /^c\d/.test(profile.email));
  const { summary } = await runFull(bridge);
  t.is(summary.tally.held["no-free-seat"], 1);
  t.deepEqual(await queue(bridge), []);
  bridge.product.hide(null);
  await runFull(bridge);
  t.deepEqual(await queue(bridge), ["bo@acme.example"]);
});

test("a seat that a mover frees in an urgent run wakes the first who waits for one", async (t) => {
  const bridge = await openTestBridge(t, { product: { seats: { standard: 1 } } });
  const ana = await hire(bridge, "ana@acme.example");
  bridge.clock.advance(1);
  await hire(bridge, "bo@acme.example");
  bridge.clock.advance(1);
  await hire(bridge, "cy@acme.example");
  await runFull(bridge);
  t.deepEqual(await queue(bridge), ["bo@acme.example", "cy@acme.example"]);
  await replace(bridge, ana.id, "ana@acme.example", { userType: "Contractor" });
  await runUrgent(bridge);
  t.is(accountOf(bridge, "ana@acme.example")?.seat, null);
  t.is((await bridge.store.wakes.due(bridge.clock.now(), 10)).length, 1);
  await runUrgent(bridge);
  t.is(accountOf(bridge, "bo@acme.example")?.seat, STANDARD);
  t.deepEqual(await queue(bridge), ["cy@acme.example"]);
  t.is((await bridge.store.wakes.due(bridge.clock.now(), 10)).length, 0, "that ends it");
});
