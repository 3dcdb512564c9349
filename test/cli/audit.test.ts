import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { csvRow } from "../../src/planning/rendering/csv.ts";
import { parseTimeOption } from "../../src/cli/time-option.ts";
import { writeLines } from "../../src/cli/write-lines.ts";
import { UsageError } from "../../src/domain/errors.ts";
import { anEvent, at, NOW } from "../contracts/store-harness.ts";
import { hire, openTestBridge, patch, runFull, type TestBridge } from "../support/bridge.ts";
import { rawSqlite } from "../support/raw-sqlite.ts";
import { aFolder } from "../support/store-files.ts";
import { command } from "../support/toolbox.ts";

/** Three rows: two people who were pushed, and one who changed. */
async function aCompany(t: ExecutionContext): Promise<TestBridge> {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await hire(bridge, "bo@acme.example");
  bridge.clock.advance(3_600_000);
  await patch(bridge, ana.id, { title: "Lead" });
  return bridge;
}

const spoil = ({ store }: TestBridge, statement: string): Promise<unknown> =>
  rawSqlite(store.describe().location, statement);

test("a chain that is whole is said to be so: how many rows, from when to when, and its end to keep", async (t) => {
  const bridge = await aCompany(t);
  const { code, out, errors } = await command(["audit", "verify"], { bridge });
  t.is(code, 0);
  t.is(errors, "");
  t.regex(
    out,
    /^The audit log is whole: 3 rows, from \w{3} \d+ \w{3} \d\d:\d\d UTC to \w{3} \d+ \w{3} \d\d:\d\d UTC\.\n/,
  );
  const [, end = ""] = /rosterbridge audit verify --expect (3:[0-9a-f]{64})$/.exec(out) ?? [];
  t.is((await command(["audit", "verify", "--expect", end], { bridge })).code, 0);
  const json = await command(["audit", "verify", "--json"], { bridge });
  const [sequence, hash] = end.split(":");
  t.like(JSON.parse(json.out), { whole: true, rows: 3, end: { sequence: Number(sequence), hash }, broken: null });
});

test("a log without rows is whole, too", async (t) => {
  const { code, out } = await command(["audit", "verify"], { bridge: await openTestBridge(t) });
  t.is(code, 0);
  t.is(out, "The audit log is whole: it has no rows yet.");
});

for (const [title, statement, first, sound] of [
  [
    "altered",
    "update audit set actor = 'x' where sequence = 2",
    "The audit log is broken at row 2: what it says, its hash or its place is not what was written.",
    /^Row 1 is as written, of .*\.\nWhat stands behind them cannot be relied on\.$/m,
  ],
  [
    "missing",
    "delete from audit where sequence = 1",
    "The audit log is broken at row 1: this row is gone.",
    /^No row can be relied on\.$/m,
  ],
  [
    "cut off",
    "delete from audit where sequence = 3",
    "The audit log is broken at row 3: the log ends before this row, which was once its end.",
    /^Rows 1 to 2 are as written, from .*\.\n\n/m,
  ],
] as const) {
  test(`a row that is ${title} ends verify with 1, and with what to do`, async (t) => {
    const bridge = await aCompany(t);
    const [end = ""] = /3:[0-9a-f]{64}$/.exec((await command(["audit", "verify"], { bridge })).out) ?? [];
    await spoil(bridge, statement);
    const { code, out } = await command(["audit", "verify", "--expect", end], { bridge });
    t.is(code, 1);
    t.is(out.split("\n")[0], first);
    t.regex(out, sound);
    t.regex(out, /Find a backup that `rosterbridge audit verify` finds whole/);
    const json = await command(["audit", "verify", "--expect", end, "--json"], { bridge });
    t.is(json.code, 1);
    t.like(JSON.parse(json.out), { whole: false });
  });
}

test("a log that is not the one whose end was noted is said to be made anew", async (t) => {
  const bridge = await aCompany(t);
  const { code, out } = await command(["audit", "verify", "--expect", `3:${"0".repeat(64)}`], { bridge });
  t.is(code, 1);
  t.regex(out, /^The audit log is broken at row 3: the log was made anew since/);
  t.regex(out, /^No row up to this one can be relied on\.$/m);
});

test("an export as JSON lines can be checked by anybody who can hash", async (t) => {
  const bridge = await aCompany(t);
  await bridge.store.evidence.audit(
    anEvent({ subject: "\u001b[2Jünï\u009b", detail: { z: 1, a: { y: [true], b: null } } }),
  );
  const { code, out } = await command(["audit", "export"], { bridge });
  t.is(code, 0);
  t.notRegex(out, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  let previous = "0".repeat(64);
  const lines = out.split("\n");
  for (const line of lines) {
    const { hash, hashing, ...row } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    t.is(hashing, 2);
    const detail = sha256(sortedJson(row["detail"]));
    previous = sha256(`${previous}${sortedJson({ ...row, detail })}`);
    t.is(hash, previous);
  }
  t.is(lines.length, 4);
});

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function sortedJson(value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value);
  const parts = Object.entries(value)
    .sort()
    .map(([key, part]) => `${JSON.stringify(key)}:${sortedJson(part)}`);
  return `{${parts.join(",")}}`;
}

