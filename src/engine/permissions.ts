import { addMs } from "../domain/instant.ts";
import { UnknownSubjectError, UsageError } from "../domain/errors.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import type { Clock } from "../ports/ambient.ts";
import type { Holds, RememberedPlan } from "../ports/holds.ts";
import type { Evidence } from "../ports/records.ts";
import { nearestPerson } from "./nearest-person.ts";

/** How long an approval or a release may be used. */
export const PERMISSION_TTL_MS = 60 * 60 * 1000;

/** Who lets something through, and why; both are kept in the audit log. */
export interface Reasoned {
  readonly author: string;
  readonly reason: string;
}

/** Letting held changes through: those of one plan, or those of one person. One use, one hour. */
export interface Permissions {
  /**
   * `digest` may be a prefix of at least six digits. Throws UnknownSubjectError when no recent plan has it, UsageError
   * when that plan held nothing over a limit.
   */
  approve(digest: string, by: Reasoned): Promise<RememberedPlan>;
  /**
   * `person` is an id, userName, e-mail or externalId. Throws UnknownSubjectError when nobody, and UsageError when more
   * than one person, answers to it.
   */
  release(person: string, by: Reasoned): Promise<DirectoryUserId>;
  /** The one person who answers to this; throws as `release` does, naming the nearest who is known. */
  identify(person: string): Promise<DirectoryUserId>;
}

/** Makes the use cases over the store's holds. */
export function createPermissions(
  store: { readonly holds: Holds; readonly evidence: Evidence },
  clock: Clock,
): Permissions {
  const identify = async (person: string): Promise<DirectoryUserId> => {
    const [found, ...others] = await store.evidence.findPeople(person);
    if (found === undefined) {
      const near = await nearestPerson(store.evidence, person);
      const hint = near === null ? "" : ` Did you mean ${near}?`;
      throw new UnknownSubjectError(`Nobody staged answers to "${person}".${hint}`);
    }
    if (others.length > 0) {
      throw new UsageError(
        `${others.length + 1} people answer to "${person}": name one by id (${[found, ...others].join(", ")}).`,
      );
    }
    return found;
  };
  return {
    identify,
    async approve(digest, by) {
      const plan = /^[0-9a-f]{6,}$/.test(digest) ? await store.holds.findPlan(digest) : undefined;
      if (plan === undefined) {
        throw new UnknownSubjectError(
          `No recent plan has the digest ${digest}: run \`rosterbridge plan\` and take the digest from its first line.`,
        );
      }
      if (plan.held === 0)
        throw new UsageError(`Plan ${plan.digest} held nothing over a limit: there is nothing to approve.`);
      const approvedAt = clock.now();
      await store.holds.approve(
        { digest: plan.digest, approvedAt, expiresAt: addMs(approvedAt, PERMISSION_TTL_MS), ...by },
        {
          at: approvedAt,
          actor: by.author,
          action: "plan.approved",
          subject: plan.digest,
          detail: { reason: by.reason, changes: plan.held },
        },
      );
      return plan;
    },
    async release(person, by) {
      const user = await identify(person);
      const releasedAt = clock.now();
      await store.holds.release(
        { user, releasedAt, expiresAt: addMs(releasedAt, PERMISSION_TTL_MS), ...by },
        { at: releasedAt, actor: by.author, action: "person.released", subject: user, detail: { reason: by.reason } },
      );
      return user;
    },
  };
}
