import type { Instant } from "../domain/brand.ts";
import type { DirectoryId, DirectoryUser, DirectoryUserId } from "../domain/directory.ts";
import type { DirectoryWriteTx, WakeReason } from "../ports/directory-tx.ts";
import { changeMembers } from "./change-members.ts";
import { createDirectoryReader, findUser } from "./directory-read.ts";
import { putGroup, removeGroup, takeMemberships, usersIn, usersNamed } from "./group-write.ts";
import type { Unit } from "./unit.ts";
import { emailKeys } from "./user-row.ts";
import type { FoundUser } from "./user-statements.ts";
import { inherit, putAlone, removeUser } from "./user-write.ts";

/** Writes to one directory inside one unit. */
export function createDirectoryWriter(unit: Unit, directory: DirectoryId): DirectoryWriteTx {
  const reader = createDirectoryReader(() => unit.reading(), directory, "stale");
  const find = async (id: DirectoryUserId): Promise<FoundUser | null> => {
    const known = unit.users.find(directory, id);
    return known === undefined ? ((await findUser(await unit.reading(), directory, id)) ?? null) : known;
  };
  const groupsOf: DirectoryWriteTx["groupsOf"] = async (user) => {
    const known = unit.users.find(directory, user.id);
    return known?.isMember === false ? [] : reader.groupsOf(user);
  };
  return {
    ...reader,
    user: async (id) => (await find(id))?.user,
    groupsOf,
    async person(id) {
      const found = await find(id);
      return found === null ? undefined : { user: found.user, deletedAt: null, groups: await groupsOf(found.user) };
    },
    async putUser(user, expectedVersion) {
      if (user.directory !== directory) throw new Error("A unit writes to one directory only.");
      const before = unit.users.find(directory, user.id);
      if (!unit.users.put(user, expectedVersion)) await putAlone(await unit.writing(), user, expectedVersion);
      const isNew = expectedVersion === null;
      // A change of anything but the addresses leaves the search rows alone.
      if (!before || emailsOf(before.user) !== emailsOf(user)) {
        unit.setEmails({ user: user.id, replaces: !isNew, keys: emailKeys(user.resource) });
      }
      // A group may have named this externalId before somebody came with it.
      if (before?.user.externalId !== user.externalId && unit.users.find(directory, user.id)?.isMember !== false) {
        await takeMemberships(await unit.writing(), user);
      }
      unit.markChanged(directory, isNew ? 1 : 0);
    },
    async removeUser(id, at) {
      await removeUser(await unit.writing(), directory, id, at);
      unit.markChanged(directory, -1);
    },
    ...groupWrites(unit, directory),
    async tombstoneOf(externalId) {
      return unit.users.hasNoTombstone(directory, externalId) ? undefined : reader.tombstoneOf(externalId);
    },
    async inherit(from, to) {
      const at = await inherit(await unit.writing(), directory, from, to);
      unit.wake({ user: from, reason: null, at });
      unit.markChanged(directory, 0);
    },
    async audit(event) {
      unit.audit(event);
    },
    async wake(user, reason, at) {
      unit.wake({ user, reason, at });
    },
  };
}

type GroupWrites = Pick<
  DirectoryWriteTx,
  "putGroup" | "removeGroup" | "changeMembers" | "wakeMembers" | "wakeMembersOf"
>;

/** The writes that concern groups. */
function groupWrites(unit: Unit, directory: DirectoryId): GroupWrites {
  const wakeAll = (users: readonly DirectoryUserId[], reason: WakeReason, at: Instant): void => {
    for (const each of users) unit.wake({ user: each, reason, at });
  };
  return {
    async putGroup(group, expectedVersion) {
      if (group.directory !== directory) throw new Error("A unit writes to one directory only.");
      await putGroup(await unit.writing(), group, expectedVersion);
      unit.markChanged(directory, 0);
    },
    async removeGroup(id, at) {
      await removeGroup(await unit.writing(), directory, id, at);
      unit.markChanged(directory, 0);
    },
    async changeMembers(group, change) {
      const changed = await changeMembers(await unit.writing(), directory, group, change);
      if (changed.length > 0) unit.markChanged(directory, 0);
      return changed;
    },
    async wakeMembers(values, reason, at) {
      wakeAll(await usersNamed(await unit.reading(), directory, values), reason, at);
    },
    async wakeMembersOf(group, reason, at) {
      wakeAll(await usersIn(await unit.reading(), directory, group), reason, at);
    },
  };
}

function emailsOf(user: DirectoryUser): string {
  return emailKeys(user.resource).join("\n");
}
