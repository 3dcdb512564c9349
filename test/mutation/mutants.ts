import ts from "typescript";

/** One small fault that could be in a source file. */
export interface Mutant {
  /** Line of the fault, counted from 1. */
  readonly line: number;
  readonly was: string;
  readonly becomes: string;
  /** The whole file with the fault in it. */
  readonly source: string;
}

/** Text from `start` to `end` is replaced. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const SWAPPED: ReadonlyMap<string, string> = new Map([
  ["===", "!=="],
  ["!==", "==="],
  ["<", "<="],
  ["<=", "<"],
  [">", ">="],
  [">=", ">"],
  ["&&", "||"],
  ["||", "&&"],
  ["-", "+"],
  ["*", "/"],
]);
const EITHER: ReadonlyMap<string, string> = new Map([
  ["some", "every"],
  ["every", "some"],
]);

/**
 * Every small fault of the kinds that planners are prone to: a comparison the wrong way, a condition negated, a branch
 * taken for the other, a filter forgotten, an element of a list left out, a statement left out, a number off by one. Texts
 * and types are left alone. Pure; in the order of the file, the larger part first.
 */
export function mutantsOf(source: string): readonly Mutant[] {
  const file = ts.createSourceFile("mutated.ts", source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const edits: Edit[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isImportDeclaration(node)) return;
    edits.push(...editsOf(node, file));
    if (!isOrder(node)) ts.forEachChild(node, visit);
  };
  visit(file);
  return edits
    .toSorted((one, other) => one.start - other.start || other.end - one.end)
    .map(({ start, end, text }) => ({
      line: file.getLineAndCharacterOfPosition(start).line + 1,
      was: source.slice(start, end),
      becomes: text,
      source: source.slice(0, start) + text + source.slice(end),
    }));
}

function editsOf(node: ts.Node, file: ts.SourceFile): readonly Edit[] {
  const replace = (part: ts.Node, text: string): Edit => ({ start: part.getStart(file), end: part.getEnd(), text });
  const text = (part: ts.Node): string => part.getText(file);
  if (ts.isBinaryExpression(node)) return operatorEdits(node, file);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
    return [replace(node, text(node.operand))];
  }
  if (ts.isConditionalExpression(node)) {
    return [replace(node, `(${text(node.condition)}) ? (${text(node.whenFalse)}) : (${text(node.whenTrue)})`)];
  }
  if (ts.isIfStatement(node)) return [replace(node.expression, `!(${text(node.expression)})`)];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [replace(node, "false")];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [replace(node, "true")];
  if (ts.isNumericLiteral(node)) return [replace(node, `(${node.text} + 1)`)];
  if (ts.isCallExpression(node)) return callEdits(node, file);
  if (ts.isArrayLiteralExpression(node)) return listEdits(node, file);
  if (ts.isExpressionStatement(node) && !ts.isStringLiteral(node.expression)) return [replace(node, ";")];
  return [];
}

function operatorEdits({ operatorToken, left, right }: ts.BinaryExpression, file: ts.SourceFile): readonly Edit[] {
  const swapped = SWAPPED.get(operatorToken.getText(file));
  const isText = [left, right].some((side) => ts.isStringLiteralLike(side) || ts.isTemplateExpression(side));
  if (swapped === undefined || (isText && swapped === "+")) return [];
  return [{ start: operatorToken.getStart(file), end: operatorToken.getEnd(), text: swapped }];
}

/** `a < b ? -1 : 1`: nobody cares what it says of equal texts, or how large the numbers are. It can be turned round. */
function isOrder(node: ts.Node): boolean {
  return ts.isConditionalExpression(node) && /\? (?:-1 : 1|1 : -1)$/.test(node.getText());
}

/** A filter that lets everything pass; one instead of all. */
function callEdits(node: ts.CallExpression, file: ts.SourceFile): readonly Edit[] {
  if (!ts.isPropertyAccessExpression(node.expression)) return [];
  const { name, expression } = node.expression;
  if (name.text === "filter") {
    return [{ start: node.getStart(file), end: node.getEnd(), text: `[...${expression.getText(file)}]` }];
  }
  const other = EITHER.get(name.text);
  return other === undefined ? [] : [{ start: name.getStart(file), end: name.getEnd(), text: other }];
}

/** Each element of a list of two or more left out. */
function listEdits({ elements }: ts.ArrayLiteralExpression, file: ts.SourceFile): readonly Edit[] {
  if (elements.length < 2) return [];
  return elements.map((element, index) => {
    const next = elements[index + 1];
    const end = next === undefined ? element.getEnd() : next.getStart(file);
    return { start: element.getStart(file), end, text: "" };
  });
}
