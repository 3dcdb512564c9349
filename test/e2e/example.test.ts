/** The way of the README: the shipped configuration, `sandbox`, `serve`, a token, a push, a look at `status`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { bridgeFolder, startBridge } from "../support/bridge-process.ts";
import { runCommand, startCommand } from "../support/command-process.ts";
import { createScimClient } from "../support/scim-client.ts";
import { until } from "../support/until.ts";

const EXAMPLE = join(import.meta.dirname, "..", "..", "sync.config.example.json");

test("the shipped configuration works with the sandbox command as it is, but for the ports", async (t) => {
  const product = startCommand(t, ["sandbox", "--port", "0", "--seats", "standard=7"]);
  const [, productUrl = ""] = await product.says(/listens on (http:\S+)/);
  const [, productToken = ""] = await product.says(/SANDBOX_TOKEN=(\S+)/);

  const example = JSON.parse(readFileSync(EXAMPLE, "utf8"));
  const folder = bridgeFolder(t, {
    ...example,
    server: { ...example.server, port: 0 },
    product: { ...example.product, baseUrl: productUrl },
  });
  const options = { folder, environment: { SANDBOX_TOKEN: productToken } };
  const bridge = await startBridge(t, folder, options.environment);
  const made = await runCommand(t, ["token", "create", "--directory", "acme-okta"], options);
  t.is(made.code, 0);
  t.regex(made.output, /^rb_[0-9a-f]{10}_[\w-]{43}_[0-9a-f]{8}\n$/, "the secret alone, so that a script can take it");
  await createScimClient(bridge.url, made.output.trim()).create("ana");

  const member = await until("the account", async () => {
    const headers = { authorization: `Bearer ${productToken}` };
    const response = await fetch(`${productUrl}/v1/members?email=ana@acme.example`, { headers });
    const [found] = ((await response.json()) as { items: readonly { groupIds: readonly string[]; seat: string }[] })
      .items;
    return found?.seat === "standard" && found.groupIds.length === 1;
  });
  t.true(member);

  const status = await runCommand(t, ["status"], options);
  t.is(status.code, 0);
  t.regex(status.output, /acme-okta +1 +0 +0 /);
  const list = await runCommand(t, ["token", "list"], options);
  t.false(list.output.includes(made.output.trim()));
  const shown = await runCommand(t, ["config", "show"], options);
  t.is(JSON.parse(shown.output).product.token, "***");
  t.false(shown.output.includes(productToken));

  t.deepEqual(await bridge.stop(), { code: 0, signal: null });
  product.signal("SIGTERM");
  t.deepEqual(await product.exited, { code: 0, signal: null });
});

test("a revoked token opens nothing any more", async (t) => {
  const product = startCommand(t, ["sandbox", "--port", "0"], { environment: { SANDBOX_TOKEN: "known" } });
  const [, baseUrl = ""] = await product.says(/listens on (http:\S+)/);
  t.false(product.output().includes("known"), "a token that was given is not repeated");
  const directories = [{ id: "acme", verifiedDomains: ["acme.example"] }];
  const folder = bridgeFolder(t, {
    server: { port: 0 },
    directories,
    product: { connector: "sandbox", baseUrl, token: "known" },
  });
  const bridge = await startBridge(t, folder);
  const made = await runCommand(t, ["token", "create", "--directory", "acme", "--json"], { folder });
  const { token, id } = JSON.parse(made.output) as { token: string; id: string };
  const idp = createScimClient(bridge.url, token);
  t.is((await idp.send("GET", "/Users")).status, 200);
  t.is((await runCommand(t, ["token", "revoke", id], { folder })).code, 0);
  t.is((await idp.send("GET", "/Users")).status, 401);
});
