import test from "ava";
import type { GroupWithMembers } from "../../../src/domain/directory.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import type { AuditEvent, DirectoryWriteTx, ListQuery } from "../../../src/ports/directory-tx.ts";
import { StoreBusyError } from "../../../src/domain/errors.ts";
import { parseGroup } from "../../../src/scim/group.ts";
import { parsePatch } from "../../../src/scim/parse-patch.ts";
import type { Store } from "../../../src/ports/store.ts";
import {
  accountOf,
  ACME,
  GLOBEX,
  hire,
  openTestBridge,
  origin,
  patch,
  PLAIN,
  remove,
  runFull,
  runUrgent,
  type TestBridge,
} from "../../support/bridge.ts";
import { aPatch, aScimGroup } from "../../support/scim-users.ts";

const WHOLE = { withMemberships: true };
const EVERYTHING: ListQuery = {
  filter: null,
  unknownAttributes: "reject",
  sort: null,
  from: { offset: 0 },
  limit: 100,
  withMemberships: true,
};
const draft = (...group: Parameters<typeof aScimGroup>) => parseGroup(aScimGroup(...group));
const found = (bridge: TestBridge, ...group: Parameters<typeof aScimGroup>): Promise<GroupWithMembers> =>
  bridge.services().groups.createGroup(origin(), draft(...group), WHOLE);
const edit = (bridge: TestBridge, id: string, ...operations: readonly JsonObject[]): Promise<GroupWithMembers> =>
  bridge.services().groups.patchGroup(origin(), id, parsePatch(aPatch(...operations)), null, WHOLE);
const join = (...values: readonly string[]): JsonObject => ({
  op: "add",
  path: "members",
  value: values.map((value) => ({ value })),
});
const leave = (...values: readonly string[]): JsonObject => ({ ...join(...values), op: "remove" });
const membersOf = ({ members }: GroupWithMembers): readonly string[] => (members ?? []).map(({ value }) => value);
const dueFor = async ({ store, clock }: TestBridge): Promise<readonly (readonly [string, string])[]> =>
  (await store.wakes.due(clock.now(), 100)).map(({ user, reason }) => [user, reason] as const);

/** Keeps the audit events and what is written of each unit that was committed, together. */
function recording(units: object[][]): (store: Store) => Store {
  return (store) => ({
    ...store,
    async write(directory, work) {
      const unit: object[] = [];
      const result = await store.write(directory, (tx) => {
        const recorded: DirectoryWriteTx = {
          ...tx,
          putGroup: (group, version) => (unit.push({ put: group.meta.version }), tx.putGroup(group, version)),
          removeGroup: (id, at) => (unit.push({ removed: true }), tx.removeGroup(id, at)),
          audit: (event) => (unit.push(shown(event)), tx.audit(event)),
        };
        return work(recorded);
      });
      units.push(unit);
      return result;
    },
  });
}
const shown = ({ actor, action, detail }: AuditEvent): object => ({ actor, action, ...detail });

test("every write is one unit of the group and its audit row, which counts members and names none", async (t) => {
  const units: object[][] = [];
  const bridge = await openTestBridge(t, { wrap: recording(units) });
  const { group } = await found(bridge, "Sales", ["a", "b"]);
  await edit(bridge, group.id, join("b", "c", "d"), leave("a"));
  await edit(bridge, group.id, { op: "replace", path: "displayName", value: "Sales EMEA" });
  await bridge.services().groups.replaceGroup(origin(), group.id, draft("Sales EMEA", ["d"]), null, PLAIN);
  await bridge.services().groups.deleteGroup(origin(), group.id, [4]);
  const by = { actor: "token:test", directory: "acme" };
  const changed = { ...by, action: "group.changed" };
  t.deepEqual(units, [
    [
      { put: 1 },
      {
        ...by,
        action: "group.created",
        version: 1,
        attributes: ["displayName"],
        membersPut: 2,
        membersDropped: 0,
      },
    ],
    [{ put: 2 }, { ...changed, version: 2, attributes: [], membersPut: 2, membersDropped: 1 }],
    [{ put: 3 }, { ...changed, version: 3, attributes: ["displayName"], membersPut: 0, membersDropped: 0 }],
    [{ put: 4 }, { ...changed, version: 4, attributes: [], membersPut: 0, membersDropped: 2 }],
    [{ removed: true }, { ...by, action: "group.deleted", membersPut: 0, membersDropped: 1 }],
  ]);
});

