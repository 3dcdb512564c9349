import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import { UnknownSubjectError } from "../domain/errors.ts";
import type { PlanDigest } from "../domain/plan.ts";
import type { AuditEvent } from "../ports/directory-tx.ts";
import type { Approval, Holds, Moment, RememberedPlan } from "../ports/holds.ts";
import { insertRows } from "./dialect.ts";
import { underLease } from "./leases.ts";
import { inPages } from "./pages.ts";
import { reading } from "./reading.ts";
import type { Unit } from "./unit.ts";
import type { WriteQueue } from "./write-queue.ts";

/** How many plans stay approvable; those with an open approval stay besides. */
const KEPT_PLANS = 50;
const KEYS_PER_UNIT = 1_000;

interface PlanRow {
  readonly sequence: number;
  readonly digest: string;
  readonly at: string;
  readonly held: number;
  readonly complete: number | boolean;
}

interface ApprovalRow {
  readonly digest: string;
  readonly approved_at: string;
  readonly expires_at: string;
  readonly expires_elapsed_ms: number;
  readonly plan: number | null;
  readonly author: string;
  readonly reason: string;
}

type Approvals = Pick<
  Holds,
  | "rememberPlan"
  | "findPlan"
  | "newestPlan"
  | "overLimitKeys"
  | "approve"
  | "openApprovals"
  | "givenApprovals"
  | "useApprovals"
  | "release"
  | "openReleases"
>;

/** Remembered plans, approvals and releases as rows. */
export function createApprovals(reader: Knex, queue: WriteQueue): Approvals {
  return {
    rememberPlan: (digest, at, overLimitKeys) => rememberPlan(queue, digest, at, overLimitKeys),
    findPlan: (digestPrefix) =>
      reading(async () => {
        const [row] = await wholePlans(reader)
          .whereRaw("substr(digest, 1, ?) = ?", [digestPrefix.length, digestPrefix])
          .orderBy("sequence", "desc")
          .limit(1)
          .select();
        return row === undefined ? undefined : fromPlanRow(row);
      }),
    newestPlan: () =>
      reading(async () => {
        const [row] = await wholePlans(reader).orderBy("sequence", "desc").limit(1).select();
        return row === undefined ? undefined : fromPlanRow(row);
      }),
    overLimitKeys: (digest) =>
      reading(async () => {
        const [row] = await wholePlans(reader).where({ digest }).orderBy("sequence", "desc").limit(1).select();
        return keysOf(reader, row === undefined ? [] : [row.sequence]);
      }),
    approve: (approval, audit) => queue.submit((unit) => approvePlan(unit, approval, audit)),
    openApprovals: ({ now, elapsedMs }) =>
      reading(async () => {
        const rows = await reader<ApprovalRow>("approvals")
          .whereNull("used_at")
          .where("expires_at", ">", now)
          .where("expires_elapsed_ms", ">", elapsedMs)
          .orderBy("digest")
          .select();
        const keys = await keysOf(
          reader,
          rows.flatMap(({ plan }) => plan ?? []),
        );
        const digests = [...new Set(rows.map(({ digest }) => digest as PlanDigest))];
        return { digests, covers: (key) => keys.has(key) };
      }),
    givenApprovals: (now) => reading(() => givenApprovals(reader, now)),
    useApprovals: (lease, digests, at) =>
      queue.submit(async (unit) => {
        const db = await underLease(unit, lease);
        await db("approvals").whereIn("digest", digests).whereNull("used_at").update({ used_at: at });
      }),
    ...createReleases(reader, queue),
  };
}

/** Those that were written to their end. */
function wholePlans(db: Knex) {
  return db<PlanRow>("remembered_plans").where({ complete: true });
}

function fromPlanRow({ digest, at, held }: PlanRow): RememberedPlan {
  return { digest: digest as PlanDigest, at: at as Instant, held };
}

async function approvePlan(unit: Unit, approval: Approval, audit: AuditEvent): Promise<void> {
  const { digest, approvedAt, expiresAt, expiresElapsedMs, author, reason } = approval;
  const plans = (await unit.reading())<PlanRow>("remembered_plans").where({ digest, complete: true });
  const [plan] = await plans.orderBy("sequence", "desc").limit(1).select();
  if (plan === undefined) throw new UnknownSubjectError(`There is no plan ${digest} to approve: make the plan again.`);
  const row: ApprovalRow = {
    digest,
    approved_at: approvedAt,
    expires_at: expiresAt,
    expires_elapsed_ms: expiresElapsedMs,
    plan: plan.sequence,
    author,
    reason,
  };
  await (await unit.writing())<ApprovalRow>("approvals").insert(row);
  unit.audit(audit);
}

