import { InvalidFilterError } from "../domain/errors.ts";
import type { JsonValue } from "../domain/json.ts";
import { booleanOf } from "./boolean-of.ts";
import { compareCodePoints } from "./code-points.ts";
import type { CompareOperator, FilterLiteral } from "./filter.ts";
import { foldCase } from "./fold-case.ts";
import { instantOf } from "./instant-of.ts";
import type { AttributeDefinition } from "./schema.ts";

/** Whether one value passes; null stands for an attribute that has none. */
export type ValueTest = (value: JsonValue) => boolean;

type Literal = Exclude<FilterLiteral, null>;
/** Every comparison but `ne`, which is the opposite of `eq`. */
type Operator = Exclude<CompareOperator, "ne">;

const SUBSTRING = {
  co: (value: string, wanted: string) => value.includes(wanted),
  sw: (value: string, wanted: string) => value.startsWith(wanted),
  ew: (value: string, wanted: string) => value.endsWith(wanted),
} as const;

/**
 * The test of one operator and literal on one attribute (RFC 7644 section 3.4.2.2): by the attribute's type, texts by
 * `caseExact` and in the order of code points, date-times as instants. A value that is missing or of another type passes `ne` only. `path` names the
 * attribute in messages. Throws InvalidFilterError for an operator or a literal that the type does not take.
 */
export function valueTest(
  attribute: AttributeDefinition,
  operator: CompareOperator,
  literal: Literal,
  path: string,
): ValueTest {
  if (operator !== "ne") return typedTest(attribute, operator, literal, path);
  const equals = typedTest(attribute, "eq", literal, path);
  return (value) => !equals(value);
}

function typedTest(attribute: AttributeDefinition, operator: Operator, literal: Literal, path: string): ValueTest {
  switch (attribute.type) {
    case "boolean":
      return booleanTest(operator, literal, path);
    case "decimal":
    case "integer":
      return numberTest(operator, literal, path);
    case "dateTime":
      return isSubstring(operator) ? textTest(true, operator, literal, path) : dateTimeTest(operator, literal, path);
    case "binary":
      refuse(operator !== "eq", path, `holds binary data; ${operator} does not apply`);
      return textTest(true, operator, literal, path);
    case "any":
      return anyTest(operator, literal);
    case "complex":
      throw new InvalidFilterError(`${path} has no value of its own; compare one of its sub-attributes.`);
    case "string":
    case "reference":
      return textTest(attribute.caseExact, operator, literal, path);
  }
}

function booleanTest(operator: Operator, literal: Literal, path: string): ValueTest {
  refuse(operator !== "eq", path, `is true or false; ${operator} does not apply`);
  const wanted = booleanOf(literal);
  refuse(wanted === undefined, path, "is compared with true or false");
  return (value) => booleanOf(value) === wanted;
}

function numberTest(operator: Operator, literal: Literal, path: string): ValueTest {
  if (typeof literal !== "number" || isSubstring(operator)) {
    throw new InvalidFilterError(`${path} is a number, compared by eq, ne, gt, ge, lt or le with another.`);
  }
  return (value) => typeof value === "number" && holds(operator, value, literal);
}

function dateTimeTest(operator: Operator, literal: Literal, path: string): ValueTest {
  const wanted = typeof literal === "string" ? instantOf(literal) : undefined;
  if (wanted === undefined) throw new InvalidFilterError(`${path} is compared with a date-time in quotes.`);
  return (value) => {
    const instant = typeof value === "string" ? instantOf(value) : undefined;
    return instant !== undefined && holds(operator, instant, wanted);
  };
}

/** A word without quotes arrives as a boolean or a number when it looks like one; on a text it is the word. */
function textTest(caseExact: boolean, operator: Operator, literal: Literal, path: string): ValueTest {
  const takesWord = operator === "eq" || operator === "sw" || operator === "co";
  refuse(typeof literal !== "string" && !takesWord, path, "is compared with a string in quotes");
  const fold = caseExact ? (text: string) => text : foldCase;
  const wanted = fold(String(literal));
  return (value) => typeof value === "string" && holds(operator, fold(value), wanted);
}

/** Nothing is known of the attribute: values are compared with literals of their own type, and booleans as texts, too. */
function anyTest(operator: Operator, literal: Literal): ValueTest {
  const wanted = typeof literal === "string" ? foldCase(literal) : literal;
  const asBoolean = booleanOf(literal);
  return (value) => {
    if (typeof value === "number") return typeof wanted === "number" && holds(operator, value, wanted);
    if (typeof value === "string" && typeof wanted === "string") return holds(operator, foldCase(value), wanted);
    return operator === "eq" && asBoolean !== undefined && booleanOf(value) === asBoolean;
  };
}

function holds<T extends string | number>(operator: Operator, value: T, wanted: T): boolean {
  if (isSubstring(operator)) return SUBSTRING[operator](String(value), String(wanted));
  if (value === wanted) return operator === "eq" || operator === "ge" || operator === "le";
  const isGreater =
    typeof value === "string" && typeof wanted === "string" ? compareCodePoints(value, wanted) > 0 : value > wanted;
  return isGreater ? operator === "gt" || operator === "ge" : operator === "lt" || operator === "le";
}

function isSubstring(operator: Operator): operator is keyof typeof SUBSTRING {
  return Object.hasOwn(SUBSTRING, operator);
}

function refuse(condition: boolean, path: string, reason: string): void {
  if (condition) throw new InvalidFilterError(`${path} ${reason}.`);
}
