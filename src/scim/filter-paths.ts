import type { AttributePath, FilterNode } from "./filter.ts";

/** Every attribute that a filter asks about; those inside a value path as sub-attributes of its attribute. */
export function filterPaths(node: FilterNode): readonly AttributePath[] {
  switch (node.op) {
    case "and":
    case "or":
      return [...filterPaths(node.left), ...filterPaths(node.right)];
    case "not":
      return filterPaths(node.filter);
    case "value-path": {
      const { path, filter, then } = node;
      const inside = filterPaths(filter).map(({ attribute }) => attribute);
      const names = then === null ? inside : [...inside, then.subAttribute];
      return [path, ...names.map((subAttribute) => ({ ...path, subAttribute }))];
    }
    default:
      return [node.path];
  }
}
