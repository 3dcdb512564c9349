import type { JsonObject } from "../domain/json.ts";
import type { RehirePolicy } from "../domain/policy.ts";
import { lookUp } from "../scim/attribute-target.ts";
import { compileFilter } from "../scim/evaluate.ts";
import { filterPaths } from "../scim/filter-paths.ts";
import { parseFilter } from "../scim/parse-filter.ts";
import { USER_TYPE } from "../scim/resource-types.ts";
import { compileAccount } from "./account-fields.ts";
import type { AccountFields } from "./account-fields.ts";
import { compileGroupRule, namesOf } from "./group-rules.ts";
import type { GroupRule } from "./group-rules.ts";
import type { GroupRuleDocument, MappingDocument } from "./rules.ts";

/** One of `seats.rules`, ready to be asked. */
export interface SeatRule {
  readonly matches: (resource: JsonObject) => boolean;
  readonly seat: string | null;
  readonly because: string;
}

/** Who gets an account at all. */
export interface Scope {
  readonly matches: (resource: JsonObject) => boolean;
  readonly text: string;
  /** Whether it asks for the directory groups of a person: then a change of those may make a leaver. */
  readonly readsGroups: boolean;
}

/** A mapping, compiled once and asked for everybody. */
export interface Mapping {
  /** Of the saved mapping; 0 for one that was never saved. */
  readonly version: number;
  readonly document: MappingDocument;
  /** Every product group that some rule names. */
  readonly managedGroups: ReadonlySet<string>;
  readonly authoritative: boolean;
  readonly createMissing: boolean;
  readonly rehire: RehirePolicy;
  readonly account: AccountFields;
  /** Null: everybody is in scope. */
  readonly scope: Scope | null;
  readonly groupRules: readonly GroupRule[];
  readonly seatRules: readonly SeatRule[];
  readonly defaultSeat: Omit<SeatRule, "matches">;
}

/**
 * Compiles a document that `parseMapping` has accepted; throws ScimError for filters or paths that it would refuse.
 * `like`: another mapping, whose `account` is taken over where both documents say the same of it.
 */
export function compileMapping(document: MappingDocument, version: number, like?: Mapping): Mapping {
  const { scope, groups, seats } = document;
  // The schema gives the keys their order.
  const isAlike = JSON.stringify(document.account) === JSON.stringify(like?.document.account);
  return {
    version,
    document,
    managedGroups: new Set(groups.rules.flatMap(groupsNamedBy)),
    authoritative: groups.authoritative,
    createMissing: groups.createMissing,
    rehire: document.rehire,
    account: like !== undefined && isAlike ? like.account : compileAccount(document.account),
    scope: scope === null ? null : { matches: predicate(scope), text: scope, readsGroups: readsGroups(scope) },
    groupRules: groups.rules.map((rule, index) => compileGroupRule(rule, `groups.rules[${index}]`, predicate)),
    seatRules: seats.rules.map(({ when, seat }, index) => ({
      matches: predicate(when),
      seat,
      because: `seats.rules[${index}]: ${when} → ${seatWords(seat)}`,
    })),
    defaultSeat: { seat: seats.default, because: `seats.default → ${seatWords(seats.default)}` },
  };
}

function predicate(filter: string): (resource: JsonObject) => boolean {
  return compileFilter(parseFilter(filter), USER_TYPE, { unknownAttributes: "absent" });
}

function readsGroups(filter: string): boolean {
  return filterPaths(parseFilter(filter)).some((path) => lookUp(path, USER_TYPE)?.attribute.name === "groups");
}

/** Product groups that a rule names, in the order in which it names them; one may come twice. */
export function groupsNamedBy({ values, unmapped, group }: GroupRuleDocument): readonly string[] {
  return [
    ...Object.values(values ?? {}).flatMap(namesOf),
    ...(typeof unmapped === "object" ? [unmapped.group] : []),
    ...namesOf(group ?? []),
  ];
}

function seatWords(seat: string | null): string {
  return seat === null ? "no seat" : `seat ${seat}`;
}