/** Permissions of one person. */
function createReleases(reader: Knex, queue: WriteQueue): Pick<Holds, "release" | "openReleases"> {
  return {
    release: ({ user, releasedAt, expiresAt, expiresElapsedMs, author, reason }, audit) =>
      queue.submit(async (unit) => {
        const db = await unit.writing();
        await db("releases").insert({
          user_id: user,
          released_at: releasedAt,
          expires_at: expiresAt,
          expires_elapsed_ms: expiresElapsedMs,
          author,
          reason,
        });
        unit.audit(audit);
        // Whoever is let through is looked at at once, by whichever process does the work.
        unit.wake({ user, reason: "leaver", at: releasedAt });
      }),
    openReleases: (at) => reading(() => openReleases(reader, at)),
  };
}

async function openReleases(reader: Knex, { now, elapsedMs }: Moment): Promise<ReadonlySet<DirectoryUserId>> {
  const rows = await reader("releases")
    .where("expires_at", ">", now)
    .where("expires_elapsed_ms", ">", elapsedMs)
    .select<{ user_id: string }[]>("user_id");
  return new Set(rows.map(({ user_id }) => user_id as DirectoryUserId));
}

async function givenApprovals(reader: Knex, now: Instant): Promise<readonly Approval[]> {
  const rows = await reader<ApprovalRow>("approvals")
    .whereNull("used_at")
    .where("expires_at", ">", now)
    .orderBy(["approved_at", "digest"])
    .select();
  return rows.map(fromApprovalRow);
}

function fromApprovalRow(row: ApprovalRow): Approval {
  const { digest, approved_at: approvedAt, expires_at: expiresAt, author, reason } = row;
  const expiresElapsedMs = row.expires_elapsed_ms;
  return {
    digest: digest as PlanDigest,
    approvedAt: approvedAt as Instant,
    expiresAt: expiresAt as Instant,
    expiresElapsedMs,
    author,
    reason,
  };
}

/** Written in several units, since the keys come as slowly as they are read, and found only when it is whole. */
async function rememberPlan(
  queue: WriteQueue,
  digest: PlanDigest,
  at: Instant,
  overLimitKeys: AsyncIterable<string>,
): Promise<void> {
  const plan = await queue.submit(async (unit) => {
    const db = await unit.writing();
    const [row] = await db<PlanRow>("remembered_plans")
      .insert({ digest, at, held: 0, complete: false })
      .returning("sequence");
    return row?.sequence ?? 0;
  });
  let held = 0;
  for await (const keys of inPages(overLimitKeys, KEYS_PER_UNIT)) {
    held += keys.length;
    await queue.submit(async (unit) => {
      const rows = keys.map((key) => [plan, key]);
      await insertRows(await unit.writing(), "remembered_keys", ["plan", "change_key"], rows, "on conflict do nothing");
    });
  }
  await queue.submit(async (unit) => {
    const db = await unit.writing();
    await db<PlanRow>("remembered_plans").where({ sequence: plan }).update({ held, complete: true });
    await forgetOldPlans(db, plan, digest);
  });
}

/** Also takes away what an interrupted process left half written, once as many newer plans have come. */
async function forgetOldPlans(db: Knex, newest: number, digest: PlanDigest): Promise<void> {
  const approved = db<ApprovalRow>("approvals").select("plan").whereNull("used_at").whereNotNull("plan");
  const forgotten = (): Knex.QueryBuilder => db<PlanRow>("remembered_plans").whereNotIn("sequence", approved.clone());
  await forgotten().where({ digest, complete: true }).where("sequence", "<", newest).delete();
  const [oldestKept] = await db<PlanRow>("remembered_plans")
    .where({ complete: true })
    .orderBy("sequence", "desc")
    .offset(KEPT_PLANS - 1)
    .limit(1)
    .select("sequence");
  if (oldestKept === undefined) return;
  await forgotten().where("sequence", "<", oldestKept.sequence).delete();
}

async function keysOf(reader: Knex, plans: readonly number[]): Promise<ReadonlySet<string>> {
  if (plans.length === 0) return new Set();
  const rows = await reader("remembered_keys")
    .whereIn("plan", [...plans])
    .select<{ change_key: string }[]>("change_key");
  return new Set(rows.map((row) => row.change_key));
}
