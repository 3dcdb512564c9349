import test from "ava";
import { proofLines } from "../../../src/cli/proof-words.ts";
import { createLeaverProofs } from "../../../src/engine/leaver-proofs.ts";
import type { LeaverPolicy } from "../../../src/domain/policy.ts";
import { PLAIN_STYLE } from "../../../src/planning/plan-style.ts";
import {
  LEAVERS,
  accountOf,
  book,
  dryRun,
  hire,
  openTestBridge,
  patch,
  runFull,
  runUrgent,
} from "../../support/bridge.ts";

// Products whose bookings are none of ours: they cancel them by themselves, or nobody does.

const ANA = "ana@acme.example";
const HOUR_MS = 3_600_000;
const DELAYED: LeaverPolicy = { ...LEAVERS, bookings: { ...LEAVERS.bookings, delayMs: 2 * HOUR_MS } };

for (const [bookings, cancelled, note, words] of [
  [
    "product",
    true,
    "The product cancels upcoming bookings by itself when the account is shut.",
    "the product cancels upcoming ones by itself when the account is shut",
  ],
  [
    "nobody",
    false,
    "The product cannot cancel bookings: upcoming ones are left to it.",
    "upcoming ones are left to the product",
  ],
] as const) {
  test(`plan, explanation and proof say who cancels: ${bookings}`, async (t) => {
    const bridge = await openTestBridge(t, { product: { bookings } });
    const { id } = await hire(bridge, ANA);
    await runFull(bridge);
    const booking = book(bridge, ANA);
    await patch(bridge, id, { active: false });
    t.deepEqual((await dryRun(bridge)).people[0]?.notes, [note]);
    const explained = await bridge.services().explain(ANA, new AbortController().signal);
    t.deepEqual(explained.planned.now?.notes, [note]);
    t.is((await runUrgent(bridge))?.outcome, "done");
    t.is(bridge.product.state.bookings.get(booking as never)?.cancelled, cancelled);
    const [proof] = (await createLeaverProofs(bridge.store, bridge.services().permissions).of(ANA)).proofs;
    t.deepEqual(proof?.document["bookings"], { cancelled: 0, guests: 0, left: null, handledBy: bookings });
    const lines = [...proofLines(proof!, ANA, bridge.clock.now(), PLAIN_STYLE)].join("\n");
    t.true(lines.includes(words), lines);
    t.deepEqual((await runFull(bridge)).changed, {});
  });
}

test("within the grace access stays where the product cancels with it, and a return loses nothing", async (t) => {
  const bridge = await openTestBridge(t, { product: { bookings: "product" }, leavers: DELAYED });
  const { id } = await hire(bridge, ANA);
  await runFull(bridge);
  const booking = book(bridge, ANA, 100);
  await patch(bridge, id, { active: false });
  t.is((await runUrgent(bridge))?.outcome, "done");
  t.is(accountOf(bridge, ANA)?.status, "active");
  await patch(bridge, id, { active: true });
  await runUrgent(bridge);
  t.false(bridge.product.state.bookings.get(booking as never)?.cancelled);
  await patch(bridge, id, { active: false });
  await runUrgent(bridge);
  bridge.clock.advance(2 * HOUR_MS);
  await runUrgent(bridge);
  t.like(accountOf(bridge, ANA), { status: "deactivated" });
  t.true(bridge.product.state.bookings.get(booking as never)?.cancelled);
  t.is((await bridge.store.evidence.proofs(id)).length, 1);
});
