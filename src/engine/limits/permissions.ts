import type { Instant } from "../../domain/brand.ts";
import { addMs } from "../../domain/instant.ts";
import { UnknownSubjectError, UsageError } from "../../domain/errors.ts";
import type { DirectoryUserId } from "../../domain/directory.ts";
import { approveCommand, LIFTED_BY_RELEASE, WAYS_OUT } from "../../planning/hold-words.ts";
import type { Clock } from "../../ports/ambient.ts";
import type { Expiry, HeldRecord, Holds, RememberedPlan } from "../../ports/holds.ts";
import type { Journal } from "../../ports/journal.ts";
import type { Evidence } from "../../ports/records.ts";
import { newestPlan, type ApprovableSources } from "./approvable.ts";
import { openElapsed } from "./elapsed.ts";
import { nearestPerson } from "../nearest-person.ts";

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
   * when that plan held nothing over a limit, or when more is held by now: then its approval would have no effect.
   */
  approve(digest: string, by: Reasoned): Promise<RememberedPlan>;
  /**
   * `person` is an id, userName, e-mail or externalId. Throws UnknownSubjectError when nobody, and UsageError when more
   * than one person, answers to it, or when all that is held of them is held by something else than a limit.
   */
  release(person: string, by: Reasoned): Promise<DirectoryUserId>;
  /** The one person who answers to this; throws as `release` does, naming the nearest who is known. */
  identify(person: string): Promise<DirectoryUserId>;
}

/** Makes the use cases over the store's holds. */
export function createPermissions(
  store: { readonly holds: Holds; readonly evidence: Evidence; readonly journal: Pick<Journal, "timeAnchor" | "runs"> },
  clock: Clock,
): Permissions {
  const identify = async (person: string): Promise<DirectoryUserId> => {
    const [found, ...others] = await store.evidence.findPeople(person);
    if (found === undefined) {
      const near = await nearestPerson(store.evidence, person);
      const hint =
        near === null
          ? " People are found by userName, e-mail, externalId or id, as the identity provider sends them."
          : ` Did you mean ${near}?`;
      throw new UnknownSubjectError(`Nobody staged answers to "${person}".${hint}`);
    }
    if (others.length > 0) {
      throw new UsageError(
        `${others.length + 1} people answer to "${person}": name one by id (${[found, ...others].join(", ")}).`,
      );
    }
    return found;
  };
  const expiryOf = async (givenAt: Instant): Promise<Expiry> => {
    const elapsed = await openElapsed(store.journal, clock);
    return { expiresAt: addMs(givenAt, PERMISSION_TTL_MS), expiresElapsedMs: elapsed.now() + PERMISSION_TTL_MS };
  };
  return {
    identify,
    async approve(digest, by) {
      const plan = /^[0-9a-f]{6,}$/.test(digest) ? await store.holds.findPlan(digest) : undefined;
      if (plan === undefined) {
        throw new UnknownSubjectError(unknownDigest(digest));
      }
      if (plan.held === 0)
        throw new UsageError(`Plan ${plan.digest} held nothing over a limit: there is nothing to approve.`);
      await refuseOutgrown(store, plan);
      const approvedAt = clock.now();
      await store.holds.approve(
        { digest: plan.digest, approvedAt, ...(await expiryOf(approvedAt)), ...by },
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
      refuseUnliftable(person, await store.holds.heldOf(user));
      const releasedAt = clock.now();
      await store.holds.release(
        { user, releasedAt, ...(await expiryOf(releasedAt)), ...by },
        { at: releasedAt, actor: by.author, action: "person.released", subject: user, detail: { reason: by.reason } },
      );
      return user;
    },
  };
}

function unknownDigest(digest: string): string {
  const look = "`rosterbridge plan` prints the command to copy beneath what a limit holds.";
  const mode = 'What the mode holds needs no approval, but another "mode" in the configuration.';
  return `No recent plan has the digest ${digest} and anything over a limit: ${look} ${mode}`;
}

/** An approval covers what its plan held: where more is held over the same limits, all of it stays held. */
async function refuseOutgrown(sources: ApprovableSources, { digest }: RememberedPlan): Promise<void> {
  const newest = await newestPlan(sources);
  if (newest === null) return;
  const keys = newest.digest === digest ? newest.keys : await sources.holds.overLimitKeys(digest);
  if (!newest.keys.isSubsetOf(keys)) {
    throw new UsageError(
      `Plan ${digest} is not the newest: the plan has grown to ${changesHeld(newest.held)}. Look at \`rosterbridge plan\`; if they are meant: ${approveCommand(newest.digest)}.`,
    );
  }
  if (newest.since === 0) return;
  throw new UsageError(
    `Plan ${digest} is not what is held any more: ${changesHeld(newest.since)} beside it since it was made. \`rosterbridge plan\` shows them all, and the digest to approve.`,
  );
}

function changesHeld(count: number): string {
  return count === 1 ? "1 held change" : `${count.toLocaleString("en")} held changes`;
}

/** Whoever has nothing held yet, having just been pushed, may be released beforehand. */
function refuseUnliftable(person: string, held: readonly HeldRecord[]): void {
  const [first] = held.filter(({ hold }) => hold !== "waits-for-held");
  if (first === undefined || held.some(({ hold }) => LIFTED_BY_RELEASE.has(hold))) return;
  const next = WAYS_OUT[first.hold];
  throw new UsageError(
    `A release lifts limits, and no limit holds ${person}: ${first.detail}${next === null ? "" : ` ${next}`}`,
  );
}
