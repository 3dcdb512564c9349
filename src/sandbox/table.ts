/** A record and its place: rows are numbered in the order in which they were inserted, and never numbered again. */
export interface Row<T> {
  readonly sequence: number;
  readonly value: T;
}

/** Records by id, listed in the order of insertion, so that a cursor keeps its meaning while records come and go. */
export interface Table<T extends { readonly id: string }> {
  get(id: string): T | undefined;
  insert(value: T): void;
  /** Takes the place of the record with the same id. */
  replace(value: T): void;
  remove(id: string): void;
  /** In order of insertion. */
  rows(): readonly Row<T>[];
  /** The rows of these ids, in order of insertion; unknown ids are left out. */
  rowsOf(ids: Iterable<string>): readonly Row<T>[];
}

/** An empty table. */
export function createTable<T extends { readonly id: string }>(): Table<T> {
  interface MutableRow {
    readonly sequence: number;
    value: T;
  }
  const byId = new Map<string, MutableRow>();
  const ordered: MutableRow[] = [];
  let last = 0;
  return {
    get: (id) => byId.get(id)?.value,
    insert(value) {
      const row = { sequence: ++last, value };
      byId.set(value.id, row);
      ordered.push(row);
    },
    replace(value) {
      const row = byId.get(value.id);
      if (row !== undefined) row.value = value;
    },
    remove(id) {
      const row = byId.get(id);
      if (row === undefined) return;
      byId.delete(id);
      ordered.splice(firstAfter(ordered, row.sequence - 1), 1);
    },
    rows: () => ordered,
    rowsOf: (ids) =>
      [...ids]
        .map((id) => byId.get(id))
        .filter((row) => row !== undefined)
        .sort((a, b) => a.sequence - b.sequence),
  };
}

/** Index of the first row whose number is greater than `sequence`, by bisection. */
export function firstAfter(rows: readonly { readonly sequence: number }[], sequence: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = rows[middle];
    if (row !== undefined && row.sequence <= sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}
