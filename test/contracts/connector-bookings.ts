import { CAUSE } from "./connector-changes.ts";
import { anApplyContext } from "./connector-harness.ts";
import { bookingsOf, mailsOf, needed, type Contract, type Held } from "./connector-state.ts";

/** Which bookings are listed, and that they can be cancelled when the account is shut. */
export function bookingContract(contract: Contract, { bookings, bookingOrder, changes }: Held): void {
  if (bookings !== "bridge") {
    contract("bookings that are not the bridge's are not listed, and nobody is asked for them", async (t, harness) => {
      const account = await harness.addAccount({ email: "ana@acme.example", displayName: "Ana" });
      await harness.fail("unavailable");
      t.deepEqual(await bookingsOf(harness, account), []);
      await harness.heal();
    });
    return;
  }

  contract("upcoming bookings are those that have not ended", async (t, harness) => {
    const account = await harness.addAccount({ email: "ana@acme.example", displayName: "Ana" });
    const other = await harness.addAccount({ email: "bo@acme.example", displayName: "Bo" });
    const add = needed(harness.addBooking, "addBooking");
    const farAhead = 24 * (harness.horizonDays ?? 300);
    const expected = [await add(account, -0.25), await add(account, farAhead)];
    await add(account, -48);
    await add(other, 24);
    const guests = harness.guests ?? 2;
    const found = await bookingsOf(harness, account);
    t.deepEqual(found.map(({ id }) => id).sort(), [...expected].sort());
    t.true(found.every((booking) => booking.account === account && booking.guests === guests));
    t.true(found.every((booking) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(booking.startsAt)));
    t.true(found.every(({ startsAt, endsAt }) => Date.parse(endsAt) - Date.parse(startsAt) === 1_800_000));
  });

  if (bookingOrder !== "deactivate-first" || !changes.has("deactivate-account")) return;
  contract("where accounts are shut first, their bookings can still be listed and cancelled", async (t, harness) => {
    const { connector } = harness;
    const account = await harness.addAccount({ email: "ana@acme.example", displayName: "Ana" });
    await needed(harness.addBooking, "addBooking")(account, 24);
    await connector.apply({ kind: "deactivate-account", ...CAUSE, account }, anApplyContext());
    const open = await bookingsOf(harness, account);
    t.is(open.length, 1);
    for (const { id: booking, startsAt, guests } of open) {
      const change = { kind: "cancel-booking", ...CAUSE, account, booking, startsAt, guests } as const;
      t.is((await connector.apply(change, anApplyContext())).effect, "changed");
    }
    t.is(await harness.mails?.(), mailsOf(harness, "cancel-booking"));
    t.deepEqual(await bookingsOf(harness, account), []);
  });
}
