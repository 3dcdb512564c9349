/** An admin who has nothing but a token and the OpenAPI document, against a daemon and the sandbox as processes. */
import test from "ava";
import { bridgeFolder, bridgeSettings, DIRECTORY, startBridge } from "../../support/bridge-process.ts";
import { runCommand } from "../../support/command-process.ts";
import { startSandbox } from "../../support/sandbox.ts";
import { until } from "../../support/until.ts";
import { adminClient, answered } from "./client.ts";

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

test("from a token over preview, save, plan, approve, apply and explain to a proof, by the client made from the document", async (t) => {
  const sandbox = await startSandbox(t);
  const limits = { create: { floor: 1, max: 1, percent: 0 } };
  const folder = bridgeFolder(
    t,
    bridgeSettings(sandbox.url, { limits, schedule: { full: "0 0 1 1 *", debounce: "100ms" } }),
  );
  const made = await runCommand(t, ["token", "create", "--scope", "admin"], { folder });
  t.is(made.code, 0, made.errors);
  const bridge = await startBridge(t, folder);
  await bridge.firstRun();
  const api = adminClient(bridge.url, made.output.trim());

  // A token for the IdP, which pushes two people.
  const token = await answered(api.POST("/tokens", { body: { directory: DIRECTORY, expires: "365d" } }));
  const push = async (method: string, path: string, body: unknown): Promise<{ readonly id: string }> => {
    const response = await fetch(`${bridge.url}/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token.token}`, "content-type": "application/scim+json" },
      body: JSON.stringify(body),
    });
    t.true(response.ok, `${method} ${path}: ${response.status}`);
    return (await response.json()) as { readonly id: string };
  };
  const person = (userName: string, department: string) => ({
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
    userName,
    displayName: userName.split("@")[0],
    active: true,
    emails: [{ value: userName, type: "work", primary: true }],
    [ENTERPRISE]: { department },
  });
  const ana = await push("POST", "/Users", person("ana@acme.example", "Sales"));
  await push("POST", "/Users", person("bo@acme.example", "Support"));

  // The mapping: a preview of an edit, then the edit itself.
  const mapping = await api.GET("/mapping");
  const etag = mapping.response.headers.get("etag") ?? "";
  const document = {
    groups: { rules: [{ attribute: `${ENTERPRISE}:department`, values: { Sales: "Sales APAC", Support: "Support" } }] },
  };
  const preview = await answered(api.POST("/mapping/preview", { body: { document } }));
  t.deepEqual(
    preview.moves.map(({ label, joins, leaves }) => ({ label, joins, leaves })),
    [{ label: "ana@acme.example", joins: ["Sales APAC"], leaves: ["Sales EMEA"] }],
  );
  const edit = { document, reason: "Ana's team has moved." };
  const refused = await api.PUT("/mapping", { body: edit, params: { header: { "If-Match": etag } } });
  t.is(refused.error?.type, "urn:rosterbridge:problem:mapping-takes-over-groups");
  const saved = await answered(
    api.PUT("/mapping", { body: { ...edit, takesOver: true }, params: { header: { "If-Match": etag } } }),
  );
  t.is(saved.version, 2);
  const stale = await api.PUT("/mapping", { body: edit, params: { header: { "If-Match": etag } } });
  t.is(stale.response.status, 412);

  // Two people are more than the limit: they are held, approved, and made.
  const plan = await answered(api.POST("/plans", { body: {} }));
  const { digest, tally } = plan.summary;
  t.is(tally.held["over-limit"], 2, JSON.stringify(plan.summary));
  const params = { path: { digest } };
  t.is((await answered(api.POST("/plans/{digest}/approve", { params, body: { reason: "First import." } }))).changes, 2);
  const run = await until("the approved people in the product", async () => {
    const applied = await api.POST("/runs", { body: {}, headers: { Prefer: "wait=20" } });
    // The daemon acts upon the approval by itself: whichever comes first.
    return applied.response.status === 409 || applied.data?.state === "running" ? undefined : applied.data;
  });
  t.is(run.report?.outcome, "done", JSON.stringify(run));
  const people = await answered(api.GET("/people", { params: { query: { filter: 'userName sw "a"' } } }));
  t.deepEqual(
    people.items.map(({ userName, state }) => [userName, state]),
    [["ana@acme.example", "linked"]],
  );

  // Somebody leaves: why things are as they are, and the proof that they are out.
  const byName = { params: { path: { id: "ana@acme.example" } } };
  const before = await answered(api.GET("/people/{id}", byName));
  t.is(before.verdict.state, "in-step");
  t.deepEqual(
    before.mapped.groups.map(({ group }) => group),
    ["Sales APAC"],
  );
  await push("PATCH", `/Users/${ana.id}`, {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    Operations: [{ op: "replace", value: { active: false } }],
  });
  const proof = await until("the proof", async () => (await api.GET("/people/{id}/proof", byName)).data?.proofs[0]);
  t.true(proof.audit?.matches);
  t.is((await answered(api.GET("/people/{id}", byName))).verdict.state, "left");

  // Who did all this is in the audit log, by the id of the token.
  const audit = await answered(api.GET("/audit", { params: { query: { filter: 'action eq "plan.approved"' } } }));
  t.regex(audit.items[0]?.actor ?? "", /^token:[0-9a-f]{10}$/);
  t.is((await bridge.stop()).code, 0);
});
