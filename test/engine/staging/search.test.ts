import test from "ava";
import fc from "fast-check";
import type { DirectoryId } from "../../../src/domain/directory.ts";
import { InvalidCursorError, InvalidPathError } from "../../../src/domain/errors.ts";
import { createSearch } from "../../../src/engine/staging/search.ts";
import type { Found, SearchQuery } from "../../../src/engine/staging/search-parts.ts";
import type { Listed, ListQuery, SortOrder } from "../../../src/ports/directory-tx.ts";
import type { Store } from "../../../src/ports/store.ts";
import { parseFilter } from "../../../src/scim/parse-filter.ts";
import { parseSortBy } from "../../../src/scim/sort-key.ts";
import { ACME, NOW } from "../../contracts/store-harness.ts";
import { aUser } from "../../support/directory-builders.ts";
import { aStore } from "../../support/store-files.ts";
import { aGroup } from "../../support/store-groups.ts";
import { population, settle } from "../../support/store-population.ts";
import { ATTRIBUTES, filterOf, sortOf } from "../../support/store-questions.ts";

type Asked = Partial<SearchQuery>;
type FoundList = Listed<Found>;

const idOf = (found: Found): string => (found.type === "User" ? found.person.user.id : found.group.group.id);
const idsOf = ({ items }: FoundList): readonly string[] => items.map(idOf);
const by = (path: string, descending = false): SortOrder => ({ path: parseSortBy(path, null), descending });
const start: ListQuery["from"] = { after: null };

function find(store: Store, asked: Asked, directory: DirectoryId = ACME): Promise<FoundList> {
  const everything = { filter: null, sort: null, limit: 200, withGroups: false, withMembers: false };
  return createSearch(store).find(directory, { ...everything, from: start, ...asked });
}

/** The ids of all pages, from the first on; `between` is called after each page that is not the last. */
async function walk(
  store: Store,
  asked: Asked,
  between: (shown: FoundList) => Promise<unknown> = async () => undefined,
  directory: DirectoryId = ACME,
): Promise<readonly string[]> {
  const walked: string[] = [];
  let after: string | null = null;
  while (true) {
    const page: FoundList = await find(store, { ...asked, from: { after } }, directory);
    walked.push(...idsOf(page));
    after = page.next;
    if (after === null) return walked;
    await between(page);
  }
}

/** Names in small letters are people, the others are groups; each is the id, too. */
async function add(store: Store, directory: DirectoryId, ...names: readonly string[]): Promise<void> {
  for (const id of names) {
    const resource = { displayName: id, title: id };
    await store.write(directory, (tx) =>
      /^[a-z]/.test(id)
        ? tx.putUser(aUser({ id, directory, userName: id, resource }), null)
        : tx.putGroup(aGroup({ id, directory, displayName: id }), null),
    );
  }
}

async function drop(store: Store, directory: DirectoryId, id: string): Promise<void> {
  await store.write(directory, async (tx) => {
    const user = await tx.user(id as never);
    await (user === undefined ? tx.removeGroup(id as never, NOW) : tx.removeUser(user.id, NOW));
  });
}

const STAFF = ["e", "a", "c", "g", "D", "B", "F"];
const ORDERS = [null, by("displayName"), by("displayName", true), by("title"), by("title", true), by("meta.created")];
const titleOf = (sort: SortOrder | null): string =>
  sort === null ? "unsorted" : `by ${sort.path.attribute}${sort.descending ? ", descending" : ""}`;

