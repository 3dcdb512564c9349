/** `plan`, `apply` and the exit codes of product.md section 10, each command as a process of its own. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import type { ExecutionContext } from "ava";
import type { JsonObject } from "../../src/domain/json.ts";
import { bridgeFolder, bridgeSettings, QUIET, startBridge } from "../support/bridge-process.ts";
import type { BridgeFolder } from "../support/bridge-process.ts";
import { issueToken } from "../support/bridge-store.ts";
import { runCommand, startCommand } from "../support/command-process.ts";
import { effectiveWrites, showSandbox, startLiveSandbox } from "../support/live-sandbox.ts";
import type { LiveSandbox } from "../support/live-sandbox.ts";
import { createScimClient } from "../support/scim-client.ts";
import type { ScimClient } from "../support/scim-client.ts";
import { until } from "../support/until.ts";

/** A daemon that only takes pushes: what is applied, and when, is up to the commands. */
interface Setting {
  readonly sandbox: LiveSandbox;
  readonly folder: BridgeFolder;
  readonly idp: ScimClient;
  run(...args: readonly string[]): ReturnType<typeof runCommand>;
}

async function set(t: ExecutionContext, overrides: JsonObject = {}): Promise<Setting> {
  const sandbox = await startLiveSandbox(t);
  const folder = bridgeFolder(t, bridgeSettings(sandbox.url, { schedule: QUIET, ...overrides }));
  const bridge = await startBridge(t, folder);
  const idp = createScimClient(bridge.url, await issueToken(folder));
  await bridge.firstRun();
  return { sandbox, folder, idp, run: (...args) => runCommand(t, args, { folder }) };
}

const writesOf = ({ ledger }: LiveSandbox): number => ledger.rows().length;

test("a plan writes nothing, an apply writes what was planned, and the next one writes nothing", async (t) => {
  const { sandbox, idp, run } = await set(t);
  for (const name of ["ana", "bo", "carla"]) await idp.create(name);
  const plan = await run("plan", "--detailed-exitcode");
  t.is(plan.code, 2);
  t.regex(plan.output, /^ {2}\+ create +ana@acme\.example +seat standard · groups Sales EMEA +joiner$/m);
  t.regex(plan.output, /^1 group to create, 3 to create\.$/m);
  const one = await run("plan", "--person", "bo@acme.example", "--json");
  t.is(one.code, 0);
  t.deepEqual(
    JSON.parse(one.output).people.map(({ label }: { label: string }) => label),
    ["bo@acme.example"],
  );
  t.is(writesOf(sandbox), 0);

  const apply = await run("apply", "--yes");
  t.is(apply.code, 0, apply.errors);
  t.regex(apply.output, /Applied: 1 × create-group, 3 × create-account, 3 × assign-seat, 3 × add-to-group/);
  t.is(writesOf(sandbox), 10);
  t.is(showSandbox(sandbox).seats["standard"], 3);

  const again = await run("apply", "--yes");
  t.is(again.code, 0);
  t.regex(again.output, /No changes were made/);
  t.is((await run("apply", "--yes", "--person", "ana@acme.example")).code, 0);
  t.is((await run("plan", "--detailed-exitcode")).code, 0);
  t.is(writesOf(sandbox), 10);
});

test("an apply for one person leaves the others as they are", async (t) => {
  const { sandbox, idp, run } = await set(t);
  for (const name of ["ana", "bo"]) await idp.create(name);
  t.is((await run("apply", "--yes", "--person", "ext-bo")).code, 0);
  t.deepEqual(Object.keys(showSandbox(sandbox).members), ["bo@acme.example"]);
  const nobody = await run("apply", "--yes", "--person", "zoe@acme.example");
  t.is(nobody.code, 1);
  t.is(
    nobody.errors,
    'rosterbridge: Nobody staged answers to "zoe@acme.example". People are found by userName, e-mail, externalId or id, as the identity provider sends them.\n',
  );
});

test("an apply that expects a plan carries out that plan and no other", async (t) => {
  const { sandbox, folder, idp, run } = await set(t);
  await idp.create("ana");
  const file = join(folder.path, "plan.json");
  t.is((await run("plan", "--format", "json", "--out", file)).code, 0);
  await idp.create("bo");
  const refused = await run("apply", "--plan", file);
  t.is(refused.code, 3);
  t.regex(refused.errors, /^rosterbridge: The plan has changed: it is [0-9a-f]{12} now, not [0-9a-f]{12}\./);
  t.is(writesOf(sandbox), 0);
  const [, digest = ""] = /^Plan ([0-9a-f]{12}) /.exec((await run("plan")).output) ?? [];
  t.is((await run("apply", "--expect", digest)).code, 0);
  t.is(Object.keys(showSandbox(sandbox).members).length, 2);
});

