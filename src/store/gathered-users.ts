import type { Knex } from "knex";
import type { DirectoryId, DirectoryUser, Person } from "../domain/directory.ts";
import type { DirectoryReadTx, Listed, ListQuery } from "../ports/directory-tx.ts";
import { lookUp } from "../scim/attribute-target.ts";
import { foldCase } from "../scim/fold-case.ts";
import { USER_TYPE } from "../scim/resource-types.ts";
import { gather } from "./gather.ts";
import { groupsOfUsers } from "./memberships.ts";
import { lookUpNames, lookUpUsers, type FoundUser } from "./user-statements.ts";

type GatheredReads = Pick<DirectoryReadTx, "user" | "person" | "groupsOf">;

/** Look-ups of single users, which requests of all directories share. */
export interface GatheredUsers {
  in(directory: DirectoryId): GatheredReads;
  /** The answer to what every IdP asks before it creates anybody, `userName eq "x"`; null for any other question. */
  byName(directory: DirectoryId, query: ListQuery): Promise<Listed<Person>> | null;
}

/** Gathers look-ups on a connection that reads. */
export function createGatheredUsers(reader: Knex): GatheredUsers {
  const byId = gather(async (ids: readonly string[]) => {
    const found = new Map((await lookUpUsers(reader, distinct(ids))).map((each) => [each.user.id as string, each]));
    return ids.map((id) => found.get(id));
  });
  const byName = gather(async (names: readonly string[]) => {
    const found = Map.groupBy(await lookUpNames(reader, distinct(names)), ({ user }) => foldCase(user.userName));
    return names.map((name) => found.get(name) ?? []);
  });
  const groups = gather(async (ids: readonly string[]) => {
    const found = await groupsOfUsers(reader, distinct(ids), null);
    return ids.map((id) => found.get(id) ?? []);
  });
  const asPerson = async ({ user, isMember }: FoundUser, withGroups: boolean): Promise<Person> => ({
    user,
    deletedAt: null,
    groups: withGroups && isMember ? await groups(user.id) : [],
  });
  const find = async (directory: DirectoryId, id: string): Promise<FoundUser | undefined> => {
    const found = await byId(id);
    return found?.user.directory === directory ? found : undefined;
  };
  const findNamed = async (directory: DirectoryId, name: string, query: ListQuery): Promise<Listed<Person>> => {
    const found = (await byName(name)).filter(({ user }) => user.directory === directory);
    const items = await Promise.all(found.map((each) => asPerson(each, query.withMemberships)));
    return { items, total: items.length, next: null };
  };
  return {
    in: (directory) => ({
      user: async (id) => (await find(directory, id))?.user,
      async person(id) {
        const found = await find(directory, id);
        return found === undefined ? undefined : asPerson(found, true);
      },
      groupsOf: async (user: DirectoryUser) => (user.directory === directory ? groups(user.id) : []),
    }),
    byName(directory, query) {
      const name = soughtName(query);
      return name === null ? null : findNamed(directory, name, query);
    },
  };
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

/** The folded name that a question for the first page of `userName eq "x"` asks for. */
function soughtName({ filter, sort, from, limit }: ListQuery): string | null {
  const isFirst = "offset" in from ? from.offset === 0 : from.after === null;
  if (!isFirst || limit === 0 || sort !== null || filter?.op !== "eq" || typeof filter.value !== "string") return null;
  const target = lookUp(filter.path, USER_TYPE);
  const isName = target?.extension === null && target.attribute.name === "userName" && target.subAttribute === null;
  return isName ? foldCase(filter.value) : null;
}