for (const sort of ORDERS) {
  test(`${titleOf(sort)}: pages by cursor are the one-page list in pieces`, async (t) => {
    const store = await aStore(t);
    await add(store, ACME, ...STAFF);
    const whole = await find(store, { sort, from: { offset: 0 } });
    t.is(whole.items.length, 7);
    for (let limit = 1; limit <= 8; limit += 1) {
      t.deepEqual(await walk(store, { sort, limit }), idsOf(whole), String(limit));
      const page = await find(store, { sort, limit });
      t.deepEqual([page.total, page.next === null], [7, limit >= 7]);
    }
  });

  test(`${titleOf(sort)}: who goes between two pages takes nobody else along`, async (t) => {
    for (let limit = 1; limit <= 4; limit += 1) {
      const store = await aStore(t);
      await add(store, ACME, ...STAFF);
      const whole = idsOf(await find(store, { sort }));
      const walked = await walk(store, { sort, limit }, ({ items }) => drop(store, ACME, idOf(items.at(-1)!)));
      t.deepEqual(walked, whole, String(limit));
    }
  });

  test(`${titleOf(sort)}: who comes between two pages makes nobody come twice`, async (t) => {
    for (let limit = 1; limit <= 4; limit += 1) {
      const store = await aStore(t);
      await add(store, ACME, ...STAFF);
      const whole = idsOf(await find(store, { sort }));
      let round = 0;
      const walked = await walk(store, { sort, limit }, async () => {
        round += 1;
        if (round <= 6) await add(store, ACME, `aa${round}`, `AA${round}`, `zz${round}`, `ZZ${round}`);
      });
      t.is(new Set(walked).size, walked.length, String(limit));
      t.deepEqual(
        walked.filter((id) => STAFF.includes(id)),
        whole,
        String(limit),
      );
    }
  });
}

test("the types are merged: users before groups among equals, each in the order of creation", async (t) => {
  const store = await aStore(t);
  await add(store, ACME, "B", "c", "A", "a", "b", "C");
  const walked = (sort: SortOrder | null) => walk(store, { sort, limit: 2 });
  t.deepEqual(await walked(null), ["c", "a", "b", "B", "A", "C"]);
  t.deepEqual(await walked(by("displayName")), ["a", "A", "b", "B", "c", "C"]);
  t.deepEqual(await walked(by("displayName", true)), ["c", "C", "b", "B", "a", "A"]);
  t.deepEqual(await walked(by("title")), ["a", "b", "c", "B", "A", "C"]);
  t.deepEqual(await walked(by("title", true)), ["B", "A", "C", "c", "b", "a"]);
});

test("what one of the types lacks, or has none of, ends when the other does", async (t) => {
  const store = await aStore(t);
  t.deepEqual(await find(store, {}), { items: [], total: 0, next: null });
  await add(store, ACME, "a", "b", "c");
  for (const sort of ORDERS) t.is((await walk(store, { sort, limit: 2 })).length, 3);
  await add(store, ACME, "D", "E", "F");
  for (const sort of ORDERS) {
    for (const filter of ['userName sw ""', 'members pr or displayName gt "c"']) {
      const asked = { sort, filter: parseFilter(filter) };
      t.deepEqual(await walk(store, { ...asked, limit: 2 }), idsOf(await find(store, asked)), filter);
    }
    t.deepEqual(await find(store, { sort, limit: 0 }), { items: [], total: 6, next: null });
    t.is((await find(store, { sort, limit: 3 })).total, 6);
  }
});

test("between two answers of the store somebody may come or go", async (t) => {
  for (const sort of ORDERS) {
    for (const limit of [2, 3, 4]) {
      const store = await aStore(t);
      await add(store, ACME, ...STAFF, "i", "k", "H", "J");
      const there = idsOf(await find(store, { sort })).filter((id) => !["a", "B", "k", "J"].includes(id));
      const changes = [
        ...["a", "B", "k", "J"].map((id) => () => drop(store, ACME, id)),
        ...["aa", "AA", "b", "C", "ka", "JA"].map((id) => () => add(store, ACME, id)),
      ];
      const walked = await walk(changing(store, changes), { sort, limit });
      t.is(new Set(walked).size, walked.length, walked.join());
      t.deepEqual(
        there.filter((id) => !walked.includes(id)),
        [],
        walked.join(),
      );
    }
  }
});

/** A store in which something changes after each answer about people or groups, as long as there are changes. */
function changing(store: Store, changes: readonly (() => Promise<void>)[]): Store {
  let answers = 0;
  const afterwards = async <T>(answer: Promise<T>): Promise<T> => {
    const given = await answer;
    await changes[answers++]?.();
    return given;
  };
  return {
    ...store,
    read: (directory, work) =>
      store.read(directory, (tx) =>
        work({
          ...tx,
          people: (query) => afterwards(tx.people(query)),
          groups: (query) => afterwards(tx.groups(query)),
        }),
      ),
  };
}

