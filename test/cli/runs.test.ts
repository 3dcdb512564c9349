import test, { type ExecutionContext } from "ava";
import { runLines, runsTable } from "../../src/cli/run-words.ts";
import { ConnectorError } from "../../src/domain/errors.ts";
import type { RunEntry } from "../../src/engine/runs/run-history.ts";
import { PLAIN_STYLE } from "../../src/planning/plan-style.ts";
import type { RunRecord } from "../../src/ports/journal.ts";
import { at, NOW } from "../contracts/store-harness.ts";
import { hire, openTestBridge, remove, runFull, runUrgent, type TestBridge } from "../support/bridge.ts";
import { command } from "../support/toolbox.ts";

/** A first run that makes two accounts, then an urgent one in which Cy fails. */
async function aCompany(t: ExecutionContext): Promise<TestBridge> {
  const bridge = await openTestBridge(t, { product: { seats: { standard: 2 } } });
  await hire(bridge, "ana@acme.example", { department: "Sales" });
  await hire(bridge, "bo@acme.example");
  await runFull(bridge);
  bridge.product.hook((moment, change) => {
    if (moment === "before" && change.kind === "create-account")
      throw new ConnectorError("rejected", "not \u001b[2Jtoday");
  });
  await hire(bridge, "cy@acme.example", { userType: "Contractor" });
  await runUrgent(bridge);
  return bridge;
}

test("the last runs are a table, the newest first", async (t) => {
  const bridge = await aCompany(t);
  const { code, out } = await command(["runs"], { bridge });
  t.is(code, 0);
  const [head, urgent, full, ...rest] = out.split("\n");
  t.regex(head!, /^ID +LANE +BY +STARTED +TOOK +OUTCOME +CHANGES$/);
  t.regex(urgent!, /^[\w-]{36} +urgent +push +\w{3} \d+ \w{3} \d\d:\d\d UTC +\d+\.\d+ s +partial +1 failed$/);
  t.regex(full!, /^[\w-]{36} +full +schedule +\w{3} \d+ \w{3} \d\d:\d\d UTC +\d+\.\d+ s +done +6 changed$/);
  t.deepEqual(rest, []);
  t.is((await command(["runs", "--limit", "1"], { bridge })).out.split("\n").length, 2);
  const json = JSON.parse((await command(["runs", "--json"], { bridge })).out) as readonly RunRecord[];
  t.deepEqual(json, await bridge.store.journal.runs(10));
});

