import test from "ava";
import { ConnectorError, TenantChangedError } from "../../../src/domain/errors.ts";
import type { Change } from "../../../src/domain/plan.ts";
import { isRename } from "../../../src/planning/parking.ts";
import {
  accountOf,
  ACME,
  book,
  createTestBridge,
  dryRun,
  GLOBEX,
  hire,
  openTestBridge,
  patch,
  remove,
  runFull,
  runUrgent,
  type TestBridge,
} from "../../support/bridge.ts";
import { Killed } from "../../support/mortal.ts";

/** An IdP gives somebody another address. */
async function rename(bridge: TestBridge, id: string, email: string): Promise<void> {
  await patch(bridge, id, { userName: email, emails: [{ value: email, type: "work", primary: true }] });
}

const mail = (name: string): string => `${name}@acme.example`;

/** These people, in step with the product; their accounts by name. */
async function staff(bridge: TestBridge, names: readonly string[]) {
  const people = new Map<string, { readonly id: string; readonly account: string }>();
  const ids: [string, string][] = [];
  for (const name of names) ids.push([name, (await hire(bridge, mail(name), { displayName: name })).id]);
  await runFull(bridge);
  for (const [name, id] of ids) people.set(name, { id, account: accountOf(bridge, mail(name))?.id ?? "" });
  return people;
}

/** Gives people new addresses; by way of spare ones, since an IdP keeps names apart, too. */
async function renameAll(
  bridge: TestBridge,
  people: ReadonlyMap<string, { readonly id: string }>,
  moves: Readonly<Record<string, string>>,
): Promise<void> {
  for (const name of Object.keys(moves)) await rename(bridge, people.get(name)?.id ?? "", mail(`spare-${name}`));
  for (const [name, to] of Object.entries(moves)) await rename(bridge, people.get(name)?.id ?? "", mail(to));
}

/** The address of each person's account. */
function addresses(bridge: TestBridge, people: ReadonlyMap<string, { readonly account: string }>) {
  const accounts = new Map([...bridge.product.state.accounts].map(([id, { profile }]) => [String(id), profile.email]));
  return Object.fromEntries([...people].map(([name, { account }]) => [name, accounts.get(account)]));
}

function renames(bridge: TestBridge, from = 0): readonly string[] {
  return bridge.product.writes
    .slice(from)
    .map(({ change }) => change)
    .filter((change): change is Change & { readonly kind: "update-account" } => change.kind === "update-account")
    .map(({ before, after }) => `${before.email} → ${after.email}`.replaceAll("@acme.example", ""));
}

test("a chain of renames is carried out in one run, and the next changes nothing", async (t) => {
  const bridge = await openTestBridge(t);
  const people = await staff(bridge, ["a", "b", "c", "d"]);
  await renameAll(bridge, people, { a: "b", b: "c", c: "d", d: "x" });
  const report = await runFull(bridge);
  t.is(report.outcome, "done");
  t.deepEqual(renames(bridge), ["d → x", "c → d", "b → c", "a → b"]);
  t.deepEqual(addresses(bridge, people), { a: mail("b"), b: mail("c"), c: mail("d"), d: mail("x") });
  const before = bridge.product.writes.length;
  await runFull(bridge);
  await runUrgent(bridge);
  t.is(bridge.product.writes.length, before);
});

test("two people who exchange their e-mails do so in one run, in either lane", async (t) => {
  for (const lane of [runFull, runUrgent]) {
    const bridge = await openTestBridge(t);
    const people = await staff(bridge, ["a", "b"]);
    const a = people.get("a")!;
    await renameAll(bridge, people, { a: "b", b: "a" });
    await lane(bridge);
    t.deepEqual(addresses(bridge, people), { a: mail("b"), b: mail("a") });
    t.is(renames(bridge).length, 3, "one of them stepped aside");
    t.is((await bridge.store.links.get(a.id as never))?.account, a.account as never, "each keeps their own account");
    t.is((await bridge.store.links.get(a.id as never))?.applied?.email, mail("b"));
    const before = bridge.product.writes.length;
    await runFull(bridge);
    t.is(bridge.product.writes.length, before);
    t.is(await bridge.store.wakes.count(), 0);
  }
});