test("what changes nothing writes nothing, wakes nobody and keeps its version", async (t) => {
  const units: object[][] = [];
  const bridge = await openTestBridge(t, { wrap: recording(units) });
  const { groups } = bridge.services();
  const first = await found(bridge, "Sales", ["a", "b"], { externalId: "g-1" });
  const staged = bridge.staged.length;
  t.deepEqual(await edit(bridge, first.group.id, join("b"), leave("c")), first);
  t.deepEqual(await edit(bridge, first.group.id, { op: "replace", value: { displayName: "Sales" } }), first);
  const again = draft("Sales", ["a", "b"], { externalId: "g-1" });
  t.deepEqual(await groups.replaceGroup(origin(), first.group.id, again, null, WHOLE), first);
  t.deepEqual(units.slice(1), [[], [], []]);
  t.is(bridge.staged.length, staged);
});

test("members whom a change concerns are woken, and nobody else", async (t) => {
  const bridge = await openTestBridge(t);
  const [ana, bo, cy] = [
    await hire(bridge, "ana@acme.example", { externalId: "e-1" }),
    await hire(bridge, "bo@acme.example"),
    await hire(bridge, "cy@acme.example"),
  ];
  const woken = async (): Promise<readonly string[]> => {
    const ids = (await dueFor(bridge)).map(([id]) => id);
    await runUrgent(bridge);
    bridge.clock.advance(3_600_000);
    return ids.toSorted();
  };
  await woken();
  const { group } = await found(bridge, "Sales", ["e-1", bo.id, "nobody"]);
  t.deepEqual(await woken(), [ana.id, bo.id].toSorted(), "by externalId, too");
  await edit(bridge, group.id, join(cy.id, bo.id), leave("e-1"));
  t.deepEqual(await woken(), [ana.id, cy.id].toSorted());
  await edit(bridge, group.id, { op: "add", path: "externalId", value: "g-1" });
  t.deepEqual(await woken(), []);
  await edit(bridge, group.id, { op: "replace", path: "displayName", value: "Sales EMEA" });
  t.deepEqual(await woken(), [bo.id, cy.id].toSorted(), "rules know groups by their name");
  await bridge.services().groups.deleteGroup(origin(), group.id, null);
  t.deepEqual(await woken(), [bo.id, cy.id].toSorted());
});

test("the product's groups follow the directory's: by who joins, who leaves, by name and by deletion", async (t) => {
  const bridge = await openTestBridge(t, {
    mapping: { groups: { rules: [{ directoryGroup: "Tier 1", group: "Support" }] } },
  });
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  const isIn = async (): Promise<boolean> => {
    await runUrgent(bridge);
    return accountOf(bridge, "ana@acme.example")?.groups.length === 1;
  };
  const { group } = await found(bridge, "Tier 1", [ana.id]);
  t.true(await isIn());
  await edit(bridge, group.id, leave(ana.id));
  t.false(await isIn());
  await edit(bridge, group.id, join(ana.id));
  t.true(await isIn());
  await edit(bridge, group.id, { op: "replace", path: "displayName", value: "Tier 2" });
  t.false(await isIn());
  await edit(bridge, group.id, { op: "replace", path: "displayName", value: "Tier 1" });
  t.true(await isIn());
  await bridge.services().groups.deleteGroup(origin(), group.id, null);
  t.false(await isIn());
});

test("where the scope asks for groups, changes of groups are looked at as if people left; elsewhere they are not", async (t) => {
  for (const [scope, reason] of [
    ['groups.display eq "Staff"', "leaver"],
    ["active eq true", "changed"],
  ] as const) {
    const bridge = await openTestBridge(t, { mapping: { scope } });
    await runFull(bridge);
    const ana = await hire(bridge, "ana@acme.example");
    t.deepEqual(await dueFor(bridge), [[ana.id, reason]], "without a group the user is out of the first scope");
    await runUrgent(bridge);
    const { group } = await found(bridge, "Staff", [ana.id]);
    t.deepEqual(await dueFor(bridge), [[ana.id, reason]]);
    await runUrgent(bridge);
    t.is(accountOf(bridge, "ana@acme.example")?.status, "active");
    await patch(bridge, ana.id, { title: "Boss" });
    t.deepEqual(await dueFor(bridge), [[ana.id, "changed"]], "a member who changes is no leaver");
    await runUrgent(bridge);
    await edit(bridge, group.id, leave(ana.id));
    t.deepEqual(await dueFor(bridge), [[ana.id, reason]]);
    t.is(bridge.staged.at(-1), reason);
    await runUrgent(bridge);
    const status = accountOf(bridge, "ana@acme.example")?.status;
    t.is(status, reason === "leaver" ? "deactivated" : "active");
  }
});

