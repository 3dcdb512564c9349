/** No name, address or secret reaches the log, whatever happens and however much is logged (failure-modes, I9). */
import test from "ava";
import { bridgeFolder, bridgeSettings, DIRECTORY, startBridge } from "../support/bridge-process.ts";
import { issueToken, unfinished } from "../support/bridge-store.ts";
import { showSandbox, startLiveSandbox } from "../support/live-sandbox.ts";
import { aScimUser, createScimClient } from "../support/scim-client.ts";
import { until } from "../support/until.ts";

/** In every value that is somebody's own. */
const CANARY = "kanarek";
const PRODUCT_TOKEN = "product-secret-of-a-test";
const PASSWORD = "hunter2-of-a-test";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

test("a daemon that logs everything logs no name, address or secret", async (t) => {
  const sandbox = await startLiveSandbox(t, { token: PRODUCT_TOKEN });
  const { state } = sandbox;
  const settings = bridgeSettings(sandbox.url, {
    directories: [{ id: DIRECTORY, verifiedDomains: [`${CANARY}.example`, "acme.example"] }],
    product: { connector: "sandbox", baseUrl: sandbox.url, token: PRODUCT_TOKEN },
    log: { level: "debug" },
  });
  const folder = bridgeFolder(t, settings);
  const bridge = await startBridge(t, folder);
  const token = await issueToken(folder);
  const idp = createScimClient(bridge.url, token);
  const email = `${CANARY}@acme.example`;
  const person = {
    ...aScimUser(CANARY, { displayName: `Dana ${CANARY}` }),
    externalId: `00u-${CANARY}`,
    nickName: CANARY,
    password: PASSWORD,
    phoneNumbers: [{ value: `+1 555 ${CANARY}`, type: "mobile" }],
    [CANARY]: { unknown: CANARY },
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { department: `Dept ${CANARY}` },
  };
  const patch = (id: string, ...Operations: readonly object[]) =>
    idp.send("PATCH", `/Users/${id}`, { schemas: [PATCH_OP], Operations });
  const refused = async (status: number, answer: Promise<{ readonly status: number }>): Promise<void> => {
    t.is((await answer).status, status);
  };

  // Somebody whom the product knows already, with a role that nothing may be done to.
  const names = { givenName: CANARY, familyName: CANARY, displayName: CANARY };
  state.members.create({
    ...names,
    email: `boss-${CANARY}@acme.example`,
    timezone: null,
    role: "admin",
    externalRef: null,
  });
  await idp.create(`boss-${CANARY}`);
  sandbox.faults.add({ kind: "error-after-effect", match: { method: "POST", path: "/v1/members" } });
  const created = await idp.send("POST", "/Users", person);
  t.is(created.status, 201);
  const { id } = created.body;
  await until("the account", () => showSandbox(sandbox).members[email]?.seat === "standard");

  await refused(409, idp.send("POST", "/Users", person));
  await refused(400, idp.send("POST", "/Users", { ...person, userName: `other@${CANARY}.org` }));
  await refused(400, idp.send("POST", "/Users", `{"userName": "${CANARY}`));
  await refused(400, idp.send("GET", `/Users?filter=${CANARY}+eq+"${CANARY}`));
  await refused(200, idp.send("GET", `/Users?filter=userName+eq+"${email}"`));
  await refused(404, idp.send("GET", `/Users/${CANARY}`));
  await refused(404, idp.send("GET", `/${CANARY}`));
  await refused(400, patch(id, { op: "replace", path: `${CANARY}[`, value: CANARY }));
  await refused(400, patch(id, { op: CANARY, path: "title", value: CANARY }));
  await refused(401, createScimClient(bridge.url, `${token}${CANARY}`).send("GET", "/Users"));
  await refused(401, createScimClient(bridge.url, CANARY).send("GET", "/Users"));
  await refused(200, idp.send("GET", "/Users", undefined, { "user-agent": CANARY, cookie: CANARY, referer: CANARY }));

  const hostId = state.members.rows(email)[0]?.value.id ?? "";
  const guests = [{ name: CANARY, email: `guest-${CANARY}@guest.example` }];
  const startsAt = new Date(Date.now() + 86_400_000).toISOString();
  const endsAt = new Date(Date.now() + 90_000_000).toISOString();
  state.bookings.create({ hostId, title: `Meeting ${CANARY}`, startsAt, endsAt, guests, seriesId: null });
  sandbox.faults.add({ kind: "not-json", match: { method: "GET" } });
  sandbox.faults.add({ kind: "lost-reply", match: { method: "POST" } });
  await refused(200, patch(id, { op: "replace", value: { active: false, displayName: `Gone ${CANARY}` } }));
  await until("the end of the work", async () => {
    const { wakes, failing } = await unfinished(folder);
    return wakes + failing.length === 0 && showSandbox(sandbox).members[email]?.status === "deactivated";
  });
  t.is(showSandbox(sandbox).mails.length, 1);
  await refused(204, idp.send("DELETE", `/Users/${id}`));
  await bridge.stop();

  const said = bridge.output() + bridge.errors();
  const events = new Set(bridge.log().map(({ event }) => event));
  for (const event of ["request.answered", "request.refused", "product.called", "run.finished"]) {
    t.true(events.has(event), `${event} was logged: the log is not silent because it is empty`);
  }
  for (const secret of [CANARY, PRODUCT_TOKEN, PASSWORD, token.slice(14, 40), "acme.example", "guest.example"]) {
    t.deepEqual(
      said.split("\n").filter((line) => line.toLowerCase().includes(secret.toLowerCase())),
      [],
      secret,
    );
  }
});