test("where the product tells people of new e-mails a circle is held whole, and the rest goes on", async (t) => {
  const bridge = await openTestBridge(t, { product: { parking: false } });
  const people = await staff(bridge, ["a", "b", "c"]);
  await renameAll(bridge, people, { a: "b", b: "a" });
  await patch(bridge, people.get("a")!.id, { displayName: "New" });
  await rename(bridge, people.get("c")!.id, mail("x"));
  const report = await runFull(bridge);
  t.is(report.outcome, "held");
  t.deepEqual(addresses(bridge, people), { a: mail("a"), b: mail("b"), c: mail("x") });
  t.is(accountOf(bridge, mail("a"))?.profile.displayName, "New");
  const { items } = await bridge.store.holds.held(10);
  t.deepEqual(
    items.map(({ hold }) => hold),
    ["identity-conflict", "identity-conflict"],
  );
  t.regex(
    items[0]?.detail ?? "",
    /is linked to .*@acme\.example of directory acme.*circle with those of .*@acme\.example/,
  );
});

test("a swap that is killed at any of its steps is finished by the next run", async (t) => {
  let wasParked = false;
  for (let step = 1; ; step += 1) {
    const { bridge, close } = await createTestBridge();
    const people = await staff(bridge, ["a", "b"]);
    await renameAll(bridge, people, { a: "b", b: "a" });
    bridge.life().killAt(bridge.life().steps.length + step);
    const wasKilled = await runFull(bridge).then(
      () => false,
      (error: unknown) => {
        if (error instanceof Killed) return true;
        throw error;
      },
    );
    wasParked ||= wasKilled && Object.values(addresses(bridge, people)).some((email) => email?.startsWith("parked-"));
    bridge.restart();
    bridge.clock.advance(60 * 60_000);
    await runFull(bridge);
    t.deepEqual(addresses(bridge, people), { a: mail("b"), b: mail("a") }, `killed at step ${step}`);
    t.is(bridge.product.state.accounts.size, 3, "nobody was made twice");
    const before = bridge.product.writes.length;
    await runFull(bridge);
    t.is(bridge.product.writes.length, before);
    await close();
    if (!wasKilled) break;
    t.true(step < 100);
  }
  t.true(wasParked, "somebody was at the parking address when the process was killed");
});

test("when the first of a chain fails nobody follows, and the next run does it all", async (t) => {
  const bridge = await openTestBridge(t);
  const people = await staff(bridge, ["a", "b", "c"]);
  await renameAll(bridge, people, { a: "b", b: "c", c: "x" });
  await patch(bridge, people.get("a")!.id, { displayName: "New" });
  const { account } = people.get("c")!;
  bridge.product.hook((moment, change) => {
    if (moment === "before" && isUpdateOf(change, account)) throw new ConnectorError("rejected", "not now");
  });
  const report = await runFull(bridge);
  t.is(report.outcome, "partial");
  t.is(report.superseded, 2);
  t.deepEqual(addresses(bridge, people), { a: mail("a"), b: mail("b"), c: mail("c") });
  t.is(accountOf(bridge, mail("a"))?.profile.displayName, "New", "what waits for nobody is done");
  bridge.product.hook(null);
  bridge.clock.advance(60 * 60_000);
  await runFull(bridge);
  t.deepEqual(addresses(bridge, people), { a: mail("b"), b: mail("c"), c: mail("x") });
});

