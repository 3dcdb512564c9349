import type { Instant } from "../../domain/brand.ts";
import type {
  DirectoryGroup,
  DirectoryGroupId,
  DirectoryId,
  GroupWithMembers,
  MembersChange,
} from "../../domain/directory.ts";
import { ResourceNotFoundError } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { DirectoryReadTx, DirectoryWriteTx, Listed, ListQuery, WakeReason } from "../../ports/directory-tx.ts";
import { newGroup, replaceGroup, type GroupContent, type GroupDraft } from "../../scim/group.ts";
import { patchGroup, readsMembers } from "../../scim/group-patch.ts";
import type { PatchOperation } from "../../scim/parse-patch.ts";
import { sameResource } from "../../scim/same-resource.ts";
import { changedAttributes, type Origin, type PushedChange, type Showing, type StagingDeps } from "./staging.ts";
import { expectVersion, firstMeta, nextMeta, type ExpectedVersion } from "./versions.ts";

/**
 * SCIM's operations on groups, as those on users: every write is one durable unit with its audit row and the wake-ups of
 * the members whom it concerns; what changes nothing writes nothing. Members change by deltas inside the unit, so that
 * pushes at the same time lose nothing; they are read only where the answer shows them.
 *
 * All throw ResourceNotFoundError for ids that are unknown, deleted, or another directory's. The members of the answer
 * are null unless they are to be shown.
 */
export interface GroupProvisioning {
  /** Throws UniquenessError when the displayName or externalId is taken. */
  createGroup(origin: Origin, draft: GroupDraft, showing: Showing): Promise<GroupWithMembers>;
  /** PUT: attributes that the draft omits are cleared, but members are kept. Throws VersionConflictError, and as create. */
  replaceGroup(
    origin: Origin,
    id: string,
    draft: GroupDraft,
    expected: ExpectedVersion,
    showing: Showing,
  ): Promise<GroupWithMembers>;
  /** PATCH: all of the operations or none. */
  patchGroup(
    origin: Origin,
    id: string,
    operations: readonly PatchOperation[],
    expected: ExpectedVersion,
    showing: Showing,
  ): Promise<GroupWithMembers>;
  /** The group goes with its memberships; its members stay. */
  deleteGroup(origin: Origin, id: string, expected: ExpectedVersion): Promise<void>;
  getGroup(directory: DirectoryId, id: string, showing: Showing): Promise<GroupWithMembers>;
  listGroups(directory: DirectoryId, query: ListQuery): Promise<Listed<GroupWithMembers>>;
}

const NOBODY: MembersChange = { base: "none", put: [], drop: [] };

/** What an edit makes of a group. `members` null: they stay as they are. */
interface Edited {
  readonly content: GroupContent;
  readonly members: MembersChange | null;
}

/** Makes the use cases over one store. */
export function createGroupProvisioning(deps: StagingDeps): GroupProvisioning {
  const { store } = deps;
  return {
    createGroup: (origin, draft, showing) => createGroup(deps, origin, draft, showing),
    replaceGroup: (origin, id, draft, expected, showing) =>
      changeGroup(deps, { origin, id, expected, showing }, (_, stored) => replaceGroup(stored, draft)),
    patchGroup: (origin, id, operations, expected, showing) =>
      changeGroup(deps, { origin, id, expected, showing }, async (tx, stored) => {
        const members = readsMembers(operations) ? await tx.members(stored.id) : null;
        return patchGroup(stored, members, operations);
      }),
    deleteGroup: (origin, id, expected) => deleteGroup(deps, origin, id, expected),
    getGroup: (directory, id, showing) =>
      store.read(directory, async (tx) => withMembers(tx, await existing(tx, id), showing)),
    listGroups: (directory, query) => store.read(directory, (tx) => tx.groups(query)),
  };
}

async function createGroup(
  deps: StagingDeps,
  origin: Origin,
  draft: GroupDraft,
  showing: Showing,
): Promise<GroupWithMembers> {
  const { store, ambient } = deps;
  const reason = urgency(deps);
  const now = ambient.clock.now();
  const id = ambient.newId() as DirectoryGroupId;
  const group = { ...newGroup(draft), id, directory: origin.directory, meta: firstMeta(now) };
  const members: MembersChange = { ...NOBODY, put: draft.members ?? [] };
  const result = await store.write(origin.directory, async (tx) => {
    await tx.putGroup(group, null);
    const moved = members.put.length === 0 ? [] : await tx.changeMembers(id, members);
    await tx.wakeMembers(moved, reason, now);
    await recordWrite(tx, origin, "group.created", { group, before: null, members, moved });
    return { group: await withMembers(tx, group, showing), wakes: moved.length > 0 };
  });
  if (result.wakes) deps.onStaged(reason);
  return result.group;
}

