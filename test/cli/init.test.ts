import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import test, { type ExecutionContext } from "ava";
import { validate } from "node-cron";
import { DIRECTORY_KINDS } from "../../src/config/field-faults.ts";
import { loadConfig } from "../../src/config/load.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/domain/json.ts";
import { PRODUCTS, productTitle } from "../../src/cli/init/products.ts";
import { createConnector, productSchemas } from "../../src/runtime/connectors.ts";
import { anAmbient } from "../support/bridge.ts";
import { folderWith } from "../support/config-files.ts";
import { createTestClock } from "../support/test-clock.ts";
import { command, type CommandResult } from "../support/toolbox.ts";

const WHO = ["--idp", "okta", "--domain", "acme.example"];
const NOT_THERE = "sync.config.json is not there";

/** Runs `init` into a new folder, and reads what it wrote. */
async function init(
  t: ExecutionContext,
  args: readonly string[],
  {
    typed,
    files = {},
  }: { readonly typed?: readonly string[]; readonly files?: Readonly<Record<string, unknown>> } = {},
): Promise<CommandResult & { readonly folder: string; readonly file: string; readonly written: JsonObject | string }> {
  const folder = folderWith(t, files);
  const file = join(folder, "sync.config.json");
  const result = await command(["init", ...args, "--out", file], typed === undefined ? {} : { typed });
  const written = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as JsonObject) : NOT_THERE;
  return { ...result, folder, file, written };
}

/** Names of the environment variables that a configuration reads. */
function variablesIn(value: JsonValue | undefined): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(variablesIn);
  if (!isJsonObject(value)) return [];
  const { env } = value;
  return typeof env === "string" ? [env] : Object.values(value).flatMap(variablesIn);
}

/** Loads it as every command does, and makes its connector. */
async function load(
  t: ExecutionContext,
  { file, written }: { readonly file: string; readonly written: JsonObject | string },
) {
  t.not(written, NOT_THERE);
  const environment = Object.fromEntries(variablesIn(written).map((name) => [name, "s3cret"]));
  const loaded = loadConfig({
    path: file,
    environment,
    cwd: "/",
    products: productSchemas,
    isCron: (text) => validate(text),
  });
  await createConnector(loaded.config, anAmbient(createTestClock())).close();
  return loaded;
}

const OWN_RECIPE = { kind: "scim", name: "Our product", attributes: { timezone: null } };

for (const [product, args, wanted, variables] of [
  ["sandbox", [], { connector: "sandbox", baseUrl: "http://127.0.0.1:8090" }, ["SANDBOX_TOKEN"]],
  ["linktime", ["--token-env", "LT"], { connector: "scim", recipe: "linktime" }, ["LT"]],
  [
    "calendarbridge",
    ["--base-url", "https://cb.example/scim", "--seats", "standard=50"],
    { recipe: "calendarbridge", baseUrl: "https://cb.example/scim", seats: { standard: 50 } },
    ["CALENDARBRIDGE_TOKEN"],
  ],
  ["freebusy", [], { connector: "scim", recipe: "freebusy" }, ["FREEBUSY_KEY"]],
  ["calendly", ["--profile", "invite"], { connector: "calendly", profile: "invite" }, ["CALENDLY_TOKEN"]],
  [
    "calendly",
    ["--profile", "scim", "--scim-url", "https://calendly.example/scim", "--scim-token-env", "CS"],
    { profile: "scim", scim: { baseUrl: "https://calendly.example/scim", token: { env: "CS" } } },
    ["CALENDLY_TOKEN", "CS"],
  ],
  ["calcom", ["--organization", "42"], { connector: "calcom", organization: "42" }, ["CALCOM_KEY"]],
  [
    "librebooking",
    ["--base-url", "https://b.example/Web/Services/index.php", "--setting", "username=bridge", "--delete-leavers"],
    { recipe: "librebooking", allowDelete: true, rateLimit: { perMinute: 300 } },
    ["LIBREBOOKING_PASSWORD"],
  ],
  [
    "chilipiper",
    ["--setting", "workspaceId=w1", "--seat", "concierge"],
    { recipe: "chilipiper", settings: { workspaceId: "w1" } },
    ["CHILI_PIPER_KEY"],
  ],
  [
    "microsoft-bookings",
    ["--setting", "tenant=t1", "--setting", "clientId=c1", "--setting", "business=acme@acme.example"],
    { recipe: "microsoft-bookings", seats: { standard: 100 } },
    ["BOOKINGS_SECRET"],
  ],
  [
    "scim",
    ["--base-url", "https://p.example/scim"],
    { connector: "scim", baseUrl: "https://p.example/scim" },
    ["PRODUCT_TOKEN"],
  ],
  [
    "recipe",
    ["--recipe", "librebooking", "--base-url", "https://b.example", "--setting", "username=x"],
    { recipe: "librebooking" },
    ["PRODUCT_PASSWORD"],
  ],
] as const) {
  test(`flags alone make a configuration for ${product} ${args.join(" ")}, which loads`, async (t) => {
    const made = await init(t, ["--product", product, ...WHO, ...args]);
    t.is(made.errors, "");
    t.is(made.code, 0);
    const { config } = await load(t, made);
    t.is(config.policy.mode, "observe");
    t.like(made.written, { product: wanted, directories: [{ id: "acme-okta", kind: "okta" }] });
    t.deepEqual([...variablesIn(made.written)].sort(), [...variables].sort());
    for (const name of variables) t.true(made.out.includes(`export ${name}=…`), name);
    for (const next of ["rosterbridge doctor", "rosterbridge serve", "token create --directory acme-okta"])
      t.true(made.out.includes(next), next);
    t.true(made.out.includes("docs/identity-providers/okta.md"));
  });
}

