/** LinkTime: people by SCIM; it cancels the meetings of whoever is shut out by itself. */
import test from "ava";
import { startProductBridge } from "../../support/product-bridge.ts";
import { SCIM_TOKEN } from "../../twins/scim-product/manners.ts";
import { showPeople, startScimTwin } from "../../twins/scim-product/twin.ts";
import { LINKTIME } from "../../twins/scim-product/vendor-rules.ts";

test("a joiner gets an account, a mover another name; a leaver is shut out, and LinkTime cancels the meetings", async (t) => {
  const twin = await startScimTwin(t, LINKTIME);
  const bridge = await startProductBridge(
    t,
    { connector: "scim", recipe: "linktime", baseUrl: twin.url, token: { env: "TOKEN" } },
    // It has no groups.
    { environment: { TOKEN: SCIM_TOKEN }, overrides: { mapping: { initial: {} } } },
  );
  const ana = await bridge.idp.create("ana");
  const bo = await bridge.idp.create("bo");
  await bridge.settled();
  t.deepEqual(showPeople(twin), { "ana@acme.example": "ana Test, active", "bo@acme.example": "bo Test, active" });

  await bridge.idp.patch(bo, { displayName: "Bo Lind" });
  await bridge.settled();
  t.like(showPeople(twin), { "bo@acme.example": "Bo Lind, active" });

  // Accounts are made side by side: Ana's may be the second.
  const account = twin.state.users().find(({ attributes }) => attributes["userName"] === "ana@acme.example");
  twin.state.addBooking(account?.id ?? "", 2);
  await bridge.idp.patch(ana, { active: false });
  const proof = await bridge.proofOf("ana@acme.example");
  t.like(proof, { readBack: { account: "deactivated", seat: null } });
  t.true(twin.state.bookings().every(({ cancelled }) => cancelled));
  t.is(twin.state.mails(), 2);

  await bridge.idp.patch(ana, { active: true });
  await bridge.settled();
  t.like(showPeople(twin), { "ana@acme.example": "ana Test, active" });
  t.is(twin.state.users().length, 2);
  t.deepEqual(twin.violations(), []);
});
