import test, { type ExecutionContext } from "ava";
import type { DirectoryUser } from "../../../src/domain/directory.ts";
import { ConnectorError } from "../../../src/domain/errors.ts";
import type { Connector } from "../../../src/ports/connector.ts";
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
import { Killed } from "../../support/mortal.ts";
import { STANDARD } from "../../support/plan-builders.ts";

const MINUTES_20 = 20 * 60_000;

/** How seats may be known; the product has so many of them in every case. */
const KINDS = {
  "a product that counts": (bought: number): BridgeOptions => ({ product: { seats: { standard: bought } } }),
  "configured pools": (bought: number): BridgeOptions => ({
    product: { seats: { standard: 1_000 }, seatCounts: false },
    seats: new Map([[STANDARD, bought]]),
  }),
  "nobody who counts": (bought: number): BridgeOptions => ({
    product: { seats: { standard: bought }, seatCounts: false },
  }),
} as const;

const used = ({ product }: TestBridge): number =>
  [...product.state.accounts.values()].filter(({ seat }) => seat === STANDARD).length;

const refusals = ({ product }: TestBridge): number =>
  product.writes.filter(({ change, effect }) => change.kind === "assign-seat" && effect === "failed").length;

const queue = async ({ store }: TestBridge): Promise<readonly string[]> =>
  (await store.holds.waiting()).map(({ label }) => label.split("@")[0] ?? "");

/** The first who looks at the product waits until it is opened; `begun` resolves when they have come. */
function gate() {
  const begun = Promise.withResolvers<undefined>();
  const opened = Promise.withResolvers<undefined>();
  let isFirst = true;
  const around = (connector: Connector): Connector => ({
    ...connector,
    async observe(signal, urgent) {
      const waits = isFirst;
      isFirst = false;
      begun.resolve(undefined);
      if (waits) await opened.promise;
      return connector.observe(signal, urgent);
    },
  });
  return { around, begun: begun.promise, open: () => opened.resolve(undefined) };
}

/** Opens a bridge whose product never holds more seats than were bought, whatever happens. */
async function open(t: ExecutionContext, options: BridgeOptions, bought: number): Promise<TestBridge> {
  const bridge = await openTestBridge(t, options);
  bridge.product.hook((moment) => {
    if (moment === "after") t.true(used(bridge) <= bought, `${used(bridge)} of ${bought} seats are used`);
  });
  return bridge;
}

/** One after the other, so that their places in the queue are known: p00, p01 and so on. */
async function join(bridge: TestBridge, from: number, count: number): Promise<readonly DirectoryUser[]> {
  const people: DirectoryUser[] = [];
  for (let n = from; n < from + count; n += 1) {
    people.push(await hire(bridge, `p${String(n).padStart(2, "0")}@acme.example`));
    bridge.clock.advance(1);
  }
  return people;
}

const names = (from: number, end: number): readonly string[] =>
  Array.from({ length: end - from }, (_, n) => `p${String(from + n).padStart(2, "0")}`);

