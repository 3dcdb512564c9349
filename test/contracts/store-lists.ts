import fc from "fast-check";
import type { ExecutionContext } from "ava";
import type { DirectoryId } from "../../src/domain/directory.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import type { Listed, ListQuery, SortOrder } from "../../src/ports/directory-tx.ts";
import type { Store } from "../../src/ports/store.ts";
import { compileFilter } from "../../src/scim/evaluate.ts";
import type { FilterNode } from "../../src/scim/filter.ts";
import { groupToWire } from "../../src/scim/group.ts";
import { printFilter } from "../../src/scim/print-filter.ts";
import { GROUP_TYPE, USER_TYPE } from "../../src/scim/resource-types.ts";
import type { ResourceType } from "../../src/scim/schema.ts";
import { compareSortKeys, compileSortKey } from "../../src/scim/sort-key.ts";
import { userToWire } from "../../src/scim/user.ts";
import { groupsIn, peopleIn, population, settle } from "../support/store-population.ts";
import { filterOf, sortOf } from "../support/store-questions.ts";
import type { StoreContract } from "./store-harness.ts";

const ABSENT = { unknownAttributes: "absent" } as const;
/** Questions to each directory. */
const QUESTIONS = 40;

interface Asked {
  readonly filter: FilterNode | null;
  readonly sort: SortOrder | null;
  readonly offset: number;
  readonly limit: number;
  readonly withMemberships: boolean;
}

function askedOf(kind: "users" | "groups", directory: string): fc.Arbitrary<Asked> {
  return fc.record({
    filter: fc.option(filterOf(kind, directory), { freq: 9 }),
    sort: sortOf(kind),
    offset: fc.nat(4),
    limit: fc.nat(4),
    withMemberships: fc.boolean(),
  });
}

/** The answer to a question, by asking everybody and sorting whoever matches. */
function expected<T>(
  all: readonly T[],
  wire: (item: T) => JsonObject,
  type: ResourceType,
  { filter, sort }: Asked,
): readonly T[] {
  const matches = filter === null ? () => true : compileFilter(filter, type, ABSENT);
  const found = all.map((item) => ({ item, wire: wire(item) })).filter((each) => matches(each.wire));
  if (sort === null) return found.map(({ item }) => item);
  const keyOf = compileSortKey(sort.path, type, ABSENT);
  return found
    .map((each) => ({ ...each, key: keyOf(each.wire) }))
    .sort((a, b) => compareSortKeys(a.key, b.key, sort.descending))
    .map(({ item }) => item);
}

async function checkAnswers<T>(
  t: ExecutionContext,
  asked: Asked,
  wanted: readonly T[],
  list: (query: ListQuery) => Promise<Listed<T>>,
): Promise<void> {
  const { offset, limit, ...rest } = asked;
  const query = { ...rest, ...ABSENT };
  const shown = `${asked.filter === null ? "all" : printFilter(asked.filter)} by ${JSON.stringify(asked.sort)}`;
  const page = await list({ ...query, from: { offset }, limit });
  t.is(page.total, wanted.length, shown);
  t.deepEqual(page.items, wanted.slice(offset, offset + limit), shown);
  if (limit === 0) return;
  const walked: T[] = [];
  let after: string | null = null;
  do {
    const next: Listed<T> = await list({ ...query, from: { after }, limit });
    t.is(next.total, wanted.length, shown);
    t.is(next.items.length, Math.min(limit, wanted.length - walked.length), shown);
    walked.push(...next.items);
    after = next.next;
  } while (after !== null);
  t.deepEqual(walked, wanted, shown);
}

/** Lists: filters, orders and pages. */
export function listsContract(contract: StoreContract): void {
  contract("SQL gives the answer of the filter and of the order, for users", async (t, store) => {
    await answersAlike(t, store, "users");
  });
  contract("SQL gives the answer of the filter and of the order, for groups", async (t, store) => {
    await answersAlike(t, store, "groups");
  });
}

async function answersAlike(t: ExecutionContext, store: Store, kind: "users" | "groups"): Promise<void> {
  let directories = 0;
  const check = fc.asyncProperty(population, fc.infiniteStream(fc.nat()), async (make, seeds) => {
    directories += 1;
    const directory = `d${directories}` as DirectoryId;
    const everybody = make(directory);
    await settle(store, directory, everybody);
    const seed = seeds.next().value ?? 0;
    for (const asked of fc.sample(askedOf(kind, directory), { numRuns: QUESTIONS, seed })) {
      await store.read(directory, async (tx) => {
        if (kind === "users") {
          const wire = (person: Parameters<typeof userOnWire>[0]): JsonObject => userOnWire(person);
          const wanted = expected(peopleIn(everybody), wire, USER_TYPE, asked);
          const bare = wanted.map((person) => (asked.withMemberships ? person : { ...person, groups: [] }));
          await checkAnswers(t, asked, bare, (query) => tx.people(query));
        } else {
          const wanted = expected(
            groupsIn(everybody),
            (group) => groupToWire(group, { baseUrl: "" }),
            GROUP_TYPE,
            asked,
          );
          const bare = wanted.map((group) => (asked.withMemberships ? group : { ...group, members: null }));
          await checkAnswers(t, asked, bare, (query) => tx.groups(query));
        }
      });
    }
  });
  await fc.assert(check, { numRuns: 25, includeErrorInReport: true });
}

function userOnWire({ user, groups }: ReturnType<typeof peopleIn>[number]): JsonObject {
  return userToWire(user, { baseUrl: "", groups });
}
