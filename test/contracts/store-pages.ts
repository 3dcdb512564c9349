import type { DirectoryUser, Person } from "../../src/domain/directory.ts";
import { InvalidCursorError, InvalidFilterError, InvalidPathError } from "../../src/domain/errors.ts";
import type { Listed, ListQuery, SortOrder } from "../../src/ports/directory-tx.ts";
import type { Store } from "../../src/ports/store.ts";
import { parseSortBy } from "../../src/scim/sort-key.ts";
import { aUser, edited } from "../support/directory-builders.ts";
import { aGroup } from "../support/store-groups.ts";
import { ACME, aQuery, remove, stage } from "./store-harness.ts";
import type { StoreContract } from "./store-harness.ts";

function by(path: string, descending = false): SortOrder {
  return { path: parseSortBy(path, null), descending };
}

function list(store: Store, parts: Parameters<typeof aQuery>[0]): Promise<Listed<Person>> {
  return store.read(ACME, (tx) => tx.people(aQuery(parts)));
}

function namesOf({ items }: Listed<Person>): readonly string[] {
  return items.map(({ user }) => user.userName);
}

async function named(store: Store, ...names: readonly string[]): Promise<readonly DirectoryUser[]> {
  return stage(store, ...names.map((userName) => aUser({ userName, resource: { title: `T ${userName}` } })));
}

/** Pages and what is refused. */
export function pagesContract(contract: StoreContract): void {
  offsetContract(contract);
  positionContract(contract);
  refusalContract(contract);
}

function offsetContract(contract: StoreContract): void {
  contract("pages follow the order of creation and do not shift when somebody changes", async (t, store) => {
    const users = await named(store, ...["g", "f", "e", "d", "c", "b", "a"]);
    await store.write(ACME, (tx) => tx.putUser(edited(users[0]!, { title: "x" }), 1));
    const page = async (offset: number): Promise<readonly string[]> => {
      const answer = await list(store, { from: { offset }, limit: 3 });
      t.is(answer.total, 7);
      t.is(answer.next === null, offset >= 6);
      return namesOf(answer);
    };
    const walked = [...(await page(0)), ...(await page(3)), ...(await page(6)), ...(await page(9))];
    t.deepEqual(walked, ["g", "f", "e", "d", "c", "b", "a"]);
  });

  contract("a page of nobody tells the total, and leads nowhere", async (t, store) => {
    await named(store, "a", "b");
    for (const parts of [{}, { filter: "active eq true" }, { filter: 'title sw "T"' }, { sort: by("title") }]) {
      t.deepEqual(await list(store, { ...parts, limit: 0 }), { items: [], total: 2, next: null });
      t.deepEqual(await list(store, { ...parts, from: { offset: 5 } }), { items: [], total: 2, next: null });
    }
  });

  contract("a prefix finds exactly what begins with it, at the edges of Unicode too", async (t, store) => {
    const names = ["\ud7ff", "\ud7ffx", "\ue000", "\ufb01x", "\u{10ffff}", "\u{10ffff}x", "a\u{10ffff}", "b"];
    await named(store, ...names);
    const found = async (prefix: string) =>
      namesOf(await list(store, { filter: `userName sw ${JSON.stringify(prefix)}` }));
    for (const prefix of ["\ud7ff", "\ue000", "\u{10ffff}", "a", "a\u{10ffff}", ""]) {
      t.deepEqual(
        await found(prefix),
        names.filter((name) => name.startsWith(prefix)),
        JSON.stringify(prefix),
      );
    }
  });

  contract("a scan that no index answers goes over as many pages as it takes", async (t, store) => {
    const users = Array.from({ length: 1_100 }, (_, index) =>
      aUser({ resource: { title: index % 2 === 0 ? "even" : "odd" } }),
    );
    await Promise.all(users.map((user) => store.write(ACME, (tx) => tx.putUser(user, null))));
    for (const sort of [null, by("title"), by("userName")]) {
      const { items, total, next } = await list(store, {
        filter: 'title eq "odd"',
        from: { offset: 540 },
        limit: 20,
        sort,
      });
      t.deepEqual([total, items.length, next], [550, 10, null]);
    }
  });

  contract("an address that a user no longer has does not find them", async (t, store) => {
    const [user] = await stage(store, aUser({ email: "old@acme.example" }));
    const next = edited(user!, { emails: [{ value: "new@acme.example" }] });
    await store.write(ACME, async (tx) => {
      await tx.user(user!.id);
      await tx.putUser(next, 1);
      await tx.putUser(edited(next, { emails: [{ value: "newest@acme.example" }] }), 2);
    });
    const found = async (email: string): Promise<number> =>
      (await list(store, { filter: `emails.value eq "${email}"` })).total;
    const emails = ["old@acme.example", "new@acme.example", "newest@acme.example"];
    t.deepEqual(await Promise.all(emails.map(found)), [0, 0, 1]);
  });
}