test("a circle that breaks behind the one who stepped aside is closed by the next run", async (t) => {
  const bridge = await openTestBridge(t);
  const people = await staff(bridge, ["a", "b"]);
  await renameAll(bridge, people, { a: "b", b: "a" });
  const [first] = [...people.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
  bridge.product.hook((moment, change) => {
    const isSecond = change.kind === "update-account" && change.account !== first?.account;
    if (moment === "before" && isSecond) throw new ConnectorError("rejected", "not now");
  });
  const report = await runFull(bridge);
  t.is(report.outcome, "partial");
  t.deepEqual(Object.values(addresses(bridge, people)).filter((email) => email?.startsWith("parked-")).length, 1);
  t.deepEqual(
    (await bridge.store.wakes.failures()).map(({ user }) => user),
    [...people.values()].filter(({ id }) => id !== first?.id).map(({ id }) => id as never),
  );
  bridge.product.hook(null);
  bridge.clock.advance(60 * 60_000);
  await runFull(bridge);
  t.deepEqual(addresses(bridge, people), { a: mail("b"), b: mail("a") });
  t.deepEqual(await bridge.store.wakes.failures(), []);
});

function isUpdateOf(change: Change, account: string): boolean {
  return change.kind === "update-account" && change.account === account;
}

test("in the urgent lane, whoever waits for an address is woken when it is given up", async (t) => {
  const bridge = await openTestBridge(t);
  const people = await staff(bridge, ["a", "b"]);
  await rename(bridge, people.get("b")!.id, mail("spare"));
  await rename(bridge, people.get("a")!.id, mail("b"));
  await runUrgent(bridge, { people: [people.get("a")!.id as never] });
  t.is(addresses(bridge, people)["a"], mail("a"), "b has not been renamed yet");
  const { items } = await bridge.store.holds.held(10);
  t.regex(items[0]?.detail ?? "", /is still the e-mail of account .* it follows when that account has been renamed/);
  await runUrgent(bridge, { people: [people.get("b")!.id as never] });
  t.is(await bridge.store.wakes.count(), 1, "a is looked at again");
  await runUrgent(bridge);
  t.deepEqual(addresses(bridge, people), { a: mail("b"), b: mail("spare") });
  t.is(await bridge.store.wakes.count(), 0);
});

test("a joiner who gets the old address of somebody renamed in the same run is woken, too", async (t) => {
  const bridge = await openTestBridge(t);
  const people = await staff(bridge, ["a"]);
  await rename(bridge, people.get("a")!.id, mail("b"));
  await hire(bridge, mail("a"), { displayName: "The other one" });
  await runFull(bridge);
  t.is(accountOf(bridge, mail("a")), undefined);
  await runUrgent(bridge);
  t.is(accountOf(bridge, mail("a"))?.profile.displayName, "The other one");
  t.not(accountOf(bridge, mail("a"))?.id, people.get("a")!.account as never);
});

test("a limit that holds one of a circle holds all of it, and approving it lets all of it pass", async (t) => {
  const update = { floor: 2, max: 2, percent: null };
  const bridge = await openTestBridge(t, { limits: { update } });
  const people = await staff(bridge, ["a", "b"]);
  await renameAll(bridge, people, { a: "b", b: "a" });
  const { summary, people: planned } = await dryRun(bridge);
  t.deepEqual(
    planned.flatMap(({ held }) => held.map(({ hold }) => hold)),
    ["over-limit", "over-limit", "over-limit"],
  );
  await runFull(bridge);
  t.deepEqual(addresses(bridge, people), { a: mail("a"), b: mail("b") });
  await bridge.services().permissions.approve(summary.digest, { author: "cli:test", reason: "a swap" });
  await runFull(bridge);
  t.deepEqual(addresses(bridge, people), { a: mail("b"), b: mail("a") });
});

test("explain says of people who pass their e-mails round what the next run does", async (t) => {
  const bridge = await openTestBridge(t);
  const people = await staff(bridge, ["a", "b"]);
  await renameAll(bridge, people, { a: "b", b: "a" });
  const explained = await Promise.all(
    [...people.values()].map(({ id }) => bridge.services().explain(id, new AbortController().signal)),
  );
  t.deepEqual(
    explained.map(({ verdict, planned }) => [verdict.state, planned.now?.held, planned.now?.changes.length]),
    [
      ["pending", [], 2],
      ["pending", [], 1],
    ],
  );
  t.deepEqual(explained[0]?.matched.candidates.length, 2, "their own account, and the one that has the address now");
});

test("explain says why a new e-mail is held, and whose it still is", async (t) => {
  const bridge = await openTestBridge(t, { product: { parking: false } });
  const people = await staff(bridge, ["a", "b"]);
  await renameAll(bridge, people, { a: "b", b: "a" });
  const { verdict } = await bridge.services().explain(people.get("a")!.id, new AbortController().signal);
  t.is(verdict.state, "conflict");
  t.regex(
    verdict.sentence,
    /^Their new e-mail is held: b@acme\.example is still the e-mail of account .*, which is linked to a@/,
  );
});

test("two bridges on one product leave each other's accounts alone, over many runs", async (t) => {
  const ours = await openTestBridge(t, { directories: { acme: ["*"] } });
  const theirs = await openTestBridge(t, { directories: { globex: ["*"] }, on: ours.product });
  const ana = await hire(ours, mail("ana"), { department: "Sales" });
  const bo = await hire(theirs, mail("bo"), { department: "Sales" }, GLOBEX);
  await runFull(ours);
  await runFull(theirs);
  // Each is told of the other's person, too; one of them to be renamed to the address of the other's.
  const alien = await hire(theirs, mail("ana"), { displayName: "Not Ana" }, GLOBEX);
  await hire(ours, mail("bo"), { displayName: "Not Bo" });
  const shared = accountOf(ours, mail("ana"));
  for (let round = 0; round < 5; round += 1) {
    await runFull(ours);
    await runFull(theirs);
    await runUrgent(theirs);
  }
  t.deepEqual(accountOf(ours, mail("ana")), shared);
  t.is(accountOf(ours, mail("bo"))?.profile.displayName, "bo");
  const { items } = await theirs.store.holds.held(10);
  t.regex(
    items[0]?.detail ?? "",
    /ana@acme\.example\) belongs to another Rosterbridge \(directory acme\): it is left alone/,
  );
  await patch(theirs, bo.id, { userName: mail("ana2") }, GLOBEX);
  await remove(theirs, alien.id, GLOBEX);
  await runFull(theirs);
  t.is(accountOf(ours, mail("ana"))?.status, "active", "a leaver of the other bridge is nobody here");
  await patch(ours, ana.id, { active: false });
  await runFull(ours);
  await runFull(theirs);
  t.is(accountOf(ours, mail("ana"))?.status, "deactivated");
});

