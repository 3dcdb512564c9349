import test from "ava";
import { LeaseLostError, RunInProgressError, StoreBusyError } from "../../../src/domain/errors.ts";
import { createLeaseKeeper, LEASE_TTL_MS, type LeaseKeeper } from "../../../src/engine/runs/lease-keeper.ts";
import type { Lease, Leases } from "../../../src/ports/leases.ts";
import { anAmbient } from "../../support/bridge.ts";
import { createTestClock, type TestClock } from "../../support/test-clock.ts";

interface Setting {
  readonly keeper: LeaseKeeper;
  readonly clock: TestClock;
  readonly calls: string[];
  readonly leases: { -readonly [K in keyof Leases]: Leases[K] };
}

function open(onAcquired: (lease: Lease) => Promise<void> = () => Promise.resolve()): Setting {
  const clock = createTestClock();
  const calls: string[] = [];
  let epoch = 0;
  const leases: Setting["leases"] = {
    acquire: async (product, holder) => (calls.push("acquire"), { product, holder, epoch: ++epoch }),
    renew: async () => void calls.push("renew"),
    release: async () => void calls.push("release"),
  };
  const options = { leases, ambient: anAmbient(clock), product: "p", holder: "h", isDead: () => false };
  const keeper = createLeaseKeeper({
    ...options,
    async onAcquired(lease) {
      calls.push("onAcquired");
      await onAcquired(lease);
    },
  });
  return { keeper, clock, calls, leases };
}

/** Lets everything that waits for nothing but promises happen. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("one lease is shared, and let go with the last who uses it", async (t) => {
  const { keeper, calls } = open();
  const [one, two] = await Promise.all([keeper.hold(), keeper.hold()]);
  t.is(one.lease.epoch, two.lease.epoch);
  await one.release();
  await one.release();
  t.deepEqual(calls, ["acquire", "onAcquired"]);
  await two.release();
  t.deepEqual(calls, ["acquire", "onAcquired", "release"]);
  t.is((await keeper.hold()).lease.epoch, 2);
});

test("while another process holds it, a run is in progress; later it may be had", async (t) => {
  const { keeper, leases } = open();
  const { acquire } = leases;
  leases.acquire = async () => null;
  await t.throwsAsync(keeper.hold(), { instanceOf: RunInProgressError });
  leases.acquire = acquire;
  t.is((await keeper.hold()).lease.epoch, 1);
});

test("it is renewed for as long as it is used", async (t) => {
  const { keeper, clock, calls } = open();
  const held = await keeper.hold();
  for (let n = 0; n < 3; n += 1) {
    clock.advance(4_000);
    await settle();
  }
  await held.release();
  clock.advance(60_000);
  await settle();
  t.deepEqual(calls, ["acquire", "onAcquired", "renew", "renew", "renew", "release"]);
  t.false(held.signal.aborted);
});

test("a lease that was taken over aborts whoever uses it, and the next one is a new one", async (t) => {
  const { keeper, clock, leases } = open();
  const held = await keeper.hold();
  leases.renew = () => Promise.reject(new LeaseLostError("gone"));
  clock.advance(4_000);
  await settle();
  t.true(held.signal.aborted);
  t.true(held.signal.reason instanceof LeaseLostError);
  await held.release();
  const next = await keeper.hold();
  t.false(next.signal.aborted);
  t.is(next.lease.epoch, 2);
});

test("one renewal that fails is made up for; failing for most of its time ends the lease before it expires", async (t) => {
  const { keeper, clock, leases } = open();
  const held = await keeper.hold();
  leases.renew = () => Promise.reject(new StoreBusyError("busy"));
  clock.advance(4_000);
  await settle();
  t.false(held.signal.aborted);
  let waitedMs = 4_000;
  while (!held.signal.aborted && waitedMs < 60_000) {
    clock.advance(4_000);
    waitedMs += 4_000;
    await settle();
  }
  t.true(waitedMs < LEASE_TTL_MS, `${waitedMs} ms`);
});

test("a lease that cannot be put in order is given back at once, lest it shut this process out", async (t) => {
  let isSick = true;
  const { keeper, calls } = open(() => (isSick ? Promise.reject(new StoreBusyError("busy")) : Promise.resolve()));
  await t.throwsAsync(keeper.hold(), { instanceOf: StoreBusyError });
  t.deepEqual(calls, ["acquire", "onAcquired", "release"]);
  isSick = false;
  await (await keeper.hold()).release();
});

test("a lease that cannot be let go of expires by itself, and hurts nobody", async (t) => {
  const { keeper, leases } = open();
  leases.release = () => Promise.reject(new StoreBusyError("busy"));
  const held = await keeper.hold();
  await t.notThrowsAsync(held.release());
  await t.notThrowsAsync(keeper.hold());
});