test("an export as CSV has a head, quoted cells, CR LF, and no formulas", async (t) => {
  const bridge = await openTestBridge(t);
  await bridge.store.evidence.audit(anEvent({ actor: "=cmd()", subject: 'a "b", c', detail: { n: 1 } }));
  const { out } = await command(["audit", "export", "--format", "csv"], { bridge });
  const [head, row, ...rest] = out.split("\n");
  t.is(head, "sequence,at,actor,action,subject,detail,hash,hashing,erased\r");
  t.regex(row!, /^1,2026-11-23T12:00:00\.000Z,'=cmd\(\),test\.done,"a ""b"", c","\{""n"":1\}",[0-9a-f]{64},2,\r$/);
  t.deepEqual(rest, []);
});

test("cells that a spreadsheet would run get an apostrophe in front", (t) => {
  for (const start of ["=", "+", "-", "@", "\uff1d"]) t.is(csvRow([`${start}1`]), `'${start}1`);
  for (const start of ["\t", "\r", "\n"]) t.is(csvRow([`${start}=1`]), "'\ufffd=1");
  t.is(csvRow(["a=1", "", "1-1", "\u001b[2J"]), "a=1,,1-1,\ufffd[2J");
  t.is(csvRow(["=a,b", '"']), `"'=a,b",""""`);
});

test("an export of some time leaves the rest out", async (t) => {
  const bridge = await aCompany(t);
  const rows = async (...args: readonly string[]): Promise<readonly unknown[]> =>
    (await command(["audit", "export", ...args], { bridge })).out
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => (JSON.parse(line) as { sequence: number }).sequence);
  t.deepEqual(await rows("--since", "30m"), [3]);
  t.deepEqual(await rows("--until", "30m"), [1, 2]);
  t.deepEqual(await rows("--since", bridge.clock.now(), "--until", bridge.clock.now()), []);
  t.deepEqual(await rows("--since", "2020-01-01"), [1, 2, 3]);
});

test("a time is a day, a time with a zone, or a span before now", (t) => {
  const parse = (text: string): string => parseTimeOption("--since", text, NOW);
  t.is(parse("2026-11-01"), "2026-11-01T00:00:00.000Z");
  t.is(parse("2026-11-01T09:30Z"), "2026-11-01T09:30:00.000Z");
  t.is(parse("2026-11-01T09:30:01.5+02:00"), "2026-11-01T07:30:01.500Z");
  t.is(parse("24h"), at("2026-11-22T12:00:00.000Z"));
  for (const wrong of ["yesterday", "2026-13-01", "2026-02-30T00:00Z", "2026-11-01T09:30", "2026-11-01T25:00Z", ""])
    t.throws(() => parse(wrong), { instanceOf: UsageError, message: /is no time: write a day/ }, wrong);
});

test("an export to a file is for its owner alone, and takes the place of the file when it is whole", async (t) => {
  const bridge = await aCompany(t);
  const folder = await aFolder(t);
  const file = join(folder, "audit.jsonl");
  await writeFile(file, "what was there", { mode: 0o644 });
  const { code, out, errors } = await command(["audit", "export", "--out", file, "--force"], { bridge });
  t.is(code, 0);
  t.is(out, "");
  t.is(errors, `The audit log is written to ${file}.`);
  t.is(`${(await command(["audit", "export"], { bridge })).out}\n`, await readFile(file, "utf8"));
  t.is((await stat(file)).mode & 0o777, 0o600);
  t.deepEqual(await readdir(folder), ["audit.jsonl"]);
});

test("an export that breaks off leaves the file as it was, and nothing beside it", async (t) => {
  const bridge = await aCompany(t);
  const folder = await aFolder(t);
  const file = join(folder, "audit.jsonl");
  await writeFile(file, "what was there");
  const args = ["audit", "export", "--out", file, "--force"];
  const { code } = await command(args, { bridge, interrupted: AbortSignal.abort() });
  t.is(code, 1);
  t.is(await readFile(file, "utf8"), "what was there");
  t.deepEqual(await readdir(folder), ["audit.jsonl"]);
});

