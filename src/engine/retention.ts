import { addMs } from "../domain/instant.ts";
import { RunInProgressError } from "../domain/errors.ts";
import type { RetentionPolicy } from "../domain/retention.ts";
import type { Ambient } from "../ports/ambient.ts";
import type { AuditEvent } from "../ports/directory-tx.ts";
import type { AuditStart } from "../ports/records.ts";
import type { Prunable } from "../ports/retention.ts";
import type { Store } from "../ports/store.ts";
import { CUT } from "./audit-vouching.ts";
import type { Forgetting } from "./forget/forget.ts";
import { openElapsed } from "./limits/elapsed.ts";

/** Records per unit: few, so that what an IdP pushes meanwhile waits for milliseconds at most. */
const BATCH = 500;
/** A pause between two units, for others; milliseconds. */
const PAUSE_MS = 20;
/** So many people are forgotten at a time at most: for each of them everybody's records are looked through. */
const PEOPLE = 250;
/** Nothing younger is deleted, whatever the wall clock says: limits count 24 h of the bridge's own time. */
const NEVER_BEFORE_MS = 7 * 24 * 60 * 60 * 1000;

/** Who deletes what is over its time, in the audit log. */
const ACTOR = "system";
/** What rows of the audit log about retention are about. */
export const RETENTION = "retention";
/** The row that tells what was deleted; `proofsBefore` is the time up to which proofs went. */
export const APPLIED = "retention.applied";

/** How much was deleted. */
export interface RetentionReport {
  readonly journal: number;
  readonly runs: number;
  readonly approvals: number;
  readonly releases: number;
  readonly proofs: number;
  /** People whose personal data were erased. */
  readonly people: number;
  readonly auditRows: number;
}

/** Deletes what is over its time. */
export interface Retention {
  /**
   * One pass over everything, in small units; stops early, and keeps what it did, when it is asked to. Writes one row of the
   * audit log with what it deleted, none when that is nothing.
   */
  apply(stop: AbortSignal): Promise<RetentionReport>;
}

/** What deleting needs. */
export interface RetentionDeps {
  readonly store: Pick<Store, "retention" | "evidence" | "journal">;
  readonly ambient: Ambient;
  readonly policy: RetentionPolicy;
  readonly forgetting: Pick<Forgetting, "forgetAll" | "scrub">;
}

/** Makes the use case. */
export function createRetention(deps: RetentionDeps): Retention {
  const { store, ambient, policy, forgetting } = deps;
  return {
    async apply(stop) {
      const { journalMs, runsMs, leaversMs, proofsMs, auditMs } = policy;
      const age = await ageOf(deps);
      const prune = async (kind: Prunable, keptMs: number | null): Promise<number> =>
        keptMs === null || age < keptMs ? 0 : pruneAll(deps, kind, { keptMs, age }, stop);
      const deleted = {
        journal: await prune("journal", journalMs),
        runs: await prune("runs", runsMs),
        approvals: await prune("approvals", runsMs),
        releases: await prune("releases", runsMs),
        proofs: await prune("proofs", proofsMs),
        people: leaversMs === null || age < leaversMs ? 0 : await forgetLeavers(deps, leaversMs, stop),
        auditRows: auditMs === null || age < auditMs ? 0 : await cutAudit(deps, auditMs, stop),
      };
      if (Object.values(deleted).some((count) => count > 0)) {
        const at = ambient.clock.now();
        const detail = { ...deleted, proofsBefore: proofsMs === null ? null : addMs(at, -proofsMs) };
        await store.evidence.audit({ at, actor: ACTOR, action: APPLIED, subject: RETENTION, detail });
      }
      if (!stop.aborted && !(await forgetting.scrub())) ambient.log.warn("store.not-scrubbed");
      return deleted;
    },
  };
}

/**
 * For how long the bridge has run, on its own time line; milliseconds. Nothing that it keeps is older, whatever the wall clock
 * says: one that was set forward must not delete evidence.
 */
async function ageOf({ store, ambient }: RetentionDeps): Promise<number> {
  return (await openElapsed(store.journal, ambient.clock)).now();
}

async function pruneAll(
  { store: { retention }, ambient: { clock } }: RetentionDeps,
  kind: Prunable,
  { keptMs, age }: { readonly keptMs: number; readonly age: number },
  stop: AbortSignal,
): Promise<number> {
  const before = addMs(clock.now(), -keptMs);
  const elapsedBefore = age - NEVER_BEFORE_MS;
  let deleted = 0;
  for (let after = 0; !stop.aborted;) {
    const places = await retention.prunable(kind, { before, elapsedBefore, after, limit: BATCH });
    const last = places.at(-1);
    if (last === undefined) break;
    await retention.prune(kind, places);
    deleted += places.length;
    after = last;
    await clock.sleep(PAUSE_MS, stop);
  }
  return deleted;
}

async function forgetLeavers(
  { store, ambient: { clock, log }, forgetting }: RetentionDeps,
  keptMs: number,
  stop: AbortSignal,
): Promise<number> {
  const people = await store.retention.leaversBefore(addMs(clock.now(), -keptMs), PEOPLE);
  try {
    return (await forgetting.forgetAll(people, { author: ACTOR, reason: RETENTION }, stop)).length;
  } catch (error) {
    if (!(error instanceof RunInProgressError)) throw error;
    log.info("retention.postponed", { code: error.code });
    return 0;
  }
}

async function cutAudit(
  { store, ambient: { clock } }: RetentionDeps,
  keptMs: number,
  stop: AbortSignal,
): Promise<number> {
  const now = clock.now();
  const tell = ({ sequence, hash, at }: AuditStart, rows: number): AuditEvent => {
    const detail = { before: sequence + 1, previous: hash, until: at, rows };
    return { at: now, actor: ACTOR, action: CUT, subject: RETENTION, detail };
  };
  let deleted = 0;
  while (!stop.aborted) {
    const rows = await store.retention.cutAudit(addMs(now, -keptMs), BATCH, tell);
    deleted += rows;
    if (rows < BATCH) break;
    await clock.sleep(PAUSE_MS, stop);
  }
  return deleted;
}
