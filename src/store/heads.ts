import type { Knex } from "knex";
import { CHAIN_START } from "./audit-chain.ts";
import { rowsFor } from "./dialect.ts";
import { sql } from "./sql.ts";

/** Where the next audit rows and wake-ups go on. The transaction must hold the write lock. */
export interface Heads {
  readonly audit: { readonly sequence: number; readonly hash: string };
  /** The last sequence that was given to a wake-up. */
  readonly wake: number;
}

const HEADS = `
  select last.sequence as sequence, last.hash as hash, counters.value as wake
  from counters left join (select sequence, hash from audit order by sequence desc limit 1) as last on 1 = 1
  where counters.name = 'wake'`;

/** Reads both by one statement. */
export async function readHeads(db: Knex): Promise<Heads> {
  const [row] = await rowsFor<{ sequence: number | null; hash: string | null; wake: number }>(db, sql(HEADS));
  return { audit: { sequence: row?.sequence ?? 0, hash: row?.hash ?? CHAIN_START }, wake: row?.wake ?? 0 };
}
