import type { ExecutionContext } from "ava";
import type {
  DirectoryGroup,
  DirectoryGroupId,
  DirectoryUser,
  MemberDraft,
  MembersChange,
} from "../../src/domain/directory.ts";
import {
  MutabilityError,
  ResourceNotFoundError,
  UniquenessError,
  VersionConflictError,
} from "../../src/domain/errors.ts";
import type { Store } from "../../src/ports/store.ts";
import { aUser, edited } from "../support/directory-builders.ts";
import { aGroup } from "../support/store-groups.ts";
import { ACME, NOW, OTHER, aQuery, at, remove, stage, userId } from "./store-harness.ts";
import type { StoreContract } from "./store-harness.ts";

const groupId = (text: string): DirectoryGroupId => text as DirectoryGroupId;

/** Stages a group with these members. */
async function stageGroup(
  store: Store,
  group: DirectoryGroup,
  members: readonly (string | MemberDraft)[] = [],
): Promise<DirectoryGroup> {
  await store.write(group.directory, async (tx) => {
    await tx.putGroup(group, null);
    const put = members.map((member) => (typeof member === "string" ? { value: member } : member));
    await tx.changeMembers(group.id, { base: "none", put, drop: [] });
  });
  return group;
}

function change(store: Store, group: DirectoryGroup, parts: Partial<MembersChange>): Promise<readonly string[]> {
  const whole: MembersChange = { base: "stored", put: [], drop: [], ...parts };
  return store.write(group.directory, (tx) => tx.changeMembers(group.id, whole));
}

/** `value` or `value -> what it refers to`, in order. */
async function membersOf(store: Store, group: DirectoryGroup): Promise<readonly string[]> {
  const members = await store.read(group.directory, (tx) => tx.members(group.id));
  return members.map(({ value, refersTo }) =>
    refersTo === null ? value : `${value} -> ${refersTo.type} ${refersTo.id}`,
  );
}

async function groupsOf(store: Store, user: DirectoryUser): Promise<readonly string[]> {
  const groups = await store.read(user.directory, (tx) => tx.groupsOf(user));
  return groups.map(({ displayName }) => displayName);
}

async function groupVersion(store: Store, { directory, id }: DirectoryGroup): Promise<string> {
  const group = await store.read(directory, (tx) => tx.group(id));
  return `${group?.meta.version} ${group?.meta.lastModified}`;
}

async function awake(store: Store): Promise<readonly string[]> {
  return (await store.wakes.due(NOW, 1_000)).map(({ user, reason }) => `${user} ${reason}`).sort();
}

/** Groups and their members. */
export function groupsContract(contract: StoreContract): void {
  groupContract(contract);
  membersContract(contract);
  namingContract(contract);
  removalContract(contract);
  wakingContract(contract);
}

