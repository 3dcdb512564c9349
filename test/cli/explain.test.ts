import test from "ava";
import { ConnectorError } from "../../src/domain/errors.ts";
import type { Explanation } from "../../src/engine/explain/explanation.ts";
import { accountOf, book, hire, NO_LIMITS, openTestBridge, patch, runFull, runUrgent } from "../support/bridge.ts";
import { command } from "../support/toolbox.ts";

test("explain prints the answer, the five steps and the timeline, and writes nothing", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example", { department: "Sales", externalId: "00u1" });
  await runFull(bridge);
  const before = bridge.product.writes.length;
  const { code, out, errors, log } = await command(["explain", "ana@acme.example"], { bridge });
  t.is(code, 0);
  t.is(errors, "");
  t.deepEqual(log, []);
  t.is(bridge.product.writes.length, before);
  const account = accountOf(bridge, "ana@acme.example")!.id;
  const extension = "displayName, emails, externalId, extension enterprise, userName";
  t.deepEqual(
    out
      .replaceAll(/\d+ s ago/g, "N s ago")
      .replaceAll(/run \S{13}/g, "run XXXXXXXX-XXXX")
      .split("\n"),
    [
      `ana   ana@acme.example   acme   ${ana.id}`,
      "",
      "In step.  The product has what the directory and the mapping say.",
      "",
      "1 Pushed",
      `  said         created: active, ${extension}`,
      "  when         Mon 23 Nov 09:00 UTC, N s ago",
      "  by           token test",
      "",
      "2 Staged",
      "  userName     ana@acme.example",
      "  state        active",
      "  version      1",
      "  externalId   00u1",
      "  groups       none",
      "",
      "3 In scope and mapped (mapping v1)",
      "  scope        in scope   everybody is",
      "  account      email ana@acme.example",
      "               displayName ana",
      '  groups       Sales   groups.rules[0]: department "Sales"',
      "  not in       Managers, Support   no rule names it for this person",
      "  seat         standard   seats.default",
      "",
      "4 Matched",
      `  link         account ${account}   created Mon 23 Nov 09:00 UTC`,
      "  match        the account on record",
      "  product      ana@acme.example · active · seat standard · groups Sales",
      "",
      "5 Planned and answered",
      "  plan         nothing to do",
      "  answered     join Sales: done   Mon 23 Nov 09:00 UTC, N s ago",
      "",
      "Timeline (UTC)",
      `  2026-11-23 09:00:00  token test         user.created: version 1 (active, ${extension})`,
      "  2026-11-23 09:00:00  run XXXXXXXX-XXXX  create the account ana@acme.example: done",
      "  2026-11-23 09:00:00  run XXXXXXXX-XXXX  give seat standard: done",
      "  2026-11-23 09:00:00  run XXXXXXXX-XXXX  join Sales: done",
    ],
  );
});

