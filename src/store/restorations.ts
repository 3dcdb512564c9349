import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import { UnknownSubjectError } from "../domain/errors.ts";
import type { Restorations } from "../ports/restorations.ts";
import { reading } from "./reading.ts";
import type { WriteQueue } from "./write-queue.ts";

interface RestorationRow {
  readonly restored_at: string;
  readonly known_until: string | null;
  readonly resumed_at: string | null;
}

/** Restorations as rows; the newest one that is open counts. */
export function createRestorations(reader: Knex, queue: WriteQueue): Restorations {
  return {
    standing: () =>
      reading(async () => {
        const [row] = await reader<RestorationRow>("restorations")
          .whereNull("resumed_at")
          .orderBy("sequence", "desc")
          .limit(1)
          .select();
        if (row === undefined) return null;
        return { restoredAt: row.restored_at as Instant, knownUntil: row.known_until as Instant | null };
      }),
    note: ({ restoredAt, knownUntil }, audit) =>
      queue.submit(async (unit) => {
        const db = await unit.writing();
        const row = { restored_at: restoredAt, known_until: knownUntil, resumed_at: null };
        await db<RestorationRow>("restorations").insert(row);
        unit.audit(audit);
      }),
    resume: (at, audit) =>
      queue.submit(async (unit) => {
        const db = await unit.writing();
        const ended = await db<RestorationRow>("restorations").whereNull("resumed_at").update({ resumed_at: at });
        if (ended === 0) throw new UnknownSubjectError("Nothing is held after a restore: there is nothing to resume.");
        unit.audit(audit);
      }),
  };
}
