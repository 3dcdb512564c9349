import type { Knex } from "knex";
import type { AttributePath, FilterLiteral, FilterNode } from "../scim/filter.ts";
import { foldCase } from "../scim/fold-case.ts";

/** A condition on rows of `users`. */
export type Condition = (rows: Knex.QueryBuilder) => void;

/**
 * What the indexes can say about a filter. Every user that matches the filter satisfies `condition`; when it is
 * `exact`, no other does, and otherwise the filter itself must still be asked about each.
 */
export interface Narrowing {
  readonly condition: Condition;
  readonly exact: boolean;
}

const CORE_URN = "urn:ietf:params:scim:schemas:core:2.0:user";

/**
 * The part of a filter that SQL can answer from an index: `eq` on userName, externalId, id, active and emails.value,
 * and `and`/`or` of those. Null when there is no such part, so that every user must be asked.
 * `emailsIndexed`: whether the search rows of e-mail addresses are in step with the users.
 */
export function narrowUsers(node: FilterNode, emailsIndexed: boolean): Narrowing | null {
  switch (node.op) {
    case "and":
      return both(narrowUsers(node.left, emailsIndexed), narrowUsers(node.right, emailsIndexed));
    case "or":
      return either(narrowUsers(node.left, emailsIndexed), narrowUsers(node.right, emailsIndexed));
    case "eq":
      return equality(node.path, node.value) ?? equalEmail(node, emailsIndexed);
    case "value-path":
      return equalEmail(node, emailsIndexed);
    case "not":
    case "present":
    case "ne":
    case "co":
    case "sw":
    case "ew":
    case "gt":
    case "ge":
    case "lt":
    case "le":
      return null;
  }
}

function both(left: Narrowing | null, right: Narrowing | null): Narrowing | null {
  if (left === null || right === null) {
    const one = left ?? right;
    return one === null ? null : { condition: one.condition, exact: false };
  }
  return {
    condition: (rows) => void rows.where(left.condition).where(right.condition),
    exact: left.exact && right.exact,
  };
}

function either(left: Narrowing | null, right: Narrowing | null): Narrowing | null {
  if (left === null || right === null) return null;
  return {
    condition: (rows) => void rows.where((group) => void group.where(left.condition).orWhere(right.condition)),
    exact: left.exact && right.exact,
  };
}

const TEXT_COLUMNS: readonly { readonly attribute: string; readonly column: string; form(text: string): string }[] = [
  { attribute: "id", column: "id", form: (text) => text },
  { attribute: "externalid", column: "external_id", form: (text) => text },
  { attribute: "username", column: "user_name_key", form: foldCase },
];

function equality(path: AttributePath, value: FilterLiteral): Narrowing | null {
  if (typeof value === "boolean" && isCore(path, "active", null)) {
    return { condition: (rows) => void rows.where("active", value), exact: true };
  }
  const text = TEXT_COLUMNS.find(({ attribute }) => isCore(path, attribute, null));
  if (text === undefined || typeof value !== "string") return null;
  return { condition: (rows) => void rows.where(text.column, text.form(value)), exact: true };
}

/** Whoever has an address that the filter asks for; what else it asks of the same address is left to the filter. */
function equalEmail(node: FilterNode, emailsIndexed: boolean): Narrowing | null {
  const address = requiredEmail(node);
  if (typeof address !== "string" || !emailsIndexed) return null;
  const key = foldCase(address);
  return {
    condition: (rows) => void rows.whereIn("key", (emails) => hasEmail(emails, key)),
    exact: false,
  };
}

function hasEmail(emails: Knex.QueryBuilder, key: string): void {
  void emails.select("user_key").from("user_emails").where("email_key", key);
}

/** `emails.value eq "x"`, `emails[type eq "work" and value eq "x"]` and `emails[type eq "work"].value eq "x"` ask for x. */
function requiredEmail(node: FilterNode): FilterLiteral | undefined {
  if (node.op === "eq") return isCore(node.path, "emails", "value") ? node.value : undefined;
  if (node.op !== "value-path" || !isCore(node.path, "emails", null)) return undefined;
  const { then } = node;
  if (then !== null && then.op === "eq" && then.subAttribute.toLowerCase() === "value") return then.value;
  return requiredValue(node.filter);
}

/** What the `value` of an element must equal for a filter over elements to be true of it; undefined when that is open. */
function requiredValue(node: FilterNode): FilterLiteral | undefined {
  if (node.op === "and") return requiredValue(node.left) ?? requiredValue(node.right);
  if (node.op !== "eq") return undefined;
  const { urn, attribute, subAttribute } = node.path;
  return urn === null && subAttribute === null && attribute.toLowerCase() === "value" ? node.value : undefined;
}

function isCore(path: AttributePath, attribute: string, subAttribute: string | null): boolean {
  return (
    (path.urn === null || path.urn.toLowerCase() === CORE_URN) &&
    path.attribute.toLowerCase() === attribute &&
    (path.subAttribute?.toLowerCase() ?? null) === subAttribute
  );
}
