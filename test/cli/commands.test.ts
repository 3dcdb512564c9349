import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { ConnectorError, RunInProgressError, StoreBusyError } from "../../src/domain/errors.ts";
import { DEFAULT_LIMITS } from "../../src/domain/policy.ts";
import {
  accountOf,
  book,
  hire,
  NO_LIMITS,
  openTestBridge,
  patch,
  runFull,
  runUrgent,
  type TestBridge,
} from "../support/bridge.ts";
import { command } from "../support/toolbox.ts";

async function aFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cli-"));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

/** Ana is in step, Bo is to join. */
async function aCompany(t: ExecutionContext): Promise<TestBridge> {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example", { department: "Sales" });
  await runFull(bridge);
  await hire(bridge, "bo@acme.example", { department: "Sales" });
  return bridge;
}

test("plan prints the diff and writes nothing", async (t) => {
  const bridge = await aCompany(t);
  const before = bridge.product.writes.length;
  const { code, out, errors } = await command(["plan"], { bridge });
  t.is(code, 0);
  t.is(errors, "");
  t.regex(out, /^Plan [0-9a-f]{12} {3}directory acme → in-memory/);
  t.regex(out, /\+ create\s+bo@acme\.example\s+seat standard · groups Sales\s+joiner/);
  t.false(out.includes("ana@acme.example"));
  t.is(bridge.product.writes.length, before);
});

test("plan says in its exit code what is pending, when asked to", async (t) => {
  const bridge = await openTestBridge(t, { limits: { ...NO_LIMITS, create: { floor: 0, max: 0, percent: null } } });
  t.is((await command(["plan", "--detailed-exitcode"], { bridge })).code, 0);
  await hire(bridge, "ana@acme.example");
  t.is((await command(["plan", "--detailed-exitcode"], { bridge })).code, 3);
  bridge.restart({ policy: { ...bridge.settings.policy, limits: NO_LIMITS } });
  t.is((await command(["plan", "--detailed-exitcode"], { bridge })).code, 2);
  t.is((await command(["plan"], { bridge })).code, 0);
});

test("plan as JSON is one document, the same to a file as to the screen", async (t) => {
  const bridge = await aCompany(t);
  const file = join(await aFolder(t), "plan.json");
  const { out } = await command(["plan", "--json"], { bridge });
  const written = await command(["plan", "--format", "json", "--out", file], { bridge });
  t.is(written.code, 0);
  t.is(written.out, "");
  type Document = { readonly summary: { readonly digest: string }; readonly people: readonly unknown[] };
  const { summary, people } = JSON.parse(await readFile(file, "utf8")) as Document;
  t.is(written.errors, `Plan ${summary.digest} is written to ${file}.`);
  t.is(people.length, 1);
  t.is((JSON.parse(out) as Document).summary.digest, summary.digest);
  t.is((await stat(file)).mode & 0o777, 0o600, "a plan names people");
});

test("a file that cannot be written is said so in one sentence", async (t) => {
  const bridge = await aCompany(t);
  const { code, errors } = await command(["plan", "--out", "/nowhere/plan.txt"], { bridge });
  t.is(code, 64);
  t.is(errors, "rosterbridge: /nowhere/plan.txt cannot be written: its folder is not there.");
});

test("plan of one person looks at that one alone", async (t) => {
  const bridge = await aCompany(t);
  await hire(bridge, "cy@acme.example");
  const { out } = await command(["plan", "--person", "BO@acme.example"], { bridge });
  t.true(out.includes("bo@acme.example"));
  t.false(out.includes("cy@acme.example"));
  const unknown = await command(["plan", "--person", "nobody"], { bridge });
  t.is(unknown.code, 1);
  t.is(
    unknown.errors,
    'rosterbridge: Nobody staged answers to "nobody". People are found by userName, e-mail, externalId or id, as the identity provider sends them.',
  );
});

test("plan names those about whom the product would not tell", async (t) => {
  const bridge = await aCompany(t);
  const user = await bridge.services().permissions.identify("ana@acme.example");
  await patch(bridge, user, { active: false });
  Object.assign(bridge.product.connector, {
    bookings: () => {
      throw new ConnectorError("rejected", "not \u001b[31mthis one");
    },
  });
  const { errors } = await command(["plan"], { bridge });
  t.is(errors, `Not in this plan: ${user}, of whom the product would not tell: not \ufffd[31mthis one`);
});

