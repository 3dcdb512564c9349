import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import { ERASED } from "../domain/erased-text.ts";
import { RunInProgressError, VersionConflictError } from "../domain/errors.ts";
import type { ErasureOrder, Erasures, Life } from "../ports/erasures.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { Database } from "./database.ts";
import { whereOneOf } from "./dialect.ts";
import { readDossier, type KeptUserRow } from "./dossier.ts";
import { dropMemberships } from "./group-write.ts";
import { underLease } from "./leases.ts";
import { findMentions, replaceMentions } from "./mentions.ts";
import { reading } from "./reading.ts";
import { SCRUB_DUE, scrubFile } from "./scrub.ts";
import type { WriteQueue } from "./write-queue.ts";

/** Erasing people, as rows. */
export function createErasures({ reader, driver, filename }: Database, queue: WriteQueue): Erasures {
  const scrubsDue = async (): Promise<number> => {
    const [row] = await reader("counters").where(SCRUB_DUE).select<{ value: number }[]>("value");
    return row?.value ?? 0;
  };
  return {
    forgottenAt: (user) =>
      reading(async () => {
        const [row] = await reader<KeptUserRow>("users").where({ id: user }).select("forgotten_at");
        return (row?.forgotten_at ?? null) as Instant | null;
      }),
    dossier: (user) => reading(() => readDossier(reader, user)),
    mentions: (texts, lives) => reading(() => findMentions(reader, texts, lives)),
    forget: (lease, order) =>
      queue.submit(async (unit) => {
        const db = await underLease(unit, lease);
        await refuseDuringRun(db);
        await forgetLives(db, order);
        await forgetRecords(db, order);
        await eraseAudit(db, order);
        await replaceMentions(db, order);
        await db("counters").where(SCRUB_DUE).increment("value", 1);
        unit.audit(order.event);
      }),
    needsScrub: () => reading(async () => (await scrubsDue()) > 0),
    async scrub() {
      const due = await reading(scrubsDue);
      const isClean = await scrubFile(driver, filename);
      // Those who were forgotten meanwhile are still due.
      if (isClean)
        await queue.submit(async (unit) => (await unit.writing())("counters").where(SCRUB_DUE).decrement("value", due));
      return isClean;
    },
  };
}

/** What a run has read of the person, it would write down again at its end; one that begins later finds nothing to read. */
async function refuseDuringRun(db: Knex): Promise<void> {
  const runs = await db("runs").whereNull("finished_at").limit(1).select<{ id: string }[]>("id");
  if (runs.length === 0) return;
  throw new RunInProgressError("A run is in progress, which may know the person: try again in a moment.");
}

/** What is staged: ids and times stay. Whoever is still visible is deleted first, as their IdP would do it. */
async function forgetLives(db: Knex, { lives, at }: ErasureOrder): Promise<void> {
  for (const { user, deletedAt } of lives) {
    const { id, directory, externalId = null } = user;
    await dropMemberships(db, directory, { id, externalId }, at);
    const row = {
      user_name: ERASED,
      user_name_key: ERASED,
      display_name_key: null,
      external_id: null,
      active: false,
      deleted_at: deletedAt ?? at,
      resource: "{}",
      forgotten_at: at,
      version: db.raw("version + 1"),
    };
    const staged = db("users").where({ id, version: user.meta.version });
    const kept = deletedAt === null ? staged.whereNull("deleted_at") : staged.whereNotNull("deleted_at");
    if ((await kept.update(row)) === 0)
      throw new VersionConflictError(`The directory has pushed ${id} meanwhile: look at them again.`);
    if (deletedAt !== null) continue;
    const fewer = { live_users: db.raw("live_users - 1"), revision: db.raw("revision + 1") };
    await db("directories").where({ id: directory }).update(fewer);
  }
  const keys = db("users")
    .where(whereOneOf(db, "id", idsOf(lives)))
    .select("key");
  await db("user_emails").whereIn("user_key", keys).delete();
}

/** What was done for them: kinds, times, counts and ids of the product stay. The account stays theirs, so that nobody else's becomes of it. */
async function forgetRecords(db: Knex, { lives, journal, proofs }: ErasureOrder): Promise<void> {
  const own = (column = "user_id"): Knex.Raw => whereOneOf(db, column, idsOf(lives));
  const accounts = db("links").where(own()).select("account_id");
  await db("link_groups").whereIn("account_id", accounts.clone()).delete();
  await db("links").where(own()).update({ applied: null, entitlements: null });
  for (const { id, key, change, error } of journal) {
    await db("journal")
      .where({ id })
      .update({ change_key: key, change: JSON.stringify(change), error });
  }
  for (const { at, document } of proofs) {
    await db("proofs")
      .where(own())
      .where({ at })
      .update({ document: JSON.stringify(document) });
  }
  for (const table of ["waiting", "deferred", "held"]) await db(table).where(own()).delete();
  await db("releases").where(own()).update({ reason: ERASED });
  for (const id of idsOf(lives)) {
    await db("remembered_keys")
      .whereRaw("instr(change_key, ?) > 0", [JSON.stringify(id)])
      .delete();
  }
}

/** A row that is not the one that was looked at stays: the next look at the chain tells of it. */
async function eraseAudit(db: Knex, { audit }: ErasureOrder): Promise<void> {
  for (const { sequence, hash, detail, erased } of audit) {
    await db("audit")
      .where({ sequence, hash })
      .whereNull("erased")
      .update({ detail: canonicalJson(detail), erased });
  }
}

function idsOf(lives: readonly Life[]): readonly DirectoryUserId[] {
  return lives.map(({ user }) => user.id);
}
