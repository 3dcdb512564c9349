import test from "ava";
import { ConnectorError } from "../../../src/domain/errors.ts";
import {
  accountOf,
  book,
  dryRun,
  hire,
  LEAVERS,
  openTestBridge,
  patch,
  remove,
  replace,
  runFull,
  runUrgent,
  type TestBridge,
} from "../../support/bridge.ts";
import { STANDARD } from "../../support/plan-builders.ts";

test("nobody was woken: nothing is read from the product, and no run is recorded", async (t) => {
  const bridge = await openTestBridge(t);
  await runFull(bridge);
  bridge.product.failReads(new ConnectorError("unavailable", "down"));
  t.is(await runUrgent(bridge), null);
  t.is((await bridge.store.journal.runs(10)).length, 1);
});

test("the urgent lane lists no accounts, however many people there are", async (t) => {
  const bridge = await openTestBridge(t);
  const people = [];
  for (let n = 0; n < 10; n += 1) people.push(await hire(bridge, `p${n}@acme.example`));
  await runFull(bridge);
  bridge.product.failPage(0);
  let finds = 0;
  const real = bridge.product.connector.find.bind(bridge.product.connector);
  Object.assign(bridge.product.connector, {
    find: (...args: Parameters<typeof real>) => ((finds += 1), real(...args)),
  });
  await patch(bridge, people[0]!.id, { active: false });
  t.is((await runUrgent(bridge))?.outcome, "done");
  t.is(finds, 2, "once to plan, once to read back");
});

test("those who were woken are taken leavers first", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  const bo = await hire(bridge, "bo@acme.example");
  await runFull(bridge);
  await patch(bridge, ana.id, { displayName: "Ana B" });
  await patch(bridge, bo.id, { active: false });
  const before = bridge.product.writes.length;
  await runUrgent(bridge);
  t.deepEqual(
    bridge.product.writes.slice(before).map(({ change }) => change.kind),
    ["deactivate-account", "release-seat", "update-account"],
  );
});

test("a run for leavers alone leaves the others woken, and the other way round", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  await patch(bridge, ana.id, { active: false });
  await hire(bridge, "bo@acme.example");
  await runUrgent(bridge, { only: "leavers" });
  t.is(accountOf(bridge, "ana@acme.example")?.status, "deactivated");
  t.is(accountOf(bridge, "bo@acme.example"), undefined);
  t.is(await runUrgent(bridge, { only: "leavers" }), null);
  await runUrgent(bridge, { only: "others" });
  t.is(accountOf(bridge, "bo@acme.example")?.seat, STANDARD);
  t.is(await runUrgent(bridge, { only: "others" }), null);
});

test("leavers are let in between two people of a run for the others", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  for (let n = 0; n < 30; n += 1) await hire(bridge, `p${n}@acme.example`);
  let leaving: Promise<unknown> | undefined;
  let joinedBefore = 0;
  bridge.product.hook(async (moment, change) => {
    if (moment === "before" && change.kind === "create-account" && leaving === undefined) {
      leaving = patch(bridge, ana.id, { active: false }).then(() => runUrgent(bridge, { only: "leavers" }));
    }
    if (moment === "before" && change.kind === "deactivate-account") joinedBefore = openAccounts(bridge);
  });
  t.is((await runUrgent(bridge, { only: "others" }))?.outcome, "done");
  await leaving;
  t.is(accountOf(bridge, "ana@acme.example")?.status, "deactivated");
  t.is(openAccounts(bridge), 31);
  t.true(joinedBefore < 25, `${joinedBefore} accounts were there when the leaver was shut out`);
});

test("whoever is pushed out of the mapping's scope is woken as a leaver", async (t) => {
  const bridge = await openTestBridge(t, { mapping: { scope: 'userType ne "External"' } });
  const ana = await hire(bridge, "ana@acme.example", { userType: "Employee" });
  await runFull(bridge);
  t.truthy(accountOf(bridge, "ana@acme.example"));
  await patch(bridge, ana.id, { userType: "External" });
  t.is((await runUrgent(bridge, { only: "leavers" }))?.outcome, "done");
  t.is(accountOf(bridge, "ana@acme.example")?.status, "deactivated");
  const [proof] = await bridge.store.evidence.proofs(ana.id);
  t.like(proof?.document, { said: { what: "out of scope" } });
});

