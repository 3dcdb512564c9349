import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { hire, openTestBridge, runFull, type TestBridge } from "../support/bridge.ts";
import { aFolder } from "../support/store-files.ts";
import { command, type CommandResult } from "../support/toolbox.ts";

const HEADER = "userName,email,givenName,familyName,department,title,active,externalId,manager,groups";
const ANA = 'ana@acme.example,ana@acme.example,Ana,"Li, Dr.",Sales,Manager,true,e1,bo@acme.example,Sales EMEA; Leads';
const BO = "bo@acme.example,bo@acme.example,Bo,Berg,Support,,,e2,,Sales EMEA";

type Import = (content: string | Buffer, ...args: readonly string[]) => Promise<CommandResult>;

async function setting(t: ExecutionContext, name = "people.csv"): Promise<{ bridge: TestBridge; run: Import }> {
  const bridge = await openTestBridge(t, { directories: { acme: ["acme.example"] } });
  const file = join(await aFolder(t), name);
  const run: Import = async (content, ...args) => {
    await writeFile(file, content);
    return command(["import", file, "--directory", "acme", ...args], { bridge });
  };
  return { bridge, run };
}

const people = async ({ store }: TestBridge) =>
  store.read("acme" as Parameters<TestBridge["store"]["read"]>[0], async (tx) => {
    const { items } = await tx.people({
      filter: null,
      unknownAttributes: "reject",
      sort: null,
      from: { offset: 0 },
      limit: 100,
      withMemberships: true,
    });
    return items.map(({ user, groups }) => ({
      name: user.userName,
      active: user.active,
      version: user.meta.version,
      resource: user.resource,
      groups: groups.map(({ displayName }) => displayName).sort(),
    }));
  });

test("a file with a byte-order mark, CR LF and quotes is staged as an IdP would, and again is nothing new", async (t) => {
  const { bridge, run } = await setting(t);
  const content = `\ufeff${[HEADER, ANA, BO].join("\r\n")}\r\n`;
  const dry = await run(content, "--dry-run");
  t.is(dry.code, 0, dry.errors);
  t.regex(dry.out, /^ROW\s+PERSON\s+CHANGES\n2\s+\+ create\s+ana@acme\.example\s+joins Sales EMEA, Leads\n/);
  t.regex(dry.out, /\n2 to create\.$/);
  t.deepEqual(await people(bridge), []);
  const { code, out, errors } = await run(content);
  t.is(code, 0, errors);
  t.is(
    out,
    "Staged: 2 to create.\nWhat follows for the product: `rosterbridge plan`; a running daemon acts on it within seconds.",
  );
  const [ana, bo] = await people(bridge);
  t.like(ana, { name: "ana@acme.example", active: true, groups: ["Leads", "Sales EMEA"] });
  t.like(ana?.resource, { externalId: "e1", name: { givenName: "Ana", familyName: "Li, Dr." }, title: "Manager" });
  t.deepEqual(bo?.groups, ["Sales EMEA"]);
  t.is((await run(content)).out, "Staged: 2 unchanged.");
  t.deepEqual(
    (await people(bridge)).map(({ version }) => version),
    [1, 1],
  );
  await runFull(bridge);
  t.is(bridge.product.state.byEmail("ana@acme.example")?.status, "active");
});

test("a second file updates whom it names: columns that it lacks stay, empty cells are cleared, groups are those it says", async (t) => {
  const { bridge, run } = await setting(t);
  await run([HEADER, ANA, BO].join("\n"));
  const moved = await run("externalId,userName,department\ne1,ana@acme.example,Legal\n", "--dry-run");
  t.regex(moved.out, /^2 +~ update +ana@acme\.example +extension enterprise$/m);
  const { out } = await run("externalId;userName;title;groups\ne1;ana.li@acme.example;;Leads\n");
  t.is(out.split("\n")[0], "Staged: 1 to update.");
  t.regex(out, /^1 person of this directory is not in the file: it stays as it is\. .* active=false\.$/m);
  const [ana] = await people(bridge);
  t.like(ana, { name: "ana.li@acme.example", groups: ["Leads"] });
  t.like(ana?.resource, { name: { givenName: "Ana", familyName: "Li, Dr." } });
  t.false("title" in (ana?.resource ?? {}));
});

test("whoever is not in the file stays; whose row says active=false leaves", async (t) => {
  const { bridge, run } = await setting(t);
  await hire(bridge, "cy@acme.example");
  await run([HEADER, ANA, BO].join("\n"));
  const dry = await run("userName,active\nbo@acme.example,FALSE\n", "--dry-run");
  t.regex(dry.out, /^2\s+- leave\s+bo@acme\.example\s+active$/m);
  await run("userName,active\nbo@acme.example,FALSE\n");
  t.deepEqual(
    (await people(bridge)).map(({ name, active }) => `${name} ${active}`),
    ["cy@acme.example true", "ana@acme.example true", "bo@acme.example false"],
  );
});

