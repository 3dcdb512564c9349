import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import { LeaseLostError } from "../domain/errors.ts";
import { addMs } from "../domain/instant.ts";
import type { Lease, Leases } from "../ports/leases.ts";
import type { Unit } from "./unit.ts";
import type { WriteQueue } from "./write-queue.ts";

interface LeaseRow {
  readonly product: string;
  readonly holder: string | null;
  readonly epoch: number;
  readonly expires_at: string | null;
}

/** Leases as rows: each step reads and writes under the write lock, so that of two processes one wins. */
export function createLeases(queue: WriteQueue): Leases {
  return {
    acquire: (product, holder, now, ttlMs, isDead) =>
      queue.submit(async (unit) => {
        const [row] = await (await unit.reading())<LeaseRow>("leases").where({ product }).select();
        if (row !== undefined && isHeld(row, now, isDead)) return null;
        const epoch = (row?.epoch ?? 0) + 1;
        const db = await unit.writing();
        const next = { product, holder, epoch, expires_at: addMs(now, ttlMs) };
        await db<LeaseRow>("leases").insert(next).onConflict("product").merge();
        return { product, holder, epoch };
      }),
    renew: ({ product, holder, epoch }, now, ttlMs) =>
      queue.submit(async (unit) => {
        const db = await unit.writing();
        const renewed = await db<LeaseRow>("leases")
          .where({ product, holder, epoch })
          .update({ expires_at: addMs(now, ttlMs) });
        if (renewed === 0) throw lost(product);
      }),
    release: ({ product, holder, epoch }) =>
      queue.submit(async (unit) => {
        const db = await unit.writing();
        await db<LeaseRow>("leases").where({ product, holder, epoch }).update({ holder: null, expires_at: null });
      }),
  };
}

function isHeld(row: LeaseRow, now: Instant, isDead: (holder: string) => boolean): boolean {
  if (row.holder === null || row.expires_at === null) return false;
  return row.expires_at > now && !isDead(row.holder);
}

function lost(product: string): LeaseLostError {
  return new LeaseLostError(
    `Another process has taken over the lease of ${product}: this one must not write any more.`,
  );
}

/** Starts a unit that only the newest holder of the lease may finish. Throws LeaseLostError when that is somebody else. */
export async function underLease(unit: Unit, { product, epoch }: Lease): Promise<Knex> {
  const [row] = await (await unit.reading())<LeaseRow>("leases").where({ product }).select("epoch");
  if (row?.epoch !== epoch) throw lost(product);
  return unit.writing();
}
