/** Many leavers at once: held, explained, let through by approval or release (product.md section 6). */
import test from "ava";
import type { ExecutionContext } from "ava";
import type { JsonObject } from "../../src/domain/json.ts";
import { bridgeFolder, bridgeSettings, QUIET, startBridge } from "../support/bridge-process.ts";
import type { BridgeFolder, BridgeProcess } from "../support/bridge-process.ts";
import { issueToken, unfinished } from "../support/bridge-store.ts";
import { runCommand } from "../support/command-process.ts";
import type { CommandResult } from "../support/command-process.ts";
import { showSandbox, startLiveSandbox } from "../support/live-sandbox.ts";
import type { LiveSandbox } from "../support/live-sandbox.ts";
import { createScimClient } from "../support/scim-client.ts";
import type { ScimClient } from "../support/scim-client.ts";
import { until } from "../support/until.ts";

interface Company {
  readonly sandbox: LiveSandbox;
  readonly folder: BridgeFolder;
  readonly bridge: BridgeProcess;
  readonly idp: ScimClient;
  /** SCIM ids of everybody. */
  readonly ids: readonly string[];
  run(...args: readonly string[]): Promise<CommandResult>;
}

/** A bridge and a company all of whose people have accounts. */
async function company(t: ExecutionContext, size: number, overrides: JsonObject): Promise<Company> {
  const sandbox = await startLiveSandbox(t, { seats: { standard: size + 50 } });
  const folder = bridgeFolder(t, bridgeSettings(sandbox.url, { limits: { create: { floor: 200 } }, ...overrides }));
  const bridge = await startBridge(t, folder);
  const idp = createScimClient(bridge.url, await issueToken(folder));
  await bridge.firstRun();
  const run: Company["run"] = (...args) => runCommand(t, args, { folder });
  const ids = await Promise.all(Array.from({ length: size }, (_, index) => idp.create(`person${index}`)));
  return { sandbox, folder, bridge, idp, ids, run };
}

function statuses(sandbox: LiveSandbox): { readonly active: number; readonly deactivated: number } {
  const members = Object.values(showSandbox(sandbox).members);
  const active = members.filter(({ status }) => status === "active").length;
  return { active, deactivated: members.length - active };
}

/** The arguments of the command that a plan prints as the way past its limit. */
function wayPast(output: string): readonly string[] {
  const [, verb = "", digest = "", reason = ""] =
    /^ +rosterbridge (approve) ([0-9a-f]{12}) (?:--reason) "([^"]+)"$/m.exec(output) ?? [];
  return [verb, digest, "--reason", reason];
}

test("12 of 100 people who leave in one burst are held, joiners go through, and the printed command lets them out", async (t) => {
  t.timeout(180_000);
  const { sandbox, folder, bridge, idp, ids, run } = await company(t, 100, {
    schedule: { full: "0 0 1 1 *", debounce: "500ms" },
  });
  await until("100 accounts", async () => statuses(sandbox).active === 100 && (await unfinished(folder)).wakes === 0);

  const leavers = ids.slice(20, 32).map((id) => idp.patch(id, { active: false }));
  const joiners = ["jo", "jim", "jan"].map((name) => idp.create(name));
  await Promise.all([...leavers, ...joiners]);
  await until("the joiners", async () => statuses(sandbox).active === 103 && (await unfinished(folder)).wakes === 0);
  t.deepEqual(statuses(sandbox), { active: 103, deactivated: 0 });
  t.is(showSandbox(sandbox).seats["standard"], 103);
  const writes = sandbox.ledger.rows().length;

  const plan = await run("plan", "--detailed-exitcode");
  t.is(plan.code, 3);
  t.regex(plan.output, /^ {2}! held +12 deactivations: 12 in 24 h, limit 10 \(limits\.deactivate\)$/m);
  t.regex(plan.output, /^Nothing to do now, 12 held\.$/m);
  const approve = wayPast(plan.output);
  t.true(plan.output.startsWith(`Plan ${approve[1]} `), "the command names this plan");
  const status = await run("status");
  t.regex(status.output, /12 deactivations: 12 in 24 h, limit 10 \(limits\.deactivate\)/);
  t.is((await run("apply", "--yes")).code, 3);
  t.is(sandbox.ledger.rows().length, writes, "nothing of it was done, and nothing else was there to do");

  const approved = await run(...approve);
  t.is(approved.code, 0, approved.errors);
  await until("the daemon to act on the approval", async () => {
    const isOver = statuses(sandbox).deactivated === 12 && showSandbox(sandbox).seats["standard"] === 91;
    return isOver && (await unfinished(folder)).wakes === 0;
  });
  t.deepEqual(statuses(sandbox), { active: 91, deactivated: 12 });
  t.is(showSandbox(sandbox).seats["standard"], 91);
  t.deepEqual(await bridge.stop(), { code: 0, signal: null });
});

test("a release lets one person through, an approved plan that grew is held again, and a new approval ends it", async (t) => {
  t.timeout(180_000);
  const { sandbox, idp, ids, run } = await company(t, 30, { schedule: QUIET });
  /** The daemon acts on approvals, too: while it is at it, the command has to come again. */
  const apply = async (): Promise<CommandResult> => {
    let result = await run("apply", "--yes");
    while (result.code === 5) result = await run("apply", "--yes");
    return result;
  };
  t.is((await run("apply", "--yes")).code, 0);
  t.deepEqual(statuses(sandbox), { active: 30, deactivated: 0 });
  for (const id of ids.slice(0, 5)) await idp.patch(id, { active: false });
  const held = await run("apply", "--yes");
  t.is(held.code, 3);
  t.regex(held.output, /5 deactivations: 5 in 24 h, limit 3 \(limits\.deactivate\)/);

  t.is((await run("release", "person0@acme.example", "--reason", "leaves today")).code, 0);
  t.is((await run("apply", "--yes")).code, 3);
  t.is(showSandbox(sandbox).members["person0@acme.example"]?.status, "deactivated");
  t.deepEqual(statuses(sandbox), { active: 29, deactivated: 1 });

  const before = await run("plan");
  t.regex(before.output, /4 deactivations: 4 in 24 h, limit 2 \(limits\.deactivate\)/);
  t.is((await run(...wayPast(before.output))).code, 0);
  await idp.patch(ids[5] ?? "", { active: false });
  const grown = await apply();
  t.is(grown.code, 3);
  t.regex(grown.output, /5 deactivations: 5 in 24 h, limit 2 \(limits\.deactivate\)/);
  t.deepEqual(statuses(sandbox), { active: 29, deactivated: 1 });
  t.notDeepEqual(wayPast(grown.output), wayPast(before.output));

  t.is((await run(...wayPast(grown.output))).code, 0);
  await until("the daemon to act on the approval", async () => Promise.resolve(statuses(sandbox).deactivated === 6));
  t.deepEqual(statuses(sandbox), { active: 24, deactivated: 6 });
  const unknown = await run("approve", "0123456789ab", "--reason", "a guess");
  t.is(unknown.code, 1);
  t.regex(unknown.errors, /No recent plan has the digest 0123456789ab/);
});
