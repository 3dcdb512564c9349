import type { DesiredAccount, LeaverReason, Seat } from "../domain/account.ts";
import type { Person } from "../domain/directory.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Mapping } from "./compile.ts";
import { mappedResource } from "./mapped-resource.ts";

/**
 * What one person should have: pure, and the same for the same person and mapping. A leaver (deleted, inactive or out of
 * scope) should have no seat and no groups; their profile is there to recognise them by.
 */
export function desire(person: Person, mapping: Mapping): DesiredAccount {
  const { user } = person;
  const resource = mappedResource(user, person.groups);
  const { profile, problems } = mapping.account(resource);
  const identity = {
    user: user.id,
    directory: user.directory,
    ...(user.externalId === undefined ? {} : { externalId: user.externalId }),
    profile,
  };
  const leaving = leavingOf(person, resource, mapping);
  if (leaving !== null) {
    return { ...identity, status: "deactivated", ...leaving, seat: null, seatRank: 0, groups: [], unmapped: [] };
  }
  const found = mapping.groupRules.map((rule) => rule(resource, person.groups));
  const placements = found.flatMap((one) => one.placements);
  const seatRank = mapping.seatRules.findIndex(({ matches }) => matches(resource));
  const seatRule = mapping.seatRules[seatRank] ?? mapping.defaultSeat;
  return {
    ...identity,
    status: "active",
    seat: seatRule.seat as Seat | null,
    seatRank: seatRank === -1 ? mapping.seatRules.length : seatRank,
    groups: unique(placements.map(({ group }) => group)).sort(),
    because: [...unique(placements.map(({ because }) => because)), seatRule.because],
    unmapped: unique(found.flatMap((one) => one.unmapped)),
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