test("what is held stands there with the command that gets past it, on a line to be copied", async (t) => {
  const limits = { ...NO_LIMITS, deactivate: { floor: 1, max: 1, percent: null } };
  const bridge = await openTestBridge(t, { limits });
  const people = [];
  for (const name of ["ana", "bo", "cy"]) people.push(await hire(bridge, `${name}@acme.example`));
  await runFull(bridge);
  for (const { id } of people.slice(0, 2)) await patch(bridge, id, { active: false });
  await runFull(bridge);
  const { out } = await command(["explain", "ana@acme.example"], { bridge });
  t.regex(out, /^Held\. {2}2 deactivations: 2 in 24 h, limit 1 \(limits\.deactivate\)\./m);
  t.regex(out, /^ {2}held {9}by the last run, beside everybody else's changes {3}over-limit$/m);
  t.regex(out, /^ {17}rosterbridge approve [0-9a-f]{12} --reason "…"$/m);
  const [way = ""] = /rosterbridge release ana@acme\.example --reason "…"$/m.exec(out) ?? [];
  t.is((await command(way.replaceAll('"', "").split(" ").slice(1), { bridge })).code, 0, "the command works");
  t.regex((await command(["explain", "ana@acme.example"], { bridge })).out, /^ {2}released {5}passes every limit$/m);
});

test("one waiting, one failing and a leaver are told in their own words", async (t) => {
  const bridge = await openTestBridge(t, { product: { seats: { standard: 1 } } });
  const ana = await hire(bridge, "ana@acme.example", { department: "Sales" });
  await hire(bridge, "bo@acme.example");
  await runFull(bridge);
  const waiting = await command(["explain", "bo@acme.example"], { bridge });
  t.regex(waiting.out, /^Waiting\. {2}Place 1 of 1 in the queue for a standard seat: over capacity/m);
  t.regex(waiting.out, /^ {2}waits {8}create the account bo@acme\.example {3}It waits for a seat\.$/m);
  t.regex(waiting.out, /^ {2}waiting {6}place 1 of 1 {3}over capacity: 1 of 1 standard seats in use, 1 waiting$/m);

  bridge.product.hook((moment, { kind }) => {
    if (moment === "before" && kind === "update-account")
      throw new ConnectorError("rejected", "no \u001b[31msuch name");
  });
  await patch(bridge, ana.id, { displayName: "Ana \u202eB" });
  await runFull(bridge);
  const failing = await command(["explain", ana.id], { bridge });
  t.is(failing.code, 0);
  t.regex(
    failing.out,
    /^Failing\. {2}Failed once, at last with: no \ufffd\[31msuch name\. The next attempt is due at 09:00:\d\d UTC\.$/m,
  );
  t.regex(failing.out, /^ {2}failing {6}no \ufffd\[31msuch name {3}1 attempt, next (in \d+ s|now)$/m);
  t.regex(failing.out, /update displayName "ana" → "Ana \ufffdB": failed: connector\.rejected/);
  t.false(/[\u001b\u202e]/.test(failing.out), "what came from outside cannot move the cursor or turn the text");

  bridge.product.hook(null);
  bridge.clock.advance(2_000);
  book(bridge, "ana@acme.example");
  await patch(bridge, ana.id, { active: false });
  t.regex((await command(["explain", ana.id], { bridge })).out, /^ {2}plan {9}cancel 1 booking, 1 guest, first/m);
  await runUrgent(bridge);
  const left = await command(["explain", ana.id], { bridge });
  t.regex(left.out, /^Left\. {2}Shut out, read back and proved on Mon 23 Nov/m);
  t.regex(left.out, /^ {2}said {9}changed: active to false$/m);
  t.regex(left.out, /^ {2}gets {9}nothing {3}the directory says active: false$/m);
  t.regex(left.out, /^ {2}proof {8}shut out, read back, \d+\.\d s after the IdP said so/m);
  t.regex(left.out, /cancel the booking of Tue 24 Nov \d\d:\d\d UTC, 1 guest: done$/m);
  t.regex(left.out, /leaver\.proved: [0-9a-f]{12}$/m);
});

test("what the IdP said of active is told with its value", async (t) => {
  const bridge = await openTestBridge(t);
  const { id } = await hire(bridge, "bo@acme.example", { active: false });
  const said = async (): Promise<string | undefined> =>
    /^ {2}said +(.*)$/m.exec((await command(["explain", id], { bridge })).out)?.[1];
  t.is(await said(), "created: inactive, displayName, emails, userName");
  await patch(bridge, id, { active: true, title: "Lead" });
  t.is(await said(), "changed: active to true, title");
});

test("a conflict names the account, and whose it is", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "owner@acme.example");
  const { out } = await command(["explain", "owner@acme.example"], { bridge });
  t.regex(out, /^Conflict\. {2}It is not certain which account is theirs: Account \S+ \(\S+\) is held by an owner/m);
  t.regex(
    out,
    /^ {2}product {6}owner@acme\.example · active · owner · no seat · no groups {3}account \S+, linked to nobody$/m,
  );
});

test("explain as JSON is the whole explanation", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example", { displayName: "Ana \u202eB" });
  await runFull(bridge);
  const { out } = await command(["explain", "ana@acme.example", "--json"], { bridge });
  t.false(out.includes("\u202e"));
  const found = JSON.parse(out) as Explanation;
  t.deepEqual(Object.keys(found).sort(), [
    "explainedAt",
    "format",
    "mapped",
    "matched",
    "person",
    "planned",
    "pushed",
    "staged",
    "timeline",
    "verdict",
  ]);
  t.like(found.person, { id: ana.id, displayName: "Ana \u202eB" });
  t.is(found.verdict.state, "in-step");
  t.is(found.timeline.length, 3);
});

for (const [reason, expected] of [
  ["unavailable", 69],
  ["auth", 77],
] as const) {
  test(`a product that answers "${reason}": all that is on record is printed, and the code is ${expected}`, async (t) => {
    const bridge = await openTestBridge(t);
    await hire(bridge, "ana@acme.example");
    await runFull(bridge);
    bridge.product.failReads(new ConnectorError(reason, "it said no"));
    const { code, out, errors } = await command(["explain", "ana@acme.example"], { bridge });
    t.is(code, expected);
    t.is(errors, "");
    t.regex(out, /^Unknown\. {2}The product cannot be asked now: it said no\./m);
    t.regex(out, /^ {2}product {6}could not be asked: it said no$/m);
    t.regex(out, /^ {2}plan {9}none: the product could not be asked$/m);
    t.regex(out, /^ {2}answered {5}give seat standard: done/m);
    t.regex(out, /user\.created/);
  });
}

test("an unknown address is one sentence with the nearest who is known", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example");
  const { code, out, errors } = await command(["explain", "anna@acme.example"], { bridge });
  t.is(code, 1);
  t.is(out, "");
  t.is(errors, 'rosterbridge: Nobody staged answers to "anna@acme.example". Did you mean ana@acme.example?');
});

test("a long history shows its newest hundred", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  for (let n = 0; n < 110; n += 1) await patch(bridge, ana.id, { title: `t${n}` });
  const { out } = await command(["explain", ana.id], { bridge });
  t.regex(out, /^ {2}… 11 earlier: `rosterbridge explain … --json` has them all$/m);
  t.is(out.match(/user\.changed/g)?.length, 100);
});
