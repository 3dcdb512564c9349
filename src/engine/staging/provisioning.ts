import type { Instant } from "../../domain/brand.ts";
import type { DirectoryId, DirectoryUser, DirectoryUserId, Person } from "../../domain/directory.ts";
import { ResourceNotFoundError } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { DirectoryReadTx, DirectoryWriteTx, Listed, ListQuery, WakeReason } from "../../ports/directory-tx.ts";
import type { PatchOperation } from "../../scim/parse-patch.ts";
import { sameResource } from "../../scim/same-resource.ts";
import { newUser, patchUser, replaceUser, type UserContent, type UserDraft } from "../../scim/user.ts";
import { changedAttributes, type Origin, type PushedChange, type Showing, type StagingDeps } from "./staging.ts";
import { checkDomains } from "./verified-domains.ts";
import { expectVersion, firstMeta, nextMeta, type ExpectedVersion } from "./versions.ts";

/**
 * SCIM's operations on users, over the staging store alone: the product is never asked. Every write is one durable
 * unit with its audit row and its wake-up; what changes nothing writes nothing and keeps its version.
 *
 * All throw ResourceNotFoundError for ids that are unknown, deleted, or another directory's. The groups of the answer
 * are empty unless they are to be shown.
 */
export interface Provisioning {
  /** Throws UniquenessError when the userName or externalId is taken, InvalidValueError off the verified domains. */
  createUser(origin: Origin, draft: UserDraft, showing: Showing): Promise<Person>;
  /** PUT: attributes that the draft omits are cleared, but `active` is kept. Throws VersionConflictError, and as create. */
  replaceUser(
    origin: Origin,
    id: string,
    draft: UserDraft,
    expected: ExpectedVersion,
    showing: Showing,
  ): Promise<Person>;
  /** PATCH: all of the operations or none. */
  patchUser(
    origin: Origin,
    id: string,
    operations: readonly PatchOperation[],
    expected: ExpectedVersion,
    showing: Showing,
  ): Promise<Person>;
  /** Leaves a tombstone, which is still a leaver; the user is a member of no group any more. */
  deleteUser(origin: Origin, id: string, expected: ExpectedVersion): Promise<void>;
  getUser(directory: DirectoryId, id: string, showing: Showing): Promise<Person>;
  listUsers(directory: DirectoryId, query: ListQuery): Promise<Listed<Person>>;
}

/** What provisioning needs. Domains are in lower case; `*` allows any. */
export interface ProvisioningDeps extends StagingDeps {
  readonly verifiedDomains: ReadonlyMap<DirectoryId, readonly string[]>;
}

/** Makes the use cases over one store. */
export function createProvisioning(deps: ProvisioningDeps): Provisioning {
  const { store, ambient } = deps;
  return {
    createUser: (origin, draft, showing) => createUser(deps, origin, draft, showing),
    replaceUser: (origin, id, draft, expected, showing) =>
      changeUser(deps, { origin, id, expected, showing }, (stored) => replaceUser(stored, draft)),
    patchUser: (origin, id, operations, expected, showing) =>
      changeUser(deps, { origin, id, expected, showing }, (stored) => patchUser(stored, operations)),
    async deleteUser(origin, id, expected) {
      const announced = { user: id as DirectoryUserId };
      await store.write(
        origin.directory,
        async (tx) => {
          const stored = await existing(tx, id);
          expectVersion("user", stored.meta, expected);
          const at = ambient.clock.now();
          await tx.removeUser(stored.id, at);
          await record(tx, origin, { action: "user.deleted", user: stored.id, reason: "leaver", at, detail: {} });
        },
        announced,
      );
      deps.onStaged("leaver");
    },
    getUser: (directory, id, { withMemberships }) =>
      store.read(directory, async (tx) => {
        if (!withMemberships) return { user: await existing(tx, id), deletedAt: null, groups: [] };
        return (await tx.person(id as DirectoryUserId)) ?? notThere();
      }),
    listUsers: (directory, query) => store.read(directory, (tx) => tx.people(query)),
  };
}

async function createUser(deps: ProvisioningDeps, origin: Origin, draft: UserDraft, showing: Showing): Promise<Person> {
  const { store, ambient } = deps;
  const { directory } = origin;
  const content = newUser(draft);
  checkDomains(content, null, domainsOf(deps, directory));
  const now = ambient.clock.now();
  const id = ambient.newId() as DirectoryUserId;
  const user = { ...content, ...sinceWhen(content, null, now), id, directory, meta: firstMeta(now) };
  const announced = { userName: user.userName, ...(user.externalId !== undefined && { externalId: user.externalId }) };
  const { person, reason } = await store.write(
    directory,
    async (tx) => {
      await tx.putUser(user, null);
      await inheritFromTombstone(tx, user);
      const reason = await reasonFor(deps, tx, user);
      await recordWrite(tx, origin, "user.created", { user, before: null, reason });
      // A group may have named this user's externalId before the user came.
      return { person: await asPerson(tx, user, showing), reason };
    },
    announced,
  );
  deps.onStaged(reason);
  return person;
}

