import type { AccountId, Seat } from "../../src/domain/account.ts";
import type { Change } from "../../src/domain/plan.ts";
import { CAUSE } from "./connector-changes.ts";
import { aDesiredAccount, anApplyContext } from "./connector-harness.ts";
import { accountOf, addAccounts, everything, needed, observeAll, type Contract, type Held } from "./connector-state.ts";

/** Seats that are assigned, that everybody active has, or that are not there. */
export function seatContract(contract: Contract, { seats, changes }: Held): void {
  switch (seats) {
    case "assigned":
      return assignedSeats(contract);
    case "implied":
      return impliedSeats(contract, changes.has("deactivate-account"));
    case "none":
      return noSeats(contract);
  }
}

function seatChange(kind: "assign-seat" | "release-seat", id: AccountId | undefined, seat: Seat | null): Change {
  return {
    kind,
    ...CAUSE,
    account: { by: "id", id: needed(id, "addAccount") },
    seat: needed(seat ?? undefined, "a seat"),
  };
}

function assignedSeats(contract: Contract): void {
  contract("a seat that is not there is told as such", async (t, harness) => {
    const { connector, seat } = harness;
    const [first, second, third] = await addAccounts(harness, 3);
    const assign = (id: AccountId | undefined) =>
      connector.apply(seatChange("assign-seat", id, seat), anApplyContext());
    await assign(first);
    await assign(second);
    await t.throwsAsync(assign(third), { code: "connector.no-seat" });
    await connector.apply(seatChange("release-seat", first, seat), anApplyContext());
    t.is((await assign(third)).effect, "changed");
  });
}

function impliedSeats(contract: Contract, canDeactivate: boolean): void {
  contract("whoever is not deactivated has a seat, and nothing is sent to give or take it", async (t, harness) => {
    const { connector, seat } = harness;
    const [id] = await addAccounts(harness, 1);
    t.is((await accountOf(harness, id))?.seat, needed<Seat>(seat ?? undefined, "a seat"));
    const before = { state: await everything(harness), writes: await harness.writes() };
    for (const kind of ["assign-seat", "release-seat"] as const) {
      t.deepEqual(await connector.apply(seatChange(kind, id, seat), anApplyContext()), { effect: "already-so" });
    }
    t.deepEqual({ state: await everything(harness), writes: await harness.writes() }, before);
    if (!canDeactivate) return;
    const account = needed(id, "addAccount");
    await connector.apply({ kind: "deactivate-account", ...CAUSE, account }, anApplyContext());
    const { accounts } = await observeAll(harness);
    t.is(accounts.find((one) => one.id === id)?.seat ?? null, null);
  });

  contract(
    "everybody active is to have the seat, and the mapping is told when it wanted otherwise",
    async (t, harness) => {
      const { connector, seat } = harness;
      const wanted = connector.normalize(aDesiredAccount({ seat: null }));
      t.is(wanted.seat, seat);
      t.true((wanted.problems ?? []).some((problem) => /[a-z].*\.$/i.test(problem)));
      t.deepEqual(connector.normalize(aDesiredAccount({ seat })).problems ?? [], []);
      const leaver = aDesiredAccount({ status: "deactivated", leaver: "inactive", seat: null });
      t.is(connector.normalize(leaver).seat, null);
    },
  );

  contract("an account for which there is no seat is not made, and that is told", async (t, harness) => {
    const { connector, fillSeats } = harness;
    // A product that bills whoever comes never runs out.
    if (fillSeats === undefined) return void t.is(connector.capabilities.seatCounts, false);
    await fillSeats();
    const desired = connector.normalize(aDesiredAccount());
    const before = await everything(harness);
    const create = connector.apply({ kind: "create-account", ...CAUSE, desired }, anApplyContext());
    await t.throwsAsync(create, { code: "connector.no-seat" });
    t.deepEqual(await everything(harness), before);
  });
}

function noSeats(contract: Contract): void {
  contract("where there are no seats, none is wanted and none is shown", async (t, harness) => {
    await addAccounts(harness, 2);
    t.is(harness.connector.normalize(aDesiredAccount({ seat: "standard" as Seat })).seat, null);
    const { accounts } = await observeAll(harness);
    t.true(accounts.length >= 2 && accounts.every(({ seat }) => seat === null));
  });
}
