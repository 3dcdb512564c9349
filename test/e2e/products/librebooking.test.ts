/** LibreBooking by its shipped recipe: from the push of an IdP to the cancelled reservation, and the deleted account. */
import test from "ava";
import { startProductBridge } from "../../support/product-bridge.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { until } from "../../support/until.ts";
import { ADMIN, startLibreBooking } from "../../twins/librebooking/twin.ts";

test("a joiner gets an account and a group; a leaver's reservations are cancelled before the account is deleted", async (t) => {
  const twin = await startLibreBooking(t, createManualClock(new Date().toISOString()));
  const { state } = twin;
  const settings = { username: ADMIN.userName, password: { env: "LIBREBOOKING_PASSWORD" } };
  const bridge = await startProductBridge(
    t,
    { connector: "recipe", recipe: "librebooking", baseUrl: twin.url, settings, allowDelete: true },
    {
      environment: { LIBREBOOKING_PASSWORD: ADMIN.password },
      overrides: { leavers: { action: "delete" } },
    },
  );
  const ana = await bridge.idp.create("ana");
  await bridge.idp.create("bo", { department: "Support" });
  await bridge.settled();
  const user = [...state.users.values()].find(({ emailAddress }) => emailAddress === "ana@acme.example");
  t.like(user, { firstName: "ana", lastName: "Test", userName: "ana@acme.example", status: 1 });
  t.deepEqual(
    state.groupsOf(user?.id ?? 0).map(({ name }) => name),
    ["Sales EMEA"],
  );

  for (const hours of [24, 24 * 30]) {
    state.addReservation({ owner: user?.id ?? 0, hours, participatingGuests: ["gus@guest.example"] });
  }
  await bridge.idp.patch(ana, { active: false });
  const proof = await bridge.proofOf("ana@acme.example");
  t.like(proof, { bookings: { cancelled: 2, guests: 2 } });
  await until("the account to be gone", () => !state.users.has(user?.id ?? 0));
  t.is(state.reservations.size, 0);
  t.is(state.mails.length, 2);
  t.deepEqual(
    [...state.users.values()].map(({ emailAddress }) => emailAddress),
    ["admin@acme.example", "bo@acme.example"],
  );
});
