import test from "ava";
import type { LeaverPolicy } from "../../../src/domain/policy.ts";
import type { BookingOrder } from "../../../src/domain/plan.ts";
import {
  LEAVERS,
  accountOf,
  book,
  createTestBridge,
  hire,
  patch,
  runFull,
  runUrgent,
  snapshot,
} from "../../support/bridge.ts";
import { ENTERPRISE_URN } from "../../support/scim-users.ts";
import { Killed } from "../../support/mortal.ts";

const HOUR_MS = 3_600_000;

interface End {
  readonly steps: readonly string[];
  readonly died: boolean;
  readonly end: unknown;
}

/** Ana leaves two meetings to her manager; the process is killed at a step of the first run, or of the one when all is due. */
async function endOf(
  leavers: LeaverPolicy,
  bookingOrder: BookingOrder,
  killed: "first" | "due",
  at: number,
): Promise<End> {
  const { bridge, close } = await createTestBridge({ leavers, product: { bookingOrder } });
  try {
    const max = await hire(bridge, "max@acme.example");
    const ana = await hire(bridge, "ana@acme.example", {
      [ENTERPRISE_URN]: { department: "Sales", manager: { value: max.id } },
    });
    await runFull(bridge);
    book(bridge, "ana@acme.example", 100);
    book(bridge, "ana@acme.example", 120);
    await patch(bridge, ana.id, { active: false });
    const { delayMs } = leavers.bookings;
    if (killed === "due") {
      await runUrgent(bridge);
      bridge.clock.advance(delayMs);
    }
    const firstSteps = bridge.life().steps.length;
    bridge.life().killAt(firstSteps + at);
    const died = await runUrgent(bridge).then(
      () => false,
      (error: unknown) => {
        if (error instanceof Killed) return true;
        throw error;
      },
    );
    const steps = bridge.life().steps.slice(firstSteps);
    bridge.restart();
    bridge.clock.advance(Math.max(delayMs, HOUR_MS));
    await runUrgent(bridge);
    bridge.clock.advance(HOUR_MS);
    await runFull(bridge);
    const before = bridge.product.writes.length;
    const last = await runFull(bridge);
    const { state } = bridge.product;
    return {
      steps,
      died,
      end: {
        product: snapshot(bridge),
        hosts: [...state.bookings.values()].map(({ account }) => state.accounts.get(account)?.profile.email),
        status: accountOf(bridge, "ana@acme.example")?.status,
        outcome: last.outcome,
        lastWrites: bridge.product.writes.length - before,
        proofs: (await bridge.store.evidence.proofs(ana.id)).map(({ document }) => document["bookings"]),
        wakes: await bridge.store.wakes.count(),
        deferred: (await bridge.store.wakes.deferred()).size,
      },
    };
  } finally {
    await close();
  }
}

const bookings = { ...LEAVERS.bookings, action: "reassign" } as const;

for (const [what, leavers, order, killed] of [
  ["handing over", { ...LEAVERS, bookings }, "deactivate-first", "first"],
  ["a grace", { ...LEAVERS, bookings: { ...bookings, delayMs: 2 * HOUR_MS } }, "deactivate-first", "first"],
  ["the end of a grace", { ...LEAVERS, bookings: { ...bookings, delayMs: 2 * HOUR_MS } }, "bookings-first", "due"],
] as const) {
  test(`killed at any step of ${what}, the next process ends where nobody was killed`, async (t) => {
    t.timeout(120_000);
    const whole = await endOf(leavers, order, killed, Infinity);
    t.false(whole.died);
    t.like(whole.end, { status: "deactivated", outcome: "done", lastWrites: 0, wakes: 0, deferred: 0 });
    t.like(whole.end, { hosts: ["max@acme.example", "max@acme.example"] });
    t.true(whole.steps.length > 10);
    for (const [index, name] of whole.steps.entries()) {
      const { end, died } = await endOf(leavers, order, killed, index + 1);
      t.true(died, name);
      t.deepEqual(end, whole.end, `killed when ${name} (step ${index + 1})`);
    }
  });
}
