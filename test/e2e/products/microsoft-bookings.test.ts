/** Microsoft Bookings by its shipped recipe: from the push of an IdP to the cancelled appointment. */
import test from "ava";
import { createManualClock } from "../../support/manual-clock.ts";
import { startProductBridge } from "../../support/product-bridge.ts";
import { until } from "../../support/until.ts";
import { APPLICATION } from "../../twins/msbookings/login.ts";
import { BUSINESS, startBookings } from "../../twins/msbookings/twin.ts";

test("a joiner becomes staff; a leaver's appointments are cancelled with a message, and they are staff no more", async (t) => {
  const twin = await startBookings(t, { listsIdsOnly: true }, createManualClock(new Date().toISOString()));
  const { state } = twin;
  const { tenant, clientId, clientSecret } = APPLICATION;
  const secret = { env: "BOOKINGS_SECRET" };
  const settings = { tenant, clientId, clientSecret: secret, business: BUSINESS, login: twin.login.url };
  const bridge = await startProductBridge(
    t,
    { connector: "recipe", recipe: "microsoft-bookings", baseUrl: twin.url, settings, seats: { standard: 100 } },
    {
      environment: { BOOKINGS_SECRET: clientSecret },
      overrides: { mapping: { initial: { seats: { default: "standard" } } } },
    },
  );
  const member = (email: string) => [...state.staff.values()].find(({ emailAddress }) => emailAddress === email);
  const ana = await bridge.idp.create("ana", { displayName: "Ana Lima" });
  await bridge.settled();
  t.like(member("ana@acme.example"), { displayName: "Ana Lima", role: "externalGuest" });

  const first = member("ana@acme.example");
  state.addAppointment([first?.id ?? ""], 24, ["gus@guest.example", "gia@guest.example"]);
  await bridge.idp.patch(ana, { active: false });
  const proof = await bridge.proofOf("ana@acme.example");
  t.like(proof, { bookings: { cancelled: 1, guests: 2, left: 0 } });
  t.is(state.appointments.size, 0);
  t.is(member("ana@acme.example"), undefined);
  t.deepEqual(
    state.mails.map(({ to }) => to),
    ["gus@guest.example", "gia@guest.example", "ana@acme.example"],
  );
  t.true(state.mails.every(({ message }) => message.length > 0));

  // A return makes them staff anew.
  await bridge.idp.patch(ana, { active: true });
  await until("the new staff member", () => member("ana@acme.example") !== undefined);
  t.not(member("ana@acme.example")?.id, first?.id);
  await bridge.settled();
});
