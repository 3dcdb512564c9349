import type { CompareOperator, FilterLiteral } from "../scim/filter.ts";
import { foldCase } from "../scim/fold-case.ts";
import { booleanOf } from "../scim/boolean-of.ts";
import { instantOf } from "../scim/instant-of.ts";
import { endsWith, contains } from "./dialect.ts";
import { EVERY, and, not, sql, type Sql } from "./sql.ts";

/**
 * A column that holds one attribute as filters compare it: a text as it is or in the form of `foldCase`, a time as an
 * ISO text with milliseconds, a truth value.
 */
export interface SearchColumn {
  /** With its table. */
  readonly name: string;
  readonly holds: "exact" | "folded" | "instant" | "boolean";
  /** Whether resources without the attribute are there. */
  readonly nullable: boolean;
}

/** What a filter asks of an attribute. */
export type Test =
  { readonly op: "present" } | { readonly op: CompareOperator; readonly value: Exclude<FilterLiteral, null> };

/**
 * The condition under which a column passes a test, as `compileFilter` decides it. The test must be one that it takes:
 * operators and literals that do not fit the attribute are refused there.
 */
export function columnTest(column: SearchColumn, test: Test): Sql {
  const present = column.nullable ? sql(`${column.name} is not null`) : EVERY;
  if (test.op === "present") return present;
  if (test.op === "ne") return not(columnTest(column, { op: "eq", value: test.value }));
  const compared = comparison(column, test.op, test.value);
  return column.nullable ? and(present, compared) : compared;
}

/** Whether an index leads to the few rows that pass. */
export function isSelective(test: Test): boolean {
  return test.op === "eq" || (test.op === "sw" && test.value !== "");
}

type Operator = Exclude<CompareOperator, "ne">;

function comparison({ name, holds }: SearchColumn, operator: Operator, value: string | number | boolean): Sql {
  if (holds === "boolean") return sql(`${name} = ?`, booleanOf(value) ?? null);
  const isSubstring = operator === "co" || operator === "sw" || operator === "ew";
  if (holds === "instant" && !isSubstring) return sql(`${name} ${SIGNS[operator]} ?`, instantText(String(value)));
  const wanted = holds === "folded" ? foldCase(String(value)) : String(value);
  switch (operator) {
    case "co":
      return wanted === "" ? EVERY : contains(name, wanted);
    case "sw":
      return wanted === "" ? EVERY : startsWith(name, wanted);
    case "ew":
      return wanted === "" ? EVERY : endsWith(name, wanted);
    case "eq":
    case "gt":
    case "ge":
    case "lt":
    case "le":
      return sql(`${name} ${SIGNS[operator]} ?`, wanted);
  }
}

const SIGNS = { eq: "=", gt: ">", ge: ">=", lt: "<", le: "<=" } as const;

/** Later than every year of four digits, before which a sign or nothing stands. */
const AFTER_ALL_YEARS = ":";

/** The text that sorts among ISO texts of four-digit years as the instant does among theirs. */
function instantText(text: string): string {
  const iso = new Date(instantOf(text) ?? NaN).toISOString();
  return iso.startsWith("+") ? AFTER_ALL_YEARS : iso;
}

/** A range of the index, which holds exactly the texts that begin so: those between the prefix and what follows it. */
function startsWith(name: string, prefix: string): Sql {
  const end = behindPrefix(prefix);
  const from = sql(`${name} >= ?`, prefix);
  return end === null ? from : and(from, sql(`${name} < ?`, end));
}

const LAST_CODE_POINT = 0x10ffff;

/** The first text, by code points, behind all that begin with the prefix; null when there is none. */
function behindPrefix(prefix: string): string | null {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === LAST_CODE_POINT) points.pop();
  const last = points.pop();
  return last === undefined ? null : String.fromCodePoint(...points, following(last));
}

/** Surrogates are no characters of their own. */
function following(point: number): number {
  return point + 1 === 0xd800 ? 0xe000 : point + 1;
}