test("one person is planned by the urgent lane exactly as in a plan for everybody", async (t) => {
  const bridge = await openTestBridge(t);
  const staff: Record<string, string> = {};
  for (const name of ["ana", "bo", "cy", "di", "ed"]) {
    staff[name] = (await hire(bridge, `${name}@acme.example`, { department: "Sales" })).id;
  }
  for (let n = 0; n < 10; n += 1) bridge.product.state.addAccount({ profile: { email: `x${n}@acme.example` } });
  await runFull(bridge);
  book(bridge, "ana@acme.example");
  await patch(bridge, staff["ana"]!, { active: false });
  await replace(bridge, staff["bo"]!, "bo.li@acme.example", { department: "Support" });
  bridge.product.state.change(accountOf(bridge, "cy@acme.example")!.id, { groups: [], status: "deactivated" });
  bridge.product.state.removeAccount(accountOf(bridge, "di@acme.example")!.id);
  await remove(bridge, staff["ed"]!);
  await hire(bridge, "x3@acme.example");
  await hire(bridge, "new@acme.example", { department: "Sales", title: "Manager" });
  const whole = await dryRun(bridge);
  t.is(whole.people.length, 7);
  for (const person of whole.people) {
    const { people } = await dryRun(bridge, { of: "some", people: [person.user] });
    t.deepEqual(people, [person], person.label);
  }
});

test("a proof says what the IdP said, each step, what was read back, and how long it took", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example", { department: "Sales" });
  await runFull(bridge);
  const account = accountOf(bridge, "ana@acme.example")!.id;
  const upcoming = book(bridge, "ana@acme.example", 24);
  book(bridge, "ana@acme.example", -24);
  const left = await patch(bridge, ana.id, { active: false });
  bridge.clock.advance(700);
  await runUrgent(bridge);
  const proofs = await bridge.store.evidence.proofs(ana.id);
  t.is(proofs.length, 1);
  const { document, at } = proofs[0]!;
  t.like(document, {
    person: ana.id,
    directory: "acme",
    account,
    said: { what: "active=false", at: left.meta.lastModified },
    bookings: { cancelled: 1, guests: 1, left: 0 },
    readBack: { account: "deactivated", seat: null, groups: 0 },
    provedAt: at,
    latencyMs: Date.parse(at) - Date.parse(left.meta.lastModified),
  });
  const steps = document["steps"] as readonly { change: string; subject: string; state: string }[];
  t.deepEqual(
    steps.map(({ change, subject, state }) => [change, subject, state]),
    [
      ["deactivate-account", "account", "changed"],
      ["cancel-booking", upcoming, "changed"],
      ["remove-from-group", "Sales", "changed"],
      ["release-seat", "standard", "changed"],
    ],
  );
  t.false(JSON.stringify(document).includes("ana@"), "ids and counts only");
  t.is((await bridge.store.links.get(ana.id))?.offboardedAt, at);
});

test("a proof counts from when the IdP ended access, whatever it said of the person later", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  const left = await patch(bridge, ana.id, { active: false });
  bridge.clock.advance(60_000);
  await patch(bridge, ana.id, { title: "Former colleague" });
  bridge.clock.advance(60_000);
  await remove(bridge, ana.id);
  bridge.clock.advance(700);
  await runUrgent(bridge);
  const [proof] = await bridge.store.evidence.proofs(ana.id);
  t.like(proof?.document, { said: { what: "active=false", at: left.meta.lastModified } });
  t.true(Number(proof?.document["latencyMs"]) >= 120_700);
});