function groupContract(contract: StoreContract): void {
  contract("a staged group comes back as it was given, and is replaced at its version only", async (t, store) => {
    const group = await stageGroup(store, aGroup({ externalId: "X", resource: { "urn:x:Group": { a: [1, true] } } }));
    const read = (): Promise<DirectoryGroup | undefined> => store.read(ACME, (tx) => tx.group(group.id));
    t.deepEqual(await read(), group);
    t.deepEqual(await store.read(ACME, (tx) => tx.members(group.id)), []);
    t.is(await store.read(ACME, (tx) => tx.group(groupId("unknown"))), undefined);
    const { externalId: _, ...renamed } = aGroup({ id: group.id, displayName: "Renamed", version: 2 });
    await store.write(ACME, (tx) => tx.putGroup(renamed, 1));
    t.deepEqual(await read(), renamed);
    await t.throwsAsync(
      store.write(ACME, (tx) => tx.putGroup(group, 1)),
      { instanceOf: VersionConflictError },
    );
    await t.throwsAsync(
      store.write(ACME, (tx) => tx.putGroup(aGroup(), 1)),
      { instanceOf: ResourceNotFoundError },
    );
    t.deepEqual(await read(), renamed);
  });

  contract("a group's name is taken without regard to case, its externalId exactly", async (t, store) => {
    const first = await stageGroup(store, aGroup({ displayName: "Zoë", externalId: "X" }));
    const refused = async (parts: Parameters<typeof aGroup>[0], message: string): Promise<void> => {
      await t.throwsAsync(stageGroup(store, aGroup(parts)), { instanceOf: UniquenessError, message });
    };
    await refused({ displayName: "ZOE\u0308" }, "displayName is already in use");
    await refused({ externalId: "X" }, "externalId is already in use");
    await refused({ displayName: "zoë", externalId: "X" }, "displayName is already in use");
    const second = await stageGroup(store, aGroup({ displayName: "Bo", externalId: "x" }));
    await t.throwsAsync(
      store.write(ACME, (tx) => tx.putGroup(aGroup({ id: second.id, displayName: "ZOË", version: 2 }), 1)),
      { instanceOf: UniquenessError },
    );
    await store.write(ACME, async (tx) => {
      await t.throwsAsync(tx.putGroup(aGroup({ displayName: "zoë" }), null), { instanceOf: UniquenessError });
      await tx.putGroup(aGroup({ displayName: "Cy" }), null);
    });
    await store.write(ACME, (tx) => tx.removeGroup(first.id, NOW));
    await t.notThrowsAsync(stageGroup(store, aGroup({ displayName: "ZOË", externalId: "X" })), "names are free again");
    t.is((await store.read(ACME, (tx) => tx.groups(aQuery()))).total, 3);
  });

  contract("nothing of another directory's groups can be seen or changed", async (t, store) => {
    const [ana] = await stage(store, aUser({ id: "ana", externalId: "X" }));
    const group = await stageGroup(store, aGroup({ displayName: "Sales", externalId: "S" }), ["ana", "X"]);
    const twin = await stageGroup(store, aGroup({ directory: "other", displayName: "sales", externalId: "S" }), [
      ...["ana", "X", group.id],
    ]);
    t.deepEqual(await membersOf(store, twin), ["ana", "X", group.id], "a foreign id is nobody's");
    t.deepEqual(await groupsOf(store, ana!), ["Sales"]);
    const inTwin = aQuery({ filter: `groups.value eq "${twin.id}"` });
    t.is((await store.read(ACME, (tx) => tx.people(inTwin))).total, 0);
    await store.read(OTHER, async (tx) => {
      t.is(await tx.group(group.id), undefined);
      t.deepEqual(await tx.members(group.id), []);
      t.deepEqual(await tx.groupsOf(ana!), []);
      t.is(await tx.person(ana!.id), undefined);
      const filter = `id eq "${group.id}" or displayName co "a" or members.value pr or not (id eq "x")`;
      t.deepEqual((await tx.groups(aQuery({ filter }))).items, [{ group: twin, members: null }]);
      t.is((await tx.people(aQuery({ filter: 'groups.value pr or groups.display co "a"' }))).total, 0);
    });
    const refused = async (work: Parameters<Store["write"]>[1]): Promise<void> => {
      await t.throwsAsync(store.write(OTHER, work), { instanceOf: ResourceNotFoundError });
    };
    await refused((tx) => tx.changeMembers(group.id, { base: "none", put: [], drop: [] }));
    await refused((tx) => tx.removeGroup(group.id, NOW));
    await refused((tx) => tx.putGroup({ ...group, directory: OTHER }, 1));
    await t.throwsAsync(
      store.write(OTHER, (tx) => tx.putGroup(group, 1)),
      { message: /one directory only/ },
    );
    await store.write(OTHER, async (tx) => {
      await tx.wakeMembers(["ana", "X"], "leaver", NOW);
      await tx.wakeMembersOf(group.id, "leaver", NOW);
      await tx.wakeMembersOf(twin.id, "leaver", NOW);
    });
    t.deepEqual(await awake(store), []);
    await remove(store, ana!);
    t.is(await groupVersion(store, twin), `1 ${twin.meta.lastModified}`, "nobody has left it");
    t.deepEqual(await membersOf(store, twin), ["ana", "X", group.id]);
  });
}