async function changeUser(
  deps: ProvisioningDeps,
  { origin, id, expected, showing }: PushedChange,
  edit: (stored: DirectoryUser) => UserContent,
): Promise<Person> {
  const { person, reason } = await deps.store.write(
    origin.directory,
    async (tx) => {
      const stored = await existing(tx, id);
      expectVersion("user", stored.meta, expected);
      const content = edit(stored);
      if (sameResource(stored.resource, content.resource)) {
        return { person: await asPerson(tx, stored, showing), reason: null };
      }
      checkDomains(content, stored, domainsOf(deps, origin.directory));
      const user = nextVersion(stored, content, deps.ambient.clock.now());
      await tx.putUser(user, stored.meta.version);
      const reason = await reasonFor(deps, tx, user);
      await recordWrite(tx, origin, "user.changed", { user, before: stored, reason });
      return { person: await asPerson(tx, user, showing), reason };
    },
    { user: id as DirectoryUserId },
  );
  if (reason !== null) deps.onStaged(reason);
  return person;
}

function domainsOf({ verifiedDomains }: ProvisioningDeps, directory: DirectoryId): readonly string[] {
  return verifiedDomains.get(directory) ?? [];
}

async function reasonFor(
  { mappings }: ProvisioningDeps,
  tx: DirectoryReadTx,
  user: DirectoryUser,
): Promise<WakeReason> {
  if (!user.active) return "leaver";
  const groups = mappings.scopeReadsGroups() ? await tx.groupsOf(user) : [];
  return mappings.isInScope(user, groups) ? "changed" : "leaver";
}

async function existing(tx: DirectoryReadTx, id: string): Promise<DirectoryUser> {
  const user = await tx.user(id as DirectoryUserId);
  return user ?? notThere();
}

function notThere(): never {
  throw new ResourceNotFoundError("There is no such user.");
}

async function asPerson(tx: DirectoryReadTx, user: DirectoryUser, { withMemberships }: Showing): Promise<Person> {
  return { user, deletedAt: null, groups: withMemberships ? await tx.groupsOf(user) : [] };
}

function nextVersion(stored: DirectoryUser, content: UserContent, now: Instant): DirectoryUser {
  const { id, directory } = stored;
  const meta = nextMeta(stored.meta, now);
  return { ...content, ...sinceWhen(content, stored, meta.lastModified), id, directory, meta };
}

/** Later pushes about somebody inactive do not make them leave again. */
function sinceWhen({ active }: UserContent, stored: DirectoryUser | null, now: Instant): Pick<DirectoryUser, "leftAt"> {
  return active ? {} : { leftAt: stored?.leftAt ?? now };
}

/** The same externalId is the same person: whoever comes back after a DELETE keeps the account they had. */
async function inheritFromTombstone(tx: DirectoryWriteTx, user: DirectoryUser): Promise<void> {
  if (user.externalId === undefined) return;
  const tombstone = await tx.tombstoneOf(user.externalId);
  if (tombstone !== undefined) await tx.inherit(tombstone.user.id, user.id);
}

/** What the IdP has said of one user. */
interface Statement {
  readonly action: string;
  readonly user: DirectoryUserId;
  readonly reason: WakeReason;
  readonly at: Instant;
  readonly detail: JsonObject;
}

/** The audit row and the wake-up that go with every write. */
async function record(tx: DirectoryWriteTx, { directory, actor }: Origin, statement: Statement): Promise<void> {
  const { action, user, reason, at, detail } = statement;
  await tx.audit({ at, actor, action, subject: user, detail: { directory, ...detail } });
  await tx.wake(user, reason, at);
}

function recordWrite(
  tx: DirectoryWriteTx,
  origin: Origin,
  action: string,
  write: { readonly user: DirectoryUser; readonly before: DirectoryUser | null; readonly reason: WakeReason },
): Promise<void> {
  const { active, id, meta, resource } = write.user;
  const attributes = changedAttributes(write.before?.resource ?? {}, resource);
  const detail = { version: meta.version, active, attributes };
  return record(tx, origin, { action, user: id, reason: write.reason, at: meta.lastModified, detail });
}