function positionContract(contract: StoreContract): void {
  const questions: readonly Partial<ListQuery>[] = [
    { sort: null },
    ...[by("userName"), by("userName", true), by("title"), by("title", true), by("meta.created")].map((sort) => ({
      sort,
    })),
  ];
  contract("who is there all the while is given once, whoever comes and goes between two pages", async (t, store) => {
    for (const [index, { sort = null }] of questions.entries()) {
      for (const filter of ["active pr", 'title sw "T"']) {
        const key = `${index}${filter}`;
        const people = await named(store, ...["b", "d", "f", "h", "j"].map((name) => `${name}${key}`));
        const seen: string[] = [];
        let after: string | null = null;
        for (const round of ["a", "c", "e", "g", "z"]) {
          const page: Listed<Person> = await list(store, { filter, sort, from: { after }, limit: 2 });
          seen.push(...namesOf(page));
          const last = page.items.at(-1)?.user;
          // The one where the next page begins goes; others come before and behind it.
          if (round === "c" && last !== undefined) await remove(store, last);
          await named(store, `${round}${key}`);
          after = page.next;
          if (after === null) break;
        }
        while (after !== null) {
          const page: Listed<Person> = await list(store, { filter, sort, from: { after }, limit: 2 });
          seen.push(...namesOf(page));
          after = page.next;
        }
        t.is(new Set(seen).size, seen.length, `nobody twice: ${key}`);
        for (const { userName } of people) t.true(seen.includes(userName), `${userName} of ${key}`);
        for (const { user } of (await list(store, {})).items) await remove(store, user);
      }
    }
  });

  contract("groups are paged alike", async (t, store) => {
    for (const displayName of ["b", "A", "c"])
      await store.write(ACME, (tx) => tx.putGroup(aGroup({ displayName }), null));
    for (const [sort, expected] of [
      [null, ["b", "A", "c"]],
      [by("displayName", true), ["c", "b", "A"]],
    ] as const) {
      const page = (after: string | null) =>
        store.read(ACME, (tx) => tx.groups(aQuery({ sort, from: { after }, limit: 2, withMemberships: true })));
      const first = await page(null);
      const second = await page(first.next);
      const items = [...first.items, ...second.items];
      t.deepEqual(
        items.map(({ group, members }) => [group.displayName, members]),
        expected.map((name) => [name, []]),
      );
      t.deepEqual([first.total, second.total, second.next], [3, 3, null]);
    }
  });
}

function refusalContract(contract: StoreContract): void {
  contract("a position that is none, or of another list, is refused", async (t, store) => {
    await named(store, "a", "b");
    const next = async (sort: SortOrder | null): Promise<string> => (await list(store, { sort, limit: 1 })).next ?? "";
    const [unsorted, byName, byTime] = [await next(null), await next(by("userName")), await next(by("active"))];
    const text = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const refused: readonly (readonly [SortOrder | null, string])[] = [
      ...["", "x", "%%%", `${unsorted}=`, `${unsorted}A`, text([1]), text([null, 0]), text([null, 1.5]), text({})].map(
        (position) => [null, position] as const,
      ),
      ...[text([null, "1"]), text([null, 1, 2]), text([[], 1]), text(null), byName].map(
        (position) => [null, position] as const,
      ),
      [by("userName"), unsorted],
      [by("userName"), byTime],
      [by("active"), byName],
      [by("title"), text([{}, 1])],
    ];
    for (const [sort, after] of refused) {
      await t.throwsAsync(list(store, { sort, from: { after } }), { instanceOf: InvalidCursorError }, after);
    }
    t.deepEqual(namesOf(await list(store, { from: { after: unsorted } })), ["b"]);
    t.deepEqual(namesOf(await list(store, { sort: by("userName"), from: { after: byName } })), ["b"]);
  });

  contract("what cannot be asked is refused, whatever else the question says", async (t, store) => {
    const filters = ['password eq "x"', 'userName eq "a" and nothing pr', "active gt true", 'meta.created gt "soon"'];
    for (const filter of filters)
      await t.throwsAsync(list(store, { filter }), { instanceOf: InvalidFilterError }, filter);
    const path = { urn: null, attribute: "nothing", subAttribute: null };
    const sort = { path, descending: false };
    await t.throwsAsync(list(store, { sort }), { instanceOf: InvalidPathError });
    await t.throwsAsync(list(store, { sort: by("name") }), { instanceOf: InvalidPathError });
    await named(store, "a", "b");
    const absent = { unknownAttributes: "absent" } as const;
    t.deepEqual(namesOf(await list(store, { ...absent, sort, filter: "not (nothing pr)" })), ["a", "b"]);
    t.is((await list(store, { ...absent, filter: 'nothing eq "x" or members[value pr]' })).total, 0);
    await t.throwsAsync(list(store, { ...absent, filter: 'password eq "x"' }), { instanceOf: InvalidFilterError });
  });
}
