/** What a column may hold. */
export type Cell = string | number | boolean | null;

/** A piece of a statement, and what is bound in it. Conditions are true or false, never null: their negation is exact. */
export interface Sql {
  readonly text: string;
  readonly bindings: readonly Cell[];
}

/** A piece of SQL in which each `?` stands for a value or for another piece. Text is ours, never from outside. */
export function sql(text: string, ...parts: readonly (Cell | Sql)[]): Sql {
  const rest = [...parts];
  const isPiece = (part: Cell | Sql | undefined): part is Sql => typeof part === "object" && part !== null;
  const bindings: Cell[] = [];
  const filled = text.replaceAll("?", () => {
    const part = rest.shift();
    if (part === undefined) throw new Error("A piece of SQL has more placeholders than values.");
    bindings.push(...(isPiece(part) ? part.bindings : [part]));
    return isPiece(part) ? part.text : "?";
  });
  if (rest.length > 0) throw new Error("A piece of SQL has fewer placeholders than values.");
  return { text: filled, bindings };
}

/** A condition that every row satisfies. */
export const EVERY: Sql = sql("1 = 1");
/** A condition that no row satisfies. */
export const NONE: Sql = sql("1 = 0");

/** A condition that holds when both do. */
export function and(left: Sql, right: Sql): Sql {
  return sql("(? and ?)", left, right);
}

/** A condition that holds when one of them does. */
export function or(left: Sql, right: Sql): Sql {
  return sql("(? or ?)", left, right);
}

/** A condition that holds when this one does not. */
export function not(condition: Sql): Sql {
  return sql("not ?", sql("(?)", condition));
}