test("a lost database takes nothing from anybody: adoption is shown, limited, and then all is as it was", async (t) => {
  const names = ["a", "b", "c", "d", "e", "f"];
  const old = await openTestBridge(t);
  for (const name of names) await hire(old, mail(name), { department: "Sales" });
  await runFull(old);
  for (const name of names) book(old, mail(name));
  const before = new Map(old.product.state.accounts);
  const adopt = { floor: 2, max: 2, percent: null };
  const bridge = await openTestBridge(t, { on: old.product, limits: { adopt } });
  const writes = old.product.writes.length;
  // A new database gives new ids: nobody's mark is anybody's of now.
  for (let id = 0; id < 1_000; id += 1) bridge.ambient.newId();
  await runFull(bridge);
  t.is(old.product.writes.length, writes, "an empty database harms no one");
  // Some of them have left since; the IdP says so first.
  for (const name of names) await hire(bridge, mail(name), { department: "Sales", active: name !== "f" });
  const { people } = await dryRun(bridge);
  t.is(
    people.filter(({ held }) => held.some(({ hold }) => hold === "over-limit")).length,
    5,
    "five to adopt, two allowed",
  );
  for (let round = 0; round < 10; round += 1) {
    await (round % 2 === 0 ? runFull(bridge) : runUrgent(bridge));
    bridge.clock.advance(60 * 60_000);
  }
  const removing = old.product.writes.slice(writes).map(({ change }) => change.kind);
  t.deepEqual(removing, [], "nothing is taken away, nobody is made twice");
  t.deepEqual(new Map(old.product.state.accounts), before);
  t.deepEqual(old.product.state.mails, []);
  const { summary } = await dryRun(bridge);
  await bridge.services().permissions.approve(summary.digest, { author: "cli:test", reason: "the database was lost" });
  await runFull(bridge);
  t.is((await bridge.store.links.count()).all, 5);
  await runFull(bridge);
  t.deepEqual(new Map(old.product.state.accounts), before, "who left before the IdP pushed them again is for people");
});