test("every product has flags that were tried above, and every guide that is named is there", async (t) => {
  const tried = readFileSync(import.meta.filename, "utf8");
  for (const product of PRODUCTS) t.true(tried.includes(`"${product}"`), product);
  const { out } = await init(t, ["--product", "calcom", "--organization", "1", ...WHO]);
  const [, page = ""] = /(docs\/products\/\S+\.md)/.exec(out) ?? [];
  t.true(existsSync(join(import.meta.dirname, "..", "..", page)), page);
});

test("a recipe of one's own, and files of secrets, are named as the configuration's folder sees them", async (t) => {
  const folder = folderWith(t, { "mine.json": OWN_RECIPE });
  const out = join(folder, "sync.config.json");
  const recipe = join(folder, "mine.json");
  const args = ["--recipe", recipe, "--base-url", "https://p.example/scim", "--token-file", "/run/secrets/token"];
  const { code, errors, out: words } = await command(["init", "--product", "recipe", ...args, ...WHO, "--out", out]);
  t.is(errors, "");
  t.is(code, 0);
  t.like(JSON.parse(readFileSync(out, "utf8")), {
    product: { connector: "scim", recipe, token: { file: "/run/secrets/token" } },
  });
  t.regex(words, /the file \/run\/secrets\/token/);
});

test("on a terminal what the flags leave out is asked, again until it will do, and Enter takes what is offered", async (t) => {
  const typed = ["linktme", "linktime", "", "okta", "no domain", "acme.example, acme.test", ""];
  const made = await init(t, [], { typed });
  t.is(made.code, 0);
  t.deepEqual(made.errors.split("\n"), [
    `  It must be one of ${PRODUCTS.join(", ")}; did you mean linktime?`,
    '  It must be a domain such as "acme.example", or "*" for any.',
  ]);
  t.is(made.questions.length, typed.length);
  t.regex(
    made.questions.at(2) ?? "",
    /Which environment variable will hold the token of LinkTime\? \[LINKTIME_TOKEN\]/,
  );
  await load(t, made);
  t.like(made.written, {
    product: { recipe: "linktime", token: { env: "LINKTIME_TOKEN" } },
    directories: [{ id: "acme-okta", verifiedDomains: ["acme.example", "acme.test"] }],
  });
});

test("each product asks what it needs, and no more", async (t) => {
  const stories = [
    ["calendly", ["scim", "", "https://c.example/scim", ""], { profile: "scim" }],
    ["calendly", ["invite", ""], { profile: "invite" }],
    ["calcom", ["42", ""], { organization: "42" }],
    ["chilipiper", ["", "w1", "concierge"], { settings: { workspaceId: "w1" } }],
    ["librebooking", ["https://b.example", "bridge", ""], { settings: { username: "bridge" } }],
  ] as const;
  for (const [product, typed, wanted] of stories) {
    const made = await init(t, ["--product", product, ...WHO, "--directory", "acme"], { typed });
    t.is(made.errors, "", product);
    t.is(made.questions.length, typed.length, product);
    t.like(made.written, { product: wanted });
    await load(t, made);
  }
});