function membersContract(contract: StoreContract): void {
  contract("members come back in the order in which they came, as they were described", async (t, store) => {
    const group = await stageGroup(store, aGroup(), [{ value: "b", type: "User", display: "Bo" }, "a"]);
    t.deepEqual(await change(store, group, { put: [{ value: "c", display: "" }, { value: "c" }, { value: "a" }] }), [
      "c",
    ]);
    t.deepEqual(await store.read(ACME, (tx) => tx.members(group.id)), [
      { value: "b", type: "User", display: "Bo", refersTo: null },
      { value: "a", refersTo: null },
      { value: "c", display: "", refersTo: null },
    ]);
    t.deepEqual(await change(store, group, { put: [{ value: "b", display: "Else" }] }), [], "they are there already");
    t.deepEqual(await change(store, group, { drop: ["a", "nobody"], put: [{ value: "d" }] }), ["a", "d"]);
    t.deepEqual(await change(store, group, { drop: ["a"] }), []);
    t.deepEqual(await change(store, group, { put: [{ value: "a" }] }), ["a"]);
    t.deepEqual(await membersOf(store, group), ["b", "c", "d", "a"]);
    t.is(await groupVersion(store, group), `1 ${group.meta.lastModified}`, "the version is putGroup's");
  });

  contract("members that are replaced keep their place, and only what changed is told", async (t, store) => {
    const group = await stageGroup(store, aGroup(), ["a", { value: "b", display: "Bo" }, "c"]);
    const all = [{ value: "d" }, { value: "c", type: "User" }, { value: "b", display: "Bo" }];
    t.deepEqual([...(await change(store, group, { base: "none", put: all }))].sort(), ["a", "c", "d"]);
    t.deepEqual(await store.read(ACME, (tx) => tx.members(group.id)), [
      { value: "b", display: "Bo", refersTo: null },
      { value: "c", type: "User", refersTo: null },
      { value: "d", refersTo: null },
    ]);
    t.deepEqual(await change(store, group, { base: "none", put: all }), []);
    t.deepEqual(await change(store, group, { base: "none", put: [{ value: "b" }] }), ["c", "d", "b"]);
    t.deepEqual(await change(store, group, { base: "none" }), ["b"]);
    t.deepEqual(await membersOf(store, group), []);
    await t.throwsAsync(change(store, aGroup(), {}), { instanceOf: ResourceNotFoundError });
  });

  contract("two hundred units that add and remove different members at once lose nothing", async (t, store) => {
    const names = Array.from({ length: 100 }, (_, index) => `old${index}`);
    const group = await stageGroup(store, aGroup(), names);
    const units = names.flatMap((name, index) => [
      change(store, group, { drop: [name] }),
      change(store, group, { put: [{ value: `new${index}` }, { value: "common" }] }),
    ]);
    const changed = (await Promise.all(units)).flat();
    t.is(changed.filter((value) => value === "common").length, 1);
    t.is(changed.length, 201);
    const expected = ["common", ...names.map((_, index) => `new${index}`)];
    t.deepEqual([...(await membersOf(store, group))].sort(), expected.sort());
  });

  contract("a unit that throws leaves the members as they were", async (t, store) => {
    const [ana] = await stage(store, aUser({ id: "ana" }));
    const group = await stageGroup(store, aGroup({ displayName: "Sales" }), ["ana", "bo"]);
    const failing = store.write(ACME, async (tx) => {
      await tx.changeMembers(group.id, { base: "none", put: [{ value: "cy" }], drop: [] });
      t.deepEqual((await tx.person(ana!.id))?.groups, []);
      await tx.removeUser(ana!.id, NOW);
      await tx.removeGroup(group.id, NOW);
      t.is(await tx.group(group.id), undefined);
      throw new RangeError("no");
    });
    await t.throwsAsync(failing, { instanceOf: RangeError });
    t.deepEqual(await membersOf(store, group), ["ana -> User ana", "bo"]);
    t.deepEqual(await groupsOf(store, ana!), ["Sales"]);
  });

  contract("fifty thousand members are changed, read, found and woken", async (t, store) => {
    const [ana] = await stage(store, aUser({ id: "m7" }));
    const put = Array.from({ length: 50_000 }, (_, index) => ({ value: `m${index}`, display: `Member ${index}` }));
    const group = await stageGroup(store, aGroup({ displayName: "All" }), put);
    const members = await store.read(ACME, (tx) => tx.members(group.id));
    t.is(members.length, 50_000);
    t.deepEqual(members[7], { ...put[7]!, refersTo: { type: "User", id: "m7" } });
    t.deepEqual(members.at(-1), { ...put.at(-1)!, refersTo: null });
    t.is((await change(store, group, { base: "none", put: put.slice(0, 40_000) })).length, 10_000);
    t.is((await change(store, group, { put })).length, 10_000);
    t.is((await store.read(ACME, (tx) => tx.groups(aQuery({ filter: 'members[value eq "m49999"]' })))).total, 1);
    t.deepEqual(await groupsOf(store, ana!), ["All"]);
    await store.write(ACME, (tx) => tx.wakeMembersOf(group.id, "changed", NOW));
    t.deepEqual(await awake(store), ["m7 changed"]);
  });
}