test("one wrong row, and nothing is staged; each is told with its line, its column and what is allowed", async (t) => {
  const { bridge, run } = await setting(t);
  const rows = [
    "dan@acme.example,ja,",
    "eve@acme.example,true,nobody",
    ",,",
    "fay@elsewhere.example,,",
    "DAN@acme.example,,",
  ];
  const content = ["userName,active,email", ...rows, "gil@acme.example,,"].join("\n");
  const { code, errors, out } = await run(content);
  t.is(code, 1);
  t.deepEqual(errors.split("\n"), [
    "Row 2, active: must be true or false.",
    "Row 3, email: must be an e-mail address, such as ana@acme.example.",
    "Row 4, userName: must not be empty, unless there is an email.",
    "Row 5: userName must be on a verified domain of this directory (acme.example).",
    "Nothing was staged. Mend the rows, or say --skip-invalid to stage the others.",
  ]);
  t.regex(out, /2 to create, 4 rows wrong\.$/);
  t.deepEqual(await people(bridge), []);
  const skipped = await run(content, "--skip-invalid");
  t.is(skipped.code, 4);
  t.deepEqual(
    (await people(bridge)).map(({ name }) => name),
    ["DAN@acme.example", "gil@acme.example"],
  );
});

test("the same person twice is told, and so are an externalId and a userName that are two people's", async (t) => {
  const { run } = await setting(t);
  await run([HEADER, ANA, BO].join("\n"));
  const { errors } = await run("userName,externalId\nbo@acme.example,e1\nnew@acme.example,e9\nNEW@acme.example,e9\n");
  t.deepEqual(errors.split("\n").slice(0, 3), [
    "Row 2, userName: is somebody else's than the externalId.",
    "Row 4, userName: is that of row 3, too.",
    "Row 4, externalId: is that of row 3, too.",
  ]);
});

test("JSON: an array with the same names, or a SCIM ListResponse", async (t) => {
  const { bridge, run } = await setting(t, "people.json");
  const flat = [{ email: "ana@acme.example", active: false, groups: ["Leads"] }];
  t.is((await run(JSON.stringify(flat))).out.split("\n")[0], "Staged: 1 to create.");
  const schemas = ["urn:ietf:params:scim:schemas:core:2.0:User"];
  const list = { Resources: [{ schemas, id: "theirs", userName: "bo@acme.example", title: "Lead", meta: {} }] };
  t.regex((await run(JSON.stringify(list))).out, /^Staged: 1 to create\./);
  t.like(await people(bridge), [{ active: false, groups: ["Leads"] }, { name: "bo@acme.example" }]);
  const wrong = await run(JSON.stringify([{ userName: "x@acme.example", departement: "Sales" }, 7, { userName: 7 }]));
  t.regex(
    wrong.errors,
    /^Row 1, departement: is no column \(did you mean department\?\): allowed are userName, email,/,
  );
  t.regex(wrong.errors, /^Row 2: is no object\.\nRow 3, userName: must be text\.$/m);
  const json = JSON.parse((await run(JSON.stringify(flat), "--dry-run", "--json")).out) as object;
  t.like(json, { directory: "acme", isStaged: false, faults: [], unnamed: 1, report: null });
});

for (const [title, content, message] of [
  [
    "with an unknown column",
    "userName,departmant\na,b\n",
    /There is no column "departmant"\. Did you mean department\? Allowed/,
  ],
  ["with a column twice", "userName,email,mail\na,b,c\n", /The column email is there twice/],
  ["without anybody's name", "title\nLead\n", /neither a column userName nor a column email/],
  ["with nobody in it", "userName\n", /The file holds nobody/],
  ["that is empty", "", /first line must name the columns/],
  ["with an open quote", 'userName\n"ana\n', /Line 2 is no CSV: .* never closed/],
  ["with text behind a quote", 'userName\n"ana"x\n', /Line 2 is no CSV: .* behind a closing quote/],
  ["in UTF-16", Buffer.from("\ufeffuserName\nana\n", "utf16le"), /is UTF-16: save it as UTF-8/],
] as const) {
  test(`a file ${title} is refused as a whole`, async (t) => {
    const { bridge, run } = await setting(t);
    const { code, errors } = await run(content);
    t.is(code, 64);
    t.regex(errors, message);
    t.deepEqual(await people(bridge), []);
  });
}

test("a header with escape sequences forges nothing in what is said of it", async (t) => {
  const { run } = await setting(t);
  const { code, errors } = await run("\u001b]0;x\u0007name\nana\n");
  t.is(code, 64);
  t.notRegex(errors, /[\u001b\u0007]/);
});

test("names with escape sequences forge nothing on the terminal, and are refused", async (t) => {
  const { run } = await setting(t);
  const { errors } = await run("userName,title\n\u001b[2Jana@acme.example,x\n\u202ebo@acme.example,x\n", "--dry-run");
  t.notRegex(errors, /[\u001b\u202e]/);
  t.regex(errors, /^Row 2, userName: must not hold control characters or line breaks\.$/m);
});
