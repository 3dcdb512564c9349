import type { JsonObject } from "../../domain/json.ts";

/** A person as one row of a file says. What the row does not speak of is undefined, and stays as it is. */
export interface ImportRow {
  /** Of a CSV file: its line; of a JSON document: its place in the list. Both count from 1. */
  readonly row: number;
  readonly userName: string;
  readonly externalId: string | undefined;
  /** As an IdP would send it, `schemas` included. */
  readonly body: JsonObject;
  /** Attribute paths that the row leaves empty: they are cleared. */
  readonly cleared: readonly string[];
  /** All of the groups that the person is in. */
  readonly groups: readonly string[] | undefined;
}

/** What is wrong with a row. */
export interface RowFault {
  readonly row: number;
  /** Null where it is the whole row. */
  readonly column: string | null;
  /** Goes on after the column: "must be true or false". */
  readonly message: string;
}

/** What a file says, row by row. */
export interface ImportFile {
  readonly rows: readonly ImportRow[];
  readonly faults: readonly RowFault[];
}