test("what is held exits with 3, and nothing of it is carried out", async (t) => {
  const { sandbox, idp, run } = await set(t);
  const names = ["ana", "bo", "carla", "dmitri", "eve"];
  const ids = await Promise.all(names.map((name) => idp.create(name)));
  t.is((await run("apply", "--yes")).code, 0);
  const writes = writesOf(sandbox);
  for (const id of ids.slice(0, 3)) await idp.patch(id, { active: false });
  const apply = await run("apply", "--yes");
  t.is(apply.code, 3);
  t.regex(apply.output, /3 deactivations: 3 in 24 h, limit 2 \(limits\.deactivate\)/);
  t.is((await run("plan", "--detailed-exitcode")).code, 3);
  t.is(writesOf(sandbox), writes);

  await idp.create("finn");
  t.is((await run("plan", "--detailed-exitcode")).code, 2, "somebody else's change is pending");
});

test("a product that fails for some people exits with 4, and the others get what is theirs", async (t) => {
  const { sandbox, idp, run } = await set(t);
  await idp.create("ana");
  t.is((await run("apply", "--yes")).code, 0);
  await idp.create("bo");
  await idp.create("carla", { department: "Support" });
  sandbox.faults.add({
    kind: "error-before-effect",
    match: { method: "POST", path: "/v1/groups" },
    times: null,
  });
  const apply = await run("apply", "--yes");
  t.is(apply.code, 4, apply.output + apply.errors);
  t.deepEqual(showSandbox(sandbox).members["bo@acme.example"]?.groups, ["Sales EMEA"]);
});

test("a wrong use exits with 64 and says what is right", async (t) => {
  const { idp, run } = await set(t);
  await idp.create("ana");
  const ask = await run("apply");
  t.is(ask.code, 64);
  t.regex(ask.errors, /Nobody can be asked here\. Say --yes, or --expect [0-9a-f]{12}/);
  for (const args of [["plan", "--nonsense"], ["conquer"], ["approve", "abcdef123456"], ["token", "create"]]) {
    const { code, errors } = await run(...args);
    t.is(code, 64, args.join(" "));
    t.not(errors, "", args.join(" "));
  }
});

test("a product out of reach exits with 69, credentials that it refuses with 77", async (t) => {
  const folder = bridgeFolder(t, bridgeSettings("http://127.0.0.1:1"));
  for (const args of [["plan"], ["apply", "--yes"]]) {
    const { code, errors } = await runCommand(t, args, { folder });
    t.is(code, 69, args.join(" "));
    t.regex(
      errors,
      /^rosterbridge: sandbox did not answer GET \/v1\/\w+: nothing listens at 127\.0\.0\.1:1 \(ECONNREFUSED\)\. `rosterbridge doctor` looks at what is wrong\.\n$/,
    );
  }
  const sandbox = await startLiveSandbox(t, { token: "another-token" });
  folder.configure(bridgeSettings(sandbox.url));
  const { code, errors } = await runCommand(t, ["apply", "--yes"], { folder });
  t.is(code, 77);
  t.regex(
    errors,
    /^rosterbridge: sandbox answered 401 to GET \/v1\/\w+ \(unauthorized\)\. Check product\.token in the configuration\. `rosterbridge doctor` looks at what is wrong\.\n$/,
  );
});

test("a wrong configuration exits with 78 and names every problem", async (t) => {
  const settings = bridgeSettings("http://127.0.0.1:1", {
    directories: [{ id: "acme", verifiedDomains: ["acme.example"], kindd: "okta" }],
    mode: "everything",
    limits: { deactivate: { percent: 200 } },
  });
  const folder = bridgeFolder(t, settings);
  for (const command of ["serve", "plan", "status"]) {
    const { code, errors, output } = await runCommand(t, [command], { folder });
    t.is(code, 78, command);
    for (const path of ["directories[0]: unknown key", "mode: ", "limits.deactivate.percent: "])
      t.true(errors.includes(path), path);
    t.is(output, "");
  }
  writeFileSync(folder.config, "{");
  t.is((await runCommand(t, ["serve"], { folder })).code, 78);
  const nowhere = { path: folder.path, config: join(folder.path, "nowhere.json") };
  t.is((await runCommand(t, ["plan"], { folder: nowhere })).code, 78);
});

test("an apply while another one is at it exits with 5", async (t) => {
  const { sandbox, idp, run, folder } = await set(t);
  await idp.create("ana");
  const fault = sandbox.faults.add({ kind: "latency", match: { method: "POST" }, times: null, delayMs: 60_000 });
  startCommand(t, ["apply", "--yes"], { folder });
  await until("a write under way", () => sandbox.faults.list().some(({ id, hits }) => id === fault.id && hits > 0));
  const second = await run("apply", "--yes");
  t.is(second.code, 5);
  t.regex(second.errors, /^rosterbridge: A run is in progress/);
  t.is((await run("plan", "--detailed-exitcode")).code, 2, "a dry run is not in anybody's way");
  t.deepEqual(effectiveWrites(sandbox), []);
});
