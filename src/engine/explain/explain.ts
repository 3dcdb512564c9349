import type { DirectoryUserId } from "../../domain/directory.ts";
import { UnknownSubjectError } from "../../domain/errors.ts";
import { desire } from "../../mapping/desire.ts";
import type { PersonRecord, Workspace } from "../../ports/workspace.ts";
import { explainMapping } from "./explain-mapping.ts";
import { gatherPlanned } from "./explain-plan.ts";
import { lookAtProduct, somebodies } from "./explain-product.ts";
import { judge } from "./explain-verdict.ts";
import type { Explanation, Somebody, Staged } from "./explanation.ts";
import type { PlanDeps } from "../plan/make-plan.ts";
import type { MappingVersions } from "../mapping-versions.ts";
import type { Permissions } from "../limits/permissions.ts";
import { lastPush, mergeTimeline } from "./timeline.ts";

/**
 * Says of one person (id, userName, e-mail or externalId) why things are as they are. Reads the product afresh and writes
 * nothing to it; when it does not answer, the explanation says so and has everything else. Throws UnknownSubjectError when
 * nobody, and UsageError when more than one person, answers to the name.
 */
export type Explain = (person: string, signal: AbortSignal) => Promise<Explanation>;

/** What explaining needs. */
export interface ExplainDeps extends PlanDeps {
  readonly mappings: Pick<MappingVersions, "current">;
  readonly permissions: Pick<Permissions, "identify">;
}

/** Makes the use case. */
export function createExplain(deps: ExplainDeps): Explain {
  return async (person, signal) => {
    const user = await deps.permissions.identify(person);
    const workspace = await deps.store.openWorkspace();
    try {
      const [record] = await workspace.peopleById([user]);
      if (record === undefined)
        throw new UnknownSubjectError(`${user} was deleted and came back under another id: ask by userName.`);
      return await explainRecord(deps, record, workspace, signal);
    } finally {
      await workspace.close();
    }
  };
}

async function explainRecord(
  deps: ExplainDeps,
  record: PersonRecord,
  workspace: Workspace,
  signal: AbortSignal,
): Promise<Explanation> {
  const { store, ambient, connector, directories } = deps;
  const { user } = record.person;
  const mapping = await deps.mappings.current();
  const desired = connector.normalize(desire(record.person, mapping.mapping));
  const [audit, journal, erasedAt] = await Promise.all([
    store.evidence.auditOf(user.id),
    store.journal.entries(user.id),
    store.erasures.forgottenAt(user.id),
  ]);
  const look = await lookAtProduct(deps, { record, desired, mapping, workspace }, signal);
  const matched = { ...look.matched, namesakes: await namesakesOf(deps, workspace, user.id, desired.profile.email) };
  const planned = await gatherPlanned(deps, user.id, look.now, journal);
  const isLeaver = desired.status === "deactivated";
  const isConfigured = directories.has(user.directory);
  const { displayName } = user.resource;
  const explainedAt = ambient.clock.now();
  return {
    explainedAt,
    person: {
      id: user.id,
      directory: user.directory,
      userName: user.userName,
      displayName: typeof displayName === "string" ? displayName : null,
      erasedAt,
    },
    verdict: judge({ isConfigured, isLeaver, matched, planned, now: explainedAt }),
    pushed: lastPush(audit),
    staged: toStaged(record),
    mapped: explainMapping(record.person, mapping.mapping, desired),
    matched,
    planned,
    timeline: mergeTimeline(audit, journal),
  };
}

function toStaged({ person: { user, deletedAt, groups } }: PersonRecord): Staged {
  return {
    userName: user.userName,
    externalId: user.externalId ?? null,
    active: user.active,
    leftAt: user.leftAt ?? null,
    deletedAt,
    version: user.meta.version,
    groups,
  };
}

async function namesakesOf(
  { store }: ExplainDeps,
  workspace: Workspace,
  self: DirectoryUserId,
  email: string,
): Promise<readonly Somebody[]> {
  if (email === "") return [];
  const ids = (await store.evidence.findPeople(email)).filter((id) => id !== self);
  return somebodies(workspace, ids);
}
