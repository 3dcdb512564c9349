import test, { type ExecutionContext } from "ava";
import { PLAIN_STYLE } from "../../src/planning/plan-style.ts";
import { proofLines } from "../../src/cli/proof-words.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import type { Offboardings } from "../../src/engine/leaver-proofs.ts";
import { NOW, userId } from "../contracts/store-harness.ts";
import { book, hire, openTestBridge, patch, remove, runFull, runUrgent, type TestBridge } from "../support/bridge.ts";
import { rawSqlite } from "../support/raw-sqlite.ts";
import { command } from "../support/toolbox.ts";

interface Company {
  readonly bridge: TestBridge;
  readonly ana: string;
}

/** Ana is in step, with two meetings ahead. */
async function aCompany(t: ExecutionContext): Promise<Company> {
  const bridge = await openTestBridge(t);
  const { id } = await hire(bridge, "ana@acme.example", { department: "Sales", externalId: "A1" });
  await hire(bridge, "bo@acme.example", { department: "Sales" });
  await runFull(bridge);
  book(bridge, "ana@acme.example", 24);
  book(bridge, "ana@acme.example", 48);
  return { bridge, ana: id };
}

async function aLeaver(t: ExecutionContext): Promise<Company> {
  const company = await aCompany(t);
  await patch(company.bridge, company.ana, { active: false });
  company.bridge.clock.advance(1_500);
  await runUrgent(company.bridge);
  return company;
}

const spoil = ({ store }: TestBridge, ...statements: readonly string[]): Promise<unknown> =>
  rawSqlite(store.describe().location, ...statements);

