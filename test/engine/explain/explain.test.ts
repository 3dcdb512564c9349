import test from "ava";
import { ConnectorError, UnknownSubjectError, UsageError } from "../../../src/domain/errors.ts";
import type { Explanation } from "../../../src/engine/explain/explanation.ts";
import {
  ACME,
  accountOf,
  book,
  GLOBEX,
  hire,
  NEVER,
  NO_LIMITS,
  openTestBridge,
  patch,
  remove,
  runFull,
  runUrgent,
  type TestBridge,
} from "../../support/bridge.ts";
import { STANDARD } from "../../support/plan-builders.ts";

const explain = (bridge: TestBridge, person: string): Promise<Explanation> => bridge.services().explain(person, NEVER);

const kindsOf = ({ timeline }: Explanation): readonly string[] =>
  timeline.map((entry) => (entry.source === "audit" ? entry.action : `${entry.change.kind} ${entry.state}`));

test("a healthy person: each of the five steps, and a timeline from the first push on", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example", { department: "Sales", title: "Clerk", externalId: "00u1" });
  await runFull(bridge);
  const before = bridge.product.writes.length;
  const found = await explain(bridge, "ANA@acme.example");
  t.is(bridge.product.writes.length, before, "nothing is written to the product");
  const person = { id: ana.id, directory: ACME, userName: "ana@acme.example", displayName: "ana", erasedAt: null };
  t.deepEqual(found.person, person);
  t.is(found.verdict.state, "in-step");
  t.like(found.pushed, { at: ana.meta.created, actor: "token:test", action: "user.created", active: true });
  t.true(found.pushed?.attributes.includes("title"));
  t.deepEqual(found.staged, {
    userName: "ana@acme.example",
    externalId: "00u1",
    active: true,
    leftAt: null,
    deletedAt: null,
    version: 1,
    groups: [],
  });
  t.like(found.mapped, { mappingVersion: 1, scope: null, inScope: true, leaver: null, seat: STANDARD, unmapped: [] });
  t.is(found.mapped.account.email, "ana@acme.example");
  t.deepEqual(found.mapped.groups, [{ group: "Sales", because: ['groups.rules[0]: department "Sales" → Sales'] }]);
  t.deepEqual(found.mapped.notIn, ["Managers", "Support"]);
  t.is(found.mapped.seatBecause, "seats.default → seat standard");
  const account = accountOf(bridge, "ana@acme.example")!;
  t.like(found.matched, { kind: "linked", unanswered: null, reason: null, namesakes: [] });
  t.like(found.matched.link, { account: account.id, origin: "created" });
  t.like(found.matched.candidates[0], { id: account.id, status: "active", seat: STANDARD, groups: ["Sales"] });
  t.is(found.matched.candidates[0]?.linkedTo?.id, ana.id);
  t.like(found.planned, { heldBefore: [], waiting: null, failing: null, released: false, proof: null });
  t.like(found.planned.now, { changes: [], held: [], notes: [], confirms: false });
  t.like(found.planned.lastAnswer, { state: "changed", change: { kind: "add-to-group" } });
  t.deepEqual(kindsOf(found), [
    "user.created",
    "create-account changed",
    "assign-seat changed",
    "add-to-group changed",
  ]);
});

test("values that no rule names, and the rules that name a group, are told of", async (t) => {
  const rules = [
    { attribute: "title", values: { Boss: "Managers" } },
    { when: 'userType eq "Boss"', group: "Managers" },
  ];
  const bridge = await openTestBridge(t, { mapping: { scope: 'userType ne "External"', groups: { rules } } });
  await hire(bridge, "ana@acme.example", { title: "Bos", userType: "Boss" });
  const { mapped, verdict } = await explain(bridge, "ana@acme.example");
  t.like(mapped, { scope: 'userType ne "External"', inScope: true, unmapped: ["title: Bos"], notIn: [] });
  t.deepEqual(mapped.groups, [{ group: "Managers", because: ['groups.rules[1]: userType eq "Boss" → Managers'] }]);
  t.is(verdict.state, "pending");
});

test("one held: what only everybody's changes together make too much is told with its way out", async (t) => {
  const limits = { ...NO_LIMITS, deactivate: { floor: 1, max: 1, percent: null } };
  const bridge = await openTestBridge(t, { limits });
  const people = [];
  for (const name of ["ana", "bo", "cy"]) people.push(await hire(bridge, `${name}@acme.example`));
  await runFull(bridge);
  for (const { id } of people.slice(0, 2)) await patch(bridge, id, { active: false });
  await runFull(bridge);
  const found = await explain(bridge, "ana@acme.example");
  t.is(found.verdict.state, "held");
  t.deepEqual(found.planned.now?.held, [], "alone it would be within the limit");
  const hold = found.planned.heldBefore.find(({ hold: why }) => why === "over-limit");
  t.regex(hold?.detail ?? "", /2 deactivations: 2 in 24 h, limit 1 .* rosterbridge release ana@acme\.example --reason/);
  t.is(found.verdict.sentence, hold?.detail ?? "");

  await bridge.services().permissions.release("ana@acme.example", { author: "test", reason: "certain" });
  const released = await explain(bridge, "ana@acme.example");
  t.like(released.planned, { released: true, heldBefore: [] });
  t.is(released.verdict.state, "pending");
  t.true(kindsOf(released).includes("person.released"));
  t.is((await explain(bridge, "bo@acme.example")).verdict.state, "held");
});

