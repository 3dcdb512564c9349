import { createTable } from "./table.ts";
import type { Row } from "./table.ts";

/** One write request, as it ended. */
export interface Call {
  readonly id: string;
  /** Counts from 1. */
  readonly sequence: number;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  /** What was answered, or would have been if the reply had not been lost. */
  readonly status: number;
  /** False when the request was refused, or failed before it did anything. */
  readonly effect: boolean;
  readonly replied: boolean;
  /** The member concerned, where there is one. */
  readonly memberId: string | null;
}

/** Every write request in the order in which it ended: the oracle of tests. */
export interface Ledger {
  rows(): readonly Row<Call>[];
  record(call: Omit<Call, "id" | "sequence">): void;
}

/** Nothing written yet. */
export function createLedger(): Ledger {
  const table = createTable<Call>();
  return {
    rows: () => table.rows(),
    record(call) {
      const sequence = table.rows().length + 1;
      table.insert({ id: String(sequence), sequence, ...call });
    },
  };
}