test("a proof after a failure tells of the steps of all runs that it took, and of each booking once", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  book(bridge, "ana@acme.example", 24);
  book(bridge, "ana@acme.example", 48);
  await patch(bridge, ana.id, { active: false });
  let failures = 0;
  bridge.product.hook((moment, change) => {
    if (moment !== "after" || change.kind !== "cancel-booking" || failures >= 8) return;
    failures += 1;
    throw new ConnectorError("unavailable", "no reply");
  });
  t.is((await runUrgent(bridge))?.outcome, "partial");
  t.is((await bridge.store.evidence.proofs(ana.id)).length, 0);
  bridge.clock.advance(60_000);
  t.is((await runUrgent(bridge))?.outcome, "done");
  const [proof] = await bridge.store.evidence.proofs(ana.id);
  t.deepEqual(proof?.document["bookings"], { cancelled: 2, guests: 2, left: 0 });
  t.is(bridge.product.state.mails.length, 2, "nobody is told twice");
  t.true((proof?.document["steps"] as readonly unknown[]).length >= 4);
});

test("what the proof says of bookings is nothing where nobody looked", async (t) => {
  const leavers = { ...LEAVERS, bookings: { ...LEAVERS.bookings, action: "keep" as const } };
  const bridge = await openTestBridge(t, { leavers });
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  book(bridge, "ana@acme.example");
  await patch(bridge, ana.id, { active: false });
  t.is((await runUrgent(bridge))?.outcome, "done");
  const [proof] = await bridge.store.evidence.proofs(ana.id);
  t.deepEqual(proof?.document["bookings"], { cancelled: 0, guests: 0, left: null });
  t.is(bridge.product.state.mails.length, 0);
});

test("a leaver whose account is deleted is proved gone", async (t) => {
  const bridge = await openTestBridge(t, { leavers: { ...LEAVERS, action: "delete" } });
  const ana = await hire(bridge, "ana@acme.example");
  await hire(bridge, "bo@acme.example");
  await runFull(bridge);
  book(bridge, "ana@acme.example");
  await remove(bridge, ana.id);
  t.is((await runUrgent(bridge))?.outcome, "done");
  t.is(accountOf(bridge, "ana@acme.example"), undefined);
  const [proof] = await bridge.store.evidence.proofs(ana.id);
  t.like(proof?.document, { said: { what: "deleted" }, readBack: { account: "gone" } });
  t.is(bridge.product.state.mails.length, 1, "guests were told before the account took their bookings with it");
});

test("a meeting booked while the account is being shut is found and cancelled, too", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  book(bridge, "ana@acme.example", 24);
  await patch(bridge, ana.id, { active: false });
  bridge.product.hook((moment, change) => {
    if (moment === "before" && change.kind === "deactivate-account") book(bridge, "ana@acme.example", 48);
  });
  const report = await runUrgent(bridge);
  t.is(report?.outcome, "done");
  t.is(report?.changed["cancel-booking"], 2);
  t.is(bridge.product.state.mails.length, 2);
});

test("whoever comes back while meetings that turned up are being cancelled keeps the rest of those, too", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  await patch(bridge, ana.id, { active: false });
  bridge.product.hook(async (moment, change) => {
    if (moment === "after" && change.kind === "deactivate-account")
      for (let hours = 1; hours <= 5; hours += 1) book(bridge, "ana@acme.example", hours);
    if (moment === "after" && change.kind === "cancel-booking") await patch(bridge, ana.id, { active: true });
  });
  t.is((await runUrgent(bridge))?.superseded, 1);
  t.is(bridge.product.state.mails.length, 1);
  t.deepEqual(await bridge.store.evidence.proofs(ana.id), []);
});

test("an account that goes on taking bookings is given up for this run, and is not proved", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  book(bridge, "ana@acme.example");
  await patch(bridge, ana.id, { active: false });
  bridge.product.hook((moment, change) => {
    if (moment === "after" && change.kind === "cancel-booking") book(bridge, "ana@acme.example", 72);
  });
  const report = await runUrgent(bridge);
  t.is(report?.outcome, "partial");
  t.regex(report?.failed[0]?.reason ?? "", /1 upcoming bookings are left/);
  t.is((await bridge.store.evidence.proofs(ana.id)).length, 0);
});

