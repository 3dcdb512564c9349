import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { ConnectorError } from "../../src/domain/errors.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import { hire, MAPPING, openTestBridge, runFull, saveMapping, type TestBridge } from "../support/bridge.ts";
import { command } from "../support/toolbox.ts";

async function fileWith(t: ExecutionContext, content: string | Buffer | JsonObject): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mapping-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "new.json");
  const isRaw = typeof content === "string" || Buffer.isBuffer(content);
  await writeFile(file, isRaw ? content : JSON.stringify(content));
  return file;
}

/** Two sell, one supports, all in step. */
async function company(t: ExecutionContext): Promise<TestBridge> {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example", { department: "Sales" });
  await hire(bridge, "bo@acme.example", { department: "Sales", title: "Trainee" });
  await hire(bridge, "cy@acme.example", { department: "Support" });
  await runFull(bridge);
  return bridge;
}

test("show prints JSON that can be saved again, and the rest beside it", async (t) => {
  const bridge = await company(t);
  const { code, out, errors } = await command(["mapping", "show"], { bridge });
  t.is(code, 0);
  t.regex(errors, /Mapping v1 \(tag 1-[0-9a-f]{16}\), saved 2026-.* by configuration: seeded from the configuration/);
  t.regex(errors, /mapping preview FILE/);
  const file = await fileWith(t, out);
  const again = await command(["mapping", "set", file, "--reason", "the same"], { bridge });
  t.is(again.out, "This is what mapping v1 says already: nothing was saved.");
  const json = JSON.parse((await command(["mapping", "show", "v1", "--json"], { bridge })).out) as JsonObject;
  t.like(json, { version: 1, author: "configuration", source: "store" });
  t.deepEqual(json["document"], JSON.parse(out));
});