async function changeGroup(
  deps: StagingDeps,
  { origin, id, expected, showing }: PushedChange,
  edit: (tx: DirectoryReadTx, stored: DirectoryGroup) => Edited | Promise<Edited>,
): Promise<GroupWithMembers> {
  const reason = urgency(deps);
  const result = await deps.store.write(origin.directory, async (tx) => {
    const stored = await existing(tx, id);
    expectVersion("group", stored.meta, expected);
    const { content, members } = await edit(tx, stored);
    const moved = members === null ? [] : await tx.changeMembers(stored.id, members);
    if (moved.length === 0 && sameResource(stored.resource, content.resource)) {
      return { group: await withMembers(tx, stored, showing), wakes: false };
    }
    const group = nextVersion(stored, content, deps.ambient.clock.now());
    await tx.putGroup(group, stored.meta.version);
    const at = group.meta.lastModified;
    await tx.wakeMembers(moved, reason, at);
    // Mapping rules know groups by their name.
    const isRenamed = group.displayName !== stored.displayName;
    if (isRenamed) await tx.wakeMembersOf(group.id, reason, at);
    await recordWrite(tx, origin, "group.changed", { group, before: stored, members, moved });
    return { group: await withMembers(tx, group, showing), wakes: isRenamed || moved.length > 0 };
  });
  if (result.wakes) deps.onStaged(reason);
  return result.group;
}

async function deleteGroup(deps: StagingDeps, origin: Origin, id: string, expected: ExpectedVersion): Promise<void> {
  const reason = urgency(deps);
  const gone = await deps.store.write(origin.directory, async (tx) => {
    const stored = await existing(tx, id);
    expectVersion("group", stored.meta, expected);
    const at = deps.ambient.clock.now();
    await tx.wakeMembersOf(stored.id, reason, at);
    const moved = await tx.changeMembers(stored.id, NOBODY);
    await tx.removeGroup(stored.id, at);
    const detail = { membersPut: 0, membersDropped: moved.length };
    await record(tx, origin, { action: "group.deleted", group: stored.id, at, detail });
    return moved;
  });
  if (gone.length > 0) deps.onStaged(reason);
}

/**
 * Whom a change of groups takes out of a scope that reads groups is not known before everybody concerned is looked at: all
 * of them are looked at first. It settles the order only; the plan decides who leaves.
 */
function urgency({ mappings }: StagingDeps): WakeReason {
  return mappings.scopeReadsGroups() ? "leaver" : "changed";
}

async function existing(tx: DirectoryReadTx, id: string): Promise<DirectoryGroup> {
  const group = await tx.group(id as DirectoryGroupId);
  if (group === undefined) throw new ResourceNotFoundError("There is no such group.");
  return group;
}

async function withMembers(
  tx: DirectoryReadTx,
  group: DirectoryGroup,
  { withMemberships }: Showing,
): Promise<GroupWithMembers> {
  return { group, members: withMemberships ? await tx.members(group.id) : null };
}

function nextVersion(stored: DirectoryGroup, content: GroupContent, now: Instant): DirectoryGroup {
  const { id, directory, meta } = stored;
  return { ...content, id, directory, meta: nextMeta(meta, now) };
}

function record(
  tx: DirectoryWriteTx,
  { directory, actor }: Origin,
  statement: {
    readonly action: string;
    readonly group: DirectoryGroupId;
    readonly at: Instant;
    readonly detail: JsonObject;
  },
): Promise<void> {
  const { action, group, at, detail } = statement;
  return tx.audit({ at, actor, action, subject: group, detail: { directory, ...detail } });
}

/** Members are counted, never named. Whoever is only described otherwise counts as put. */
function recordWrite(
  tx: DirectoryWriteTx,
  origin: Origin,
  action: string,
  write: {
    readonly group: DirectoryGroup;
    readonly before: DirectoryGroup | null;
    readonly members: MembersChange | null;
    readonly moved: readonly string[];
  },
): Promise<void> {
  const { group, before, members, moved } = write;
  const { id, meta, resource } = group;
  const put = new Set(members?.put.map(({ value }) => value));
  const membersPut = moved.filter((value) => put.has(value)).length;
  const detail = {
    version: meta.version,
    attributes: changedAttributes(before?.resource ?? {}, resource),
    membersPut,
    membersDropped: moved.length - membersPut,
  };
  return record(tx, origin, { action, group: id, at: meta.lastModified, detail });
}
