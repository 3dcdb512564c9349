import { CAUSE } from "./connector-changes.ts";
import { aDesiredAccount, anApplyContext } from "./connector-harness.ts";
import { bookingsOf, needed, observeAll, SIGNAL, type Contract, type Held } from "./connector-state.ts";

/** Where somebody has to accept an invitation: they are there, pending, until they do. */
export function inviteContract(contract: Contract, { invites, bookings, changes }: Held): void {
  if (!changes.has("create-account")) return;

  contract(
    `a created account is ${invites ? "pending until it is accepted" : "active at once"}`,
    async (t, harness) => {
      const { connector, accept } = harness;
      const desired = connector.normalize(aDesiredAccount());
      const email = desired.profile.email;
      const change = { kind: "create-account", ...CAUSE, desired } as const;
      const { account, pending } = await connector.apply(change, anApplyContext());
      const status = invites ? "pending" : "active";
      if (!invites) t.is(pending, undefined);
      const listed = (await observeAll(harness)).accounts.filter(({ profile }) => profile.email === email);
      t.deepEqual(
        listed.map((one) => [one.id, one.status]),
        [[account, status]],
      );
      const found = await connector.find({ ...(account === undefined ? {} : { account }), email }, SIGNAL);
      t.deepEqual(
        found.map((one) => [one.id, one.status]),
        [[account, status]],
      );
      if (!invites) return;
      t.truthy(accept, "where the product invites, the harness needs accept");
      await accept?.(email);
      t.deepEqual(
        (await connector.find({ email }, SIGNAL)).map((one) => [one.profile.email, one.status]),
        [[email, "active"]],
      );
    },
  );

  if (invites && bookings === "bridge") {
    contract("whoever has not accepted yet has no bookings, and that is no error", async (t, harness) => {
      const desired = harness.connector.normalize(aDesiredAccount());
      const { account } = await harness.connector.apply(
        { kind: "create-account", ...CAUSE, desired },
        anApplyContext(),
      );
      const host = await harness.addAccount({ email: "bo@acme.example", displayName: "Bo" });
      await needed(harness.addBooking, "addBooking")(host, 24);
      t.deepEqual(await bookingsOf(harness, needed(account, "a create to give the id of what it made")), []);
    });
  }

  if (!invites || !changes.has("deactivate-account")) return;
  contract("the invitation of somebody who leaves is withdrawn", async (t, harness) => {
    const { connector } = harness;
    const desired = connector.normalize(aDesiredAccount());
    const { account } = await connector.apply({ kind: "create-account", ...CAUSE, desired }, anApplyContext());
    if (account === undefined) return t.fail("a create gives the id of what it made");
    const change = { kind: "deactivate-account", ...CAUSE, account } as const;
    t.is((await connector.apply(change, anApplyContext())).effect, "changed");
    const left = await connector.find({ account, email: desired.profile.email }, SIGNAL);
    t.true(left.every(({ status }) => status === "deactivated"));
    t.is((await connector.apply(change, anApplyContext())).effect, "already-so");
  });
}