function namingContract(contract: StoreContract): void {
  contract("whoever has two names is one member, under whichever of them they came", async (t, store) => {
    await stage(store, aUser({ id: "ana", externalId: "00ana" }), aUser({ id: "bo", externalId: "00bo" }));
    const group = await stageGroup(store, aGroup({ id: "team" }), ["00ana", "bo"]);
    const change = (parts: Partial<MembersChange>): Promise<readonly string[]> =>
      store.write(ACME, (tx) => tx.changeMembers(group.id, { base: "stored", put: [], drop: [], ...parts }));
    t.deepEqual(await membersOf(store, group), ["ana -> User ana", "bo -> User bo"]);
    t.deepEqual(await change({ put: [{ value: "ana" }, { value: "00bo" }] }), []);
    t.deepEqual([...(await change({ drop: ["ana", "00bo"] }))].sort(), ["ana", "bo"]);
    t.deepEqual(await change({ put: [{ value: "00ana" }, { value: "ana" }] }), ["ana"]);
    t.deepEqual(await change({ base: "none", put: [{ value: "00ana" }] }), []);
    t.deepEqual(await membersOf(store, group), ["ana -> User ana"]);
  });

  contract(
    "whoever comes takes the memberships that wait for their externalId, and the groups change",
    async (t, store) => {
      const group = await stageGroup(store, aGroup({ id: "team" }), ["00ana", "00bo", "bo"]);
      const other = await stageGroup(store, aGroup({ id: "other", directory: "other" }), ["00ana"]);
      const versionOf = async ({ directory, id }: DirectoryGroup): Promise<number | undefined> =>
        (await store.read(directory, (tx) => tx.group(id)))?.meta.version;
      const announced = { userName: "ana@acme.example", externalId: "00ana" };
      const ana = aUser({ id: "ana", ...announced });
      await store.write(
        ACME,
        async (tx) => {
          await tx.putUser(ana, null);
          t.deepEqual(
            (await tx.groupsOf(ana)).map(({ id }) => id),
            [group.id],
            "the unit sees it, too",
          );
        },
        announced,
      );
      t.deepEqual(await membersOf(store, group), ["ana -> User ana", "00bo", "bo"]);
      t.is(await versionOf(group), 2);
      const bo = aUser({ id: "bo" });
      await stage(store, bo);
      t.deepEqual(await membersOf(store, group), ["ana -> User ana", "00bo", "bo -> User bo"]);
      const renamed = { ...edited(bo, { externalId: "00bo" }), externalId: "00bo" };
      await store.write(ACME, (tx) => tx.putUser(renamed, 1), { user: bo.id });
      t.deepEqual(await membersOf(store, group), ["ana -> User ana", "bo -> User bo"], "one member, under two names");
      t.is(await versionOf(group), 3);
      t.deepEqual(await membersOf(store, other), ["00ana"]);
      t.is(await versionOf(other), 1);
    },
  );

  contract("a change that keeps types names no other one, and keeps what it does not say", async (t, store) => {
    const group = await stageGroup(store, aGroup({ id: "team" }));
    const put = (type?: string): Promise<readonly string[]> => {
      const member = { value: "ana", ...(type !== undefined && { type }) };
      return store.write(ACME, (tx) =>
        tx.changeMembers(group.id, { base: "none", put: [member], drop: [], keepsTypes: true }),
      );
    };
    t.deepEqual(await put("User"), ["ana"]);
    t.deepEqual(await put("user"), ["ana"], "described otherwise");
    await t.throwsAsync(put("Group"), { instanceOf: MutabilityError, message: /"ana".*user/ });
    t.deepEqual(await put(), []);
    const [member] = await store.read(ACME, (tx) => tx.members(group.id));
    t.is(member?.type, "user");
  });

  contract("a member names a user by id, else a group by id, else a user by externalId", async (t, store) => {
    // Ids that are also somebody's externalId, which no real directory has.
    const [, , byKey] = await stage(
      store,
      aUser({ id: "one", externalId: "first" }),
      aUser({ id: "two", externalId: "one" }),
      aUser({ id: "three", externalId: "third" }),
      aUser({ id: "four", externalId: "inner" }),
    );
    await stageGroup(store, aGroup({ id: "inner", displayName: "Inner" }));
    const outer = await stageGroup(store, aGroup({ id: "outer", displayName: "Outer" }), [
      ...["one", "inner", "third", "nobody", "THIRD"],
    ]);
    t.deepEqual(await membersOf(store, outer), [
      ...["one -> User one", "inner -> Group inner", "three -> User three", "nobody", "THIRD"],
    ]);
    const people = await store.read(ACME, (tx) => tx.people(aQuery({ withMemberships: true })));
    const names = people.items.map(({ user, groups }) => `${user.id}: ${groups.map(({ id }) => id).join()}`);
    t.deepEqual(names, ["one: outer", "two: ", "three: outer", "four: "], "each group once");
    for (const filter of [
      'groups.value eq "outer"',
      'groups.display co "UT"',
      'groups[value eq "outer" and type pr]',
    ]) {
      const found = await store.read(ACME, (tx) => tx.people(aQuery({ filter })));
      t.deepEqual(
        found.items.map(({ user }) => user.id),
        [userId("one"), userId("three")],
        filter,
      );
    }
    t.deepEqual((await store.read(ACME, (tx) => tx.person(byKey!.id)))?.groups, [
      { id: groupId("outer"), displayName: "Outer" },
    ]);
  });

  contract("the id of somebody who was removed may be the externalId of somebody else", async (t, store) => {
    const [, heir] = await stage(store, aUser({ id: "old" }), aUser({ id: "heir", externalId: "old" }));
    const group = await stageGroup(store, aGroup({ displayName: "Sales" }));
    await remove(store, aUser({ id: "old" }));
    await change(store, group, { put: [{ value: "old" }] });
    t.deepEqual(await membersOf(store, group), ["heir -> User heir"]);
    t.deepEqual(await groupsOf(store, heir!), ["Sales"]);
    await store.write(ACME, (tx) => tx.wakeMembersOf(group.id, "changed", NOW));
    t.deepEqual(await awake(store), ["heir changed"]);
  });

  contract("a member who was not here yet is one as soon as they come, by either name", async (t, store) => {
    const group = await stageGroup(store, aGroup({ displayName: "Sales" }), ["ext-ana", "id-bo"]);
    const ana = aUser({ id: "ana", externalId: "ext-ana" });
    const bo = aUser({ id: "id-bo" });
    const cy = aUser({ id: "cy", externalId: "ext-cy" });
    await store.write(ACME, async (tx) => {
      for (const user of [ana, bo, cy]) await tx.putUser(user, null);
      t.deepEqual(
        (await tx.groupsOf(ana)).map(({ id }) => id),
        [group.id],
      );
      t.is((await tx.person(bo.id))?.groups.length, 1);
      t.deepEqual(await tx.groupsOf(cy), []);
      await tx.changeMembers(group.id, { base: "stored", put: [{ value: "ext-cy" }], drop: [] });
      t.is((await tx.groupsOf(cy)).length, 1);
    });
    t.deepEqual(await membersOf(store, group), ["ana -> User ana", "id-bo -> User id-bo", "cy -> User cy"]);
    const renamed = { ...edited(ana, { externalId: "new" }), externalId: "new" };
    await store.write(ACME, (tx) => tx.putUser(renamed, 1));
    t.deepEqual(await groupsOf(store, renamed), ["Sales"], "who gives up the name is still a member");
    const late = aUser({ id: "late" });
    await store.write(ACME, async (tx) => {
      await tx.putUser(late, null);
      t.deepEqual(await tx.groupsOf(late), []);
      const named = { ...edited(late, { externalId: "ext-ana" }), externalId: "ext-ana" };
      await tx.putUser(named, 1);
      t.deepEqual(await tx.groupsOf(named), [], "the name was another one's");
    });
  });

  contract("the groups of people are told by name and then id", async (t, store) => {
    const [ana] = await stage(store, aUser({ id: "ana", externalId: "X" }));
    for (const displayName of ["b", "a", "C", "\u{1f642}", "\ufffd"]) {
      await stageGroup(store, aGroup({ displayName }), [displayName === "a" ? "X" : "ana"]);
    }
    const expected = ["C", "a", "b", "\ufffd", "\u{1f642}"];
    t.deepEqual(await groupsOf(store, ana!), expected);
    const person = await store.read(ACME, (tx) => tx.person(ana!.id));
    t.deepEqual(
      person?.groups.map(({ displayName }) => displayName),
      expected,
    );
    t.is(person?.deletedAt, null);
    t.deepEqual(person?.user, ana);
    const workspace = await store.openWorkspace();
    t.teardown(() => workspace.close());
    t.deepEqual((await workspace.peopleById([ana!.id]))[0]?.person, person);
  });
}

