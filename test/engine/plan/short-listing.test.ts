import test from "ava";
import { accountOf, hire, openTestBridge, runFull } from "../../support/bridge.ts";

test("a list that stays short is trusted once somebody has confirmed its number, and from then on", async (t) => {
  const bridge = await openTestBridge(t);
  for (let n = 0; n < 8; n += 1) await hire(bridge, `p${n}@acme.example`);
  await runFull(bridge);
  for (let n = 0; n < 4; n += 1) bridge.product.state.removeAccount(accountOf(bridge, `p${n}@acme.example`)!.id);
  const accounts = bridge.product.state.accounts.size;
  const short = await runFull(bridge);
  const { observation } = short.summary.basis;
  t.regex(observation.complete ? "" : observation.detail, new RegExp(`apply --accept-accounts ${accounts}$`));
  t.is((await runFull(bridge, { acceptAccounts: accounts + 1 })).outcome, "held", "another number confirms nothing");
  const accepted = await runFull(bridge, { acceptAccounts: accounts });
  t.is(accepted.outcome, "done");
  t.is(accepted.changed["create-account"], 4, "whoever vanished is made again");
  t.is((await runFull(bridge)).outcome, "done");
});
