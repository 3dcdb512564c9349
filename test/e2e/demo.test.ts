/** `demo`, as somebody runs it who has just cloned the project. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import type { ExecutionContext } from "ava";
import { openPage } from "../docs/pages.ts";
import { missingLine } from "../docs/shown.ts";
import { runCommand, startCommand } from "../support/command-process.ts";
import { createScimClient } from "../support/scim-client.ts";

/** A place for temporary files that a test can look into afterwards. */
function scratch(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), "rosterbridge-demo-test-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("the demo ends with the closing table, exit 0 and nothing left behind", async (t) => {
  const folder = scratch(t);
  const { code, output, errors } = await runCommand(t, ["demo"], { environment: { TMPDIR: folder } });
  t.is(code, 0, errors);
  t.is(errors, "");
  const table = output.slice(output.indexOf("At the end"));
  for (const line of [
    /^ {2}accounts +25 +25 +24 active, 1 deactivated$/m,
    /^ {2}seats +24 +24 +of 24$/m,
    /^ {2}group Sales EMEA +8 +8$/m,
    /^ {2}group Support +9 +9$/m,
    /^ {2}group Engineering +7 +7$/m,
    /^ {2}bookings cancelled +12 +12 /m,
    /^ {2}guests mailed +14 +14 /m,
    /^ {2}ana@acme\.example +\d+\.\d\d s +/m,
    /^ {2}sami@acme\.example +\d+\.\d\d s +/m,
  ]) {
    t.regex(table, line);
  }
  t.regex(
    output,
    /^ +… wait +zoe@acme\.example +place 1 · over capacity: 24 of 24 standard seats in use, 1 waiting$/m,
    "somebody has to wait for a seat",
  );
  t.regex(output, /^ +× cancel +6 bookings, 7 guests, first /m);
  const shown = openPage("README.md").blocks.find(({ language }) => language === "text")?.text ?? "nothing";
  t.is(missingLine(shown.split("\n"), output), undefined, "README.md shows a part of it");
  t.false(output.includes("\u001b"), "no colour in a pipe");
  t.deepEqual(readdirSync(folder), []);
});

test("the demo that is kept prints addresses and a token that work, and ends with exit 0 when it is interrupted", async (t) => {
  const folder = scratch(t);
  const environment = { TMPDIR: folder };
  const demo = startCommand(t, ["demo", "--keep"], { environment });
  const [, config = ""] = await demo.says(/--config (\S+)\n/);
  const [, bridgeUrl = "", token = ""] = /SCIM +(\S+)\/scim\/v2 .*Bearer (\S+)/.exec(demo.output()) ?? [];
  const [, membersUrl = "", productToken = ""] = /sandbox +(\S+) .*Bearer (\S+)/.exec(demo.output()) ?? [];

  const users = await createScimClient(bridgeUrl, token).send("GET", "/Users?count=1");
  t.is(users.status, 200);
  t.is(users.body.totalResults, 25);
  const members = await fetch(membersUrl, { headers: { authorization: `Bearer ${productToken}` } });
  t.is(((await members.json()) as { total: number }).total, 26);
  const status = await runCommand(t, ["status", "--config", config], { environment });
  t.is(status.code, 0);
  t.regex(status.output, /acme-okta +24 +1 +0 /);

  demo.signal("SIGINT");
  t.deepEqual(await demo.exited, { code: 0, signal: null });
  t.is(demo.errors(), "");
  t.deepEqual(readdirSync(folder), []);
});
