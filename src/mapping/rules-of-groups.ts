import { namesOf, shortName } from "./group-rules.ts";
import type { GroupRuleDocument, MappingDocument } from "./rules.ts";

/** Values of one rule that are named; a table may have thousands. */
const VALUES_NAMED = 5;

/** Per product group that some rule names, which rules put people there, each in a line as explanations name them. */
export function rulesOfGroups({ groups }: MappingDocument): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [index, rule] of groups.rules.entries()) {
    for (const [group, why] of reasonsOf(rule)) {
      const lines = found.get(group) ?? [];
      lines.push(`groups.rules[${index}]: ${why}`);
      found.set(group, lines);
    }
  }
  return found;
}

/** Per group of one rule, who is put there. */
function reasonsOf(rule: GroupRuleDocument): ReadonlyMap<string, string> {
  const { attribute, when, directoryGroup, group } = rule;
  if (attribute !== undefined) return tableReasons(shortName(attribute), rule);
  const why = when ?? `member of ${JSON.stringify(directoryGroup)}`;
  return new Map(namesOf(group ?? []).map((name) => [name, why]));
}

function tableReasons(label: string, { values = {}, unmapped }: GroupRuleDocument): ReadonlyMap<string, string> {
  const texts = new Map<string, string[]>();
  const note = (group: string, text: string): void => {
    const own = texts.get(group);
    if (own === undefined) texts.set(group, [text]);
    else own.push(text);
  };
  for (const [value, names] of Object.entries(values)) {
    for (const group of new Set(namesOf(names))) note(group, JSON.stringify(value));
  }
  const rest = typeof unmapped === "object" ? unmapped.group : null;
  return new Map(
    [...new Set([...texts.keys(), ...(rest === null ? [] : [rest])])].map((group) => [
      group,
      `${label} ${listed(texts.get(group) ?? [], group === rest)}`,
    ]),
  );
}

function listed(values: readonly string[], takesRest: boolean): string {
  const more = values.length - VALUES_NAMED;
  const named = values.slice(0, VALUES_NAMED);
  const all = more > 0 ? [...named, `${more} more`] : named;
  return [...all, ...(takesRest ? ["any other value"] : [])].join(", ");
}