for (const [kind, optionsOf] of Object.entries(KINDS)) {
  test(`${kind}: of 50 who join for 10 seats the first ten have one, and the others wait in their order`, async (t) => {
    const bridge = await open(t, optionsOf(10), 10);
    await join(bridge, 0, 50);
    await runFull(bridge);
    t.is(used(bridge), 10);
    const waiting = await queue(bridge);
    t.is(waiting.length, 40);
    t.deepEqual(
      waiting,
      names(0, 50).filter((name) => accountOf(bridge, `${name}@acme.example`)?.seat !== STANDARD),
    );
    const [first] = await bridge.store.holds.waiting();
    t.regex(first!.reason, /^over capacity: .*, 40 waiting$/);
    t.is((await bridge.store.wakes.failures()).length, 0, "to wait is not to fail");
    if (kind === "nobody who counts") t.regex(first!.reason, /no standard seat left \(the product said so\)/);
    else t.deepEqual(waiting, names(10, 50));
  });

  test(`${kind}: leavers who free three seats let the next three of the queue in, in the same run`, async (t) => {
    const bridge = await open(t, optionsOf(4), 4);
    const people = await join(bridge, 0, 4);
    await runFull(bridge);
    await join(bridge, 4, 5);
    bridge.clock.advance(MINUTES_20);
    await runFull(bridge);
    t.deepEqual([...(await queue(bridge))].sort(), names(4, 9));
    for (const { id } of people.slice(0, 3)) await patch(bridge, id, { active: false });
    bridge.clock.advance(MINUTES_20);
    const before = refusals(bridge);
    await runFull(bridge);
    t.is(used(bridge), 4);
    for (const name of names(4, 7)) t.is(accountOf(bridge, `${name}@acme.example`)?.seat, STANDARD, name);
    t.deepEqual(await queue(bridge), names(7, 9));
    t.true(refusals(bridge) - before <= 1);
  });

  test(`${kind}: an urgent run overtakes nobody who waits, and a seat that it frees goes to the first of them`, async (t) => {
    const bridge = await open(t, optionsOf(2), 2);
    const [leaver] = await join(bridge, 0, 2);
    await runFull(bridge);
    await join(bridge, 2, 2);
    await runUrgent(bridge);
    await join(bridge, 4, 1);
    await runUrgent(bridge);
    t.deepEqual(await queue(bridge), names(2, 5));
    await patch(bridge, leaver!.id, { active: false });
    await runUrgent(bridge);
    t.is(accountOf(bridge, "p02@acme.example")?.seat, STANDARD);
    t.deepEqual(await queue(bridge), names(3, 5));
  });

  test(`${kind}: killed anywhere, it gives no seat twice and keeps the order`, async (t) => {
    for (let step = 20; step <= 140; step += 24) {
      const bridge = await open(t, optionsOf(3), 3);
      const [leaver] = await join(bridge, 0, 3);
      await runFull(bridge);
      await join(bridge, 3, 3);
      await patch(bridge, leaver!.id, { active: false });
      bridge.clock.advance(MINUTES_20);
      bridge.life().killAt(bridge.life().steps.length + step);
      await runFull(bridge).catch((error: unknown) => t.true(error instanceof Killed));
      bridge.restart();
      for (let n = 0; n < 3; n += 1) {
        bridge.clock.advance(MINUTES_20);
        await runFull(bridge);
      }
      t.is(used(bridge), 3, `killed at ${step}`);
      const without = names(3, 6).filter((name) => accountOf(bridge, `${name}@acme.example`)?.seat !== STANDARD);
      t.deepEqual(await queue(bridge), without, `killed at ${step}`);
      // Where nobody counts, those who are tried at the same time when a pool runs empty may come in first.
      if (kind !== "nobody who counts") t.deepEqual(without, names(4, 6), `killed at ${step}`);
    }
  });
}

test("where nobody counts, a run asks at most once for a seat that the product said is not there", async (t) => {
  const bridge = await open(t, KINDS["nobody who counts"](1), 1);
  await join(bridge, 0, 8);
  await runFull(bridge);
  for (let n = 0; n < 3; n += 1) {
    bridge.clock.advance(MINUTES_20);
    const before = refusals(bridge);
    await runFull(bridge);
    t.is(refusals(bridge) - before, 1);
    await patch(bridge, (await bridge.store.holds.waiting())[3]!.user, { title: `Clerk ${n}` });
    await runUrgent(bridge);
    t.is(refusals(bridge) - before, 1, "an urgent run does not ask");
    t.is((await queue(bridge)).length, 7);
  }
});

