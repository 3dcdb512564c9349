import test from "ava";
import type { AccountId, ProductGroupId } from "../../../src/domain/account.ts";
import { CAUSE } from "../../contracts/connector-changes.ts";
import { anApplyContext } from "../../contracts/connector-harness.ts";
import { addPerson, connectTo } from "../../support/scim-products.ts";
import { memberIds } from "../../twins/scim-product/state.ts";
import { startScimTwin, type ScimTwin } from "../../twins/scim-product/twin.ts";
import { STANDARD } from "../../twins/scim-product/vendor-rules.ts";

const own = (groups: object) => ({ recipe: JSON.stringify({ groups: { by: "resource", ...groups } }) });

function membership(kind: "add-to-group" | "remove-from-group", account: AccountId, group: string) {
  const ref = { by: "id", id: group as ProductGroupId, name: "Sales" } as const;
  return { kind, ...CAUSE, account: { by: "id", id: account }, group: ref } as const;
}

const membersNow = ({ state }: ScimTwin): readonly string[] => state.groups().flatMap(memberIds);

for (const members of ["patch", "put"] as const) {
  test(`by ${members.toUpperCase()}: many who come into one group at once all come into it, beside who is there`, async (t) => {
    const twin = await startScimTwin(t, STANDARD);
    const people = Array.from({ length: 8 }, (_, index) => addPerson(twin, { email: `p${index}@acme.example` }));
    const [first = "" as AccountId, ...others] = people;
    const group = twin.state.addGroup("Sales", [first]);
    const connector = connectTo(twin, own({ members }));
    await Promise.all(others.map((id) => connector.apply(membership("add-to-group", id, group), anApplyContext())));
    t.deepEqual(membersNow(twin).toSorted(), people.toSorted());
    await connector.apply(membership("remove-from-group", first, group), anApplyContext());
    t.deepEqual(membersNow(twin).toSorted(), others.toSorted());
  });

  test(`by ${members.toUpperCase()}: a group that is not there is told as missing`, async (t) => {
    const twin = await startScimTwin(t, STANDARD);
    const account = addPerson(twin, { email: "ana@acme.example" });
    for (const mayHaveHappened of [false, true]) {
      const change = membership("add-to-group", account, "group-99");
      const apply = connectTo(twin, own({ members })).apply(change, anApplyContext({ mayHaveHappened }));
      await t.throwsAsync(apply, { code: "connector.missing" });
    }
  });
}

test("an id that could lead elsewhere stands in no path and in no filter", async (t) => {
  const twin = await startScimTwin(t, STANDARD);
  const connector = connectTo(twin);
  for (const id of ["../Users/1", "a/b", ".."]) {
    for (const change of [
      membership("remove-from-group", id as AccountId, "group-1"),
      membership("add-to-group", "1" as AccountId, id),
    ]) {
      await t.throwsAsync(connector.apply(change, anApplyContext()), { code: "connector.rejected" });
    }
  }
  t.deepEqual(twin.calls(), []);
});

test("groups of a product that does not let us make any are only listed", async (t) => {
  const twin = await startScimTwin(t, STANDARD);
  twin.state.addGroup("Sales");
  const connector = connectTo(twin, own({ create: false }));
  t.false(connector.capabilities.changes.has("create-group"));
  const { groups } = await connector.observe(new AbortController().signal);
  t.deepEqual(
    groups.map(({ name }) => name),
    ["Sales"],
  );
});