test("apply shows the plan, asks, and carries it out", async (t) => {
  const bridge = await aCompany(t);
  const { code, out, questions } = await command(["apply"], { bridge, answers: [true] });
  t.is(code, 0);
  t.deepEqual(questions, ["Apply this plan?"]);
  t.is(out.match(/Plan [0-9a-f]{12}/g)?.length, 1, "shown once");
  t.regex(out, /Applied: 1 × create-account, 1 × assign-seat, 1 × add-to-group \(\d+\.\d s\)\./);
  t.truthy(accountOf(bridge, "bo@acme.example"));
});

test("apply changes nothing when the answer is no, and leaves no run behind", async (t) => {
  const bridge = await aCompany(t);
  const runs = (await bridge.store.journal.runs(10)).length;
  const { code, out } = await command(["apply"], { bridge, answers: [false] });
  t.is(code, 0);
  t.true(out.endsWith("Nothing was changed."));
  t.is(accountOf(bridge, "bo@acme.example"), undefined);
  t.is((await bridge.store.journal.runs(10)).length, runs);
});

test("while somebody thinks about a plan, leavers are shut out; the plan is then another one", async (t) => {
  const bridge = await aCompany(t);
  const ana = await bridge.services().permissions.identify("ana@acme.example");
  const think = async (): Promise<boolean> => {
    await patch(bridge, ana, { active: false });
    t.is((await runUrgent(bridge))?.outcome, "done");
    return true;
  };
  const { code, errors } = await command(["apply"], { bridge, answers: [think] });
  t.is(accountOf(bridge, "ana@acme.example")?.status, "deactivated");
  t.is(code, 3);
  t.regex(errors, /^rosterbridge: The plan has changed: it is [0-9a-f]{12} now, not [0-9a-f]{12}\./);
  t.is((await bridge.services().health.report()).status, "ok");
});

test("apply without anybody to ask wants --yes or --expect, and tells the digest", async (t) => {
  const bridge = await aCompany(t);
  const { code, errors } = await command(["apply"], { bridge });
  t.is(code, 64);
  const digest = /--expect ([0-9a-f]{12}) to apply exactly this plan/.exec(errors)?.[1] ?? "";
  t.is(accountOf(bridge, "bo@acme.example"), undefined);
  t.is((await command(["apply", "--expect", "000000000000"], { bridge })).code, 3);
  t.is((await command(["apply", "--expect", digest.slice(0, 5)], { bridge })).code, 64, "five digits are too few");
  t.is(accountOf(bridge, "bo@acme.example"), undefined);
  t.is((await command(["apply", "--expect", digest.slice(0, 6)], { bridge })).code, 0);
  t.truthy(accountOf(bridge, "bo@acme.example"));
});

test("apply of a saved plan does exactly that plan, or refuses", async (t) => {
  const bridge = await aCompany(t);
  const file = join(await aFolder(t), "plan.json");
  await command(["plan", "--json", "--out", file], { bridge });
  await hire(bridge, "cy@acme.example");
  t.is((await command(["apply", "--plan", file], { bridge })).code, 3);
  await command(["plan", "--json", "--out", file], { bridge });
  t.is((await command(["apply", "--plan", file], { bridge })).code, 0);
  await writeFile(file, '{"summary":{}}');
  const { code, errors } = await command(["apply", "--plan", file], { bridge });
  t.is(code, 64);
  t.regex(errors, /is no plan/);
});

test("a second apply right after the first has nothing to do, and asks nobody", async (t) => {
  const bridge = await aCompany(t);
  await command(["apply", "--yes"], { bridge });
  const { code, out } = await command(["apply"], { bridge });
  t.is(code, 0);
  t.regex(out, /No changes were made/);
});

test("apply as JSON prints the report alone", async (t) => {
  const bridge = await aCompany(t);
  const { code, out } = await command(["apply", "--yes", "--json"], { bridge });
  t.is(code, 0);
  t.like(JSON.parse(out), { outcome: "done", changed: { "create-account": 1 }, failed: [] });
  const declined = await command(["apply", "--json"], { bridge, answers: [] });
  t.like(JSON.parse(declined.out), { outcome: "done" }, "nothing to ask about");
});

