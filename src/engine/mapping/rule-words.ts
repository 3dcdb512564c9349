import { groupsNamedBy } from "../../mapping/compile.ts";
import { shortName } from "../../mapping/group-rules.ts";
import type { GroupRuleDocument } from "../../mapping/rules.ts";
import { readMapping } from "./check-mapping.ts";

/** Groups of one rule that are named; a table may lead to hundreds. */
const GROUPS_NAMED = 3;
/** Characters of a condition that are shown: enough to find it by. */
const LONGEST_CONDITION = 80;

/**
 * Places of group rules, each with what the rule there says: `groups.rules[2] (when title eq "Pilot" → Pilots)`. A place that
 * the document does not have stays as it is. Throws ConfigError for a document that cannot be used.
 */
export function nameRules(document: unknown, places: readonly string[]): readonly string[] {
  const { rules } = readMapping(document).groups;
  const words = new Map(rules.map((rule, index) => [`groups.rules[${index}]`, ruleWords(rule)]));
  return places.map((place) => {
    const says = words.get(place);
    return says === undefined ? place : `${place} (${says})`;
  });
}

function ruleWords(rule: GroupRuleDocument): string {
  return `${conditionWords(rule)} → ${listed([...new Set(groupsNamedBy(rule))])}`;
}

function conditionWords({ attribute, when, directoryGroup }: GroupRuleDocument): string {
  if (attribute !== undefined) return shortName(attribute);
  return when === undefined ? `directoryGroup ${JSON.stringify(directoryGroup)}` : `when ${cut(when)}`;
}

function listed(groups: readonly string[]): string {
  if (groups.length === 0) return "no group";
  const more = groups.length - GROUPS_NAMED;
  const named = groups.slice(0, GROUPS_NAMED).join(", ");
  return more > 0 ? `${named} and ${more} more` : named;
}

function cut(condition: string): string {
  return condition.length > LONGEST_CONDITION ? `${condition.slice(0, LONGEST_CONDITION)}…` : condition;
}
