import type { DesiredAccount } from "../../domain/account.ts";
import type { Person } from "../../domain/directory.ts";
import { mappedResource } from "../../mapping/mapped-resource.ts";
import type { Mapping } from "../../mapping/compile.ts";
import type { Mapped } from "./explanation.ts";

/** What the mapping makes of somebody, rule by rule. `desired` is what it came to, in the product's own form. */
export function explainMapping({ user, groups }: Person, mapping: Mapping, desired: DesiredAccount): Mapped {
  const { scope, version, managedGroups } = mapping;
  const { because, leaver } = desired;
  return {
    mappingVersion: version,
    scope: scope?.text ?? null,
    inScope: scope === null || scope.matches(mappedResource(user, groups)),
    leaver: leaver ?? null,
    account: desired.profile,
    groups: desired.groups.map((group) => ({
      group,
      because: because.filter((rule) => rule.endsWith(` → ${group}`) && !isOfSeats(rule)),
    })),
    notIn: leaver === undefined ? [...managedGroups].filter((name) => !desired.groups.includes(name)).sort() : [],
    seat: desired.seat,
    seatBecause: because.find(isOfSeats) ?? null,
    unmapped: desired.unmapped,
    problems: desired.problems ?? [],
  };
}

function isOfSeats(rule: string): boolean {
  return rule.startsWith("seats.");
}
