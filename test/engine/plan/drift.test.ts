import test, { type ExecutionContext } from "ava";
import type { AccountLink, AccountProfile, ObservedAccount } from "../../../src/domain/account.ts";
import type { PersonPlan } from "../../../src/domain/plan.ts";
import {
  accountOf,
  dryRun,
  hire,
  openTestBridge,
  patch,
  runFull,
  type BridgeOptions,
  type TestBridge,
} from "../../support/bridge.ts";
import { asSeat } from "../../support/plan-builders.ts";
import { ENTERPRISE_URN } from "../../support/scim-users.ts";

const ANA = "ana@acme.example";
const HOUR_MS = 3_600_000;

interface Hired {
  readonly bridge: TestBridge;
  readonly id: string;
}

/** Ana, in Sales with a standard seat, and in step. */
async function hired(t: ExecutionContext, options: BridgeOptions = {}): Promise<Hired> {
  const bridge = await openTestBridge(t, { product: { seats: { standard: 50, gold: 50 } }, ...options });
  const { id } = await hire(bridge, ANA, { displayName: "Ana", department: "Sales" });
  await runFull(bridge);
  return { bridge, id };
}

function account(bridge: TestBridge): ObservedAccount {
  const found = accountOf(bridge, ANA);
  if (found === undefined) throw new Error("Ana has no account.");
  return found;
}

function edit(
  bridge: TestBridge,
  parts: Partial<Omit<ObservedAccount, "profile">>,
  profile: Partial<AccountProfile> = {},
): void {
  const { id, profile: known } = account(bridge);
  bridge.product.state.change(id, { ...parts, profile: { ...known, ...profile } });
}

async function linkOf({ bridge, id }: Hired): Promise<AccountLink> {
  const link = await bridge.store.links.get(id as AccountLink["user"]);
  if (link === undefined) throw new Error("Ana has no link.");
  return link;
}

/** A run, and what it wrote to the product. */
async function written(bridge: TestBridge): Promise<readonly string[]> {
  const before = bridge.product.writes.length;
  await runFull(bridge);
  return bridge.product.writes.slice(before).map(({ change }) => `${change.kind} ${change.cause}`);
}

async function planOf(bridge: TestBridge): Promise<PersonPlan | undefined> {
  const { people } = await dryRun(bridge);
  return people.find(({ label }) => label === ANA);
}

async function release(bridge: TestBridge): Promise<void> {
  await bridge.services().permissions.release(ANA, { author: "admin", reason: "once more" });
}

interface Quarrel {
  readonly title: string;
  readonly field: keyof AccountLink["repairs"];
  /** What somebody does in the product, each time. */
  edit(bridge: TestBridge): void;
  readonly repair: readonly string[];
  /** What the directory does in the end; what it writes. */
  readonly settle: Parameters<typeof patch>[2];
  readonly settled: readonly string[];
}

const quarrels: readonly Quarrel[] = [
  {
    title: "a name",
    field: "displayName",
    edit: (bridge) => edit(bridge, {}, { displayName: "Annie" }),
    repair: ["update-account drift"],
    settle: { displayName: "Ana Li" },
    settled: ["update-account mover"],
  },
  {
    title: "a group",
    field: "groups",
    edit: (bridge) => edit(bridge, { groups: [] }),
    repair: ["add-to-group drift"],
    settle: { [ENTERPRISE_URN]: { department: "Support" } },
    settled: ["create-group mover", "add-to-group mover"],
  },
  {
    title: "a seat",
    field: "seat",
    edit: (bridge) => edit(bridge, { seat: asSeat("gold") }),
    repair: ["release-seat drift", "assign-seat drift"],
    settle: { userType: "Contractor" },
    settled: ["release-seat mover"],
  },
];

for (const { title, field, edit: meddle, repair, settle, settled } of quarrels) {
  test(`${title} that is edited again and again is put back three times, then left until the directory changes it`, async (t) => {
    const { bridge, id } = await hired(t);
    for (const time of [1, 2, 3]) {
      meddle(bridge);
      t.deepEqual(await written(bridge), repair, `time ${time}`);
      t.is((await linkOf({ bridge, id })).repairs[field], time);
      t.deepEqual(await written(bridge), [], "in step, and not forgiven for that");
    }
    meddle(bridge);
    for (const _ of [1, 2]) {
      t.deepEqual(await written(bridge), []);
      t.deepEqual(
        (await planOf(bridge))?.held.map(({ hold }) => hold),
        repair.map(() => "contested"),
      );
    }
    t.is((await runFull(bridge)).outcome, "held");

    await patch(bridge, id, settle);
    t.deepEqual(await written(bridge), settled);
    t.is((await linkOf({ bridge, id })).repairs[field], undefined, "forgiven");
    t.deepEqual(await written(bridge), []);
  });
}

test("an account that is deactivated again and again is opened three times, then left", async (t) => {
  const { bridge, id } = await hired(t);
  for (const time of [1, 2, 3]) {
    edit(bridge, { status: "deactivated" });
    t.deepEqual(await written(bridge), ["reactivate-account drift"], `time ${time}`);
  }
  edit(bridge, { status: "deactivated" });
  await patch(bridge, id, { displayName: "Ana Li" });
  t.deepEqual(await written(bridge), ["update-account mover"], "the rest is kept up to date");
  t.is(account(bridge).status, "deactivated");

  await patch(bridge, id, { active: false });
  await runFull(bridge);
  await patch(bridge, id, { active: true });
  await runFull(bridge);
  t.is(account(bridge).status, "active", "whoever left and returned starts afresh");
  t.deepEqual((await linkOf({ bridge, id })).repairs, {});
});

