import type { Instant } from "../domain/brand.ts";
import type { DirectoryId, DirectoryUser, DirectoryUserId } from "../domain/directory.ts";
import { ResourceNotFoundError, VersionConflictError } from "../domain/errors.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Ambient } from "../ports/ambient.ts";
import type { DirectoryReadTx, DirectoryWriteTx, Listed, UserQuery, WakeReason } from "../ports/directory-tx.ts";
import type { Store } from "../ports/store.ts";
import type { PatchOperation } from "../scim/parse-patch.ts";
import { sameResource } from "../scim/same-resource.ts";
import { newUser, patchUser, replaceUser, type UserContent, type UserDraft } from "../scim/user.ts";
import { checkDomains } from "./verified-domains.ts";

/** Which directory a request concerns, and on whose behalf it is made. */
export interface Origin {
  readonly directory: DirectoryId;
  /** For the audit log: `token:<id>`. */
  readonly actor: string;
}

/** The version that a request expects (`If-Match`); null when it expects none. */
export type ExpectedVersion = number | null;

/**
 * SCIM's operations on users, over the staging store alone: the product is never asked. Every write is one durable
 * unit with its audit row and its wake-up; what changes nothing writes nothing and keeps its version.
 *
 * All throw ResourceNotFoundError for ids that are unknown, deleted, or another directory's.
 */
export interface Provisioning {
  /** Throws UniquenessError when the userName or externalId is taken, InvalidValueError off the verified domains. */
  createUser(origin: Origin, draft: UserDraft): Promise<DirectoryUser>;
  /** PUT: attributes that the draft omits are cleared, but `active` is kept. Throws VersionConflictError, and as create. */
  replaceUser(origin: Origin, id: string, draft: UserDraft, expected: ExpectedVersion): Promise<DirectoryUser>;
  /** PATCH: all of the operations or none. */
  patchUser(
    origin: Origin,
    id: string,
    operations: readonly PatchOperation[],
    expected: ExpectedVersion,
  ): Promise<DirectoryUser>;
  /** Leaves a tombstone, which is still a leaver. */
  deleteUser(origin: Origin, id: string, expected: ExpectedVersion): Promise<void>;
  getUser(directory: DirectoryId, id: string): Promise<DirectoryUser>;
  listUsers(directory: DirectoryId, query: UserQuery): Promise<Listed<DirectoryUser>>;
}

/** What provisioning needs. `onStaged` is called after the commit, with whether a leaver may be among what changed. */
export interface ProvisioningDeps {
  readonly store: Store;
  readonly ambient: Ambient;
  readonly verifiedDomains: ReadonlyMap<DirectoryId, readonly string[]>;
  onStaged(reason: WakeReason): void;
  /** Whether the mapping has this user in its scope: whoever was pushed out of it leaves like everybody who leaves. */
  isInScope(user: DirectoryUser): boolean;
}

/** Makes the use cases over one store. */
export function createProvisioning(deps: ProvisioningDeps): Provisioning {
  const { store, ambient } = deps;
  const reasonFor = (user: DirectoryUser): WakeReason => (user.active && deps.isInScope(user) ? "changed" : "leaver");
  const domainsOf = (directory: DirectoryId): readonly string[] => deps.verifiedDomains.get(directory) ?? [];

  const change = async (
    origin: Origin,
    id: string,
    expected: ExpectedVersion,
    edit: (stored: DirectoryUser) => UserContent,
  ): Promise<DirectoryUser> => {
    const result = await store.write(origin.directory, async (tx) => {
      const stored = await existing(tx, id);
      expectVersion(stored, expected);
      const content = edit(stored);
      if (sameResource(stored.resource, content.resource)) return { user: stored, reason: null };
      checkDomains(content, stored, domainsOf(origin.directory));
      const user = nextVersion(stored, content, ambient.clock.now());
      await tx.putUser(user, stored.meta.version);
      const reason = reasonFor(user);
      await recordWrite(tx, origin, "user.changed", { user, before: stored, reason });
      return { user, reason };
    });
    if (result.reason !== null) deps.onStaged(result.reason);
    return result.user;
  };

  return {
    async createUser(origin, draft) {
      const content = newUser(draft);
      checkDomains(content, null, domainsOf(origin.directory));
      const user = firstVersion(ambient, origin, content);
      const reason = reasonFor(user);
      await store.write(origin.directory, async (tx) => {
        await tx.putUser(user, null);
        await inheritFromTombstone(tx, user);
        await recordWrite(tx, origin, "user.created", { user, before: null, reason });
      });
      deps.onStaged(reason);
      return user;
    },
    replaceUser: (origin, id, draft, expected) => change(origin, id, expected, (stored) => replaceUser(stored, draft)),
    patchUser: (origin, id, operations, expected) =>
      change(origin, id, expected, (stored) => patchUser(stored, operations)),
    async deleteUser(origin, id, expected) {
      await store.write(origin.directory, async (tx) => {
        const stored = await existing(tx, id);
        expectVersion(stored, expected);
        const at = ambient.clock.now();
        await tx.removeUser(stored.id, at);
        await record(tx, origin, { action: "user.deleted", user: stored.id, reason: "leaver", at, detail: {} });
      });
      deps.onStaged("leaver");
    },
    getUser: (directory, id) => store.read(directory, (tx) => existing(tx, id)),
    listUsers: (directory, query) => store.read(directory, (tx) => tx.users(query)),
  };
}

async function existing(tx: DirectoryReadTx, id: string): Promise<DirectoryUser> {
  const user = await tx.user(id as DirectoryUserId);
  if (user === undefined) throw new ResourceNotFoundError("There is no such user.");
  return user;
}

function expectVersion(stored: DirectoryUser, expected: ExpectedVersion): void {
  if (expected !== null && stored.meta.version !== expected) {
    throw new VersionConflictError(
      `The user is at version W/"${stored.meta.version}": read it again before you change it.`,
    );
  }
}

function firstVersion({ clock, newId }: Ambient, { directory }: Origin, content: UserContent): DirectoryUser {
  const now = clock.now();
  const meta = { created: now, lastModified: now, version: 1 };
  return { ...content, ...sinceWhen(content, null, now), id: newId() as DirectoryUserId, directory, meta };
}

function nextVersion(stored: DirectoryUser, content: UserContent, now: Instant): DirectoryUser {
  const { id, directory, meta } = stored;
  // The clock may have been set back; what a client has seen may not.
  const lastModified = now > meta.lastModified ? now : meta.lastModified;
  const next = { created: meta.created, lastModified, version: meta.version + 1 };
  return { ...content, ...sinceWhen(content, stored, lastModified), id, directory, meta: next };
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

/** Names only: what the values were is in the resource, and no business of a log. */
function changedAttributes(before: JsonObject, after: JsonObject): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !sameResource(before[name], after[name])).sort();
}