test("a product that is another organisation than before is not written to, until somebody accepts it", async (t) => {
  const bridge = await openTestBridge(t);
  const people = await staff(bridge, ["a", "b"]);
  const { state, writes } = bridge.product;
  state.tenant = "org_2";
  await patch(bridge, people.get("a")!.id, { active: false });
  await hire(bridge, mail("c"));
  const before = writes.length;
  for (const lane of [runFull, runUrgent, dryRun]) {
    const error = await t.throwsAsync(async () => void (await lane(bridge)), { instanceOf: TenantChangedError });
    t.regex(error?.message ?? "", /another organisation than before: org_2, where org_1 is known/);
    t.regex(error?.message ?? "", /rosterbridge apply --accept-tenant org_2/);
  }
  t.is(writes.length, before);
  const health = await bridge.services().health.report();
  t.is(health.status, "degraded");
  t.regex(health.components.find(({ component }) => component === "runs")?.detail ?? "", /another organisation/);
  const { verdict } = await bridge.services().explain(mail("b"), new AbortController().signal);
  t.regex(verdict.sentence, /another organisation/);

  await t.throwsAsync(runFull(bridge, { acceptTenant: "org_3" }), {
    instanceOf: TenantChangedError,
    message: /org_2, not org_3/,
  });
  t.is(writes.length, before);
  await runFull(bridge, { acceptTenant: "org_2" });
  t.true(writes.length > before);
  t.is((await bridge.store.evidence.lastObserved("in-memory"))?.tenant, "org_2");
  const audited = await bridge.store.evidence.auditOf("in-memory");
  t.deepEqual(
    audited.filter(({ action }) => action === "tenant.accepted").map(({ detail }) => detail),
    [{ from: "org_1", to: "org_2" }],
  );
  t.is((await runFull(bridge)).outcome, "done", "it is the known one from now on");
});

test("a product that stops saying which organisation it is forgets nothing", async (t) => {
  const bridge = await openTestBridge(t);
  await staff(bridge, ["a"]);
  bridge.product.state.tenant = null;
  t.is((await runFull(bridge)).outcome, "done");
  t.is((await bridge.store.evidence.lastObserved("in-memory"))?.tenant, "org_1");
  bridge.product.state.tenant = "org_2";
  await t.throwsAsync(runFull(bridge), { instanceOf: TenantChangedError });
});

test("an organisation can be accepted though its listing is not whole", async (t) => {
  const bridge = await openTestBridge(t);
  await staff(bridge, ["a", "b", "c", "d"]);
  bridge.product.state.tenant = "org_2";
  bridge.product.failPage(0);
  await runFull(bridge, { acceptTenant: "org_2" });
  bridge.product.failPage(null);
  t.is((await runFull(bridge)).outcome, "done");
});

const TWO = { directories: { acme: ["*"], globex: ["*"] } };