test("apply ends with 4 when somebody failed, and names whom and why", async (t) => {
  const bridge = await aCompany(t);
  bridge.product.hook(() => {
    throw new ConnectorError("rejected", "the name is taken");
  });
  const { code, out } = await command(["apply", "--yes"], { bridge });
  t.is(code, 4);
  t.regex(out, /Failed for [\w-]{36}: the name is taken/);
});

test("apply of one person takes that one alone", async (t) => {
  const bridge = await aCompany(t);
  await hire(bridge, "cy@acme.example");
  t.is((await command(["apply", "--person", "cy@acme.example", "--yes"], { bridge })).code, 0);
  t.truthy(accountOf(bridge, "cy@acme.example"));
  t.is(accountOf(bridge, "bo@acme.example"), undefined);
});

for (const [title, error, code] of [
  ["a product that is down", new ConnectorError("unavailable", "sandbox did not answer"), 69],
  ["credentials that are refused", new ConnectorError("auth", "sandbox answered 401"), 77],
] as const) {
  test(`${title} ends plan and apply with ${code} in words that say where to look`, async (t) => {
    const bridge = await aCompany(t);
    bridge.product.failReads(error);
    for (const args of [["plan"], ["apply", "--yes"]]) {
      const result = await command(args, { bridge });
      t.is(result.code, code);
      t.is(result.errors, `rosterbridge: ${error.message}. \`rosterbridge doctor\` looks at what is wrong.`);
    }
  });
}

for (const [title, error, code] of [
  ["another run", new RunInProgressError("A run is in progress."), 5],
  ["a busy store", new StoreBusyError("Another process holds the database."), 75],
] as const) {
  test(`${title} ends apply with ${code}`, async (t) => {
    const bridge = await openTestBridge(t, {
      wrap: (store) => ({ ...store, leases: { ...store.leases, acquire: () => Promise.reject(error) } }),
    });
    t.is((await command(["apply", "--yes"], { bridge })).code, code);
  });
}

test("whoever stops a plan gets to hear that it was stopped", async (t) => {
  const bridge = await aCompany(t);
  const { code, errors, log } = await command(["plan"], { bridge, interrupted: AbortSignal.abort() });
  t.is(code, 1);
  t.is(errors, "rosterbridge: stopped.");
  t.deepEqual(log, []);
});

test("approve and release say what they let through and how it is carried out", async (t) => {
  const bridge = await openTestBridge(t, { limits: { ...NO_LIMITS, deactivate: DEFAULT_LIMITS.deactivate } });
  const people = [];
  for (let n = 0; n < 5; n += 1) people.push(await hire(bridge, `p${n}@acme.example`));
  await runFull(bridge);
  for (const { id } of people) await patch(bridge, id, { active: false });
  const held = await command(["apply", "--yes"], { bridge });
  t.is(held.code, 3);
  const way = /rosterbridge (approve [0-9a-f]{12}) --reason/.exec(held.out)?.[1]?.split(" ") ?? [];
  const approved = await command([...way, "--reason", "reorganisation"], { bridge });
  t.is(approved.code, 0);
  t.regex(approved.errors, /^A running daemon carries them out within seconds; `rosterbridge apply` does so now\.$/m);
  t.regex(approved.out, /^Approved: 5 held changes of plan [0-9a-f]{12}, for one run within the next hour\.$/);
  t.is((await command(["apply", "--yes"], { bridge })).code, 0);

  const released = await command(["release", "p0@acme.example", "--reason", "known"], { bridge });
  t.is(released.out, `Released: p0@acme.example (${people[0]!.id}), for one hour.`);
  t.is((await command(["approve", "ffffff", "--reason", "x"], { bridge })).code, 1);
  t.is((await command(["release", "nobody", "--reason", "x"], { bridge })).code, 1);
});