test("a position that is none is refused", async (t) => {
  const store = await aStore(t);
  await add(store, ACME, ...STAFF);
  const { next } = await find(store, { limit: 5 });
  const byName = (await find(store, { limit: 5, sort: by("displayName") })).next ?? "";
  const shapes = [[], ["ended"], ["ended", "ended"], ["ended", null], ["ended", "x"], {}, null, 5, "x", "ended"];
  const places = [
    {},
    { after: "" },
    { after: "x" },
    { after: 1 },
    { after: null, more: 1 },
    { offset: 1 },
    [null],
    "ended ",
  ];
  const texts = [
    ...["", "x", "5", "[", ` ${next}`, `${next} `, byName, "9".repeat(400), "[".repeat(10_000)],
    ...shapes.map((shape) => JSON.stringify(shape)),
    ...places
      .flatMap((place) => [
        [place, { after: null }],
        ["ended", place],
        [{ after: null }, place],
      ])
      .map(asText),
  ];
  for (const after of texts) {
    await t.throwsAsync(find(store, { from: { after } }), { instanceOf: InvalidCursorError }, after.slice(0, 50));
    if (after === byName) continue;
    const sorted = find(store, { from: { after }, sort: by("displayName") });
    await t.throwsAsync(sorted, { instanceOf: InvalidCursorError }, after.slice(0, 50));
  }
  t.is((await find(store, { from: { after: next } })).items.length, 2);
  await t.throwsAsync(find(store, { sort: by("name") }), { instanceOf: InvalidPathError });
});

function asText(value: unknown): string {
  return JSON.stringify(value);
}

const anySort = fc.oneof(sortOf("users"), sortOf("groups"));

test("random people and groups: a walk gives the one-page list", async (t) => {
  const store = await aStore(t);
  let directories = 0;
  const questions = fc.infiniteStream(fc.nat());
  const check = fc.asyncProperty(population, questions, fc.integer({ min: 1, max: 5 }), async (make, seeds, limit) => {
    directories += 1;
    const directory = `d${directories}` as DirectoryId;
    await settle(store, directory, make(directory));
    const filter = fc.option(fc.oneof(filterOf("users", directory), filterOf("groups", directory)));
    const asked = fc.record({ filter, sort: anySort, withGroups: fc.boolean(), withMembers: fc.boolean() });
    for (const each of fc.sample(asked, { numRuns: 10, seed: seeds.next().value ?? 0 })) {
      const whole = await find(store, { ...each, from: { offset: 0 } }, directory);
      t.deepEqual(await walk(store, { ...each, limit }, undefined, directory), idsOf(whole));
    }
  });
  await fc.assert(check, { numRuns: 25, includeErrorInReport: true });
});

/** Orders by what does not change when others come and go. */
const steadySort = fc.option(
  fc.record({
    path: fc
      .constantFrom(...ATTRIBUTES.users.sorts.filter((path) => !/^(groups|members)|lastModified|version/.test(path)))
      .map((path) => parseSortBy(path, null)),
    descending: fc.boolean(),
  }),
);
const change = fc.record({ goes: fc.nat(12), comes: fc.option(fc.constantFrom("aa", "nn", "zz", "AA", "NN", "ZZ")) });

test("random people and groups: who is there all the while is given once, in order", async (t) => {
  const store = await aStore(t);
  let directories = 0;
  const parts = [population, steadySort, fc.integer({ min: 1, max: 5 }), fc.array(change, { maxLength: 12 })] as const;
  const check = fc.asyncProperty(...parts, async (make, sort, limit, changes) => {
    directories += 1;
    const directory = `d${directories}` as DirectoryId;
    await settle(store, directory, make(directory));
    const before = idsOf(await find(store, { sort }, directory));
    let pages = 0;
    const walked = await walk(
      store,
      { sort, limit },
      async () => {
        const { goes, comes = null } = changes[pages++] ?? {};
        const leaver = goes === undefined ? undefined : before[goes];
        if (leaver !== undefined) await drop(store, directory, leaver).catch(() => undefined);
        if (comes !== null) await add(store, directory, `${comes}-${directory}-${pages}`);
      },
      directory,
    );
    const after = new Set(idsOf(await find(store, { sort }, directory)));
    const there = before.filter((id) => after.has(id));
    t.is(new Set(walked).size, walked.length);
    t.deepEqual(
      walked.filter((id) => there.includes(id)),
      there,
    );
  });
  await fc.assert(check, { numRuns: 60, includeErrorInReport: true });
});
