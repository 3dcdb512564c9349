import { lookUp, type AttributeTarget } from "../scim/attribute-target.ts";
import type { AttributePath, CompareOperator, ElementTest, FilterLiteral, FilterNode } from "../scim/filter.ts";
import type { ResourceType } from "../scim/schema.ts";
import { columnTest, isSelective, type SearchColumn, type Test } from "./column-test.ts";
import { EVERY, NONE, and, not, or, type Sql } from "./sql.ts";

/**
 * What SQL can say about a filter. Every resource that matches the filter satisfies `condition`; when it is `exact`, no
 * other does, and otherwise the filter itself must still be asked about each.
 */
export interface Narrowing {
  readonly condition: Sql;
  readonly exact: boolean;
}

/** A multi-valued attribute whose elements are rows: of an element they hold at least its `value`. */
export interface Relation {
  /** The sub-attributes that are columns. None of them is ever null. */
  readonly columns: ReadonlyMap<string, SearchColumn>;
  /** Whether every element has a row. If not, those without a `value` have none. */
  readonly complete: boolean;
  /** True of a resource that has such a row. `selective`: begin with these rows, since they are few. */
  has(condition: Sql, selective: boolean): Sql;
}

/** The attributes of a resource type that are columns (`meta.created`) and relations (`emails`), by canonical name. */
export interface Searchable {
  readonly type: ResourceType;
  readonly columns: ReadonlyMap<string, SearchColumn>;
  readonly relations: ReadonlyMap<string, Relation>;
}

/**
 * The part of a filter that SQL can answer; null when there is none, so that every resource must be asked. The filter
 * must be one that `compileFilter` takes: attributes that no schema has match nothing here.
 */
export function narrow(node: FilterNode, searchable: Searchable): Narrowing | null {
  if ("value" in node) return compared(node, searchable);
  switch (node.op) {
    case "and":
      return both(narrow(node.left, searchable), narrow(node.right, searchable));
    case "or":
      return either(narrow(node.left, searchable), narrow(node.right, searchable));
    case "not":
      return negated(narrow(node.filter, searchable));
    case "present":
      return tested(node.path, { op: "present" }, searchable);
    case "value-path":
      return selected(node, searchable);
  }
}

function both(left: Narrowing | null, right: Narrowing | null): Narrowing | null {
  if (left === null || right === null) {
    const one = left ?? right;
    return one === null ? null : { condition: one.condition, exact: false };
  }
  return { condition: and(left.condition, right.condition), exact: left.exact && right.exact };
}

function either(left: Narrowing | null, right: Narrowing | null): Narrowing | null {
  if (left === null || right === null) return null;
  return { condition: or(left.condition, right.condition), exact: left.exact && right.exact };
}

/** Of what is only narrowed, nothing is known of the rest. */
function negated(inner: Narrowing | null): Narrowing | null {
  return inner === null || !inner.exact ? null : exactly(not(inner.condition));
}

function exactly(condition: Sql): Narrowing {
  return { condition, exact: true };
}

interface Comparison {
  readonly op: CompareOperator;
  readonly path: AttributePath;
  readonly value: FilterLiteral;
}

/** Null stands for an attribute without a value. */
function compared({ op, path, value }: Comparison, searchable: Searchable): Narrowing | null {
  if (value !== null) return tested(path, { op, value }, searchable);
  const present = tested(path, { op: "present" }, searchable);
  const isUnknown = lookUp(path, searchable.type) === undefined;
  return op === "ne" || isUnknown ? present : negated(present);
}

function tested(path: AttributePath, test: Test, { type, columns, relations }: Searchable): Narrowing | null {
  const target = lookUp(path, type);
  if (target === undefined) return exactly(NONE);
  const { extension, attribute, subAttribute } = target;
  if (extension !== null) return null;
  const relation = relations.get(attribute.name);
  if (relation !== undefined) return relatedTest(relation, subAttribute?.name ?? null, test);
  const column = columnFor(target, columns);
  return column === null ? null : exactly(columnTest(column, test));
}

/** The column that holds an attribute; null when there is none. */
export function columnFor(
  { extension, attribute, subAttribute }: AttributeTarget,
  columns: Searchable["columns"],
): SearchColumn | null {
  const name = subAttribute === null ? attribute.name : `${attribute.name}.${subAttribute.name}`;
  return extension === null ? (columns.get(name) ?? null) : null;
}

function relatedTest(relation: Relation, subAttribute: string | null, test: Test): Narrowing | null {
  if (subAttribute === null && test.op === "present") {
    return relation.complete ? exactly(relation.has(EVERY, false)) : null;
  }
  // RFC 7643 section 2.4: the value of a complex attribute is its sub-attribute `value`.
  const column = relation.columns.get(subAttribute ?? "value");
  if (column === undefined) return null;
  const some = relation.has(columnTest(column, test), isSelective(test));
  // What has no value at all is unlike every literal.
  return exactly(test.op === "ne" ? or(some, not(relation.has(EVERY, false))) : some);
}

type ValuePath = Extract<FilterNode, { readonly op: "value-path" }>;

function selected({ path, filter, then }: ValuePath, { type, relations }: Searchable): Narrowing | null {
  const target = lookUp(path, type);
  if (target === undefined) return exactly(NONE);
  const relation = target.extension === null ? relations.get(target.attribute.name) : undefined;
  if (relation === undefined || target.subAttribute !== null) return null;
  const selects = narrowElement(filter, relation);
  const element = then === null ? selects : bothOf(selects, narrowElement(elementNode(then), relation));
  return element === null
    ? null
    : { condition: relation.has(element.condition, element.selective), exact: element.exact };
}

function elementNode({ subAttribute, ...test }: ElementTest): FilterNode {
  return { ...test, path: { urn: null, attribute: subAttribute, subAttribute: null } };
}

/** What SQL can say of one element, whose row is there: only what an element without a `value` would fail. */
interface ElementNarrowing extends Narrowing {
  readonly selective: boolean;
}

function narrowElement(node: FilterNode, relation: Relation): ElementNarrowing | null {
  if (node.op === "and") return bothOf(narrowElement(node.left, relation), narrowElement(node.right, relation));
  if (node.op === "or") {
    const [left, right] = [narrowElement(node.left, relation), narrowElement(node.right, relation)];
    const merged = either(left, right);
    return merged === null ? null : { ...merged, selective: left?.selective === true && right?.selective === true };
  }
  if (!("value" in node) || node.value === null || node.op === "ne") return null;
  const column = elementColumn(node.path, relation);
  if (column === undefined) return null;
  const test: Test = { op: node.op, value: node.value };
  return { ...exactly(columnTest(column, test)), selective: isSelective(test) };
}

function elementColumn({ urn, attribute, subAttribute }: AttributePath, relation: Relation): SearchColumn | undefined {
  return urn === null && subAttribute === null ? relation.columns.get(attribute.toLowerCase()) : undefined;
}

function bothOf(left: ElementNarrowing | null, right: ElementNarrowing | null): ElementNarrowing | null {
  const merged = both(left, right);
  return merged === null ? null : { ...merged, selective: left?.selective === true || right?.selective === true };
}

/** Whether a filter names an attribute of which this is true. */
export function namesAttribute(node: FilterNode, isNamed: (path: AttributePath) => boolean): boolean {
  if ("left" in node) {
    return namesAttribute(node.left, isNamed) || namesAttribute(node.right, isNamed);
  }
  if (node.op === "not") return namesAttribute(node.filter, isNamed);
  return isNamed(node.path);
}
