import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import type { AuditStart } from "../ports/records.ts";
import type { Prunable, PruneQuery, RetentionStore } from "../ports/retention.ts";
import { whereOneOf } from "./dialect.ts";
import { reading } from "./reading.ts";
import type { WriteQueue } from "./write-queue.ts";

/** The newest runs are kept however old they are, for `status` and for people to look at. */
const KEPT_RUNS = 100;

/** Changes on which a return, or an account whose making was not answered, may depend (`engine/plan/leaving.ts`, `lost-creates.ts`). */
const NEEDED_KINDS = [
  "create-account",
  "adopt-account",
  "reactivate-account",
  "deactivate-account",
  "delete-account",
  "cancel-booking",
  "reassign-booking",
];

/** Deleting old rows. What may go is looked for beside the write queue; a unit deletes by key alone. */
export function createRetention(reader: Knex, queue: WriteQueue): RetentionStore {
  return {
    prunable: (kind, query) =>
      reading(async () => {
        const rows = await narrow[kind](reader(kind), query)
          .where("sequence", ">", query.after)
          .orderBy("sequence")
          .limit(query.limit)
          .select<{ sequence: number }[]>("sequence");
        return rows.map(({ sequence }) => sequence);
      }),
    prune: (kind, places) =>
      queue.submit(async (unit) => {
        const db = await unit.writing();
        await db(kind)
          .where(whereOneOf(db, "sequence", places))
          .delete();
      }),
    leaversBefore: (before, limit) =>
      reading(async () => {
        const rows = await reader("users")
          .leftJoin("links", "links.user_id", "users.id")
          .where("users.deleted_at", "<", before)
          .whereNull("users.forgotten_at")
          .whereNull("users.inherited_by")
          .where((shut) => void shut.whereNull("links.user_id").orWhere("links.offboarded_at", "<", before))
          .orderBy("users.deleted_at")
          .limit(limit)
          .select<{ id: string }[]>("users.id");
        return rows.map(({ id }) => id as DirectoryUserId);
      }),
    cutAudit: (before, limit, tell) =>
      queue.submit(async (unit) => {
        const db = await unit.writing();
        const { rows, start } = await leadingRows(db, before, limit);
        if (start === null) return 0;
        await db("audit").where("sequence", "<=", start.sequence).delete();
        await db("audit_start")
          .insert({ id: 1, ...start })
          .onConflict("id")
          .merge();
        unit.audit(tell(start, rows));
        return rows;
      }),
  };
}

type Narrow = (rows: Knex.QueryBuilder, query: PruneQuery) => Knex.QueryBuilder;

const narrow: Readonly<Record<Prunable, Narrow>> = {
  journal: (rows, { before, elapsedBefore }) =>
    rows
      .whereIn("state", ["changed", "already-so", "failed"])
      .where("settled_at", "<", before)
      .where("elapsed_ms", "<", elapsedBefore)
      .where((either) => {
        void either.whereRaw(`json_extract(change, '$.kind') not in (${quoted(NEEDED_KINDS)})`);
        void either.orWhereIn("user_id", ofForgotten);
      })
      // A proof tells all that was done since the IdP spoke.
      .where((either) => {
        void either.whereRaw("json_extract(change, '$.cause') <> 'leaver'").orWhereNull("user_id");
        void either.orWhereNotIn("user_id", ofUnproved);
      }),
  runs: (rows, { before }) =>
    rows.where("finished_at", "<", before).whereNotIn("sequence", newestRuns).whereNotIn("sequence", newestOfLanes),
  approvals: (rows, { before, elapsedBefore }) =>
    rows.where("expires_at", "<", before).where("expires_elapsed_ms", "<", elapsedBefore),
  releases: (rows, { before, elapsedBefore }) =>
    rows.where("expires_at", "<", before).where("expires_elapsed_ms", "<", elapsedBefore),
  proofs: (rows, { before }) => rows.where("at", "<", before),
};

function quoted(kinds: readonly string[]): string {
  return kinds.map((kind) => `'${kind}'`).join(", ");
}

function ofForgotten(users: Knex.QueryBuilder): void {
  void users.from("users").whereNotNull("forgotten_at").select("id");
}

function ofUnproved(links: Knex.QueryBuilder): void {
  void links.from("links").whereNull("offboarded_at").select("user_id");
}

function newestRuns(runs: Knex.QueryBuilder): void {
  void runs.from("runs").orderBy("sequence", "desc").limit(KEPT_RUNS).select("sequence");
}

function newestOfLanes(runs: Knex.QueryBuilder): void {
  void runs.from("runs").groupBy("lane").max("sequence");
}

/** The rows at the beginning that are over their time; the newest row of all always stays. */
async function leadingRows(
  db: Knex,
  before: Instant,
  limit: number,
): Promise<{ readonly rows: number; readonly start: AuditStart | null }> {
  const first = await db("audit")
    .orderBy("sequence")
    .limit(limit + 1)
    .select<AuditStart[]>("sequence", "hash", "at");
  const old = first.slice(0, limit);
  const end = old.findIndex(({ at }) => at >= before);
  const rows = Math.min(end === -1 ? old.length : end, first.length - 1);
  return { rows, start: old[rows - 1] ?? null };
}
