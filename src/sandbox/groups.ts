import type { Members } from "./members.ts";
import { conflict, notFound, ProductError } from "./product-error.ts";
import type { Group, SandboxAmbient } from "./records.ts";
import { createTable } from "./table.ts";
import type { Row } from "./table.ts";

/** Groups and who is in them. Every method that is given an unknown id throws ProductError `not_found` (404). */
export interface Groups {
  rows(): readonly Row<Group>[];
  byName(name: string): Group | undefined;
  /** Throws ProductError `name_taken` (409). */
  create(name: string): Group;
  /** False when the member was in the group already. */
  addMember(groupId: string, memberId: string): boolean;
  /** Throws ProductError `not_a_member` (404). */
  removeMember(groupId: string, memberId: string): void;
}

/** No groups yet; memberships are kept with the members. */
export function createGroups({ clock, newId }: SandboxAmbient, members: Members): Groups {
  const table = createTable<Group>();
  const idByName = new Map<string, string>();

  function groupsOf(groupId: string, memberId: string): readonly string[] {
    if (table.get(groupId) === undefined) throw notFound("group");
    return members.get(memberId).groupIds;
  }

  return {
    rows: () => table.rows(),
    byName: (name) => table.get(idByName.get(name) ?? ""),
    create(name) {
      if (idByName.has(name)) throw conflict("name_taken", "another group has this name");
      const group: Group = { id: `grp_${newId()}`, name, createdAt: clock.now() };
      idByName.set(name, group.id);
      table.insert(group);
      return group;
    },
    addMember(groupId, memberId) {
      const groupIds = groupsOf(groupId, memberId);
      if (groupIds.includes(groupId)) return false;
      members.setGroups(memberId, [...groupIds, groupId]);
      return true;
    },
    removeMember(groupId, memberId) {
      const groupIds = groupsOf(groupId, memberId);
      if (!groupIds.includes(groupId)) throw new ProductError(404, "not_a_member", "this member is not in the group");
      members.setGroups(
        memberId,
        groupIds.filter((id) => id !== groupId),
      );
    },
  };
}