test("where nobody counts, seats that were bought are found by the next runs", async (t) => {
  const bridge = await openTestBridge(t, KINDS["nobody who counts"](1));
  await join(bridge, 0, 20);
  await runFull(bridge);
  t.is(used(bridge), 1);
  bridge.product.state.buySeats(STANDARD, 99);
  for (let n = 0; n < 2; n += 1) {
    bridge.clock.advance(MINUTES_20);
    await runFull(bridge);
  }
  t.is(used(bridge), 20);
  t.deepEqual(await queue(bridge), []);
});

test("a seat that the product frees late lets the next one wait, not fail", async (t) => {
  const bridge = await openTestBridge(t, { product: { seats: { standard: 1 } } });
  const [leaver] = await join(bridge, 0, 1);
  await runFull(bridge);
  await join(bridge, 1, 2);
  await patch(bridge, leaver!.id, { active: false });
  bridge.product.hook((moment, change) => {
    if (moment === "before" && change.kind === "assign-seat") throw new ConnectorError("no-seat", "not yet");
  });
  await runFull(bridge);
  t.deepEqual(await queue(bridge), names(1, 3));
  t.is((await bridge.store.wakes.failures()).length, 0);
  bridge.product.hook(null);
  await runFull(bridge);
  t.is(accountOf(bridge, "p01@acme.example")?.seat, STANDARD);
  t.deepEqual(await queue(bridge), names(2, 3));
});

test("a product that makes no account without a seat lets the joiner wait for both", async (t) => {
  const bridge = await openTestBridge(t, KINDS["nobody who counts"](50));
  bridge.product.hook((moment, change) => {
    if (moment === "before" && change.kind === "create-account") throw new ConnectorError("no-seat", "buy more");
  });
  await join(bridge, 0, 3);
  await runFull(bridge);
  t.is(bridge.product.state.accounts.size, 1, "the owner's");
  t.deepEqual([...(await queue(bridge))].sort(), names(0, 3));
  bridge.product.hook(null);
  for (let n = 0; n < 2; n += 1) await runFull(bridge);
  t.is(used(bridge), 3);
  t.deepEqual(await queue(bridge), []);
});

test("whoever waits for a seat only is kept in step in everything else", async (t) => {
  const bridge = await open(t, KINDS["nobody who counts"](1), 1);
  await join(bridge, 0, 2);
  await runFull(bridge);
  const waiting = (await bridge.store.holds.waiting())[0]!;
  const account = accountOf(bridge, waiting.label);
  if (account === undefined) return t.fail("The first who is refused has an account by then.");
  await patch(bridge, waiting.user, { displayName: "Renamed" });
  await runUrgent(bridge);
  t.is(accountOf(bridge, waiting.label)?.profile.displayName, "Renamed");
  t.deepEqual(
    (await bridge.store.holds.waiting()).map(({ user }) => user),
    [waiting.user],
  );
});

test("whom the product will not have keeps no seat from those who wait", async (t) => {
  const bridge = await openTestBridge(t, { product: { seats: { standard: 1 } } });
  const [poison] = await join(bridge, 0, 2);
  bridge.product.hook((moment, change) => {
    if (moment === "before" && change.kind === "create-account" && change.desired.user === poison!.id)
      throw new ConnectorError("rejected", "not this one");
  });
  t.is((await runFull(bridge)).outcome, "partial");
  bridge.clock.advance(MINUTES_20);
  await runFull(bridge);
  t.is(accountOf(bridge, "p01@acme.example")?.seat, STANDARD);
  t.deepEqual(await queue(bridge), ["p00"]);
});

test("whoever came before anybody knew how many seats are in use has one as soon as it is known", async (t) => {
  const held = gate();
  const bridge = await open(t, { ...KINDS["configured pools"](5), around: held.around }, 5);
  bridge.product.state.addAccount({ profile: { email: "p00@acme.example", displayName: "Was there before" } });
  const full = runFull(bridge);
  await held.begun;
  await join(bridge, 0, 1);
  await runUrgent(bridge);
  t.is(used(bridge), 0);
  held.open();
  await full;
  await runUrgent(bridge);
  t.is(used(bridge), 1);
});