test("when the unit fails, neither group nor members are kept", async (t) => {
  let isSick = false;
  const bridge = await openTestBridge(t, {
    wrap: (store) => ({
      ...store,
      write: (directory, work) =>
        store.write(directory, (tx) =>
          work(isSick ? { ...tx, audit: () => Promise.reject(new StoreBusyError("no")) } : tx),
        ),
    }),
  });
  const before = await found(bridge, "Sales", ["a"]);
  const staged = bridge.staged.length;
  isSick = true;
  await t.throwsAsync(found(bridge, "Support", ["a"]), { instanceOf: StoreBusyError });
  await t.throwsAsync(edit(bridge, before.group.id, join("b")), { instanceOf: StoreBusyError });
  await t.throwsAsync(bridge.services().groups.deleteGroup(origin(), before.group.id, null));
  t.deepEqual((await bridge.services().groups.listGroups(ACME, EVERYTHING)).items, [before]);
  t.is(bridge.staged.length, staged);
});

test("a PATCH is all or nothing, for members too", async (t) => {
  const bridge = await openTestBridge(t);
  const before = await found(bridge, "Sales", ["a"]);
  await t.throwsAsync(edit(bridge, before.group.id, join("b"), { op: "remove", path: "displayName" }));
  t.deepEqual(await bridge.services().groups.getGroup(ACME, before.group.id, WHOLE), before);
});

test("a version that is not among the expected ones is refused, and changes nothing", async (t) => {
  const bridge = await openTestBridge(t);
  const { groups } = bridge.services();
  const { group } = await found(bridge, "Sales");
  const put = (...expected: readonly number[]) =>
    groups.replaceGroup(origin(), group.id, draft("Sales", ["a"]), expected, WHOLE);
  await t.throwsAsync(put(2), { code: "scim.version-conflict" });
  await t.throwsAsync(groups.deleteGroup(origin(), group.id, []), { code: "scim.version-conflict" });
  t.deepEqual(membersOf(await put(7, 1)), ["a"]);
  await t.throwsAsync(put(1), { code: "scim.version-conflict" });
  await groups.deleteGroup(origin(), group.id, [2]);
});

test("lastModified never goes back, whatever the clock does", async (t) => {
  const bridge = await openTestBridge(t);
  const { group } = await found(bridge, "Sales");
  bridge.clock.jump(-3_600_000);
  const changed = await edit(bridge, group.id, join("a"));
  t.is(changed.group.meta.lastModified, group.meta.lastModified);
});

test("unknown, deleted and foreign ids are answered alike", async (t) => {
  const bridge = await openTestBridge(t, { directories: { acme: ["*"], globex: ["*"] } });
  const { groups } = bridge.services();
  const foreign = await groups.createGroup(origin(GLOBEX), draft("Sales"), PLAIN);
  const gone = await found(bridge, "Sales");
  await groups.deleteGroup(origin(), gone.group.id, null);
  const user = await hire(bridge, "ana@acme.example");
  const answers = [];
  for (const id of [foreign.group.id, gone.group.id, user.id, "nobody", ""]) {
    for (const ask of [
      () => groups.getGroup(ACME, id, WHOLE),
      () => groups.replaceGroup(origin(), id, draft("Other"), null, PLAIN),
      () => edit(bridge, id, join("a")),
      () => groups.deleteGroup(origin(), id, null),
    ]) {
      const error = await t.throwsAsync(ask(), { code: "scim.not-found" });
      answers.push(error?.message);
    }
  }
  t.deepEqual([...new Set(answers)], ["There is no such group."]);
  t.is((await groups.getGroup(GLOBEX, foreign.group.id, WHOLE)).group.displayName, "Sales");
});

test("whoever is deleted leaves their groups, and comes back as a member only when pushed so", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example", { externalId: "e-1" });
  const { group } = await found(bridge, "Sales", [ana.id]);
  await remove(bridge, ana.id);
  const fresh = await hire(bridge, "ana@acme.example", { externalId: "e-1" });
  t.deepEqual((await bridge.services().provisioning.getUser(ACME, fresh.id, WHOLE)).groups, []);
  const { members } = await edit(bridge, group.id, join("e-1"));
  t.deepEqual(members, [{ value: fresh.id, refersTo: { type: "User", id: fresh.id } }]);
});
