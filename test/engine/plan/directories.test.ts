import test from "ava";
import {
  accountOf,
  ACME,
  book,
  GLOBEX,
  hire,
  openTestBridge,
  patch,
  runFull,
  runUrgent,
} from "../../support/bridge.ts";
import { STANDARD } from "../../support/plan-builders.ts";

const TWO = { directories: { acme: ["*"], globex: ["*"] } };

test("leaving one directory shuts nobody out who is active in another", async (t) => {
  const bridge = await openTestBridge(t, TWO);
  const ana = await hire(bridge, "ana@acme.example", {}, ACME);
  await runFull(bridge);
  const other = await hire(bridge, "ana@acme.example", {}, GLOBEX);
  book(bridge, "ana@acme.example");
  await patch(bridge, ana.id, { active: false }, ACME);
  await runUrgent(bridge);
  await runFull(bridge);
  t.is(accountOf(bridge, "ana@acme.example")?.status, "active");
  t.deepEqual(bridge.product.state.mails, []);
  t.deepEqual(await bridge.store.evidence.proofs(ana.id), []);

  await patch(bridge, other.id, { active: false }, GLOBEX);
  await runFull(bridge);
  t.is(accountOf(bridge, "ana@acme.example")?.status, "deactivated", "whoever left both has left");
  t.is(bridge.product.state.mails.length, 1);
});

test("an e-mail that two directories claim belongs to the one listed first; the other claim is held and shown", async (t) => {
  const bridge = await openTestBridge(t, TWO);
  await hire(bridge, "ana@acme.example", { displayName: "Ana of Globex" }, GLOBEX);
  const first = await hire(bridge, "ana@acme.example", { displayName: "Ana of Acme" }, ACME);
  const report = await runFull(bridge);
  t.is(report.outcome, "held");
  t.is(accountOf(bridge, "ana@acme.example")?.profile.displayName, "Ana of Acme");
  t.is((await bridge.store.links.get(first.id))?.account, accountOf(bridge, "ana@acme.example")?.id);
  const { items } = await bridge.store.holds.held(10);
  t.deepEqual(
    items.map(({ hold }) => hold),
    ["identity-conflict"],
  );
  t.is(bridge.product.writes.filter(({ change }) => change.kind === "create-account").length, 1);
});

test("two addresses in two directories are two people", async (t) => {
  const bridge = await openTestBridge(t, TWO);
  await hire(bridge, "ana@acme.example", {}, ACME);
  await hire(bridge, "ana@globex.example", {}, GLOBEX);
  t.is((await runFull(bridge)).outcome, "done");
  t.is(accountOf(bridge, "ana@acme.example")?.seat, STANDARD);
  t.is(accountOf(bridge, "ana@globex.example")?.seat, STANDARD);
});
