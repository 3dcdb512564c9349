import type { DesiredAccount, LeaverReason, Seat } from "../domain/account.ts";
import type { Person } from "../domain/directory.ts";
import type { JsonObject } from "../domain/json.ts";
import type { AccountValues } from "./account-fields.ts";
import type { Mapping } from "./compile.ts";
import type { Placement } from "./group-rules.ts";
import { mappedResource } from "./mapped-resource.ts";

/**
 * What one person should have: pure, and the same for the same person and mapping. A leaver (deleted, inactive or out of
 * scope) should have no seat and no groups; their profile is there to recognise them by.
 */
export function desire(person: Person, mapping: Mapping): DesiredAccount {
  const resource = mappedResource(person.user, person.groups);
  return desireOf(person, resource, mapping, mapping.account(resource));
}

/** What one person should have under each of two mappings. What both read alike (`compileMapping`) is read once. */
export function desireUnderBoth(person: Person, a: Mapping, b: Mapping): readonly [DesiredAccount, DesiredAccount] {
  const resource = mappedResource(person.user, person.groups);
  const values = a.account(resource);
  const others = a.account === b.account ? values : b.account(resource);
  return [desireOf(person, resource, a, values), desireOf(person, resource, b, others)];
}

function desireOf(
  person: Person,
  resource: JsonObject,
  mapping: Mapping,
  { profile, problems }: AccountValues,
): DesiredAccount {
  const { id: user, directory, externalId } = person.user;
  const identity = { user, directory, ...(externalId === undefined ? {} : { externalId }), profile };
  const leaving = leavingOf(person, resource, mapping);
  if (leaving !== null) {
    return { ...identity, status: "deactivated", ...leaving, seat: null, seatRank: 0, groups: [], unmapped: [] };
  }
  const placements: Placement[] = [];
  const unmapped: string[] = [];
  for (const rule of mapping.groupRules) {
    const found = rule(resource, person.groups);
    placements.push(...found.placements);
    unmapped.push(...found.unmapped);
  }
  const seatRank = mapping.seatRules.findIndex(({ matches }) => matches(resource));
  const seatRule = mapping.seatRules[seatRank] ?? mapping.defaultSeat;
  return {
    ...identity,
    status: "active",
    seat: seatRule.seat as Seat | null,
    seatRank: seatRank === -1 ? mapping.seatRules.length : seatRank,
    groups: unique(placements.map(({ group }) => group)).sort(),
    because: [...unique(placements.map(({ because }) => because)), seatRule.because],
    unmapped: unique(unmapped),
    ...(problems.length === 0 ? {} : { problems }),
  };
}

interface Leaving {
  readonly leaver: LeaverReason;
  readonly because: readonly string[];
}

function leavingOf({ user, deletedAt }: Person, resource: JsonObject, { scope }: Mapping): Leaving | null {
  if (deletedAt !== null) return { leaver: "deleted", because: ["the directory deleted this person"] };
  if (!user.active) return { leaver: "inactive", because: ["the directory says active: false"] };
  if (scope === null || scope.matches(resource)) return null;
  return { leaver: "out-of-scope", because: [`out of scope: ${scope.text} does not match`] };
}

function unique(texts: readonly string[]): string[] {
  return texts.length < 2 ? [...texts] : [...new Set(texts)];
}
