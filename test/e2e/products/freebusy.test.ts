/** FreeBusy: who is active has a licence; users are changed by PUT, and meetings cannot be reached. */
import test from "ava";
import { startProductBridge } from "../../support/product-bridge.ts";
import { addPerson, OWNER } from "../../support/scim-products.ts";
import { SCIM_TOKEN } from "../../twins/scim-product/manners.ts";
import { showPeople, startScimTwin } from "../../twins/scim-product/twin.ts";
import { FREEBUSY } from "../../twins/scim-product/vendor-rules.ts";

test("a joiner takes a licence, a mover keeps it under another name, a leaver frees it, and a return takes it again", async (t) => {
  const twin = await startScimTwin(t, FREEBUSY);
  addPerson(twin, OWNER);
  const bridge = await startProductBridge(
    t,
    { connector: "scim", recipe: "freebusy", baseUrl: twin.url, token: SCIM_TOKEN, seats: { standard: 5 } },
    { overrides: { mapping: { initial: { seats: { default: "standard" } } } } },
  );
  const ana = await bridge.idp.create("ana");
  await bridge.settled();
  t.like(showPeople(twin), { "ana@acme.example": "ana Test, active" });

  await bridge.idp.send("PATCH", `/Users/${ana}`, {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    Operations: [{ op: "replace", path: "name.familyName", value: "Lind" }],
  });
  await bridge.settled();
  t.like(showPeople(twin), { "ana@acme.example": "ana Lind, active" });

  await bridge.idp.patch(ana, { active: false });
  t.like(await bridge.proofOf("ana@acme.example"), { readBack: { account: "deactivated", seat: null } });
  await bridge.idp.patch(ana, { active: true });
  await bridge.settled();
  t.like(showPeople(twin), { "ana@acme.example": "ana Lind, active" });
  t.true(twin.writes().every(({ method }) => method === "POST" || method === "PUT"));
  t.deepEqual(twin.violations(), []);
});