test("a release tries a contested field once more, and as long as it lasts", async (t) => {
  const { bridge } = await hired(t);
  for (const _ of [1, 2, 3, 4]) {
    edit(bridge, {}, { displayName: "Annie" });
    await runFull(bridge);
  }
  t.is(account(bridge).profile.displayName, "Annie");
  await release(bridge);
  t.deepEqual(await written(bridge), ["update-account drift"]);
  t.is(account(bridge).profile.displayName, "Ana");
  bridge.clock.advance(HOUR_MS + 1);
  edit(bridge, {}, { displayName: "Annie" });
  t.deepEqual(await written(bridge), []);
  t.regex((await planOf(bridge))?.held[0]?.detail ?? "", /put back 4 times/);
});

test("groups that are put back in one run count once", async (t) => {
  const { bridge, id } = await hired(t);
  await patch(bridge, id, { title: "Manager" });
  await runFull(bridge);
  edit(bridge, { groups: [] });
  t.deepEqual(await written(bridge), ["add-to-group drift", "add-to-group drift"]);
  t.deepEqual((await linkOf({ bridge, id })).repairs, { groups: 1 });
});

test("a contested field holds nothing else back", async (t) => {
  const { bridge, id } = await hired(t);
  for (const _ of [1, 2, 3, 4]) {
    edit(bridge, {}, { displayName: "Annie" });
    await runFull(bridge);
  }
  await patch(bridge, id, { timezone: "Europe/Berlin", title: "Manager", userType: "Contractor" });
  t.deepEqual((await written(bridge)).toSorted(), [
    "add-to-group mover",
    "create-group mover",
    "release-seat mover",
    "update-account mover",
  ]);
  t.like(account(bridge).profile, { displayName: "Annie", timezone: "Europe/Berlin" });
  t.is((await linkOf({ bridge, id })).repairs.displayName, 3, "and is not forgiven for what happens beside it");
});

test("a product that rewrites what we write ends the same way", async (t) => {
  const { bridge } = await hired(t);
  let writes = 0;
  bridge.product.hook((moment, change) => {
    if (moment === "after" && change.kind === "update-account") edit(bridge, {}, { displayName: "ANA" });
  });
  edit(bridge, {}, { displayName: "ANA" });
  for (const _ of [1, 2, 3, 4, 5, 6]) writes += (await written(bridge)).length;
  t.is(writes, 3);
  t.regex((await planOf(bridge))?.held[0]?.detail ?? "", /it shows "ANA", the directory says "Ana"/);
});

test("what is only reported is left and told, until the directory changes it", async (t) => {
  const drift = { displayName: "report", groups: "report", status: "report" } as const;
  const { bridge, id } = await hired(t, { drift });
  edit(bridge, { groups: [] }, { displayName: "Annie" });
  t.deepEqual(await written(bridge), []);
  const plan = await planOf(bridge);
  t.deepEqual(plan?.held, []);
  t.is(plan?.notes.length, 2);
  t.is((await runFull(bridge)).outcome, "done", "a report is no hold");

  await patch(bridge, id, { displayName: "Ana Li" });
  t.deepEqual(await written(bridge), ["update-account mover"]);
  t.is(account(bridge).profile.displayName, "Ana Li");
});

test("a group that was lost in the product before the directory took it away is given when the directory wants it again", async (t) => {
  const { bridge, id } = await hired(t, { drift: { groups: "report" } });
  edit(bridge, { groups: [] });
  t.deepEqual(await written(bridge), [], "left");
  await patch(bridge, id, { [ENTERPRISE_URN]: { department: "Other" } });
  t.deepEqual(await written(bridge), [], "there is nothing to take away");
  await patch(bridge, id, { [ENTERPRISE_URN]: { department: "Sales" } });
  t.deepEqual(await written(bridge), ["add-to-group mover"]);
});

test("an adopted account's surplus group is a move, one that is added by hand afterwards is an edit", async (t) => {
  const bridge = await openTestBridge(t);
  const { state } = bridge.product;
  const support = state.addGroup("Support");
  state.addAccount({ profile: { email: ANA, displayName: "Ana" }, seat: asSeat("standard"), groups: [support] });
  await hire(bridge, ANA, { displayName: "Ana" });
  t.deepEqual(await written(bridge), [], "first contact takes nothing away");
  t.deepEqual(await written(bridge), ["remove-from-group mover"]);
  edit(bridge, { groups: [support] });
  t.deepEqual(await written(bridge), ["remove-from-group drift"]);
});

test("an account that is deleted again and again is made three times, then left", async (t) => {
  const { bridge, id } = await hired(t);
  for (const time of [1, 2, 3]) {
    bridge.product.state.removeAccount(account(bridge).id);
    await runFull(bridge, { acceptAccounts: 1 });
    t.truthy(accountOf(bridge, ANA), `time ${time}`);
    t.is((await linkOf({ bridge, id })).repairs.status, time);
  }
  bridge.product.state.removeAccount(account(bridge).id);
  await runFull(bridge, { acceptAccounts: 1 });
  t.is(accountOf(bridge, ANA), undefined);
});

test("a kill at any moment of a repair changes at most the word for it, never what comes of it", async (t) => {
  for (let step = 1; step <= 12; step += 1) {
    const { bridge } = await hired(t);
    edit(bridge, { groups: [], seat: asSeat("gold") }, { displayName: "Annie" });
    bridge.clock.advance(HOUR_MS);
    bridge.life().killAt(bridge.life().steps.length + step);
    await runFull(bridge).catch(() => undefined);
    bridge.restart();
    bridge.clock.advance(HOUR_MS);
    await runFull(bridge);
    t.is(account(bridge).seat, asSeat("standard"), `killed at step ${step}`);
    t.is(account(bridge).groups.length, 1);
    t.is(account(bridge).profile.displayName, "Ana");
    t.deepEqual(await written(bridge), []);
  }
});
