import type { Person } from "../domain/directory.ts";
import type { JsonObject, JsonValue } from "../domain/json.ts";
import { foldCase } from "../scim/fold-case.ts";
import { parsePatchPath } from "../scim/parse-path.ts";
import { compileAttributeReader } from "../scim/read-attribute.ts";
import { USER_TYPE } from "../scim/resource-types.ts";
import type { GroupRuleDocument } from "./rules.ts";

/** A product group that a rule gives, and the rule's name for explanations. */
export interface Placement {
  readonly group: string;
  readonly because: string;
}

/** What one rule says of one person. */
export interface Placements {
  readonly placements: readonly Placement[];
  /** Values that the rule does not name, as `attribute: value`. */
  readonly unmapped: readonly string[];
}

/** One of `groups.rules`, ready to be asked about a person and their resource. */
export type GroupRule = (resource: JsonObject, groups: Person["groups"]) => Placements;

const NOTHING: Placements = { placements: [], unmapped: [] };

/** One name or several, as a list. */
export function namesOf(names: string | readonly string[]): readonly string[] {
  return typeof names === "string" ? [names] : names;
}

/** Compiles one rule; `at` is its place in the document, such as `groups.rules[0]`. */
export function compileGroupRule(
  rule: GroupRuleDocument,
  at: string,
  predicate: (filter: string) => (resource: JsonObject) => boolean,
): GroupRule {
  if (rule.attribute !== undefined) return attributeRule(rule.attribute, rule, at);
  const { when, directoryGroup } = rule;
  const because = when ?? `member of ${JSON.stringify(directoryGroup)}`;
  const all = place(rule.group, `${at}: ${because}`);
  if (when === undefined) {
    // As the directory compares the names of groups: a change of letter case is no other group.
    const name = foldCase(directoryGroup ?? "");
    return (_, groups) => (groups.some(({ displayName }) => foldCase(displayName) === name) ? all : NOTHING);
  }
  const matches = predicate(when);
  return (resource) => (matches(resource) ? all : NOTHING);
}

function attributeRule(path: string, { values = {}, unmapped = "report" }: GroupRuleDocument, at: string): GroupRule {
  const read = compileAttributeReader(path, USER_TYPE);
  const label = shortName(path);
  // A map, not the object: a value such as "constructor" must find nothing.
  const known = new Map(
    Object.entries(values).map(([value, names]) => [value, place(names, `${at}: ${label} ${JSON.stringify(value)}`)]),
  );
  const unknown = (value: string): Placements => {
    if (unmapped === "ignore") return NOTHING;
    if (unmapped === "report") return { placements: [], unmapped: [`${label}: ${value}`] };
    return place(unmapped.group, `${at}: ${label} ${JSON.stringify(value)} (unmapped)`);
  };
  return (resource) => {
    const found = read(resource)
      .map(asText)
      .filter((value) => value !== "")
      .map((value) => known.get(value) ?? unknown(value));
    if (found.length < 2) return found[0] ?? NOTHING;
    return {
      placements: found.flatMap(({ placements }) => placements),
      unmapped: found.flatMap((one) => one.unmapped),
    };
  };
}

function place(names: string | readonly string[] | undefined, rule: string): Placements {
  return { placements: namesOf(names ?? []).map((group) => ({ group, because: `${rule} → ${group}` })), unmapped: [] };
}

/** Values are compared as text, exactly; what has parts has no text, and is empty. */
function asText(value: JsonValue): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" ? value : "";
}

/** What an attribute path is called in the name of a rule. */
export function shortName(path: string): string {
  const { attribute, subAttribute } = parsePatchPath(path);
  return subAttribute === null ? attribute : `${attribute}.${subAttribute}`;
}