test("one held by a plan for them alone, by the mode", async (t) => {
  const bridge = await openTestBridge(t, { mode: "observe" });
  await hire(bridge, "ana@acme.example");
  const { verdict, planned } = await explain(bridge, "ana@acme.example");
  t.deepEqual(verdict, { state: "held", sentence: 'The mode is "observe": nothing is written to the product.' });
  t.deepEqual(
    planned.now?.held.map(({ change, hold }) => `${change.kind} ${hold}`),
    ["create-account mode", "assign-seat mode"],
  );
});

test("one waiting for a seat: the place of the last run, not that of a plan for one", async (t) => {
  const bridge = await openTestBridge(t, { product: { seats: { standard: 1 } } });
  for (const name of ["ana", "bo", "cy"]) await hire(bridge, `${name}@acme.example`);
  await runFull(bridge);
  const found = await explain(bridge, "cy@acme.example");
  t.is(found.verdict.state, "waiting");
  t.regex(
    found.verdict.sentence,
    /^Place 2 of 2 in the queue for a standard seat: over capacity: 1 of 1 standard seats/,
  );
  t.like(found.planned.waiting, { seat: STANDARD, place: 2, of: 2 });
  const held = found.planned.now?.held.find(({ hold }) => hold === "no-free-seat");
  t.regex(held?.detail ?? "", /^No standard seat is free: place 2 of 2 in the queue/);

  await hire(bridge, "di@acme.example");
  const fresh = await explain(bridge, "di@acme.example");
  t.is(fresh.planned.waiting, null);
  t.is(fresh.verdict.sentence, "No standard seat is free: the next run gives them place 3 in the queue.");

  bridge.product.state.change(accountOf(bridge, "ana@acme.example")!.id, { seat: null });
  const next = await explain(bridge, "cy@acme.example");
  t.regex(next.verdict.sentence, /^Place 2 of 2 .*: one is free now, and goes to the first in the queue\.$/);
});

test("one in conflict: which account, whose it is, and why it is not taken", async (t) => {
  const bridge = await openTestBridge(t, { directories: { acme: ["*"], globex: ["*"] } });
  await hire(bridge, "owner@acme.example");
  const owner = await explain(bridge, "owner@acme.example");
  t.is(owner.verdict.state, "conflict");
  t.is(owner.matched.kind, "conflict");
  t.regex(owner.matched.reason ?? "", /is held by an owner; owners and admins are never adopted/);
  t.like(owner.matched.candidates[0], { email: "owner@acme.example", role: "owner", linkedTo: null });
  t.is(owner.matched.link, null);

  await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  const second = await hire(bridge, "ana@acme.example", {}, GLOBEX);
  const { matched, verdict } = await explain(bridge, second.id);
  t.is(verdict.state, "conflict");
  t.regex(matched.reason ?? "", /claimed by directory acme, which is listed first/);
  t.like(matched.namesakes[0], { userName: "ana@acme.example", directory: ACME, status: "active" });
  t.like(matched.candidates[0]?.linkedTo, { directory: ACME, userName: "ana@acme.example" });
});

test("one failing: what the product answered, how often, and when the next attempt is due", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example");
  bridge.product.hook((moment, change) => {
    if (moment === "before" && change.kind === "assign-seat") throw new ConnectorError("rejected", "no such seat");
  });
  await runFull(bridge);
  const { verdict, planned, timeline } = await explain(bridge, "ana@acme.example");
  t.is(verdict.state, "failing");
  t.regex(verdict.sentence, /^Failed once, at last with: no such seat\. The next/);
  t.like(planned.failing, { attempts: 1, code: "connector.rejected", message: "no such seat" });
  t.like(planned.lastAnswer, { state: "failed", error: "connector.rejected: no such seat" });
  t.deepEqual(
    planned.now?.changes.map(({ kind }) => kind),
    ["assign-seat"],
  );
  t.like(timeline.at(-1), { source: "journal", state: "failed", error: "connector.rejected: no such seat" });
});

