import { nearest } from "../../lib/nearest.ts";
import { mayRunAway, RUNAWAY } from "../../lib/runaway-pattern.ts";

type Node = Readonly<Record<string, unknown>>;

/** Where a walk through an expression is: which names are known there, and whether bare names read something. */
interface Place {
  readonly names: ReadonlySet<string>;
  readonly hasContext: boolean;
}

/**
 * Sentences about names in an expression that stand for nothing: `$` names that neither Rosterbridge nor the expression itself
 * gives, and bare names where there is no answer that they could be read from. JSONata itself would answer nothing to both,
 * and a field would silently stay away.
 */
export function unknownNames(ast: unknown, names: ReadonlySet<string>, hasAnswer: boolean): readonly string[] {
  const problems = new Set<string>();
  const own = new Set([...names, ...boundNames(ast)]);
  walk(ast, { names: own, hasContext: hasAnswer }, problems);
  return [...problems];
}

/** Sentences about regular expressions that might never end on what a product says: no limit of time stops one that runs. */
export function runawayPatterns(ast: unknown): readonly string[] {
  const problems = new Set<string>();
  visit(ast, ({ type, value }) => {
    if (type === "regex" && value instanceof RegExp && mayRunAway(value.source)) {
      problems.add(`/${value.source}/ might never end on an odd text: ${RUNAWAY}`);
    }
  });
  return [...problems];
}

/** Names that the expression binds itself: parameters of functions, `$x := …`, and positions (`#$i`). */
function boundNames(ast: unknown): ReadonlySet<string> {
  const bound = new Set<string>();
  visit(ast, (node) => {
    if (node["type"] === "bind" && isNode(node["lhs"])) add(node["lhs"]["value"]);
    if (node["type"] === "lambda" && Array.isArray(node["arguments"])) {
      for (const parameter of node["arguments"].filter(isNode)) add(parameter["value"]);
    }
    for (const key of ["focus", "index"]) if (typeof node[key] === "string") add(node[key]);
    if (isNode(node["index"])) add(node["index"]["value"]);
  });
  function add(name: unknown): void {
    if (typeof name === "string") bound.add(name);
  }
  return bound;
}

function visit(node: unknown, see: (node: Node) => void): void {
  if (Array.isArray(node)) return node.forEach((inner) => visit(inner, see));
  if (!isNode(node)) return;
  see(node);
  for (const inner of Object.values(node)) visit(inner, see);
}

function walk(node: unknown, place: Place, problems: Set<string>): void {
  if (Array.isArray(node)) return node.forEach((inner) => walk(inner, place, problems));
  if (!isNode(node)) return;
  if (node["type"] === "variable") checkVariable(String(node["value"]), place, problems);
  if (node["type"] === "name" && !place.hasContext) {
    const name = String(node["value"]);
    problems.add(`${name} would be read from an answer, and there is none yet: did you mean $${name} or '${name}'?`);
  }
  const { steps, stages, predicate, body, ...others } = node;
  if (Array.isArray(steps)) walkSteps(steps, place, problems);
  // What stands in brackets, and the body of a function, has something to read from.
  for (const inner of [stages, predicate, body]) walk(inner, { ...place, hasContext: true }, problems);
  for (const inner of Object.values(others)) walk(inner, place, problems);
}

/** Only the first step of a path reads from what is there before: the others read from its answer. */
function walkSteps(steps: readonly unknown[], place: Place, problems: Set<string>): void {
  const [first, ...rest] = steps;
  walk(first, place, problems);
  walk(rest, { ...place, hasContext: true }, problems);
}

function checkVariable(name: string, { names, hasContext }: Place, problems: Set<string>): void {
  // `$` alone is what is being read, `$$` what was there at the start.
  if (name === "" || name === "$") {
    if (!hasContext) problems.add("$ stands for the answer, and there is none yet");
    return;
  }
  if (names.has(name)) return;
  const meant = nearest(name, [...names]);
  problems.add(`$${name} stands for nothing here${meant === null ? "" : `: did you mean $${meant}?`}`);
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
