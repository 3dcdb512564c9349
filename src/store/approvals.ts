import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import { UnknownSubjectError } from "../domain/errors.ts";
import type { PlanDigest } from "../domain/plan.ts";
import type { Holds } from "../ports/holds.ts";
import { insertRows } from "./dialect.ts";
import { underLease } from "./leases.ts";
import { inPages } from "./pages.ts";
import { reading } from "./reading.ts";
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

type Approvals = Pick<
  Holds,
  "rememberPlan" | "findPlan" | "approve" | "openApprovals" | "useApprovals" | "release" | "openReleases"
>;

/** Remembered plans, approvals and releases as rows. */
export function createApprovals(reader: Knex, queue: WriteQueue): Approvals {
  return {
    rememberPlan: (digest, at, overLimitKeys) => rememberPlan(queue, digest, at, overLimitKeys),
    findPlan: (digestPrefix) =>
      reading(async () => {
        const [row] = await reader<PlanRow>("remembered_plans")
          .where({ complete: true })
          .whereRaw("substr(digest, 1, ?) = ?", [digestPrefix.length, digestPrefix])
          .orderBy("sequence", "desc")
          .limit(1)
          .select();
        if (row === undefined) return undefined;
        return { digest: row.digest as PlanDigest, at: row.at as Instant, held: row.held };
      }),
    approve: ({ digest, approvedAt, expiresAt, author, reason }, audit) =>
      queue.submit(async (unit) => {
        const [plan] = await (
          await unit.reading()
        )<PlanRow>("remembered_plans")
          .where({ digest, complete: true })
          .limit(1)
          .select();
        if (plan === undefined)
          throw new UnknownSubjectError(`There is no plan ${digest} to approve: make the plan again.`);
        const db = await unit.writing();
        await db("approvals").insert({ digest, approved_at: approvedAt, expires_at: expiresAt, author, reason });
        unit.audit(audit);
      }),
    openApprovals: (now) =>
      reading(async () => {
        const digests = await reader("approvals")
          .distinct<{ digest: string }[]>("digest")
          .whereNull("used_at")
          .where("expires_at", ">", now)
          .orderBy("digest");
        const keys = await keysOf(
          reader,
          digests.map(({ digest }) => digest),
        );
        return { digests: digests.map(({ digest }) => digest as PlanDigest), covers: (key) => keys.has(key) };
      }),
    useApprovals: (lease, digests, at) =>
      queue.submit(async (unit) => {
        const db = await underLease(unit, lease);
        await db("approvals").whereIn("digest", digests).whereNull("used_at").update({ used_at: at });
      }),
    release: ({ user, releasedAt, expiresAt, author, reason }, audit) =>
      queue.submit(async (unit) => {
        const db = await unit.writing();
        await db("releases").insert({ user_id: user, released_at: releasedAt, expires_at: expiresAt, author, reason });
        unit.audit(audit);
        // Whoever is let through is looked at at once, by whichever process does the work.
        unit.wake({ user, reason: "leaver", at: releasedAt });
      }),
    openReleases: (now) =>
      reading(async () => {
        const rows = await reader("releases").where("expires_at", ">", now).select<{ user_id: string }[]>("user_id");
        return new Set(rows.map(({ user_id }) => user_id as DirectoryUserId));
      }),
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
  await db<PlanRow>("remembered_plans").where({ digest, complete: true }).where("sequence", "<", newest).delete();
  const [oldestKept] = await db<PlanRow>("remembered_plans")
    .where({ complete: true })
    .orderBy("sequence", "desc")
    .offset(KEPT_PLANS - 1)
    .limit(1)
    .select("sequence");
  if (oldestKept === undefined) return;
  await db<PlanRow>("remembered_plans")
    .where("sequence", "<", oldestKept.sequence)
    .whereNotIn("digest", db("approvals").select("digest").whereNull("used_at"))
    .delete();
}

async function keysOf(reader: Knex, digests: readonly string[]): Promise<ReadonlySet<string>> {
  if (digests.length === 0) return new Set();
  const rows = await reader("remembered_keys")
    .join("remembered_plans", "remembered_plans.sequence", "remembered_keys.plan")
    .where("remembered_plans.complete", true)
    .whereIn("remembered_plans.digest", digests)
    .select<{ change_key: string }[]>("change_key");
  return new Set(rows.map((row) => row.change_key));
}