function removalContract(contract: StoreContract): void {
  const LATER = at("2026-11-24T00:00:00.000Z");

  contract("who is removed leaves their groups, which get their next version", async (t, store) => {
    const [ana] = await stage(
      store,
      aUser({ id: "ana", externalId: "X" }),
      aUser({ id: "bo", externalId: "B" }),
      aUser({ id: "shadow", externalId: "bo" }),
    );
    const byId = await stageGroup(store, aGroup({ displayName: "1" }), ["ana", "bo"]);
    const byKey = await stageGroup(store, aGroup({ displayName: "2", lastModified: LATER }), ["bo", "X"]);
    const both = await stageGroup(store, aGroup({ displayName: "3" }), ["X", "ana"]);
    const untouched = await stageGroup(store, aGroup({ displayName: "4" }), ["bo", "x"]);
    await remove(store, ana!);
    t.deepEqual(await membersOf(store, byId), ["bo -> User bo"]);
    t.deepEqual(await membersOf(store, byKey), ["bo -> User bo"]);
    t.deepEqual(await membersOf(store, both), []);
    t.is(await groupVersion(store, byId), `2 ${NOW}`);
    t.is(await groupVersion(store, byKey), `2 ${LATER}`, "the clock was set back, the group was not");
    t.is(await groupVersion(store, both), `2 ${NOW}`);
    t.is(await groupVersion(store, untouched), `1 ${untouched.meta.lastModified}`);
    await remove(store, aUser({ id: "shadow" }));
    t.deepEqual(await membersOf(store, byId), ["bo -> User bo"], "the value is another user's id");
    await stage(store, aUser({ id: "again", externalId: "X" }));
    t.deepEqual(await membersOf(store, byKey), ["bo -> User bo"], "who comes back is put into groups again");
  });

  contract("a tombstone is in no group, whatever members are named later", async (t, store) => {
    const [ana] = await stage(store, aUser({ id: "ana", externalId: "X" }));
    await remove(store, ana!);
    const group = await stageGroup(store, aGroup(), ["ana", "X"]);
    t.deepEqual(await membersOf(store, group), ["ana", "X"]);
    t.deepEqual(await groupsOf(store, ana!), []);
    await store.write(ACME, (tx) => tx.wakeMembersOf(group.id, "leaver", NOW));
    t.deepEqual(await awake(store), []);
    const workspace = await store.openWorkspace();
    t.teardown(() => workspace.close());
    t.deepEqual((await workspace.peopleById([ana!.id]))[0]?.person.groups, []);
  });

  contract("a group that is removed is gone with its members and from other groups", async (t, store) => {
    const [ana] = await stage(store, aUser({ id: "ana" }));
    const inner = await stageGroup(store, aGroup({ displayName: "Inner" }), ["ana"]);
    const outer = await stageGroup(store, aGroup({ displayName: "Outer" }), [inner.id, "ana"]);
    await store.write(ACME, (tx) => tx.removeGroup(inner.id, NOW));
    t.deepEqual(await membersOf(store, outer), ["ana -> User ana"]);
    t.is(await groupVersion(store, outer), `2 ${NOW}`);
    t.deepEqual(await groupsOf(store, ana!), ["Outer"]);
    t.deepEqual(await store.read(ACME, (tx) => tx.members(inner.id)), []);
    const removeAgain = store.write(ACME, (tx) => tx.removeGroup(inner.id, NOW));
    await t.throwsAsync(removeAgain, { instanceOf: ResourceNotFoundError });
  });
}

