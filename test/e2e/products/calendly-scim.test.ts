/** Calendly with SCIM enabled: people by SCIM, their meetings by REST, from the push of an IdP to the cancelled meeting. */
import test from "ava";
import { startProductBridge } from "../../support/product-bridge.ts";
import { addPerson } from "../../support/scim-products.ts";
import { liveClock } from "../../twins/calendly/live-clock.ts";
import { startScimCalendly } from "../../twins/calendly/scim-face.ts";
import { addEvent } from "../../twins/calendly/state.ts";
import { CALENDLY_TOKEN } from "../../twins/calendly/twin.ts";
import { SCIM_TOKEN } from "../../twins/scim-product/manners.ts";
import { showPeople } from "../../twins/scim-product/twin.ts";

for (const listsTurnedOff of [false, true]) {
  const who = listsTurnedOff ? "still shown as a member" : "gone from the members";
  test(`a leaver's meetings are cancelled by REST and the account is turned off by SCIM, ${who}`, async (t) => {
    const { scim, rest, userOf } = await startScimCalendly(t, liveClock, { listsTurnedOff });
    // Nobody is shut out where nobody else would be left.
    addPerson(scim, { email: "zoe@acme.example", displayName: "Zoe" });
    const bridge = await startProductBridge(
      t,
      {
        connector: "calendly",
        profile: "scim",
        baseUrl: rest.url,
        token: { env: "TOKEN" },
        scim: { baseUrl: scim.url, token: { env: "SCIM_TOKEN" }, groups: ["Sales EMEA"] },
      },
      { environment: { TOKEN: CALENDLY_TOKEN, SCIM_TOKEN } },
    );
    const ana = await bridge.idp.create("ana");
    await bridge.settled();
    t.like(showPeople(scim), { "ana@acme.example": "ana Test, active" });

    const id = scim.state.users().find(({ attributes }) => attributes["userName"] === "ana@acme.example")?.id ?? "";
    addEvent(rest.state, [userOf(id)], 24);
    await bridge.idp.patch(ana, { active: false });
    const proof = await bridge.proofOf("ana@acme.example");
    t.like(proof, { bookings: { cancelled: 1, guests: 2, left: 0 }, readBack: { account: "deactivated" } });
    t.like(showPeople(scim), { "ana@acme.example": "ana Test, shut" });
    t.is(rest.state.mails.length, 2);
    t.deepEqual(
      rest.writes().map(({ method, route }) => `${method} ${route ?? ""}`),
      ["POST /scheduled_events/:id/cancellation"],
    );
    await bridge.settled();
  });
}