test("set saves the next version and names the next commands; rollback goes back; history tells it all", async (t) => {
  const bridge = await company(t);
  const file = await fileWith(t, { ...MAPPING, seats: { default: "premium" } });
  const set = await command(["mapping", "set", file, "-r", "more\u001b[2J seats", "--expect", "1"], { bridge });
  t.is(set.code, 0, set.errors);
  t.regex(set.out, /^Saved as mapping v2 \(tag 2-[0-9a-f]{16}\)\.$/);
  t.regex(set.errors, /rosterbridge plan.*\n.*rosterbridge mapping rollback 1/);
  const back = await command(["mapping", "rollback", "v1", "-r", "too dear", "--json"], { bridge });
  t.like(JSON.parse(back.out) as JsonObject, { version: 3, author: "cli", reason: "too dear", isNew: true });
  const history = await command(["mapping", "history"], { bridge });
  t.regex(
    history.out,
    /^VERSION +SAVED +BY +REASON\nv3 .* cli +too dear\nv2 .* cli +more\ufffd\[2J seats\nv1 .*seeded/,
  );
  t.regex(
    (await command(["mapping", "history", "-n", "1"], { bridge })).out,
    /2 older versions: --before 3 lists them/,
  );
  const json = JSON.parse((await command(["mapping", "history", "--before", "3", "--json"], { bridge })).out) as [];
  t.deepEqual(
    json.map(({ version }) => version),
    [2, 1],
  );
});

test("a version that somebody saved meanwhile ends with 3 and is named", async (t) => {
  const bridge = await company(t);
  const file = await fileWith(t, { ...MAPPING, rehire: "link" });
  const tag = await saveMapping(bridge, { ...MAPPING, rehire: "new" });
  const { code, out, errors } = await command(["mapping", "set", file, "-r", "x", "--expect", "1"], { bridge });
  t.is(code, 3);
  t.is(out, "");
  t.true(errors.includes(`is v2 (${tag}) now, not 1: nothing was saved.`), errors);
});

test("the first group rule asks, tells what it means, and takes no for an answer", async (t) => {
  const bridge = await company(t);
  await saveMapping(bridge, {});
  const file = await fileWith(t, { groups: { rules: [{ when: 'title eq "Trainee"', group: "Sales" }] } });
  const set = ["mapping", "set", file, "-r", "groups"];
  const unasked = await command(set, { bridge });
  t.is(unasked.code, 64);
  t.regex(unasked.errors, /membership of "Sales" is the bridge's from now on.*--yes/s);
  const no = await command(set, { bridge, answers: [false] });
  t.deepEqual([no.code, no.out], [0, "Nothing was saved."]);
  t.deepEqual(no.questions, ["Save this mapping?"]);
  t.regex(no.errors, /Membership of "Sales" is the bridge's from now on: it follows the directory\./);
  t.regex(no.errors, /1 person who is a member today would be taken out, since no rule puts them there\./);
  t.is((await bridge.services().mappingEdits.show()).version, 2);
  t.is((await command(set, { bridge, answers: [true] })).out.split(" (")[0], "Saved as mapping v3");
  const yes = await command([...set, "--yes"], { bridge });
  t.regex(yes.out, /says already/);
});

test("a further group asks only where somebody would be taken out of it", async (t) => {
  const bridge = await company(t);
  const more = (group: string): JsonObject => {
    const { rules } = MAPPING["groups"] as { rules: JsonObject[] };
    return { ...MAPPING, groups: { rules: [...rules, { when: 'title eq "Pilot"', group }] } };
  };
  const harmless = await command(["mapping", "set", await fileWith(t, more("Pilots")), "-r", "x"], { bridge });
  t.is(harmless.code, 0, harmless.errors);
  t.regex(harmless.errors, /Membership of "Pilots" is the bridge's.*\n.*\nNobody who is a member today/);
  const club = bridge.product.state.addGroup("Club");
  const ana = bridge.product.state.byEmail("ana@acme.example");
  bridge.product.state.accounts.set(ana!.id, { ...ana!, groups: [...ana!.groups, club] });
  const { code } = await command(["mapping", "set", await fileWith(t, more("Club")), "-r", "x"], { bridge });
  t.is(code, 64);
});

test("whoever saves while somebody thinks it over is not overwritten", async (t) => {
  const bridge = await company(t);
  await saveMapping(bridge, {});
  const file = await fileWith(t, MAPPING);
  const meanwhile = async (): Promise<boolean> => {
    await saveMapping(bridge, { rehire: "link" });
    return true;
  };
  const { code, errors } = await command(["mapping", "set", file, "-r", "x"], { bridge, answers: [meanwhile] });
  t.is(code, 3);
  t.regex(errors, /nothing was saved/);
  t.is((await bridge.services().mappingEdits.show()).version, 3);
});

test("preview reads like a sentence: people, groups, values, totals, and what to do next", async (t) => {
  const bridge = await company(t);
  const [rule, ...rest] = (MAPPING["groups"] as { rules: JsonObject[] }).rules;
  const rules = [{ ...rule, values: { Sales: ["Sales", "EMEA\u202e"] }, unmapped: "report" }, ...rest];
  const file = await fileWith(t, { ...MAPPING, scope: 'not (title eq "Trainee")', groups: { rules } });
  const { code, out, errors } = await command(["mapping", "preview", file], { bridge });
  t.is(code, 0, errors);
  t.snapshot(out.replace(/\d\d:\d\d UTC/, "HH:MM UTC"));
  t.regex(errors, /^Nothing was saved\. To save it: rosterbridge mapping set .*new\.json --reason "…" --expect 1$/);
  t.false(out.includes("\u202e"));
  t.is((await bridge.services().mappingEdits.show()).version, 1);
});

test("preview names rules that put nobody anywhere by place and by what they say, so many of them", async (t) => {
  const bridge = await company(t);
  const idle = Array.from({ length: 21 }, (_, index) => ({ when: `title eq "${index}"`, group: "Pilots\u202e" }));
  const tier = { directoryGroup: "Tier 1", group: "Support" };
  const table = { attribute: "title", values: { Boss: "Bosses", Trainee: "Trainees" } };
  const preview = async (rules: readonly JsonObject[]): Promise<readonly string[]> => {
    const file = await fileWith(t, { groups: { rules } });
    const { out } = await command(["mapping", "preview", file, "--staged"], { bridge });
    const lines = out.split("\n");
    const at = lines.indexOf("Rules that put nobody anywhere");
    return at === -1 ? [] : lines.slice(at + 1, lines.indexOf("", at));
  };
  t.deepEqual(await preview([table]), []);
  t.deepEqual(await preview([table, tier, { ...table, values: { Boss: "Bosses" } }]), [
    '  groups.rules[1] (directoryGroup "Tier 1" → Support)',
    "  groups.rules[2] (title → Bosses)",
  ]);
  const many = await preview([table, ...idle]);
  t.is(many.length, 21);
  t.is(many[0], '  groups.rules[1] (when title eq "0" → Pilots\ufffd)');
  t.is(many.at(-1), "  … and 1 rule more: --json shows all.");
});

test("preview shows so many people, leavers first, or everybody", async (t) => {
  const bridge = await company(t);
  const file = await fileWith(t, { ...MAPPING, seats: { default: "premium" }, scope: 'not (title eq "Trainee")' });
  const few = await command(["mapping", "preview", file, "--limit", "1"], { bridge });
  t.regex(few.out, /^People\n {2}- leaves +bo@acme\.example.*\n.*held until somebody approves it\n.*and 2 people more/);
  const all = await command(["mapping", "preview", file, "--all"], { bridge });
  for (const name of ["ana", "bo", "cy"]) t.true(all.out.includes(`${name}@acme.example`));
  t.notRegex(all.out, /--all/);
});

for (const all of [false, true]) {
  test(`preview as JSON is one versioned document ${all ? "of everybody" : "of the first"}`, async (t) => {
    const bridge = await company(t);
    const file = await fileWith(t, { ...MAPPING, seats: { default: "premium" } });
    const args = ["mapping", "preview", file, "--json", ...(all ? ["--all"] : ["-n", "2"])];
    const json = JSON.parse((await command(args, { bridge })).out) as { moves: JsonObject[]; summary: JsonObject };
    t.like(json, { format: "rosterbridge.mapping-preview/1", movesLeftOut: all ? 0 : 1 });
    t.is(json.moves.length, all ? 3 : 2);
    t.like(json.moves[0], { label: "ana@acme.example", seat: { from: "standard", to: "premium" }, account: null });
    t.like(json.summary, { savedVersion: 1, people: 3, totals: { moves: 3, gainSeat: 3 } });
    const same = await fileWith(t, MAPPING);
    const none = JSON.parse((await command(["mapping", "preview", same, "--json"], { bridge })).out) as JsonObject;
    t.deepEqual(none["moves"], []);
  });
}

test("preview without the product says so, asked for or not", async (t) => {
  const bridge = await company(t);
  const file = await fileWith(t, { ...MAPPING, rehire: "link" });
  const asked = await command(["mapping", "preview", file, "--staged"], { bridge });
  t.regex(
    asked.out,
    /nothing changes for anybody\.\nCompared with the saved mapping, v1, over what is staged alone: The product was not to be asked/,
  );
  bridge.product.failReads(new ConnectorError("unavailable", "It does not answer."));
  const down = await command(["mapping", "preview", file], { bridge });
  t.is(down.code, 0);
  t.regex(down.out, /over what is staged alone: It does not answer\./);
});

test("test checks a file and its tests without any configuration", async (t) => {
  const good = await fileWith(t, { tests: [{ given: {}, seat: "standard" }] });
  const fine = await command(["mapping", "test", good]);
  t.is(fine.code, 0, fine.errors);
  t.regex(fine.out, /is a mapping, and its test holds\.\nNext: rosterbridge mapping preview/);
  t.regex((await command(["mapping", "test", await fileWith(t, {})])).out, /it has no tests: add some/);
  const bad = await fileWith(t, { tests: [{ given: { title: "Boss" }, seat: null }] });
  const failed = await command(["mapping", "test", bad]);
  t.is(failed.code, 78);
  t.regex(
    failed.out,
    /tests\[0\]\n +given +\{"title":"Boss"\}\n +expected \{"seat":null\}\n +got +\{"seat":"standard"\}/,
  );
  const json = JSON.parse((await command(["mapping", "test", bad, "--json"])).out) as JsonObject;
  t.like(json, { format: "rosterbridge.mapping-test/1", tests: 1, failures: [{ index: 0 }] });
});

test("a failing test is told by set, too, and nothing is saved", async (t) => {
  const bridge = await company(t);
  const file = await fileWith(t, { ...MAPPING, tests: [{ given: {}, seat: null }] });
  const { code, errors } = await command(["mapping", "set", file, "-r", "x"], { bridge });
  t.is(code, 78);
  t.regex(errors, /The mapping is not saved: 1 of its own tests fails\.\n {2}tests\[0\]\n/);
  t.is((await bridge.services().mappingEdits.show()).version, 1);
});

test("ruled by the file, set and rollback end with 78 and say where to edit; show says so", async (t) => {
  const bridge = await openTestBridge(t, { mappingSource: "file" });
  const file = await fileWith(t, MAPPING);
  for (const args of [
    ["set", file],
    ["rollback", "1"],
  ]) {
    const { code, errors } = await command(["mapping", ...args, "-r", "x"], { bridge });
    t.is(code, 78);
    t.regex(errors, /Edit mapping\.initial in the configuration file/);
  }
  t.regex((await command(["mapping", "show"], { bridge })).errors, /The configuration file rules it/);
});

test("a byte order mark and Windows line ends are no fault", async (t) => {
  const text = `\uFEFF${JSON.stringify({ tests: [{ given: {}, seat: "standard" }] }, null, 2).replaceAll("\n", "\r\n")}`;
  t.is((await command(["mapping", "test", await fileWith(t, text)])).code, 0);
});

for (const [title, content, code, message] of [
  ["an empty file", "", 64, /is empty: `rosterbridge mapping show` prints a mapping to begin with/],
  ["no JSON", '{"scope": nul}', 64, /is not JSON at line 1, column 11: expected a value/],
  ["a comma too many", '{"scope": null,\n}', 64, /line 1, column 15: a comma before "}" is not JSON/],
  ["a key twice", '{"scope": null, "scope": null}', 64, /the key "scope" stands here for the second time/],
  ["a raw control character", '{"scope": "a\u0007"}', 64, /a character in it that needs escaping/],
  ["10 MB", Buffer.alloc(10_485_760, 0x20), 64, /has 10\.0 MB: a mapping of at most 3\.0 MB is taken/],
  ["UTF-16", Buffer.from("\uFEFF{}", "utf16le"), 64, /is UTF-16: save it as UTF-8/],
  ["Latin-1", Buffer.from('{"scope": "é"}', "latin1"), 64, /is not UTF-8/],
  ["a list", "[]", 78, /must be an object, not a list/],
  ["an unknown key", '{"grups": {}}', 78, /unknown key "grups": did you mean "groups"\?/],
  [
    "a wrong type",
    '{"groups": {"authoritative": "yes"}}',
    78,
    /groups\.authoritative: must be true or false, not a string/,
  ],
  ["a filter that is none", '{"scope": "title cow 1"}', 78, /scope: /],
  ["a name with a line end", '{"seats": {"default": "a\\nb"}}', 78, /seats\.default: must not hold control characters/],
  [
    "a rule of two kinds",
    '{"groups": {"rules": [{"when": "active eq true", "directoryGroup": "x", "group": "y"}]}}',
    78,
    /groups\.rules\[0\]: must have exactly one of/,
  ],
  [
    "a mapping too long",
    JSON.stringify({ scope: "x".repeat(1_100_000) }),
    78,
    /is 1,100,012 characters long: at most 1,048,576/,
  ],
] as const) {
  test(`${title} is told by set, preview and test alike, and nothing is saved`, async (t) => {
    const bridge = await openTestBridge(t);
    const file = await fileWith(t, content);
    for (const args of [
      ["set", file, "-r", "x"],
      ["preview", file],
      ["test", file],
    ]) {
      const result = await command(["mapping", ...args], { bridge });
      t.is(result.code, code, result.errors);
      t.is(result.out, "");
      t.regex(result.errors, message);
    }
    t.is((await bridge.services().mappingEdits.show()).version, 1);
  });
}

for (const [args, code, message] of [
  [["set", "/nowhere/new.json", "-r", "x"], 64, /\/nowhere\/new\.json is not there\./],
  [["preview", tmpdir()], 64, /is a folder, not a file/],
  [["set", "-r", "x"], 64, /missing required argument 'file'/],
  [["rollback", "1"], 64, /required option '-r, --reason <text>' not specified/],
  [["rollback", "0", "-r", "x"], 64, /"0" is no version: write it as 3 or v3/],
  [["rollback", "-r", "x", "1.5"], 64, /"1\.5" is no version/],
  [
    ["rollback", "9", "-r", "x"],
    1,
    /There is no mapping v9: there is only v1\. `rosterbridge mapping history` lists them/,
  ],
  [["rollback", "1", "-r", "  "], 64, /--reason is empty/],
  [["show", "latest"], 64, /"latest" is no version/],
  [["show", "7"], 1, /There is no mapping v7/],
  [["history", "--limit", "many"], 64, /--limit many is no number from 1 to 1000/],
  [["history", "--before", "x"], 64, /"x" is no version/],
  [["preview", "x.json", "--limit", "0"], 64, /--limit 0 is no number/],
  [["show", "--color"], 64, /unknown option '--color'/],
  [["destroy"], 64, /unknown command 'destroy'/],
] as const) {
  test(`mapping ${args.join(" ")} ends with ${code} and says why`, async (t) => {
    const bridge = await openTestBridge(t);
    const result = await command(["mapping", ...args], { bridge });
    t.is(result.code, code, result.errors);
    t.regex(result.errors, message);
  });
}
