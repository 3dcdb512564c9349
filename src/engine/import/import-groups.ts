import type { DirectoryGroupId } from "../../domain/directory.ts";
import type { PatchOperation } from "../../scim/parse-patch.ts";
import { parseGroup } from "../../scim/group.ts";
import { startStage, type OnProgress } from "../progress.ts";
import type { GroupProvisioning } from "../staging/group-provisioning.ts";
import type { Origin } from "../staging/staging.ts";

const GROUP_URN = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PLAIN = { withMemberships: false };

/** The groups that somebody comes to or leaves, by name. */
export interface Moves {
  readonly joins: readonly string[];
  readonly quits: readonly string[];
}

/** Gathers who comes to which group, so that each group is written once. */
export interface MembershipChanges {
  note(user: string, moves: Moves): void;
  /** Makes the groups that are not there. */
  stage(onProgress?: OnProgress): Promise<void>;
}

interface Movement {
  readonly name: string;
  readonly coming: string[];
  readonly going: string[];
}

/** Makes the changes of one import. */
export function createMembershipChanges(groups: GroupProvisioning, origin: Origin): MembershipChanges {
  const movements = new Map<string, Movement>();
  const of = (name: string): Movement => {
    const key = name.toLowerCase();
    const known = movements.get(key) ?? { name, coming: [], going: [] };
    movements.set(key, known);
    return known;
  };
  return {
    note(user, { joins, quits }) {
      for (const name of joins) of(name).coming.push(user);
      for (const name of quits) of(name).going.push(user);
    },
    async stage(onProgress) {
      if (movements.size === 0) return;
      const tick = startStage(onProgress, "grouping", movements.size);
      for (const movement of movements.values()) {
        await stageOne(groups, origin, movement);
        tick();
      }
    },
  };
}

async function stageOne(groups: GroupProvisioning, origin: Origin, { name, coming, going }: Movement): Promise<void> {
  const members = coming.map((value) => ({ value, type: "User" }));
  const id = await findGroup(groups, origin, name);
  if (id === null) {
    if (members.length === 0) return;
    await groups.createGroup(origin, parseGroup({ schemas: [GROUP_URN], displayName: name, members }), PLAIN);
    return;
  }
  const operations: PatchOperation[] = [
    ...(members.length === 0 ? [] : [{ op: "add", path: "members", value: members } as const]),
    ...(going.length === 0
      ? []
      : [{ op: "remove", path: "members", value: going.map((value) => ({ value })) } as const]),
  ];
  await groups.patchGroup(origin, id, operations, null, PLAIN);
}

async function findGroup(
  groups: GroupProvisioning,
  { directory }: Origin,
  name: string,
): Promise<DirectoryGroupId | null> {
  const path = { urn: null, attribute: "displayName", subAttribute: null };
  const { items } = await groups.listGroups(directory, {
    filter: { op: "eq", path, value: name },
    unknownAttributes: "reject",
    sort: null,
    from: { offset: 0 },
    limit: 1,
    withMemberships: false,
  });
  return items[0]?.group.id ?? null;
}
