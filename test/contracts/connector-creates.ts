import { ConnectorError } from "../../src/domain/errors.ts";
import { markOf } from "../../src/domain/marker.ts";
import type { Connector } from "../../src/ports/connector.ts";
import { CAUSE } from "./connector-changes.ts";
import { aDesiredAccount, anApplyContext } from "./connector-harness.ts";
import { SIGNAL, type Contract, type Held } from "./connector-state.ts";

/** That an account is made once, whatever becomes of the reply, and that nobody else's is taken for it. */
export function createContract(contract: Contract, { marker, changes }: Held): void {
  if (!changes.has("create-account")) return;

  contract(
    "a created account can be found, and carries our marker where the product keeps one",
    async (t, { connector }) => {
      const create = creating(connector);
      const { account } = await connector.apply(create, anApplyContext());
      const found = await connector.find({ email: "ana@acme.example" }, SIGNAL);
      t.deepEqual(
        found.map(({ id }) => id),
        [account],
      );
      t.is(found[0]?.marker, marker ? markOf(create.desired) : undefined);
    },
  );

  contract("a create whose effect was followed by an error is not made twice", async (t, harness) => {
    const create = creating(harness.connector);
    await harness.fail("unavailable-after-effect");
    await t.throwsAsync(harness.connector.apply(create, anApplyContext()), { code: "connector.unavailable" });
    await harness.heal();
    const before = (await harness.accounts()).length;
    const again = await harness.connector.apply(create, anApplyContext({ mayHaveHappened: true }));
    t.truthy(again.account);
    // Where an account is made by several writes, none of which shows it before the last, it is not there yet.
    if ((harness.writesPer?.("create-account") ?? 1) > 1) return;
    t.is(again.effect, "already-so");
    t.is((await harness.accounts()).length, before);
  });

  for (const mayHaveHappened of marker ? [false, true] : [false]) {
    const when = mayHaveHappened ? "on a second attempt" : "on the first attempt";
    contract(`somebody else's account is never taken for a created one, ${when}`, async (t, harness) => {
      await harness.addAccount({ email: "ana@acme.example", displayName: "Another Ana" });
      const before = await harness.accounts();
      const attempt = harness.connector.apply(creating(harness.connector), anApplyContext({ mayHaveHappened }));
      await t.throwsAsync(attempt, { instanceOf: ConnectorError, code: "connector.conflict" });
      t.deepEqual(await harness.accounts(), before);
    });
  }
}

function creating(connector: Connector) {
  return { kind: "create-account", ...CAUSE, desired: connector.normalize(aDesiredAccount()) } as const;
}
