/** A backup beside a running daemon, and a restore once it has stopped, each command as a process of its own. */
import { statSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { bridgeFolder, bridgeSettings, QUIET, startBridge } from "../support/bridge-process.ts";
import { issueToken } from "../support/bridge-store.ts";
import { runCommand } from "../support/command-process.ts";
import { startLiveSandbox } from "../support/live-sandbox.ts";
import { createScimClient } from "../support/scim-client.ts";

test("what left since the backup is not let in again by a restore, until somebody resumes", async (t) => {
  const sandbox = await startLiveSandbox(t);
  const folder = bridgeFolder(t, bridgeSettings(sandbox.url, { schedule: QUIET }));
  const bridge = await startBridge(t, folder);
  const token = await issueToken(folder);
  const idp = createScimClient(bridge.url, token);
  await bridge.firstRun();
  const run = (...args: readonly string[]): ReturnType<typeof runCommand> => runCommand(t, args, { folder });
  const kept = join(folder.path, "kept.db");
  // A push of a leaver, and a resume, set the daemon going, too: then it is its turn first.
  const apply = async (): ReturnType<typeof runCommand> => {
    const result = await run("apply", "--yes");
    return result.code === 5 ? apply() : result;
  };

  const ana = await idp.create("ana");
  t.is((await apply()).code, 0);
  const backup = await run("backup", kept);
  t.is(backup.code, 0, backup.errors);
  t.regex(backup.output, /^Backed up: 1 person, up to .* checked and whole\.\n$/);
  t.is(statSync(kept).mode & 0o777, 0o600);
  t.is((await run("backup", kept)).code, 64);

  await idp.patch(ana, { active: false });
  await idp.create("bo");
  t.is((await apply()).code, 0);
  const open = await run("restore", kept, "--yes");
  t.is(open.code, 75);
  t.regex(open.errors, /stop the daemon, then restore/);
  t.is((await bridge.stop()).code, 0);
  const unasked = await run("restore", kept);
  t.is(unasked.code, 64);
  t.regex(unasked.errors, /say --yes/);
  const restored = await run("restore", kept, "--yes");
  t.is(restored.code, 0, restored.errors);
  t.regex(restored.output, /^Restored\. The former database is kept: .*rosterbridge\.db\.replaced-/);

  const again = await startBridge(t, folder);
  t.deepEqual((await again.firstRun())["event"], "run.finished");
  const held = await run("plan");
  t.regex(held.output, /ana@acme\.example .*held by the restore/);
  t.regex(held.errors, /restored from a backup .*\n?.*rosterbridge resume --reason/);
  t.regex(
    (await run("doctor")).output,
    /! restored: .* changes are held\.\n +Look at `rosterbridge plan`, then: rosterbridge resume/,
  );
  const second = createScimClient(again.url, token);
  await second.create("cy");
  t.regex((await apply()).output, /No changes were made/);
  t.is((await run("resume", "--reason", "looked through")).code, 0);
  t.is((await apply()).code, 0);
  t.regex((await run("audit", "verify")).output, /^The audit log is whole/);
});