function wakingContract(contract: StoreContract): void {
  contract("members are woken who are here and live, and a leaver stays a leaver", async (t, store) => {
    const [, , gone] = await stage(
      store,
      aUser({ id: "ana", externalId: "X" }),
      aUser({ id: "bo", active: false }),
      aUser({ id: "gone", externalId: "G" }),
      aUser({ id: "foreign", directory: "other", externalId: "F" }),
      aUser({ id: "idle" }),
    );
    await remove(store, gone!);
    const group = await stageGroup(store, aGroup(), ["X", "ana", "bo", "gone", "G", "foreign", "F", "nobody"]);
    const wake = async (t2: ExecutionContext, expected: readonly string[], work: Parameters<Store["write"]>[1]) => {
      await store.write(ACME, work);
      t2.deepEqual(await awake(store), expected);
    };
    await wake(t, [], (tx) => tx.wakeMembers(["gone", "G", "foreign", "F", "nobody"], "changed", NOW));
    await wake(t, [], (tx) => tx.wakeMembers([], "changed", NOW));
    await wake(t, ["bo leaver"], (tx) => tx.wakeMembers(["bo"], "leaver", NOW));
    await wake(t, ["ana changed", "bo leaver"], (tx) => tx.wakeMembersOf(group.id, "changed", NOW));
    await wake(t, ["ana changed", "bo leaver"], (tx) => tx.wakeMembers(["X", "bo"], "changed", NOW));
    const other = (await stageGroup(store, aGroup({ directory: "other" }), ["F"])).directory;
    await store.write(other, (tx) => tx.wakeMembers(["F", "ana", "X"], "leaver", NOW));
    t.deepEqual(await awake(store), ["ana changed", "bo leaver", "foreign leaver"]);
  });
}
