/** What `init` writes is all that a bridge needs: doctor finds no fault, and serve is ready. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { runCommand, startCommand } from "../support/command-process.ts";
import { startLiveSandbox } from "../support/live-sandbox.ts";
import { SANDBOX_TOKEN } from "../support/sandbox.ts";

test("init, doctor, serve: from nothing to a bridge that is ready", async (t) => {
  const sandbox = await startLiveSandbox(t);
  const path = mkdtempSync(join(tmpdir(), "rosterbridge-init-"));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  const folder = { path, config: join(path, "sync.config.json") };
  const args = ["--product", "sandbox", "--base-url", sandbox.url, "--token-env", "OUR_TOKEN", "--port", "0"];
  const init = await runCommand(t, ["init", ...args, "--idp", "entra", "--domain", "acme.example"], { folder });
  t.is(init.errors, "");
  t.is(init.code, 0);

  const unset = await runCommand(t, ["doctor"], { folder });
  t.is(unset.code, 78);
  t.regex(unset.output, /product\.token: environment variable OUR_TOKEN is not set/);

  const environment = { OUR_TOKEN: SANDBOX_TOKEN };
  const doctor = await runCommand(t, ["doctor"], { folder, environment });
  t.is(doctor.code, 0, doctor.output);
  t.regex(doctor.output, /0 faults/);

  const serve = startCommand(t, ["serve"], { folder, environment });
  const [, url = ""] = await serve.says(/"url":"(http:[^"]+)"/);
  t.is((await fetch(`${url}/readyz`)).status, 200);
  const token = await runCommand(t, ["token", "create", "--directory", "acme-entra"], { folder, environment });
  const answer = await fetch(`${url}/scim/v2/Users`, { headers: { authorization: `Bearer ${token.output.trim()}` } });
  t.is(answer.status, 200);
});