test("a stop leaves the meetings that turned up for the next run, and nothing is proved", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  await patch(bridge, ana.id, { active: false });
  const stop = new AbortController();
  bridge.product.hook((moment, change) => {
    if (moment !== "after" || change.kind !== "release-seat") return;
    book(bridge, "ana@acme.example");
    stop.abort();
  });
  await runUrgent(bridge, { stop: stop.signal });
  t.is(bridge.product.state.mails.length, 0);
  t.deepEqual(await bridge.store.evidence.proofs(ana.id), []);
  bridge.product.hook(null);
  bridge.clock.advance(60_000);
  t.is((await runUrgent(bridge))?.outcome, "done");
  t.is(bridge.product.state.mails.length, 1);
  t.is((await bridge.store.evidence.proofs(ana.id)).length, 1);
});

test("an account that vanishes while it is shut is proved gone", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  await patch(bridge, ana.id, { active: false });
  const { connector, state } = bridge.product;
  const real = connector.bookings.bind(connector);
  Object.assign(connector, {
    bookings: (...args: Parameters<typeof real>) => {
      if (state.accounts.has(args[0])) return real(...args);
      throw new ConnectorError("missing", "404");
    },
  });
  bridge.product.hook((moment, change) => {
    if (moment === "after" && change.kind === "release-seat")
      state.removeAccount(accountOf(bridge, "ana@acme.example")!.id);
  });
  t.is((await runUrgent(bridge))?.outcome, "done");
  const [proof] = await bridge.store.evidence.proofs(ana.id);
  t.like(proof?.document, { readBack: { account: "gone" }, bookings: { left: 0 } });
});

test("a product that lies about the shutting is not believed", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  await patch(bridge, ana.id, { active: false });
  bridge.product.hook((moment, change) => {
    if (moment === "after" && change.kind === "release-seat") {
      bridge.product.state.change(accountOf(bridge, "ana@acme.example")!.id, { status: "active" });
    }
  });
  const report = await runUrgent(bridge);
  t.is(report?.failed[0]?.reason, "The product still shows the account as active.");
  t.is((await bridge.store.links.get(ana.id))?.offboardedAt, null);
});

test("whoever was shut by hand is confirmed and proved, without a write", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  bridge.product.state.change(accountOf(bridge, "ana@acme.example")!.id, { status: "deactivated", seat: null });
  await patch(bridge, ana.id, { active: false });
  const before = bridge.product.writes.length;
  t.is((await runUrgent(bridge))?.outcome, "done");
  t.is(bridge.product.writes.length, before);
  const [proof] = await bridge.store.evidence.proofs(ana.id);
  t.like(proof?.document, { steps: [], bookings: { cancelled: 0, left: 0 }, readBack: { account: "deactivated" } });
  await runFull(bridge);
  t.is((await bridge.store.evidence.proofs(ana.id)).length, 1, "proved once");
});

test("whoever comes back while their meetings are being cancelled keeps the rest of them", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  for (let hours = 1; hours <= 10; hours += 1) book(bridge, "ana@acme.example", hours);
  await patch(bridge, ana.id, { active: false });
  bridge.product.hook(async (moment, change) => {
    if (moment === "after" && change.kind === "cancel-booking" && bridge.product.state.mails.length === 3)
      await patch(bridge, ana.id, { active: true });
  });
  const report = await runUrgent(bridge);
  t.is(report?.superseded, 1);
  t.is(bridge.product.state.mails.length, 3);
  t.is(await bridge.store.wakes.count(), 1, "still woken");
  t.is((await runUrgent(bridge))?.outcome, "done");
  t.is(accountOf(bridge, "ana@acme.example")?.status, "active");
  t.is(bridge.product.state.mails.length, 3);
});

test("a push that comes while somebody is worked on is not forgotten", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  let pushed = false;
  bridge.product.hook(async (moment, change) => {
    if (moment !== "after" || change.kind !== "assign-seat" || pushed) return;
    pushed = true;
    await patch(bridge, ana.id, { displayName: "Ana B" });
  });
  await runUrgent(bridge);
  t.is(await bridge.store.wakes.count(), 1);
  await runUrgent(bridge);
  t.is(accountOf(bridge, "ana@acme.example")?.profile.displayName, "Ana B");
  t.is(await bridge.store.wakes.count(), 0);
});