test("an export never writes over a file without being told to: it is evidence", async (t) => {
  const bridge = await aCompany(t);
  const folder = await aFolder(t);
  const file = join(folder, "audit.jsonl");
  await writeFile(file, "what was there");
  await symlink(file, join(folder, "link"));
  for (const out of [file, join(folder, "link")]) {
    const { code, errors } = await command(["audit", "export", "--out", out], { bridge });
    t.is(code, 64);
    t.is(errors, `rosterbridge: ${out} is there already: name another --out, or say --force to write over it.`);
  }
  t.is(await readFile(file, "utf8"), "what was there");
  t.deepEqual((await readdir(folder)).sort(), ["audit.jsonl", "link"]);
  t.is((await command(["audit", "export", "--out", "/dev/null"], { bridge })).code, 0, "nothing to lose there");
});

test("a file that comes while lines are written is kept, too", async (t) => {
  const folder = await aFolder(t);
  const file = join(folder, "audit.jsonl");
  async function* slowly(): AsyncGenerator<string> {
    yield "ours";
    await writeFile(file, "somebody else's");
  }
  await t.throwsAsync(writeLines(file, slowly(), { newId, isForced: false }), {
    instanceOf: UsageError,
    message: /is there already/,
  });
  t.is(await readFile(file, "utf8"), "somebody else's");
  t.deepEqual(await readdir(folder), ["audit.jsonl"]);
});

async function* lines(...texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
}

const newId = (): string => "id";

test("lines go to the file behind a link, into a device as it is, and nowhere where that is not allowed", async (t) => {
  const folder = await aFolder(t);
  const file = join(folder, "real.txt");
  await writeFile(file, "old");
  await symlink(file, join(folder, "link.txt"));
  await writeLines(join(folder, "link.txt"), lines("new", "x".repeat(70_000), "end"), { newId, isForced: true });
  t.is(await readFile(file, "utf8"), `new\n${"x".repeat(70_000)}\nend\n`);
  t.deepEqual((await readdir(folder)).sort(), ["link.txt", "real.txt"]);

  await writeLines("/dev/null", lines("gone"), { newId, isForced: false });
  t.true((await stat("/dev/null")).isCharacterDevice());

  await mkdir(join(folder, "sub"));
  for (const wrong of [join(folder, "sub"), join(folder, "nowhere", "x"), join(file, "x")])
    await t.throwsAsync(writeLines(wrong, lines("x"), { newId, isForced: false }), {
      instanceOf: UsageError,
      message: new RegExp(`^${wrong} cannot be written: (its folder is not there|it is a folder)\\.$`),
    });
  await t.throwsAsync(access(join(folder, "nowhere")));
});

test("an export is narrowed to a person and by a filter, in both formats", async (t) => {
  const bridge = await aCompany(t);
  const exported = async (...args: readonly string[]) => (await command(["audit", "export", ...args], { bridge })).out;
  const sequences = (out: string) => out.split("\n").map((line) => (JSON.parse(line) as { sequence: number }).sequence);
  t.deepEqual(sequences(await exported("--person", "ana@acme.example")), [1, 3]);
  t.deepEqual(sequences(await exported("--filter", 'action eq "user.created"')), [1, 2]);
  t.deepEqual(sequences(await exported("--person", "ANA@acme.example", "--filter", "sequence gt 1")), [3]);
  const csv = (await exported("--format", "csv", "--filter", "sequence eq 2")).split("\r\n");
  t.is(csv[0], "sequence,at,actor,action,subject,detail,hash,hashing,erased");
  t.regex(csv[1] ?? "", /^2,/);
  const bad = await command(["audit", "export", "--filter", 'userName eq "x"'], { bridge });
  t.is(bad.code, 64);
  t.regex(bad.errors, /at, actor, action, subject, sequence/);
  t.is((await command(["audit", "export", "--person", "nobody"], { bridge })).code, 1);
});

test("a log that retention has cut says so, and what it cannot check any more", async (t) => {
  const bridge = await aCompany(t);
  await runFull(bridge);
  const ends = await command(["audit", "verify", "--json"], { bridge });
  const { end } = JSON.parse(ends.out) as { end: { sequence: number; hash: string } };
  bridge.clock.advance(60 * 86_400_000);
  await patch(bridge, (await bridge.store.evidence.findPeople("bo@acme.example"))[0] ?? "", { title: "Lead" });
  const never = { journalMs: null, runsMs: null, leaversMs: null, proofsMs: null };
  const services = bridge.restart({ retention: { ...never, auditMs: 30 * 86_400_000, at: "17 3 * * *" } });
  await services.retention.apply(new AbortController().signal);
  const { code, out } = await command(["audit", "verify", "--expect", `1:${end.hash}`], { bridge });
  t.is(code, 0, out);
  t.regex(out, /^The audit log is whole: 3 rows, from/);
  t.regex(out, /^Retention deleted the rows before \d+, the last of .*; a later row tells of it\.$/m);
  t.regex(out, /^Row 1, the end that you noted, was deleted by retention: take the one below instead\.$/m);
});
