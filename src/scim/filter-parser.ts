import { isAttributeName, splitAttributePath } from "./attribute-path.ts";
import type { FilterCursor } from "./filter-cursor.ts";
import type { AttributePath, CompareOperator, FilterLiteral, FilterNode } from "./filter.ts";

const COMPARE: ReadonlyMap<string, CompareOperator> = new Map(
  (["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"] as const).map((operator) => [operator, operator]),
);
const RESERVED: ReadonlySet<string> = new Set([...COMPARE.keys(), "pr", "and", "or", "not"]);
/** Where Entra's documentation, and requests in its style, leave out the quotes (`externalId eq jyoung`). */
const TAKES_BARE_WORD: ReadonlySet<CompareOperator> = new Set(["eq", "sw", "co"] as const);
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
]);
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** Takes a filter: `or` over `and` over terms, each of them left to right. Throws the cursor's errors. */
export function takeFilter(cursor: FilterCursor): FilterNode {
  return takeDisjunction(cursor, false);
}

/** Takes `urn:name.sub`. Throws the cursor's errors. */
export function takeAttributePath(cursor: FilterCursor): AttributePath {
  const token = cursor.take();
  const path = token.kind === "word" ? splitAttributePath(token.text) : null;
  if (path === null) throw cursor.unexpected("an attribute", token);
  return path;
}

/** Takes a value filter with its square brackets; null, and nothing taken, when no bracket opens here. */
export function takeElementFilter(cursor: FilterCursor): FilterNode | null {
  if (cursor.peek().kind !== "[") return null;
  cursor.take();
  const filter = cursor.deeper(() => takeDisjunction(cursor, true));
  cursor.expect("]", '"]"');
  return filter;
}

/** Takes the `.value` behind a closing bracket; null, and nothing taken, when there is none. */
export function takeSelectedSubAttribute(cursor: FilterCursor): string | null {
  const token = cursor.peek();
  if (token.kind !== "word" || !token.text.startsWith(".")) return null;
  const name = cursor.take().text.slice(1);
  if (!isAttributeName(name)) throw cursor.unexpected("a sub-attribute", token);
  return name;
}

function takeDisjunction(cursor: FilterCursor, inElement: boolean): FilterNode {
  return takeChain(cursor, "or", () => takeChain(cursor, "and", () => takeFactor(cursor, inElement)));
}

function takeChain(cursor: FilterCursor, operator: "and" | "or", takeOperand: () => FilterNode): FilterNode {
  let left = takeOperand();
  while (cursor.keyword() === operator) {
    cursor.take();
    left = { op: operator, left, right: takeOperand() };
  }
  return left;
}

function takeFactor(cursor: FilterCursor, inElement: boolean): FilterNode {
  if (cursor.peek().kind === "(") return takeGroup(cursor, inElement);
  if (cursor.keyword() === "not" && cursor.isFollowedBy("(")) {
    cursor.take();
    return { op: "not", filter: takeGroup(cursor, inElement) };
  }
  return takeTerm(cursor, inElement);
}

function takeGroup(cursor: FilterCursor, inElement: boolean): FilterNode {
  cursor.expect("(", '"("');
  const filter = cursor.deeper(() => takeDisjunction(cursor, inElement));
  cursor.expect(")", '")"');
  return filter;
}

function takeTerm(cursor: FilterCursor, inElement: boolean): FilterNode {
  cursor.countTerm();
  const path = takeAttributePath(cursor);
  // RFC 7644 figure 1: value filters do not nest, and select elements of an attribute, not of a sub-attribute.
  if (cursor.peek().kind === "[" && (inElement || path.subAttribute !== null)) {
    throw cursor.unexpected("an operator", cursor.peek());
  }
  const filter = takeElementFilter(cursor);
  if (filter === null) return { ...takeTest(cursor), path };
  const subAttribute = takeSelectedSubAttribute(cursor);
  return {
    op: "value-path",
    path,
    filter,
    then: subAttribute === null ? null : { ...takeTest(cursor), subAttribute },
  };
}

type Test = { readonly op: "present" } | { readonly op: CompareOperator; readonly value: FilterLiteral };

/** An operator and, unless it is `pr`, its literal. */
function takeTest(cursor: FilterCursor): Test {
  const word = cursor.keyword();
  const token = cursor.take();
  if (word === "pr") return { op: "present" };
  const operator = COMPARE.get(word);
  if (operator === undefined) throw cursor.unexpected("an operator (eq, ne, co, sw, ew, gt, ge, lt, le, pr)", token);
  return { op: operator, value: takeLiteral(cursor, operator) };
}

function takeLiteral(cursor: FilterCursor, operator: CompareOperator): FilterLiteral {
  const token = cursor.take();
  if (token.kind === "string") return token.value;
  if (token.kind !== "word") throw cursor.unexpected("a value", token);
  if (token.text === "null") return null;
  const literal = BOOLEANS.get(token.text) ?? exactNumber(token.text);
  if (literal !== undefined) return literal;
  const isBareWord = !RESERVED.has(token.text.toLowerCase()) && !"'{".includes(token.text.charAt(0));
  if (TAKES_BARE_WORD.has(operator) && isBareWord) return token.text;
  throw cursor.unexpected("a value (a string needs double quotes)", token);
}

/** The number that was written; undefined when a double cannot hold it, so that long digits stay an identifier. */
function exactNumber(text: string): number | undefined {
  const number = NUMBER.test(text) ? Number(text) : NaN;
  if (!Number.isFinite(number) || (/^-?\d+$/.test(text) && !Number.isSafeInteger(number))) return undefined;
  return number === 0 ? 0 : number;
}