test("somebody whom the urgent lane took while a full run was planning is left to the next run", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example", { department: "Sales" });
  await runFull(bridge);
  bridge.product.state.change(accountOf(bridge, "ana@acme.example")!.id, { groups: [] });
  const report = await runFull(bridge, {
    confirm: async () => {
      await runUrgent(bridge, { people: [ana.id] });
      return true;
    },
  });
  t.is(report.superseded, 1);
  t.is(accountOf(bridge, "ana@acme.example")?.groups.length, 1);
  t.is(bridge.product.writes.filter(({ change }) => change.kind === "add-to-group").length, 2);
});

test("a clock that is set back neither hides what was done nor keeps anybody waiting", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  bridge.clock.jump(-24 * 3_600_000);
  await patch(bridge, ana.id, { active: false });
  const report = await runUrgent(bridge);
  t.is(report?.superseded, 0);
  t.is(accountOf(bridge, "ana@acme.example")?.status, "deactivated");
});

test("a create whose reply was lost is found again, also after a rename", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  bridge.product.hook((moment, change) => {
    if (moment === "after" && change.kind === "create-account") throw new ConnectorError("unavailable", "no reply");
    if (moment === "before" && bridge.product.writes.length > 0) throw new ConnectorError("rejected", "later");
  });
  await runUrgent(bridge);
  bridge.product.hook(null);
  await replace(bridge, ana.id, "ana.lima@acme.example");
  bridge.clock.advance(60_000);
  await runUrgent(bridge);
  await runFull(bridge);
  const accounts = [...bridge.product.state.accounts.values()].filter(({ role }) => role === "member");
  t.deepEqual(
    accounts.map(({ profile, seat }) => [profile.email, seat]),
    [["ana.lima@acme.example", "standard"]],
  );
});

test("a product that is down leaves everybody woken, and the fault is everybody's", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example");
  bridge.product.failReads(new ConnectorError("unavailable", "down"));
  await t.throwsAsync(runUrgent(bridge), { instanceOf: ConnectorError });
  t.is(await bridge.store.wakes.count(), 1);
  t.deepEqual(await bridge.store.wakes.failures(), []);
  bridge.product.failReads(null);
  t.is((await runUrgent(bridge))?.outcome, "done");
});

test("an account that the product gives to two people concerns the second one alone", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  const taken = accountOf(bridge, "ana@acme.example")!.id;
  const real = bridge.product.connector.apply.bind(bridge.product.connector);
  Object.assign(bridge.product.connector, {
    apply: async (...[change, context]: Parameters<typeof real>) =>
      change.kind === "create-account" && change.desired.profile.email === "bo@acme.example"
        ? { effect: "changed", account: taken }
        : real(change, context),
  });
  const bo = await hire(bridge, "bo@acme.example");
  await hire(bridge, "cy@acme.example");
  const report = await runFull(bridge);
  t.deepEqual(
    report.failed.map(({ user }) => user),
    [bo.id],
  );
  t.is(accountOf(bridge, "cy@acme.example")?.seat, STANDARD);
});

test("somebody who is named is looked at, woken or not", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await hire(bridge, "bo@acme.example");
  await runUrgent(bridge, { people: [ana.id] });
  t.is(accountOf(bridge, "ana@acme.example")?.seat, STANDARD);
  t.is(accountOf(bridge, "bo@acme.example"), undefined);
  t.is(await bridge.store.wakes.count(), 1, "the other one still is");
});

test("a hundred leavers in one burst take one run, and none of them is lost", async (t) => {
  const bridge = await openTestBridge(t, { product: { seats: { standard: 1_000 } } });
  const people = await Promise.all(Array.from({ length: 100 }, (_, n) => hire(bridge, `p${n}@acme.example`)));
  await runFull(bridge);
  await Promise.all(people.map(({ id }) => patch(bridge, id, { active: false })));
  t.is((await runUrgent(bridge))?.outcome, "done");
  t.is(openAccounts(bridge), 1);
  t.is(await bridge.store.wakes.count(), 0);
});

function openAccounts({ product }: TestBridge): number {
  return [...product.state.accounts.values()].filter(({ status }) => status === "active").length;
}
