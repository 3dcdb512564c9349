import { printAttributePath } from "./attribute-path.ts";
import type { ElementTest, FilterNode } from "./filter.ts";

/** The text of a filter, with as few parentheses as keep its meaning: parsing it gives an equal filter. */
export function printFilter(node: FilterNode): string {
  if ("value" in node) return `${printAttributePath(node.path)} ${node.op} ${JSON.stringify(node.value)}`;
  switch (node.op) {
    case "and":
      return `${nested(node.left, ["or"])} and ${nested(node.right, ["or", "and"])}`;
    case "or":
      return `${printFilter(node.left)} or ${nested(node.right, ["or"])}`;
    case "not":
      return `not (${printFilter(node.filter)})`;
    case "present":
      return `${printAttributePath(node.path)} pr`;
    case "value-path":
      return `${printAttributePath(node.path)}[${printFilter(node.filter)}]${node.then === null ? "" : printTest(node.then)}`;
  }
}

function nested(node: FilterNode, looser: readonly FilterNode["op"][]): string {
  return looser.includes(node.op) ? `(${printFilter(node)})` : printFilter(node);
}

function printTest(test: ElementTest): string {
  return `.${test.subAttribute} ${test.op === "present" ? "pr" : `${test.op} ${JSON.stringify(test.value)}`}`;
}
