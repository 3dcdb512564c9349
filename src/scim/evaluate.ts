import { InvalidFilterError } from "../domain/errors.ts";
import { isJsonObject } from "../domain/json.ts";
import type { JsonObject, JsonValue } from "../domain/json.ts";
import { printAttributePath } from "./attribute-path.ts";
import { lookUp, subAttributeNamed, subValues, valuesAt, valuesOf } from "./attribute-target.ts";
import { valueTest } from "./compare.ts";
import type { AttributePath, CompareOperator, ElementTest, FilterNode } from "./filter.ts";
import type { AttributeDefinition, ResourceType } from "./schema.ts";
import { excerpt } from "./tokenizer.ts";

/** `reject`: an attribute that no schema has makes the filter invalid (SCIM lists). `absent`: it matches nothing (mapping). */
export interface FilterOptions {
  readonly unknownAttributes: "reject" | "absent";
}

/** Decides whether a resource, an extension or an element passes. */
export type Predicate = (holder: JsonObject) => boolean;

/** An attribute that was looked up once: what it is, and how its values are read. */
interface Readable {
  readonly attribute: AttributeDefinition;
  readonly read: (holder: JsonObject) => readonly JsonValue[];
}

/** Where the attributes of a filter are looked up: in a resource type, or in the sub-attributes of one attribute. */
interface Scope extends FilterOptions {
  readonly find: (path: AttributePath) => Readable | undefined;
}

type NodeOf<Operator extends FilterNode["op"]> = Extract<FilterNode, { readonly op: Operator }>;

/**
 * Turns a filter into a predicate over full representations (`id`, `meta` and `groups` included), looking each attribute up
 * once. An attribute with several values passes when any of them does; one without a value is null: `ne` passes, every
 * other comparison fails (RFC 7644 section 3.4.2.2). Attributes of extensions that no schema describes are compared as the
 * JSON they hold.
 * Throws InvalidFilterError for unknown attributes (option `reject`, the default), for operators and literals that do not
 * fit the attribute's type, and for `password`.
 */
export function compileFilter(
  node: FilterNode,
  type: ResourceType,
  options: FilterOptions = { unknownAttributes: "reject" },
): Predicate {
  const find = (path: AttributePath): Readable | undefined => {
    const target = lookUp(path, type);
    if (target === undefined) return undefined;
    return { attribute: target.subAttribute ?? target.attribute, read: (resource) => valuesAt(target, resource) };
  };
  return compile(node, { find, ...options });
}

/** Whether a resource passes a filter. To ask it of many resources, compile the filter once. */
export function evaluate(node: FilterNode, resource: JsonObject, type: ResourceType, options?: FilterOptions): boolean {
  return compileFilter(node, type, options)(resource);
}

/** Turns the filter of a value path into a predicate over the elements of that attribute. Throws as `compileFilter` does. */
export function compileElementFilter(node: FilterNode, attribute: AttributeDefinition): Predicate {
  return compile(node, elementScope(attribute, { unknownAttributes: "reject" }));
}

function compile(node: FilterNode, scope: Scope): Predicate {
  if ("value" in node) return compileOn(node.path, scope, (readable) => compileComparison(readable, node));
  switch (node.op) {
    case "and": {
      const [left, right] = [compile(node.left, scope), compile(node.right, scope)];
      return (holder) => left(holder) && right(holder);
    }
    case "or": {
      const [left, right] = [compile(node.left, scope), compile(node.right, scope)];
      return (holder) => left(holder) || right(holder);
    }
    case "not": {
      const inner = compile(node.filter, scope);
      return (holder) => !inner(holder);
    }
    case "present":
      return compileOn(node.path, scope, compilePresence);
    case "value-path":
      return compileOn(node.path, scope, (readable) => compileValuePath(readable, node, scope));
  }
}

function compileOn(path: AttributePath, scope: Scope, make: (readable: Readable) => Predicate): Predicate {
  const readable = scope.find(path);
  if (readable === undefined && scope.unknownAttributes === "absent") return () => false;
  if (readable === undefined) throw new InvalidFilterError(`There is no attribute ${shown(path)} here.`);
  if (readable.attribute.returned === "never") {
    throw new InvalidFilterError(`${shown(path)} cannot be used in a filter.`);
  }
  return make(readable);
}

function compilePresence({ read }: Readable): Predicate {
  return (holder) => read(holder).length > 0;
}

function compileComparison(readable: Readable, node: NodeOf<CompareOperator>): Predicate {
  if (node.value === null) {
    const isPresent = compilePresence(readable);
    if (node.op === "ne") return isPresent;
    if (node.op === "eq") return (holder) => !isPresent(holder);
    throw new InvalidFilterError(`${shown(node.path)} is compared with null by eq and ne only.`);
  }
  // RFC 7643 section 2.4: the value of a complex attribute is its sub-attribute `value`.
  const value = readable.attribute.subAttributes.get("value");
  const test = valueTest(value ?? readable.attribute, node.op, node.value, shown(node.path));
  return (holder) => {
    const found = readable.read(holder);
    const values = value === undefined ? found : subValues(found, value);
    return values.length === 0 ? test(null) : values.some(test);
  };
}

function compileValuePath(
  { attribute, read }: Readable,
  node: NodeOf<"value-path">,
  options: FilterOptions,
): Predicate {
  const scope = elementScope(attribute, options);
  const selects = compile(node.filter, scope);
  const passes = node.then === null ? () => true : compile(elementTestNode(node.then), scope);
  return (holder) => read(holder).some((element) => isJsonObject(element) && selects(element) && passes(element));
}

function elementTestNode({ subAttribute, ...test }: ElementTest): FilterNode {
  return { ...test, path: { urn: null, attribute: subAttribute, subAttribute: null } };
}

function elementScope(attribute: AttributeDefinition, { unknownAttributes }: FilterOptions): Scope {
  const find = (path: AttributePath): Readable | undefined => {
    const isName = path.urn === null && path.subAttribute === null;
    const found = isName ? subAttributeNamed(attribute, path.attribute) : undefined;
    return found === undefined ? undefined : { attribute: found, read: (element) => valuesOf(element, found) };
  };
  return { find, unknownAttributes };
}

function shown(path: AttributePath): string {
  return excerpt(printAttributePath(path));
}
