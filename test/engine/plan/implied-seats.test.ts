import test from "ava";
import { ConnectorError } from "../../../src/domain/errors.ts";
import {
  accountOf,
  hire,
  openTestBridge,
  patch,
  runFull,
  runUrgent,
  type BridgeOptions,
  type TestBridge,
} from "../../support/bridge.ts";
import { STANDARD } from "../../support/plan-builders.ts";

// Products in which each account that is not deactivated has a seat; the owner has one, too.

const MINUTES_20 = 20 * 60_000;
const IMPLIED = { seatHandling: "implied", bookingOrder: "bookings-first" } as const;

const KINDS = {
  "a product that counts": (bought: number): BridgeOptions => ({
    product: { ...IMPLIED, seats: { standard: bought } },
  }),
  "configured pools": (bought: number): BridgeOptions => ({
    product: { ...IMPLIED, seats: { standard: bought }, seatCounts: false },
    seats: new Map([[STANDARD, bought]]),
  }),
  "nobody who counts": (bought: number): BridgeOptions => ({
    product: { ...IMPLIED, seats: { standard: bought }, seatCounts: false },
  }),
} as const;

async function join(bridge: TestBridge, names: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const ids: Record<string, string> = {};
  for (const name of names) {
    ids[name] = (await hire(bridge, `${name}@acme.example`)).id;
    bridge.clock.advance(1);
  }
  return ids;
}

const present = (bridge: TestBridge, names: readonly string[]) =>
  names.filter((name) => accountOf(bridge, `${name}@acme.example`)?.status === "active");
const queue = async ({ store }: TestBridge) => (await store.holds.waiting()).map(({ label }) => label.split("@")[0]);
const refusals = ({ product }: TestBridge) =>
  product.writes.filter(({ change, effect }) => change.kind === "create-account" && effect === "failed").length;

for (const [kind, optionsOf] of Object.entries(KINDS)) {
  test(`${kind}: whoever finds no seat waits, and whoever leaves makes room in the same plan`, async (t) => {
    const bridge = await openTestBridge(t, optionsOf(4));
    const names = ["a", "b", "c", "d", "e"];
    const ids = await join(bridge, names);
    await runFull(bridge);
    t.is(present(bridge, names).length, 3);
    t.is((await queue(bridge)).length, 2);
    t.is((await bridge.store.wakes.failures()).length, 0, "to wait is not to fail");
    const [first] = present(bridge, names);
    const waiting = await queue(bridge);
    await patch(bridge, ids[first!]!, { active: false });
    bridge.clock.advance(MINUTES_20);
    const before = refusals(bridge);
    t.is((await runFull(bridge)).outcome, "done");
    t.deepEqual(await queue(bridge), waiting.slice(1));
    t.true(present(bridge, names).includes(waiting[0]!));
    t.true(refusals(bridge) - before <= (kind === "nobody who counts" ? 1 : 0));
    t.is(accountOf(bridge, `${first}@acme.example`)?.seat, null);
    t.is((await bridge.store.evidence.proofs(ids[first!] as never)).length, 1);
  });

  test(`${kind}: a seat is not handed on where shutting its account failed`, async (t) => {
    const bridge = await openTestBridge(t, optionsOf(2));
    const { a } = await join(bridge, ["a"]);
    await runFull(bridge);
    await join(bridge, ["b"]);
    await runFull(bridge);
    await patch(bridge, a!, { active: false });
    bridge.product.hook((moment, change) => {
      if (moment === "before" && change.kind === "deactivate-account") throw new ConnectorError("rejected", "not now");
    });
    bridge.clock.advance(MINUTES_20);
    const before = refusals(bridge);
    await runFull(bridge);
    const asked = kind === "nobody who counts" ? 1 : 0;
    t.is(
      refusals(bridge) - before,
      asked,
      "nobody asks for a seat that was not freed, but to learn whether there is one",
    );
    t.deepEqual(await queue(bridge), ["b"]);
    bridge.product.hook(null);
    bridge.clock.advance(MINUTES_20);
    await runFull(bridge);
    t.deepEqual(present(bridge, ["a", "b"]), ["b"]);
  });

  test(`${kind}: whoever returns and finds no seat waits for one`, async (t) => {
    const bridge = await openTestBridge(t, optionsOf(2));
    const { a } = await join(bridge, ["a"]);
    await runFull(bridge);
    await patch(bridge, a!, { active: false });
    await runFull(bridge);
    const { b } = await join(bridge, ["b"]);
    bridge.clock.advance(MINUTES_20);
    await runFull(bridge);
    await patch(bridge, a!, { active: true });
    await runUrgent(bridge);
    t.deepEqual(await queue(bridge), ["a"]);
    t.is((await bridge.store.wakes.failures()).length, 0);
    await patch(bridge, b!, { active: false });
    bridge.clock.advance(MINUTES_20);
    await runFull(bridge);
    t.deepEqual(present(bridge, ["a", "b"]), ["a"]);
    t.deepEqual(await queue(bridge), []);
  });
}

test("an account of which nobody knows whether it was made may hold the seat", async (t) => {
  const bridge = await openTestBridge(t, KINDS["configured pools"](3));
  await join(bridge, ["a", "b"]);
  await runFull(bridge);
  await join(bridge, ["c", "d"]);
  bridge.product.state.buySeats(STANDARD, 5);
  bridge.product.hook((moment, change) => {
    if (moment === "after" && change.kind === "create-account") throw new ConnectorError("unavailable", "no answer");
  });
  const bought = new Map([[STANDARD, 4]]);
  bridge.restart({ product: { seats: bought } });
  bridge.clock.advance(MINUTES_20);
  await runFull(bridge);
  bridge.product.hook(null);
  bridge.clock.advance(MINUTES_20);
  await runUrgent(bridge);
  t.is(bridge.product.state.accounts.size, 4);
  t.deepEqual(await queue(bridge), ["d"]);
});

test("a product without seats that refuses for want of one fails that person, clearly, and not the others", async (t) => {
  const bridge = await openTestBridge(t, { product: { seatHandling: "none" } });
  await join(bridge, ["a", "b"]);
  bridge.product.hook((moment, change) => {
    if (moment === "before" && change.kind === "create-account" && change.desired.profile.email.startsWith("a@"))
      throw new ConnectorError("no-seat", "the plan is full");
  });
  const { outcome, failed } = await runFull(bridge);
  t.is(outcome, "partial");
  t.deepEqual(
    failed.map(({ reason }) => reason),
    [
      "in-memory refuses for want of a seat (the plan is full), though as far as its connector knows in-memory has no seats. Free or buy a seat in the product; where it is connected by a recipe, say there that seats are implied.",
    ],
  );
  t.deepEqual(present(bridge, ["a", "b"]), ["b"]);
  t.deepEqual(await queue(bridge), []);
  bridge.product.hook(null);
  bridge.clock.advance(MINUTES_20);
  await runUrgent(bridge);
  t.deepEqual(present(bridge, ["a", "b"]), ["a", "b"]);
});