test("a proof says what the IdP said, what was done, what was read back, and where it stands in the chain", async (t) => {
  const { bridge, ana } = await aLeaver(t);
  const { code, out, errors } = await command(["proof", "ANA@acme.example"], { bridge });
  t.is(code, 0);
  t.is(errors, "");
  t.regex(out, /^Offboarded {3}ANA@acme\.example {3}directory acme {3}\w{3} \d+ \w{3} \d\d:\d\d UTC\n/);
  t.regex(out, new RegExp(`^  person +${ana}$`, "m"));
  t.regex(out, /^ {2}the IdP said +active=false, at 20\d\d-\d\d-\d\dT[\d:.]+Z$/m);
  t.regex(out, /^ {2}proved +at 20[\d-]+T[\d:.]+Z, 1\.\d\d s after it was said$/m);
  t.regex(out, /^ {2}bookings +2 cancelled, 2 guests, none left$/m);
  t.regex(out, /^ {2}read back +account deactivated, no seat, in no group$/m);
  t.regex(out, /^ {2}audit log +row \d+ \([0-9a-f]{12}…\): the proof is as it was written$/m);
  t.regex(out, /^ {2}WHEN +STEP +ON +THE PRODUCT'S ANSWER$/m);
  t.is(out.match(/^ {2}20[\d-]+T[\d:.]+Z +cancel-booking +\S+ +done$/gm)?.length, 2);
  t.regex(out, /Z +remove-from-group +Sales +done$/m);
  t.regex(out, /Z +release-seat +standard +done$/m);
  t.regex(out, /Z +deactivate-account +account +done$/m);
});

test("a proof as JSON is the record as it was written, with its row of the audit log", async (t) => {
  const { bridge, ana } = await aLeaver(t);
  const { out } = await command(["proof", "A1", "--json"], { bridge });
  const { proofs, lost } = JSON.parse(out) as Offboardings;
  t.deepEqual(lost, []);
  t.is(proofs.length, 1);
  const [stored] = await bridge.store.evidence.proofs(userId(ana));
  t.deepEqual(proofs[0]?.document, stored?.document);
  const rows = await bridge.store.evidence.auditOf(ana);
  const { sequence, hash } = rows.find(({ action }) => action === "leaver.proved")!;
  t.deepEqual(proofs[0]?.audit, { sequence, hash, matches: true });
});

test("of somebody who left twice the newest proof comes first", async (t) => {
  const { bridge, ana } = await aLeaver(t);
  await patch(bridge, ana, { active: true });
  await runUrgent(bridge);
  bridge.clock.advance(86_400_000);
  await remove(bridge, ana);
  await runUrgent(bridge);
  const { code, out } = await command(["proof", "ana@acme.example"], { bridge });
  t.is(code, 0);
  t.deepEqual(
    [...out.matchAll(/the IdP said +([\w=]+),/g)].map(([, said]) => said),
    ["deleted", "active=false"],
  );
  t.is(out.match(/\n\nOffboarded/g)?.length, 1);
});

test("of several people who answer to one name, all proofs are shown", async (t) => {
  const { bridge, ana } = await aLeaver(t);
  await remove(bridge, ana);
  const again = await hire(bridge, "ana@acme.example", { externalId: "A2" });
  const { code, out } = await command(["proof", "ana@acme.example"], { bridge });
  t.is(code, 0);
  t.true(out.includes(ana));
  t.false(out.includes(again.id));
});

test("whoever was not offboarded has no proof, and that is said", async (t) => {
  const { bridge } = await aCompany(t);
  const { code, out, errors } = await command(["proof", "bo@acme.example"], { bridge });
  t.is(code, 1);
  t.is(out, "");
  t.regex(errors, /^rosterbridge: There is no proof for "bo@acme\.example", who has not been offboarded\./);
});

test("somebody unknown is said to be so, with who was probably meant", async (t) => {
  const { bridge } = await aCompany(t);
  const { code, errors } = await command(["proof", "anna@acme.example"], { bridge });
  t.is(code, 1);
  t.regex(errors, /^rosterbridge: Nobody staged answers to "anna@acme\.example"\..*ana@acme\.example/);
});

test("a proof that was changed is found out by its row of the audit log", async (t) => {
  const { bridge } = await aLeaver(t);
  await spoil(bridge, `update proofs set document = replace(document, '"cancelled":2', '"cancelled":0')`);
  const { code, out } = await command(["proof", "ana@acme.example"], { bridge });
  t.is(code, 1);
  t.regex(out, /^ {2}audit log +row \d+ \([0-9a-f]{12}…\): the proof was CHANGED since$/m);
  const json = await command(["proof", "ana@acme.example", "--json"], { bridge });
  t.is(json.code, 1);
  t.false((JSON.parse(json.out) as Offboardings).proofs[0]?.audit?.matches);
});

test("a proof that was taken away is missed by its row of the audit log", async (t) => {
  const { bridge } = await aLeaver(t);
  await spoil(bridge, "delete from proofs");
  const { code, out, errors } = await command(["proof", "ana@acme.example"], { bridge });
  t.is(code, 1);
  t.is(out, "");
  t.regex(errors, /^Row \d+ of the audit log tells of another proof of this person, which is gone\.$/);
});

test("a proof without a row of the audit log was written by a run that was killed right then", async (t) => {
  const { bridge } = await aLeaver(t);
  await spoil(bridge, "delete from audit where action = 'leaver.proved'");
  const { code, out } = await command(["proof", "ana@acme.example"], { bridge });
  t.is(code, 0);
  t.regex(out, /^ {2}audit log +no row of it tells of this proof: .* only a later proof counts$/m);
});

/** What is shown of a proof with this document. */
function shown(document: JsonObject): string {
  const proof = { user: userId("ana"), at: NOW, document, heirs: {}, audit: null };
  return [...proofLines(proof, "ana", NOW, PLAIN_STYLE)].join("\n");
}

test("of somebody out of scope, a proof does not say that the IdP said so", (t) => {
  const text = shown({ said: { what: "out of scope", at: NOW }, latencyMs: 12_000 });
  t.notRegex(text, /the IdP said|it was said/);
  t.true(text.includes(`since ${NOW}: by an edit of the mapping, or by what the IdP changed of them`), text);
  t.regex(text, /proved +at .*, 12\.00 s after that\n/);
});

test("what a proof does not tell is not known, and nothing in it can forge a line", (t) => {
  const empty = shown({});
  t.regex(empty, /the IdP said +not known, at not known\n/);
  t.regex(empty, /bookings +nobody looked what is left\n/);
  t.regex(empty, /\n {2}No step was left to do: the product was so already\.$/);
  const odd = shown({
    directory: "\u001b[2J",
    account: "\u001b[31mmem\n",
    latencyMs: 600_000,
    bookings: { cancelled: 1, reassigned: 3, guests: 1, left: 2 },
    readBack: { account: "gone" },
    steps: [
      {
        change: "cancel-booking",
        subject: "b\u202e1",
        state: "failed",
        intendedAt: "T1",
        settledAt: "T2",
        error: "no\n",
      },
      { change: "cancel-booking", subject: "b2", state: "already-so", intendedAt: "T3", settledAt: "T4" },
      { change: "release-seat", subject: "s", state: "unknown", intendedAt: "T5", settledAt: null },
    ],
  });
  t.notRegex(odd, /[\u0000-\u0009\u000b-\u001f\u202e]/);
  t.regex(odd, /account +\ufffd\[31mmem\ufffd\n/);
  t.regex(odd, /proved +at \S+, 10 min after it was said\n/);
  t.regex(odd, /bookings +1 cancelled, 3 reassigned, 1 guest, 2 left\n/);
  t.regex(odd, /read back +the account is gone\n/);
  t.regex(odd, / {2}T2 +cancel-booking +b\ufffd1 +failed: no\ufffd\n/);
  t.regex(odd, / {2}T4 +cancel-booking +b2 +was so already\n/);
  t.regex(odd, / {2}T5 +release-seat +s +nobody knows: the process ended first, or no answer came$/);
});
