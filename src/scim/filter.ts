/** A literal in a filter (RFC 7644 section 3.4.2.2). */
export type FilterLiteral = string | number | boolean | null;

/** Comparison operators of RFC 7644 section 3.4.2.2, table 3, in lower case. */
export type CompareOperator = "eq" | "ne" | "co" | "sw" | "ew" | "gt" | "ge" | "lt" | "le";

/**
 * An attribute as a filter or path names it, not yet looked up in a schema: `urn` is null for core attributes, letter
 * case is as it was written, `subAttribute` is null for the attribute as a whole.
 */
export interface AttributePath {
  readonly urn: string | null;
  readonly attribute: string;
  readonly subAttribute: string | null;
}

/** A parsed filter. A value path (`emails[type eq "work"]`) holds a filter over the elements of one attribute. */
export type FilterNode =
  | { readonly op: "and" | "or"; readonly left: FilterNode; readonly right: FilterNode }
  | { readonly op: "not"; readonly filter: FilterNode }
  | { readonly op: "present"; readonly path: AttributePath }
  | { readonly op: CompareOperator; readonly path: AttributePath; readonly value: FilterLiteral }
  | {
      readonly op: "value-path";
      readonly path: AttributePath;
      readonly filter: FilterNode;
      readonly then: ElementTest | null;
    };

/** What is asked of the elements that a value path selects, as in Entra's `emails[type eq "work"].value eq "x"`. */
export type ElementTest =
  | { readonly op: "present"; readonly subAttribute: string }
  | { readonly op: CompareOperator; readonly subAttribute: string; readonly value: FilterLiteral };