test("a leaver: what was said, what was done, and the proof", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example", { department: "Sales" });
  await runFull(bridge);
  book(bridge, "ana@acme.example");
  const left = await patch(bridge, ana.id, { active: false });
  const waiting = await explain(bridge, "ana@acme.example");
  t.is(waiting.verdict.state, "pending");
  t.true(
    waiting.planned.now?.changes.some(({ kind }) => kind === "cancel-booking"),
    "bookings are looked at, too",
  );
  await runUrgent(bridge);
  const found = await explain(bridge, "ana@acme.example");
  t.is(found.verdict.state, "left");
  t.regex(found.verdict.sentence, /^Shut out, read back and proved on Mon 23 Nov 09:00 UTC\.$/);
  t.like(found.pushed, { action: "user.changed", attributes: ["active"], active: false });
  t.like(found.staged, { active: false, leftAt: left.leftAt });
  t.like(found.mapped, { leaver: "inactive", inScope: true, groups: [], notIn: [], seat: null, seatBecause: null });
  t.like(found.matched.candidates[0], { status: "deactivated", seat: null, groups: [] });
  t.like(found.planned.proof?.document, { bookings: { cancelled: 1, left: 0 } });
  t.is(kindsOf(found).at(-1), "leaver.proved");

  await remove(bridge, ana.id);
  const gone = await explain(bridge, "ana@acme.example");
  t.like(gone.mapped, { leaver: "deleted" });
  t.not(gone.staged.deletedAt, null);
  t.is(gone.verdict.state, "left");
});

test("of a leaver who never had an account that is told, and of an account that has their e-mail as well", async (t) => {
  const bridge = await openTestBridge(t);
  const none = "Has left, and there is no account of theirs that we know of.";
  const left = async () => {
    const { verdict, matched } = await explain(bridge, "ana@acme.example");
    t.is(matched.kind, "none");
    t.is(verdict.state, "left");
    return verdict.sentence;
  };
  await hire(bridge, "ana@acme.example", { active: false });
  t.is(await left(), none);
  const id = bridge.product.state.addAccount({ profile: { email: "ana@acme.example" } });
  t.is(await left(), `Has left. Account ${id} has their e-mail, but was never linked to them: nothing was shut.`);
  bridge.product.state.change(id, { status: "deactivated" });
  t.is(await left(), none);
});

test("whoever came back after a deletion answers to their name, and the tombstone to its id alone", async (t) => {
  const bridge = await openTestBridge(t);
  const before = await hire(bridge, "ana@acme.example", { externalId: "00u1" });
  await runFull(bridge);
  await remove(bridge, before.id);
  const after = await hire(bridge, "ana@acme.example", { externalId: "00u1" });
  t.is((await explain(bridge, "ana@acme.example")).person.id, after.id);
  await t.throwsAsync(explain(bridge, before.id), { instanceOf: UnknownSubjectError, message: /ask by userName/ });
});

test("an unknown address: the error names the nearest who is known", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "Ana.Lind@acme.example");
  for (const [asked, hint] of [
    ["ana.lnd@acme.example", " Did you mean Ana.Lind@acme.example?"],
    ["bna.lind@acme.example", " Did you mean Ana.Lind@acme.example?"],
    ["ana.lindt", " Did you mean Ana.Lind@acme.example?"],
    [
      "zacharias@elsewhere.example",
      " People are found by userName, e-mail, externalId or id, as the identity provider sends them.",
    ],
  ] as const) {
    const message = `Nobody staged answers to "${asked}".${hint}`;
    await t.throwsAsync(explain(bridge, asked), { instanceOf: UnknownSubjectError, message });
  }
});

test("an address of two people is a question back", async (t) => {
  const bridge = await openTestBridge(t, { directories: { acme: ["*"], globex: ["*"] } });
  await hire(bridge, "ana@acme.example");
  await hire(bridge, "ana@acme.example", {}, GLOBEX);
  await t.throwsAsync(explain(bridge, "ana@acme.example"), { instanceOf: UsageError, message: /2 people answer/ });
});

test("a product that cannot be asked: what is on record and the timeline are told all the same", async (t) => {
  const limits = { ...NO_LIMITS, deactivate: { floor: 0, max: 0, percent: null } };
  const bridge = await openTestBridge(t, { limits });
  const ana = await hire(bridge, "ana@acme.example", { department: "Sales" });
  await runFull(bridge);
  await patch(bridge, ana.id, { active: false });
  await runFull(bridge);
  bridge.product.failReads(new ConnectorError("unavailable", "connection refused"));
  const found = await explain(bridge, "ana@acme.example");
  t.deepEqual(found.verdict, {
    state: "unknown",
    sentence: "The product cannot be asked now: connection refused. What is on record is below.",
  });
  t.deepEqual(found.matched.unanswered, { reason: "unavailable", message: "connection refused" });
  t.like(found.matched, { kind: null, candidates: [] });
  t.truthy(found.matched.link);
  t.is(found.planned.now, null);
  t.true(found.planned.heldBefore.some(({ hold }) => hold === "over-limit"));
  t.is(found.mapped.leaver, "inactive");
  t.is(kindsOf(found).at(-1), "user.changed");
});

test("a product that will not tell of this one person is no reason to tell nothing", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  Object.assign(bridge.product.connector, {
    find: () => Promise.reject(new ConnectorError("rejected", "not this one")),
  });
  const { matched, verdict } = await explain(bridge, "ana@acme.example");
  t.like(matched.unanswered, { reason: "rejected" });
  t.is(verdict.state, "unknown");
});

test("a directory that is no longer configured is said to be", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example");
  bridge.restart({ directories: [] });
  t.regex((await explain(bridge, "ana@acme.example")).verdict.sentence, /not in the configuration any more/);
});
