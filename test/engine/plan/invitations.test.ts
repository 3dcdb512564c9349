import test from "ava";
import {
  accountOf,
  book,
  dryRun,
  hire,
  openTestBridge,
  patch,
  replace,
  runFull,
  runUrgent,
} from "../../support/bridge.ts";

// Products in which somebody has to accept an invitation, and fields may be fixed.

const ANA = "ana@acme.example";
const INVITES = { invites: true, deactivated: "gone" } as const;

test("whoever is invited is in step until they accept, and then follows the directory under the same id", async (t) => {
  const bridge = await openTestBridge(t, { product: INVITES });
  const { id } = await hire(bridge, ANA, { department: "Sales" });
  t.is((await runFull(bridge)).outcome, "done");
  const invited = accountOf(bridge, ANA)!;
  t.like(invited, { status: "pending" });
  t.is(invited.groups.length, 1);
  await replace(bridge, id, ANA, { department: "Sales", displayName: "Ana Li" });
  t.deepEqual((await runFull(bridge)).changed, {});
  const { people } = await dryRun(bridge);
  t.regex(
    people[0]!.notes[0]!,
    /^The account is pending: invited on \w+ \d+ \w+, not accepted yet; displayName follows/,
  );
  const { verdict, matched } = await bridge.services().explain(ANA, new AbortController().signal);
  t.is(verdict.state, "in-step");
  t.regex(verdict.sentence, /The account is pending: invited on /);
  t.is(matched.candidates[0]?.status, "pending");
  bridge.product.accept(ANA, "Annie");
  t.like((await runFull(bridge)).changed, { "update-account": 1 });
  t.like(accountOf(bridge, ANA), { id: invited.id, profile: { displayName: "Ana Li" } });
  t.deepEqual((await dryRun(bridge)).people, []);
});

test("where nobody is in a group before they accept, the groups follow then, and no run fails meanwhile", async (t) => {
  const bridge = await openTestBridge(t, { product: { ...INVITES, pendingGroups: false } });
  await hire(bridge, ANA, { department: "Sales" });
  const groups = () => accountOf(bridge, ANA)?.groups.length;
  t.like(await runFull(bridge), { outcome: "done", changed: { "create-account": 1 } });
  t.is(groups(), 0);
  t.like(await runFull(bridge), { outcome: "done", changed: {} });
  t.regex((await dryRun(bridge)).people[0]?.notes[0] ?? "", /not accepted yet; its groups follow once it is\.$/);
  bridge.product.accept(ANA);
  t.like(await runFull(bridge), { outcome: "done", changed: { "add-to-group": 1 } });
  t.is(groups(), 1);
  t.deepEqual((await dryRun(bridge)).people, []);
});

for (const lane of ["urgent", "full"] as const) {
  test(`whoever is asked only on their return gets no group in the ${lane} run that invites them`, async (t) => {
    const product = { invites: "those-who-return", deactivated: "same-id", pendingGroups: false } as const;
    const bridge = await openTestBridge(t, { product });
    const run = lane === "urgent" ? () => runUrgent(bridge) : () => runFull(bridge);
    const { id } = await hire(bridge, ANA, { department: "Sales" });
    t.like(await runFull(bridge), { outcome: "done", changed: { "create-account": 1, "add-to-group": 1 } });
    const first = accountOf(bridge, ANA)?.id;
    await patch(bridge, id, { active: false });
    await run();
    await patch(bridge, id, { active: true });
    t.like(await run(), { outcome: "done", changed: { "create-account": 1 }, failedChanges: 0 });
    t.like(accountOf(bridge, ANA), { id: first, status: "pending", groups: [] });
    t.like(await runFull(bridge), { outcome: "done", changed: {} });
    t.regex((await dryRun(bridge)).people[0]?.notes[0] ?? "", /; its groups follow once it is\.$/);
    bridge.product.accept(ANA);
    t.like(await runFull(bridge), { outcome: "done", changed: { "add-to-group": 1 } });
    t.is(accountOf(bridge, ANA)?.groups.length, 1);
    t.deepEqual((await dryRun(bridge)).people, []);
  });
}

