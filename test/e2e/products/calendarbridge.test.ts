/** CalendarBridge: users only; whoever is active takes a licence, and meetings cannot be reached. */
import test from "ava";
import { startProductBridge } from "../../support/product-bridge.ts";
import { addPerson, OWNER } from "../../support/scim-products.ts";
import { until } from "../../support/until.ts";
import { SCIM_TOKEN } from "../../twins/scim-product/manners.ts";
import { showPeople, startScimTwin } from "../../twins/scim-product/twin.ts";
import { CALENDARBRIDGE } from "../../twins/scim-product/vendor-rules.ts";

test("a joiner gets an account; a leaver is shut out, which frees the licence for whoever waits", async (t) => {
  const twin = await startScimTwin(t, CALENDARBRIDGE);
  addPerson(twin, OWNER);
  twin.state.setSeats(2);
  const bridge = await startProductBridge(
    t,
    { connector: "scim", recipe: "calendarbridge", baseUrl: twin.url, token: SCIM_TOKEN, seats: { standard: 2 } },
    { overrides: { mapping: { initial: { seats: { default: "standard" } } } } },
  );
  const ana = await bridge.idp.create("ana");
  await bridge.settled();
  await bridge.idp.create("bo");
  await bridge.run();
  t.deepEqual(Object.keys(showPeople(twin)), ["owner@acme.example", "ana@acme.example"]);

  await bridge.idp.patch(ana, { active: false });
  const proof = await bridge.proofOf("ana@acme.example");
  t.like(proof, { readBack: { account: "deactivated", seat: null } });
  await until("the account of whoever waited", () => showPeople(twin)["bo@acme.example"] === "bo Test, active");
  t.like(showPeople(twin), { "ana@acme.example": "ana Test, shut" });
  t.deepEqual(twin.violations(), []);
});
