import fc from "fast-check";
import type { Instant } from "../../src/domain/brand.ts";
import type {
  DirectoryGroup,
  DirectoryUser,
  GroupMember,
  GroupWithMembers,
  MemberDraft,
  Person,
} from "../../src/domain/directory.ts";
import type { Store } from "../../src/ports/store.ts";
import { compareCodePoints } from "../../src/scim/code-points.ts";
import { foldCase } from "../../src/scim/fold-case.ts";
import { aUser } from "./directory-builders.ts";
import { aGroup } from "./store-groups.ts";

/** Everybody of one directory, in the order of creation. */
export interface Population {
  readonly users: readonly DirectoryUser[];
  readonly groups: readonly DirectoryGroup[];
  /** By group id. */
  readonly members: ReadonlyMap<string, readonly MemberDraft[]>;
}

/** Texts that differ in case, in composition, in length, and beyond U+FFFF. */
export const TEXTS = [
  ...["ana", "ANA", "Anabel", "an", "zoë", "ZOE\u0308", "zoe", "Straße", "STRASSE", "İ", "i\u0307", "\ufb01x", "50%"],
  ...[
    "a_b",
    "a%b",
    'q"uo"te',
    "back\\slash",
    "\ufffd",
    "\u{1f642}",
    "\u{1f642}\u{1f680}",
    "\u{10ffff}",
    "\uffff",
    "\ud7ff",
  ],
  ...[" ", "a b", "true", "1", "work", "Work", "sales", "SALES"],
];

/** Times of resources: also those at the ends of the four-digit years. */
export const TIMES = [
  ...["2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.001Z", "2025-12-31T23:59:59.999Z", "2026-06-01T12:30:00.000Z"],
  ...["0000-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "1999-12-31T00:00:00.000Z"],
];

const text = fc.constantFrom(...TEXTS);
const time = fc.constantFrom(...TIMES);

const email = fc.record(
  { value: text, type: fc.constantFrom("work", "HOME", "other"), primary: fc.boolean() },
  { requiredKeys: [] },
);

const personParts = fc.record({
  name: text,
  externalId: fc.option(text, { nil: undefined }),
  active: fc.boolean(),
  emails: fc.array(email, { maxLength: 3 }),
  attributes: fc.record({ displayName: text, title: text, name: fc.record({ givenName: text }) }, { requiredKeys: [] }),
  created: time,
  lastModified: time,
});

const groupParts = fc.record({
  displayName: text,
  externalId: fc.option(text, { nil: undefined }),
  created: time,
  lastModified: time,
  // Who is in it: a user by id or externalId, a group by id, or nobody.
  members: fc.array(fc.tuple(fc.constantFrom("id", "externalId", "group", "nobody"), fc.nat(7)), { maxLength: 4 }),
});

const parts = fc.record({
  people: fc.uniqueArray(personParts, { selector: ({ name }) => foldCase(name), maxLength: 8 }),
  groups: fc.uniqueArray(groupParts, { selector: ({ displayName }) => foldCase(displayName), maxLength: 5 }),
});

/** A directory whose name, and so whose ids, are the given ones. */
export const population: fc.Arbitrary<(directory: string) => Population> = parts.map(
  ({ people, groups }) =>
    (directory) => {
      const users = people.map((person, index) => {
        const isFirst = people.findIndex(({ externalId }) => externalId === person.externalId) === index;
        const user = aUser({
          id: `${directory}-u${index}`,
          directory,
          userName: person.name,
          ...(isFirst && person.externalId !== undefined && { externalId: person.externalId }),
          active: person.active,
          created: person.created,
          resource: { emails: person.emails, ...person.attributes },
        });
        return { ...user, meta: { ...user.meta, lastModified: person.lastModified as Instant } };
      });
      const staged = groups.map(({ members: _, externalId, ...group }, index) => {
        const isFirst = groups.findIndex((other) => other.externalId === externalId) === index;
        const key = isFirst && externalId !== undefined ? { externalId } : {};
        return aGroup({ id: `${directory}-g${index}`, directory, ...group, ...key });
      });
      const valueOf = (kind: string, index: number): string => {
        if (kind === "id") return users[index]?.id ?? "nobody";
        if (kind === "externalId") return users[index]?.externalId ?? "nobody at all";
        return kind === "group" ? (staged[index]?.id ?? "no group") : "not here yet";
      };
      const members = groups.map(({ members: drafts }, index): [string, readonly MemberDraft[]] => {
        const values = new Set(drafts.map(([kind, nth]) => valueOf(kind, nth)));
        return [staged[index]?.id ?? "", [...values].map((value) => ({ value, display: `Name of ${value}` }))];
      });
      return { users, groups: staged, members: new Map(members) };
    },
);

/** Puts everybody where they belong. */
export async function settle(store: Store, directory: string, { users, groups, members }: Population): Promise<void> {
  await store.write(directory as DirectoryUser["directory"], async (tx) => {
    for (const user of users) await tx.putUser(user, null);
    for (const group of groups) await tx.putGroup(group, null);
    for (const { id } of groups) {
      await tx.changeMembers(id, { base: "stored", put: members.get(id) ?? [], drop: [] });
    }
  });
}

/** Groups with their members, as the port must give them. */
export function groupsIn({ users, groups, members }: Population): readonly GroupWithMembers[] {
  const refersTo = (value: string): GroupMember["refersTo"] => {
    const user = users.find(({ id }) => id === value);
    if (user !== undefined) return { type: "User", id: user.id };
    if (groups.some(({ id }) => id === value)) return { type: "Group", id: value };
    const byKey = users.find(({ externalId }) => externalId === value);
    return byKey === undefined ? null : { type: "User", id: byKey.id };
  };
  // Who is here is kept under the id, once, whatever name was sent.
  const kept = (draft: MemberDraft): GroupMember => {
    const named = refersTo(draft.value);
    return { ...draft, value: named?.id ?? draft.value, refersTo: named };
  };
  return groups.map((group) => {
    const own = Map.groupBy((members.get(group.id) ?? []).map(kept), ({ value }) => value);
    return { group, members: [...own.values()].flatMap(([first]) => first ?? []) };
  });
}

/** People with their groups, as the port must give them. */
export function peopleIn(everybody: Population): readonly Person[] {
  const groups = groupsIn(everybody);
  return everybody.users.map((user) => {
    const own = groups.filter(({ members }) => members?.some(({ refersTo }) => refersTo?.id === user.id));
    const named = own.map(({ group }) => ({ id: group.id, displayName: group.displayName }));
    return { user, deletedAt: null, groups: named.sort(byName) };
  });
}

function byName(a: Person["groups"][number], b: Person["groups"][number]): number {
  return compareCodePoints(a.displayName, b.displayName) || compareCodePoints(a.id, b.id);
}