test("one run is shown in full: what it counted, and each change with the product's answer", async (t) => {
  const bridge = await aCompany(t);
  const [urgent, full] = await bridge.store.journal.runs(2);
  const { code, out } = await command(["runs", full!.id], { bridge });
  t.is(code, 0);
  t.regex(out, new RegExp(`^Run ${full!.id}\n\n {2}lane +full\n {2}started by +schedule\n`));
  t.regex(out, /\n {2}people +2 looked at, 0 linked\n/);
  t.regex(out, /\n {2}changed +1 create-group, 2 create-account, 2 assign-seat, 1 add-to-group\n/);
  t.regex(out, /\n {2}WHEN +WHO +CHANGE +THE PRODUCT'S ANSWER\n/);
  t.regex(out, /\n {2}20[\d-]+T[\d:.]+Z +– +create the group Sales +done\n/);
  t.regex(out, /Z +ana@acme\.example +join Sales +done$/m);
  t.regex(out, /Z +bo@acme\.example +give seat standard +done$/m);

  const failed = await command(["runs", urgent!.id], { bridge });
  t.regex(failed.out, /\n {2}failed +1 change, 1 person left for a later run\n/);
  t.regex(failed.out, /cy@acme\.example +create the account cy@acme\.example +failed: .*not \ufffd\[2Jtoday$/m);
  t.notRegex(failed.out, /[\u0000-\u0009\u000b-\u001f]/);
});

test("one run as JSON is one document", async (t) => {
  const bridge = await aCompany(t);
  const [urgent, full] = await bridge.store.journal.runs(2);
  type Document = { readonly run: RunRecord; readonly entries: readonly RunEntry[] };
  const { run, entries } = JSON.parse((await command(["runs", full!.id, "--json"], { bridge })).out) as Document;
  t.deepEqual(run, full);
  t.is(entries.length, 6);
  t.like(entries[0], { user: null, person: null, change: { kind: "create-group" }, state: "changed" });
  t.true(entries.some(({ person }) => person === "bo@acme.example"));
  const one = await command(["runs", urgent!.id, "--json"], { bridge });
  t.is((JSON.parse(one.out) as Document).entries.length, 1);
});

test("a run that did nothing says so, and whoever was deleted keeps their name", async (t) => {
  const bridge = await aCompany(t);
  const [, first] = await bridge.store.journal.runs(2);
  const ana = await bridge.services().permissions.identify("ana@acme.example");
  await remove(bridge, ana);
  t.regex((await command(["runs", first!.id], { bridge })).out, /ana@acme\.example +join Sales/);
  const still = await openTestBridge(t);
  const { id } = await runFull(still);
  t.true((await command(["runs", id], { bridge: still })).out.endsWith("\n\n  It sent no change to the product."));
  t.deepEqual(
    (JSON.parse((await command(["runs", id, "--json"], { bridge: still })).out) as { entries: [] }).entries,
    [],
  );
  t.regex((await command(["runs"], { bridge: still })).out, /done +nothing to do$/);
});

test("the beginning of an id is enough, unless several runs begin so", async (t) => {
  const bridge = await aCompany(t);
  const [urgent, full] = await bridge.store.journal.runs(2);
  const several = await command(["runs", "0000"], { bridge });
  t.is(several.code, 64);
  t.is(several.errors, `rosterbridge: Several runs begin with "0000": name one (${urgent!.id}, ${full!.id}).`);
  const ids = [urgent!.id, full!.id];
  const length = [...ids[0]!].findIndex((letter, index) => letter !== ids[1]![index]) + 1;
  t.regex((await command(["runs", ids[0]!.slice(0, length)], { bridge })).out, new RegExp(`^Run ${ids[0]}\n`));
});

test("a run that is not there is said not to be", async (t) => {
  const bridge = await openTestBridge(t);
  for (const id of ["nothing", ""]) {
    const { code, errors } = await command(["runs", id], { bridge });
    t.is(code, 1);
    t.is(errors, `rosterbridge: There is no run "${id}": \`rosterbridge runs\` lists the last ones.`);
  }
  t.regex((await command(["runs"], { bridge })).out, /^No runs yet:/);
});

const RUN: RunRecord = {
  id: "r",
  lane: "full",
  trigger: "cli",
  epoch: 1,
  startedAt: NOW,
  finishedAt: null,
  outcome: null,
  digest: null,
  report: {},
};

test("a run that is under way has no end, one that broke off says why, and who waits is not counted as held", (t) => {
  t.regex(runsTable([RUN], NOW), /\nr +full +cli +Mon 23 Nov 12:00 UTC +– +under way +–$/);
  t.regex(
    [...runLines(RUN, PLAIN_STYLE)].join("\n"),
    /ended +not yet\n {2}outcome +under way\n {2}plan +none was made$/,
  );
  const broken: RunRecord = {
    ...RUN,
    finishedAt: at("2026-11-23T13:00:00.000Z"),
    outcome: "failed",
    report: { code: "x", message: "no \u001b[2Jway" },
  };
  t.regex(runsTable([broken], NOW), / 60 min +failed +no \ufffd\[2Jway$/);
  t.regex([...runLines(broken, PLAIN_STYLE)].join("\n"), /\n {2}because +no \ufffd\[2Jway$/);
  const held = { "over-limit": 1_200, "no-free-seat": 2, "waits-for-held": 4 };
  const waiting: RunRecord = { ...broken, outcome: "held", report: { held, waiting: 2 } };
  t.regex(runsTable([waiting], NOW), /held +1,200 held, 2 waiting$/);
  t.regex(
    [...runLines(waiting, PLAIN_STYLE)].join("\n"),
    /held +1,200 over-limit, 2 no-free-seat, 4 waits-for-held\n {2}waiting for a seat +2$/,
  );
});