test("a token is printed alone, once, and what belongs to it beside it", async (t) => {
  const bridge = await openTestBridge(t);
  const { code, out, errors } = await command(["token", "create", "--directory", "acme", "--expires", "90d"], {
    bridge,
  });
  t.is(code, 0);
  t.regex(out, /^rb_[0-9a-f]{10}_[\w-]{43}_[0-9a-f]{8}$/);
  const id = out.split("_")[1]!;
  t.regex(errors, new RegExp(`^Token ${id} for directory acme, good until 2027-02-21T`));
  t.is((await bridge.services().tokens.authenticate(`Bearer ${out}`)).token, id);

  const list = await command(["token", "list"], { bridge });
  t.regex(list.out, new RegExp(`^ID\\s+FOR\\s+CREATED\\s+STATE\\s+LAST USED\n${id}\\s+acme\\s+`));
  // The secret may hold underscores of its own.
  t.false(list.out.includes(out.slice("rb_0123456789_".length, -"_01234567".length)));
  const json = JSON.parse((await command(["token", "list", "--json"], { bridge })).out) as readonly object[];
  t.like(json, [{ id, scope: "scim", directory: "acme" }]);
  t.false(JSON.stringify(json).includes("hash"));

  t.is((await command(["token", "revoke", id], { bridge })).out, `Token ${id} is revoked.`);
  t.regex((await command(["token", "list"], { bridge })).out, /revoked/);
  await t.throwsAsync(bridge.services().tokens.authenticate(`Bearer ${out}`));
  t.is((await command(["token", "revoke", "0000000000"], { bridge })).code, 1);
});

test("a token as JSON, for people and programs", async (t) => {
  const bridge = await openTestBridge(t);
  const forPeople = await command(["token", "create", "--scope", "read"], { bridge });
  t.regex(forPeople.errors, /shown this once: keep it where you keep secrets\.$/);
  const forTheIdp = await command(["token", "create", "--directory", "acme"], { bridge });
  t.regex(forTheIdp.errors, /shown this once: paste it into the IdP, or keep it where you keep secrets\.$/);
  const { out } = await command(["token", "create", "--scope", "admin", "--json"], { bridge });
  t.like(JSON.parse(out), { scope: "admin", directory: null, expiresAt: null });
  t.regex((await command(["token", "list"], { bridge })).out, /does not expire/);
});

test("a token that has expired is listed as that", async (t) => {
  const bridge = await openTestBridge(t);
  t.is(
    (await command(["token", "list"], { bridge })).out,
    "No tokens yet: `rosterbridge token create --directory ID` makes one.",
  );
  await command(["token", "create", "--scope", "read", "--expires", "1s"], { bridge });
  bridge.clock.advance(2_000);
  t.regex((await command(["token", "list"], { bridge })).out, /\bexpired\b/);
});

for (const [title, args, message] of [
  ["for nobody", [], /either --directory <id> \(an IdP\) or --scope/],
  ["for both", ["--directory", "acme", "--scope", "admin"], /either --directory/],
  ["for a directory that is not there", ["--directory", "globex"], /There is no directory "globex": .* acme\./],
  ["for no time", ["--scope", "read", "--expires", "0d"], /--expires 0d is no time/],
  ["for a while", ["--scope", "read", "--expires", "soon"], /--expires soon is no time/],
  ["for ever and a day", ["--scope", "read", "--expires", "999999999d"], /no time up to 100 years/],
] as const) {
  test(`a token ${title} is not made`, async (t) => {
    const bridge = await openTestBridge(t);
    const { code, errors } = await command(["token", "create", ...args], { bridge });
    t.is(code, 64);
    t.regex(errors, message);
    t.deepEqual(await bridge.services().tokens.list(), []);
  });
}

