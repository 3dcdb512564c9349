import test from "ava";
import type { GroupRef, Held, PersonChange, PersonPlan } from "../../../src/domain/plan.ts";
import { comparePlans } from "../../../src/engine/mapping/compare-plans.ts";
import { endGroups } from "../../../src/engine/mapping/standing.ts";
import { aDesired, aPersonPlan, asAccount, groupId } from "../../support/plan-builders.ts";

const WHY = { cause: "mover", because: [] } as const;
const ref = (name: string, id = groupId(name)): GroupRef & { readonly by: "id" } => ({ by: "id", id, name });
const account = { by: "id", id: asAccount("acc") } as const;
const join = (group: GroupRef): PersonChange => ({ kind: "add-to-group", ...WHY, account, group });
const leave = (group: GroupRef & { readonly by: "id" }): PersonChange => ({
  kind: "remove-from-group",
  ...WHY,
  account,
  group,
});
const reopen: PersonChange = { kind: "reactivate-account", cause: "rehire", because: [], account: asAccount("acc") };
const held = (change: PersonChange, hold: Held["hold"]): Held => ({ change, hold, detail: `held as ${hold}` });
const compare = (saved: Partial<PersonPlan> | null, edit: Partial<PersonPlan> | null) =>
  comparePlans(
    { before: aDesired(), after: aDesired() },
    saved === null ? null : aPersonPlan(saved),
    edit === null ? null : aPersonPlan(edit),
  );

test("plans that want the same move nobody", (t) => {
  t.is(compare(null, null), null);
  t.is(compare({ changes: [join(ref("Sales"))] }, { changes: [join(ref("Sales"))] }), null);
});

test("what only one of the plans wants is what the edit changes", (t) => {
  t.like(compare({ changes: [join(ref("Sales"))] }, { changes: [join(ref("Support")), leave(ref("Managers"))] }), {
    joins: ["Support"],
    leaves: ["Managers", "Sales"],
  });
});

test("several groups of one name are one", (t) => {
  const [one, other] = [ref("Sales", groupId("1")), ref("Sales", groupId("2"))];
  t.like(compare(null, { changes: [leave(one), leave(other)] }), { joins: [], leaves: ["Sales"] });
  t.deepEqual(endGroups(aDesired(), ["Sales", "Sales"], new Set(), new Set(["Sales"])), ["Sales"]);
});

test("what is held counts as meant, but not what nobody knows whose it is", (t) => {
  t.is(compare({ held: [held(reopen, "over-limit")] }, { changes: [reopen] }), null);
  t.like(compare({ held: [held(reopen, "identity-conflict")] }, { changes: [reopen] }), { account: "comes-in" });
});