test("the invitation of somebody who leaves is taken back, and bookings are nobody's to look for", async (t) => {
  const bridge = await openTestBridge(t, { product: INVITES });
  const { id } = await hire(bridge, ANA);
  await runFull(bridge);
  await patch(bridge, id, { active: false });
  const { people } = await dryRun(bridge);
  t.deepEqual(people[0]?.notes, ["The invitation was not accepted: it is taken back."]);
  t.is((await runUrgent(bridge))?.outcome, "done");
  t.is(accountOf(bridge, ANA), undefined);
  const [proof] = await bridge.store.evidence.proofs(id);
  t.like(proof?.document, { readBack: { account: "gone" } });
  await patch(bridge, id, { active: true });
  await runUrgent(bridge);
  t.is(accountOf(bridge, ANA)?.status, "pending");
});

test("a meeting of somebody who accepts just before they are shut is cancelled before the account is gone", async (t) => {
  const bridge = await openTestBridge(t, { product: INVITES });
  const { id } = await hire(bridge, ANA);
  await runFull(bridge);
  await patch(bridge, id, { active: false });
  bridge.product.hook((moment, { kind }) => {
    if (moment !== "before" || kind !== "release-seat") return;
    bridge.product.accept(ANA);
    book(bridge, ANA);
  });
  await runUrgent(bridge);
  t.deepEqual(
    [...bridge.product.state.bookings.values()].map(({ cancelled }) => cancelled),
    [true],
  );
  t.is(accountOf(bridge, ANA), undefined);
});

test("an invitation that somebody else sent is adopted", async (t) => {
  const bridge = await openTestBridge(t, { product: INVITES });
  const account = bridge.product.state.addAccount({ status: "pending", profile: { email: ANA } });
  const { id } = await hire(bridge, ANA);
  t.is((await runFull(bridge)).outcome, "done");
  t.like(await bridge.store.links.get(id), { origin: "adopted", account });
});

test("an invited account counts as one that is left, and as one that goes", async (t) => {
  const none = { floor: 100, max: 100, percent: null };
  const bridge = await openTestBridge(t, { product: INVITES, limits: { deactivate: none } });
  const [owner] = bridge.product.state.accounts.values();
  bridge.product.state.removeAccount(owner!.id);
  const ana = await hire(bridge, ANA);
  const bo = await hire(bridge, "bo@acme.example");
  await runFull(bridge);
  bridge.product.accept(ANA);
  await patch(bridge, ana.id, { active: false });
  t.deepEqual((await dryRun(bridge)).summary.breaches, []);
  await patch(bridge, bo.id, { active: false });
  t.like((await dryRun(bridge)).summary.breaches, [{ limit: "deactivate", rule: "last-account", planned: 2 }]);
});

test("a field that cannot be changed is told once in every plan, and never written", async (t) => {
  const bridge = await openTestBridge(t, { product: { updates: ["displayName"] } });
  const { id } = await hire(bridge, ANA);
  await runFull(bridge);
  await replace(bridge, id, "ana.li@acme.example", { displayName: "Ana Li" });
  const note =
    'The product does not let email be changed: it shows "ana@acme.example", the directory says "ana.li@acme.example". Change it there by hand.';
  t.like((await runUrgent(bridge))?.changed, { "update-account": 1 });
  t.like(accountOf(bridge, ANA), { profile: { displayName: "Ana Li" } });
  for (let round = 0; round < 2; round += 1) {
    t.deepEqual((await dryRun(bridge)).people[0]?.notes, [note]);
    t.deepEqual((await runFull(bridge)).changed, {});
  }
  const { verdict } = await bridge.services().explain("ana.li@acme.example", new AbortController().signal);
  t.like(verdict, {
    state: "in-step",
    sentence:
      "The product has what the directory and the mapping say, but for one field that the product does not let us change.",
  });
  const account = accountOf(bridge, ANA)!;
  bridge.product.state.change(account.id, { profile: { ...account.profile, email: "ana.li@acme.example" } });
  await runFull(bridge);
  t.is((await bridge.store.links.get(id))?.applied?.email, "ana.li@acme.example");
  t.deepEqual((await dryRun(bridge)).people, []);
});