test("questions that nobody answers to the end write nothing", async (t) => {
  const { code, errors, written } = await init(t, [], { typed: ["linktime", ""] });
  t.is(code, 64);
  t.is(errors, "rosterbridge: The questions were broken off: nothing was written.");
  t.is(written, NOT_THERE);
});

const SCIM = ["--product", "calendly", "--profile", "scim", ...WHO];
const LIBRE = ["--product", "librebooking", "--base-url", "https://b.example", ...WHO];

for (const [title, args, message] of [
  ["no product", WHO, /--product is missing, and nobody can be asked here\./],
  ["no IdP", ["--product", "linktime", "--domain", "acme.example"], /--idp is missing.* \(okta, entra,/],
  ["no domain", ["--product", "linktime", "--idp", "okta"], /--domain is missing/],
  ["no address", ["--product", "scim", ...WHO], /--base-url is missing/],
  ["no organisation", ["--product", "calcom", ...WHO], /--organization is missing/],
  ["no profile", ["--product", "calendly", ...WHO], /--profile is missing.*\(invite, scim\)/],
  ["no address of provisioning", SCIM, /--scim-url is missing/],
  ["no recipe", ["--product", "recipe", ...WHO], /--recipe is missing/],
  ["no user name", LIBRE, /--setting username=… is missing/],
  ["no seat", ["--product", "chilipiper", "--setting", "workspaceId=w", ...WHO], /--seat is missing/],
  ["a product that is none", ["--product", "outlook"], /Allowed choices are sandbox, linktime,/],
  ["an IdP that is none", ["--idp", "aol"], /Allowed choices are okta, entra,/],
  ["a mode that is none", ["--mode", "fast"], /Allowed choices are observe, create-only, no-removals, full/],
  ["a profile that is none", ["--profile", "rest"], /Allowed choices are invite, scim/],
  [
    "a domain that is none",
    ["--product", "linktime", "--idp", "okta", "--domain", "acme"],
    /--domain: must be a domain/,
  ],
  ["a name that is none", ["--product", "linktime", ...WHO, "--directory", "Acme!"], /--directory: must be 1 to 63/],
  ["an address that is none", ["--product", "scim", ...WHO, "--base-url", "ftp://x"], /--base-url: must be an http or/],
  ["an address with a password", ["--product", "scim", ...WHO, "--base-url", "https://a:b@x"], /without credentials/],
  [
    "a public address that is none",
    ["--product", "linktime", ...WHO, "--public-url", "sync"],
    /--public-url: must be an/,
  ],
  ["an organisation that is a name", ["--product", "calcom", "--organization", "acme", ...WHO], /such as 42/],
  ["a port that is none", ["--port", "65536"], /--port 65536 is no port/],
  ["seats that are none", ["--seats", "many"], /--seats many: write it as standard=50/],
  ["a protected account that is none", ["--protect", "owner"], /--protect "owner" is no e-mail address/],
  ["both places of a token", ["--product", "linktime", "--token-env", "A", "--token-file", "b", ...WHO], /not both/],
  [
    "an empty file of a token",
    ["--product", "linktime", "--token-file", "", ...WHO],
    /--token-file: must not be empty/,
  ],
  [
    "a profile for another product",
    ["--product", "linktime", "--profile", "scim", ...WHO],
    /--profile is for --product calendly/,
  ],
  [
    "a recipe for another product",
    ["--product", "calcom", "--recipe", "x", ...WHO],
    /--recipe is for --product recipe, not for calcom/,
  ],
  [
    "provisioning for invitations",
    ["--product", "calendly", "--profile", "invite", "--scim-url", "https://x.example", ...WHO],
    /for --profile scim, not for invite/,
  ],
  ["a token where there is none", [...LIBRE, "--token-env", "X"], /takes no token: say --setting-env/],
  ["a setting that is none", [...LIBRE, "--setting", "usrname=x"], /no setting usrname: did you mean username\?/],
  ["a setting without a value", ["--setting", "username"], /--setting takes the name of a setting and what it is/],
  [
    "a setting twice",
    [...LIBRE, "--setting", "username=x", "--setting-env", "username=X"],
    /by --setting or by --setting-env, not both/,
  ],
  [
    "a file that is no recipe",
    ["--product", "recipe", "--recipe", "./nowhere.json", ...WHO],
    /nowhere\.json.*there is no such file/s,
  ],
  ["an argument", ["linktime"], /too many arguments/],
] as const) {
  test(`init refuses ${title}, names the flag, and writes nothing`, async (t) => {
    const { code, out, errors, written } = await init(t, args);
    t.is(code, title === "a file that is no recipe" ? 78 : 64);
    t.is(out, "");
    t.regex(errors, message);
    t.is(written, NOT_THERE);
  });
}

test("a secret at the wrong place is refused and not repeated", async (t) => {
  const secret = "hunter2-hunter2";
  for (const args of [
    ["--product", "linktime", "--token-env", secret, ...WHO],
    ["--setting-env", `password=${secret}`],
    [...LIBRE, "--setting", "username=x", "--setting", `password=${secret}`],
  ]) {
    const { code, out, errors, written } = await init(t, args);
    t.is(code, 64);
    t.false((out + errors).includes(secret), errors);
    t.is(written, NOT_THERE);
  }
});

test("a file that is there is written over only with --force, and nothing is left beside it", async (t) => {
  const files = { "sync.config.json": "precious" };
  const refused = await command([
    "init",
    "--product",
    "linktime",
    ...WHO,
    "--out",
    join(folderWith(t, files), "sync.config.json"),
  ]);
  t.is(refused.code, 64);
  t.regex(refused.errors, /is there already: name another --out, or say --force/);
  const made = await init(t, ["--product", "linktime", ...WHO, "--force"], { files });
  t.is(made.code, 0);
  t.deepEqual(readdirSync(made.folder), ["sync.config.json"]);
  t.is(statSync(made.file).mode & 0o077, 0);
  await load(t, made);
});

test("what cannot be a configuration file is refused before anything is asked", async (t) => {
  const folder = folderWith(t, {});
  for (const [out, message] of [
    [folder, /is no file: name another --out/],
    [join(folder, "missing", "x.json"), /The folder .*missing is not there: make it first/],
    ["/dev/null", /is no file/],
  ] as const) {
    const { code, errors, questions } = await command(["init", "--out", out, "--force"], { typed: [] });
    t.is(code, 64);
    t.regex(errors, message);
    t.deepEqual(questions, []);
  }
  t.deepEqual(readdirSync(folder), []);
});

test("it is written where commands look for it: ROSTERBRIDGE_CONFIG first", async (t) => {
  const folder = folderWith(t, {});
  const file = join(folder, "bridge.json");
  const args = ["init", "--product", "linktime", ...WHO];
  const { code, out } = await command(args, { environment: { ROSTERBRIDGE_CONFIG: file } });
  t.is(code, 0);
  t.true(existsSync(file));
  t.false(out.includes("--config"));
  const other = join(folder, "an other's.json");
  const named = await command([...args, "--out", other], { environment: { ROSTERBRIDGE_CONFIG: file } });
  t.true(named.out.includes(`rosterbridge doctor --config '${folder}/an other'\\''s.json'`), named.out);
});

test("$schema leads from the configuration to the schema that is shipped", async (t) => {
  const { written, file } = await init(t, ["--product", "linktime", ...WHO]);
  const reference = isJsonObject(written) && typeof written["$schema"] === "string" ? written["$schema"] : "";
  t.is(resolve(dirname(file), reference), resolve(import.meta.dirname, "../../config/sync.config.schema.json"));
});

test("products are called what people call them, and one of a recipe of somebody's own as that says", (t) => {
  for (const [name, title] of [
    ["sandbox", "the sandbox"],
    ["calcom", "Cal.com"],
    ["chilipiper", "Chili Piper"],
    ["scim", "the product"],
    ["acme-booker", "acme-booker"],
  ] as const)
    t.is(productTitle(name), title);
});

test("a symbolic link is followed, and stays one", async (t) => {
  const folder = folderWith(t, {});
  const target = join(folder, "target.json");
  const link = join(folder, "link.json");
  writeFileSync(target, "{}");
  symlinkSync(target, link);
  const { code } = await command(["init", "--product", "linktime", ...WHO, "--out", link, "--force"]);
  t.is(code, 0);
  t.like(JSON.parse(readFileSync(target, "utf8")), { mode: "observe" });
});

for (const kind of DIRECTORY_KINDS) {
  test(`every guide that init names is there: ${kind}`, async (t) => {
    const args = ["--product", "linktime", "--idp", kind, "--domain", "acme.example", "--token-env", "LINKTIME_TOKEN"];
    const { out } = await init(t, args);
    const guides = out.match(/docs\/\S+\.md/g) ?? [];
    t.is(guides.length, 2, out);
    t.deepEqual(
      guides.filter((guide) => !existsSync(join(import.meta.dirname, "../..", guide))),
      [],
    );
  });
}
