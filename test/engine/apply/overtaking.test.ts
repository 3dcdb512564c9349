import test from "ava";
import type { Seat } from "../../../src/domain/account.ts";
import { accountOf, hire, openTestBridge, runFull, runUrgent } from "../../support/bridge.ts";

for (const moment of ["before", "after"] as const) {
  test(`a run that looked at somebody in the middle of another one's work repeats nothing of it (${moment} a change)`, async (t) => {
    const bridge = await openTestBridge(t);
    await hire(bridge, "ana@acme.example", { department: "Sales" });
    const looked = Promise.withResolvers<boolean>();
    let other: Promise<unknown> = Promise.resolve();
    let hasBegun = false;
    bridge.product.hook(async (when, change) => {
      if (hasBegun || when !== moment || change.kind !== "assign-seat") return;
      hasBegun = true;
      const confirm = (): Promise<boolean> => {
        looked.resolve(true);
        return Promise.resolve(true);
      };
      other = runUrgent(bridge, { only: "others", confirm });
      await looked.promise;
    });
    t.is((await runFull(bridge)).outcome, "done");
    await other;
    t.is(accountOf(bridge, "ana@acme.example")?.seat, "standard" as Seat);
    t.deepEqual(
      bridge.product.writes.map(({ change, effect }) => `${change.kind} ${effect}`),
      ["create-group changed", "create-account changed", "assign-seat changed", "add-to-group changed"],
    );
  });
}