for (const leaves of ["inactive", "deleted"] as const) {
  test(`whoever is ${leaves} in one directory keeps the account in the other: the link passes on`, async (t) => {
    const bridge = await openTestBridge(t, TWO);
    const first = await hire(bridge, mail("ana"), { department: "Sales" }, ACME);
    await runFull(bridge);
    const second = await hire(bridge, mail("ana"), { department: "Sales" }, GLOBEX);
    book(bridge, mail("ana"));
    await runFull(bridge);
    const before = accountOf(bridge, mail("ana"));
    const writes = bridge.product.writes.length;
    await (leaves === "deleted" ? remove(bridge, first.id) : patch(bridge, first.id, { active: false }));
    await runUrgent(bridge);
    await runFull(bridge);
    t.is((await bridge.store.links.get(second.id))?.account, before?.id);
    t.is(await bridge.store.links.get(first.id), undefined);
    t.is((await runFull(bridge)).outcome, "done");
    t.deepEqual(accountOf(bridge, mail("ana")), before, "login, seat and groups as before");
    t.is(bridge.product.writes.length, writes, "nothing was written to the product");
    t.deepEqual(bridge.product.state.mails, []);
    t.deepEqual(await bridge.store.evidence.proofs(first.id), []);

    await patch(bridge, second.id, { title: "Manager" }, GLOBEX);
    await runFull(bridge);
    t.is(accountOf(bridge, mail("ana"))?.groups.length, 2, "the second directory rules the account now");
    await patch(bridge, second.id, { active: false }, GLOBEX);
    await runFull(bridge);
    t.is(accountOf(bridge, mail("ana"))?.status, "deactivated", "whoever has left both has left");
    t.is((await bridge.store.evidence.proofs(second.id)).length, 1);
  });
}

test("who comes back to the first directory does not take the account back", async (t) => {
  const bridge = await openTestBridge(t, TWO);
  const first = await hire(bridge, mail("ana"), {}, ACME);
  await runFull(bridge);
  const second = await hire(bridge, mail("ana"), {}, GLOBEX);
  await patch(bridge, first.id, { active: false });
  await runFull(bridge);
  await patch(bridge, first.id, { active: true });
  for (let round = 0; round < 3; round += 1) await runFull(bridge);
  t.is((await bridge.store.links.get(second.id))?.account, accountOf(bridge, mail("ana"))?.id);
  t.is(await bridge.store.links.get(first.id), undefined);
  const { items } = await bridge.store.holds.held(10);
  t.regex(items[0]?.detail ?? "", /ana@acme\.example of directory globex/);
});

test("an account that was made for somebody is not taken by whoever has their old address", async (t) => {
  const bridge = await openTestBridge(t);
  // The reply to Bo's creation was lost, and nobody looked since.
  bridge.product.hook((moment, change) => {
    if (change.kind === "create-account" && moment === "after") throw new ConnectorError("unavailable", "lost");
  });
  bridge.product.state.addAccount({ profile: { email: mail("zoe") } });
  const bo = await hire(bridge, mail("bo"));
  await runFull(bridge);
  bridge.product.hook(null);
  const made = accountOf(bridge, mail("bo"))!;
  await rename(bridge, bo.id, mail("bo.li"));
  await hire(bridge, mail("bo"), { displayName: "The other Bo" });
  bridge.clock.advance(60 * 60_000);
  for (let round = 0; round < 4; round += 1) await runFull(bridge);
  t.is((await bridge.store.links.get(bo.id))?.account, made.id);
  t.is(accountOf(bridge, mail("bo.li"))?.id, made.id);
  t.is(accountOf(bridge, mail("bo"))?.profile.displayName, "The other Bo");
});

test("a change of letter case is an update of the same account where the product keeps case", async (t) => {
  const bridge = await openTestBridge(t);
  const people = await staff(bridge, ["a"]);
  await rename(bridge, people.get("a")!.id, "A@Acme.example");
  await runFull(bridge);
  t.is(bridge.product.state.accounts.size, 2);
  t.deepEqual(addresses(bridge, people), { a: mail("a") }, "this one keeps addresses in lower case");
  t.false(bridge.product.writes.some(({ change }) => change.kind === "update-account" && isRename(change)));
});