test("status tells what is staged, held, waiting and failing, in plain text and as JSON", async (t) => {
  const bridge = await openTestBridge(t, { product: { seats: { standard: 1 } } });
  await hire(bridge, "ana@acme.example");
  await hire(bridge, "bo@acme.example");
  await hire(bridge, "owner@acme.example", { userType: "Contractor" });
  await hire(bridge, "di@acme.example", { userType: "Contractor" });
  bridge.product.hook((moment, change) => {
    if (moment === "before" && change.kind === "create-account" && change.desired.profile.email.startsWith("di@"))
      throw new ConnectorError("rejected", "not \u001b[2Jtoday");
  });
  await runFull(bridge);
  bridge.clock.advance(180_000);
  const { code, out } = await command(["status"], { bridge });
  t.is(code, 0);
  t.regex(out, /^Health ok\n/);
  t.regex(out, /acme\s+4\s+0\s+0\s+3 min ago/);
  t.regex(out, /Held: 1\n {2}identity-conflict: [^\n]+\n {4}owner@acme\.example\n/);
  t.false(out.includes("waits-for-held"));
  t.regex(
    out,
    /Waiting for a seat: 1\n {2}1\. bo@acme\.example {2}standard: over capacity: 1 of 1 standard seats in use, 1 waiting/,
  );
  t.regex(out, /Failing: 1\n {2}di@acme\.example {2}not \ufffd\[2Jtoday \(1 attempt, next now\)/);
  t.regex(
    out,
    /Last runs\n {2}STARTED\s+LANE\s+BY\s+OUTCOME\s+PLAN\n {2}3 min ago\s+full\s+schedule\s+partial\s+[0-9a-f]{12}/,
  );
  t.notRegex(out, /[\u0000-\u0009\u000b-\u001f]/);
  const json = JSON.parse((await command(["status", "--json"], { bridge })).out) as object;
  t.like(json, {
    health: { status: "ok" },
    linked: 1,
    waiting: [{ label: "bo@acme.example" }],
    failing: [{ attempts: 1 }],
  });
});

test("status shows the plans that can be approved, not those of urgent runs", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  await hire(bridge, "bo@acme.example");
  await runUrgent(bridge);
  const { out } = await command(["status"], { bridge });
  t.regex(out, /OUTCOME +PLAN\n {2}\S.* +urgent +push +done +–\n {2}\S.* +full +schedule +done +[0-9a-f]{12}$/);
  const [run] = await bridge.store.journal.runs(1);
  const shown = (await command(["runs", run?.id ?? ""], { bridge })).out;
  t.regex(shown, /\n {2}plan +for some people only: it cannot be approved\n/);
});

test("status names ten of those who are held for one reason, and counts the others", async (t) => {
  const limits = { ...NO_LIMITS, deactivate: { floor: 1, max: 1, percent: null } };
  const bridge = await openTestBridge(t, { limits, product: { seats: { standard: 50 } } });
  const people = [];
  for (let n = 0; n < 14; n += 1) people.push(await hire(bridge, `p${n}@acme.example`));
  await runFull(bridge);
  for (const { id } of people.slice(0, 12)) await patch(bridge, id, { active: false });
  await runFull(bridge);
  const { out } = await command(["status"], { bridge });
  t.regex(out, /^Health degraded\n/);
  t.regex(out, /leavers\s+degraded\s+12 leavers are held: listed below\./);
  t.regex(
    out,
    /Held: 12\n {2}over-limit: 12 deactivations: [^\n]+\n {4}(p\d+@acme\.example, ){9}p\d+@acme\.example and 2 others\n/,
  );
  t.is(out.split("over-limit").length, 2);
  t.true((await command(["plan"], { bridge })).out.includes("12 held"));
});

test("status of a bridge that has just been made is short", async (t) => {
  const bridge = await openTestBridge(t);
  const { out } = await command(["status"], { bridge });
  t.regex(out, /mapping not saved yet · 0 linked/);
  t.regex(out, /acme\s+0\s+0\s+0\s+never/);
  t.false(out.includes("Last runs"));
});

test("colour is for terminals", async (t) => {
  const bridge = await aCompany(t);
  book(bridge, "ana@acme.example");
  t.regex((await command(["plan"], { bridge, hasColour: true })).out, /\u001b\[/);
  t.notRegex((await command(["plan"], { bridge })).out, /\u001b/);
});

test("config show prints the settings in effect, as they were masked", async (t) => {
  const bridge = await openTestBridge(t);
  const printable = { product: { token: "••••" } };
  const { code, out } = await command(["config", "show"], { bridge, printable });
  t.is(code, 0);
  t.deepEqual(JSON.parse(out), printable);
  t.like(JSON.parse((await command(["config", "schema"])).out), {
    $schema: "https://json-schema.org/draft/2020-12/schema",
  });
});
