import fc from "fast-check";
import type { ExecutionContext } from "ava";
import type { Seat } from "../../src/domain/account.ts";
import type { DirectoryId, DirectoryUser } from "../../src/domain/directory.ts";
import { InvalidCursorError, InvalidFilterError } from "../../src/domain/errors.ts";
import type { PersonState } from "../../src/domain/person-state.ts";
import type { Hold } from "../../src/domain/plan.ts";
import type { CensusPage, CensusQuery } from "../../src/ports/census.ts";
import type { HeldRecord } from "../../src/ports/holds.ts";
import type { Store } from "../../src/ports/store.ts";
import { compileFilter } from "../../src/scim/evaluate.ts";
import type { FilterNode } from "../../src/scim/filter.ts";
import { parseFilter } from "../../src/scim/parse-filter.ts";
import { printFilter } from "../../src/scim/print-filter.ts";
import { USER_TYPE } from "../../src/scim/resource-types.ts";
import { userToWire } from "../../src/scim/user.ts";
import { aUser } from "../support/directory-builders.ts";
import { population, settle } from "../support/store-population.ts";
import { filterOf } from "../support/store-questions.ts";
import { ACME, NOW, OTHER, aLink, each, remove, stage, takeLease } from "./store-harness.ts";
import type { StoreContract } from "./store-harness.ts";

type Asked = Partial<Omit<CensusQuery, "filter">> & { readonly filter?: string };

function ask(store: Store, { filter, ...parts }: Asked = {}): Promise<CensusPage> {
  return store.census.page({
    directory: null,
    text: null,
    filter: filter === undefined ? null : parseFilter(filter),
    state: null,
    after: null,
    limit: 100,
    ...parts,
  });
}

const idsOf = ({ items }: CensusPage): string => items.map(({ person }) => person.user.id).join(" ");

const found = async (store: Store, asked: Asked): Promise<string> => idsOf(await ask(store, asked));

/** Everybody staged, of all directories, those included who were deleted. */
export function censusContract(contract: StoreContract): void {
  whoContract(contract);
  textContract(contract);
  filterContract(contract);
  stateContract(contract);
  pageContract(contract);
}

/** Ana and Bo of `acme`, Cy who was deleted there, and Ana's namesake elsewhere. */
async function staff(store: Store): Promise<void> {
  const cy = aUser({
    id: "cy",
    userName: "Cy@acme.example",
    externalId: "00u3",
    resource: { displayName: "Cy Young" },
  });
  await stage(
    store,
    aUser({
      id: "ana",
      userName: "Ana@acme.example",
      externalId: "00u1",
      resource: { displayName: "Ana Lima", title: "Sales Manager" },
    }),
    aUser({ id: "bo", userName: "bo@acme.example", email: "Bo.Li@acme.example", active: false }),
    cy,
    aUser({ id: "ana-2", userName: "ana@acme.example", directory: OTHER, resource: { title: "Analyst" } }),
  );
  await remove(store, cy);
}

function whoContract(contract: StoreContract): void {
  contract(
    "everybody of every directory is there, the deleted too, in the order in which they came",
    async (t, store) => {
      t.deepEqual(await ask(store), { items: [], next: null });
      await staff(store);
      const { items, next } = await ask(store);
      t.is(next, null);
      t.deepEqual(
        items.map(({ person: { user, deletedAt } }) => [user.id, user.directory, deletedAt]),
        [
          ["ana", ACME, null],
          ["bo", ACME, null],
          ["cy", ACME, NOW],
          ["ana-2", OTHER, null],
        ],
      );
      t.is(await found(store, { directory: OTHER }), "ana-2");
    },
  );

  contract("of somebody who came back after a deletion only the newest life is there", async (t, store) => {
    const [before] = await stage(store, aUser({ id: "before", userName: "ana@acme.example", externalId: "00u1" }));
    await remove(store, before!);
    const after = aUser({ id: "after", userName: "ana@acme.example", externalId: "00u1" });
    await store.write(ACME, async (tx) => {
      await tx.putUser(after, null);
      await tx.inherit(before!.id, after.id);
    });
    for (const asked of [{}, { text: "ana" }, { text: "before" }, { filter: 'userName eq "ana@acme.example"' }]) {
      t.is(await found(store, asked), "text" in asked && asked.text === "before" ? "" : "after", JSON.stringify(asked));
    }
  });

  contract("a person comes with their groups and their link", async (t, store) => {
    const [ana] = await stage(store, aUser({ id: "ana" }));
    const lease = await takeLease(store);
    await store.links.put(lease, [aLink(ana!, "m-1")]);
    const [entry] = (await ask(store)).items;
    t.deepEqual(entry?.link, aLink(ana!, "m-1"));
    t.deepEqual(entry?.person, { user: ana!, deletedAt: null, groups: [] });
  });
}

function textContract(contract: StoreContract): void {
  const cases: Readonly<Record<string, string>> = {
    ana: "ana ana-2",
    "ANA@ACME": "ana ana-2",
    "ana-2": "ana-2",
    "bo.li@": "bo",
    "BO.LI@acme.example": "bo",
    "00u": "ana cy",
    "00u1": "ana",
    "00U1": "",
    "ana l": "ana",
    "CY YOUNG": "cy",
    cy: "cy",
    lima: "",
    "%": "",
    _: "",
    "'": "",
  };
  contract("people are found by the beginning of an id, a name, an e-mail or a key", async (t, store) => {
    await staff(store);
    for (const [text, expected] of Object.entries(cases)) t.is(await found(store, { text }), expected, text);
    t.is(await found(store, { text: "ana", directory: ACME }), "ana");
  });
}

function filterContract(contract: StoreContract): void {
  const cases: Readonly<Record<string, string>> = {
    'userName eq "ANA@acme.example"': "ana ana-2",
    'userName sw "c" or externalId eq "00u1"': "ana cy",
    "active eq true": "ana cy ana-2",
    'emails.value co "li@"': "bo",
    'emails[type eq "work" and value sw "bo"]': "bo",
    'title co "manager"': "ana",
    'title co "manager" or directory eq "other"': "ana ana-2",
    "title pr and deleted eq false": "ana ana-2",
    "deleted eq true": "cy",
    "not (deleted eq true) and active eq true": "ana ana-2",
    'directory eq "other"': "ana-2",
    'directory ne "other"': "ana bo cy",
    'directory eq "OTHER"': "",
    'state eq "left"': "bo cy",
    'state eq "NONE" and directory eq "acme"': "ana",
    'urn:ietf:params:scim:schemas:core:2.0:User:deleted eq "true"': "cy",
    'groups.display eq "Sales"': "",
    'id eq "ana"': "ana",
  };
  contract("people are found by any attribute of theirs, and by directory, deletion and state", async (t, store) => {
    await staff(store);
    for (const [filter, expected] of Object.entries(cases)) t.is(await found(store, { filter }), expected, filter);
    t.is(await found(store, { filter: "active eq true", directory: ACME, text: "a" }), "ana");
    const groups = 'groups.display eq "Sales" or userName sw "ana"';
    t.is(await found(store, { filter: groups, directory: ACME }), "ana");
  });

  contract("SQL gives the answer of the filter, for people of all directories", async (t, store) => {
    await answersAlike(t, store);
  });

  contract("people are found by the groups they are in, in one directory or in all", async (t, store) => {
    const [, bo] = await stage(store, aUser({ id: "ana" }), aUser({ id: "bo" }));
    const group = {
      id: "g-1" as never,
      directory: ACME,
      displayName: "Sales",
      resource: { displayName: "Sales" },
      meta: { created: NOW, lastModified: NOW, version: 1 },
    };
    await store.write(ACME, async (tx) => {
      await tx.putGroup(group, null);
      await tx.changeMembers(group.id, { base: "none", put: [{ value: bo!.id }], drop: [] });
    });
    const filter = 'groups.display eq "sales"';
    t.is(await found(store, { filter }), "bo");
    t.is(await found(store, { filter, directory: ACME }), "bo");
    t.is(await found(store, { filter, directory: OTHER }), "");
  });

  contract("a filter that asks for what nobody has, or cannot be asked, is refused", async (t, store) => {
    for (const filter of ['nonsense eq "x"', "deleted gt true", "state gt 1", "directory.x pr", 'deleted eq "maybe"']) {
      await t.throwsAsync(ask(store, { filter }), { instanceOf: InvalidFilterError }, filter);
    }
  });
}

/** Questions to each directory, and to all of them. */
const QUESTIONS = 15;

async function answersAlike(t: ExecutionContext, store: Store): Promise<void> {
  let directories = 0;
  const check = fc.asyncProperty(population, fc.nat(), async (make, seed) => {
    directories += 1;
    const directory = `d${directories}` as DirectoryId;
    const people = make(directory);
    await settle(store, directory, people);
    for (const user of people.users.filter((_, index) => index % 3 === 0)) await remove(store, user);
    const everybody = (await ask(store, { limit: 10_000 })).items;
    for (const filter of fc.sample(filterOf("users", directory), { numRuns: QUESTIONS, seed })) {
      if (!isTaken(filter)) continue;
      const matches = compileFilter(filter, USER_TYPE);
      for (const asked of [directory, null]) {
        const wanted = everybody
          .filter(({ person: { user } }) => asked === null || user.directory === asked)
          .filter(({ person: { user, groups } }) => matches(userToWire(user, { baseUrl: "", groups })));
        const query = { directory: asked, text: null, filter, state: null, after: null, limit: 10_000 };
        const shown = `${printFilter(filter)} in ${asked ?? "all"}`;
        t.deepEqual((await store.census.page(query)).items, wanted, shown);
      }
    }
  });
  await fc.assert(check, { numRuns: 10, includeErrorInReport: true });
}

/** Whether a filter names only what there is. */
function isTaken(filter: FilterNode): boolean {
  try {
    compileFilter(filter, USER_TYPE);
    return true;
  } catch {
    return false;
  }
}

/** Stages one person per state, named after it. */
async function oneOfEach(store: Store): Promise<void> {
  const lease = await takeLease(store);
  const names = ["failing", "waiting", "held", "leaving", "left", "linked", "none"] as const satisfies PersonState[];
  const inactive = new Set<string>(["failing", "leaving", "left"]);
  const people = await stage(store, ...names.map((id) => aUser({ id, active: !inactive.has(id) })));
  const gone = await stage(store, aUser({ id: "gone-linked" }), aUser({ id: "gone" }), aUser({ id: "out-of-scope" }));
  const person = (id: string): DirectoryUser => [...people, ...gone].find((one) => one.id === id)!;
  await store.links.put(lease, [
    ...["failing", "held", "leaving", "linked", "gone-linked"].map((id) => aLink(person(id), `m-${id}`)),
    ...["left", "out-of-scope"].map((id) => aLink(person(id), `m-${id}`, { offboardedAt: NOW })),
  ]);
  await remove(store, person("gone-linked"));
  await remove(store, person("gone"));
  const failure = { user: person("failing").id, attempts: 1, nextAt: NOW, code: "x", message: "y" };
  await store.wakes.putFailure(lease, failure);
  const standard = "standard" as Seat;
  const waiting = (id: string, place: number) => ({
    user: person(id).id,
    label: id,
    seat: standard,
    place,
    reason: "x",
  });
  await store.holds.recordWaiting(lease, [waiting("waiting", 1), waiting("failing", 2)]);
  const held = (id: string, hold: Hold): HeldRecord => ({ user: person(id).id, label: id, key: id, hold, detail: "x" });
  const records = [
    held("held", "mode"),
    held("failing", "mode"),
    held("linked", "waits-for-held"),
    held("leaving", "delayed"),
    held("waiting", "no-free-seat"),
  ];
  await store.holds.recordHeld(lease, null, each(records));
}

function stateContract(contract: StoreContract): void {
  const expected: Readonly<Record<PersonState, string>> = {
    failing: "failing",
    waiting: "waiting",
    held: "held",
    leaving: "leaving gone-linked",
    left: "left gone out-of-scope",
    linked: "linked",
    none: "none",
  };
  contract("each person is in the state that says most of them, and is found by it", async (t, store) => {
    await oneOfEach(store);
    const { items } = await ask(store);
    for (const [state, ids] of Object.entries(expected) as [PersonState, string][]) {
      const own = items.filter((item) => item.state === state);
      t.is(idsOf({ items: own, next: null }), ids, `told: ${state}`);
      t.is(await found(store, { state }), ids, `asked: ${state}`);
      t.is(await found(store, { filter: `state eq "${state}"` }), ids, `filtered: ${state}`);
      t.is(await found(store, { filter: `state eq "${state}" and not (title pr)` }), ids, `asked each: ${state}`);
    }
  });

  contract("what was held before the last plan is not held any more", async (t, store) => {
    await oneOfEach(store);
    await store.holds.recordHeld(await takeLease(store), null, each([]));
    t.is(await found(store, { state: "held" }), "");
    t.is(await found(store, { text: "held", state: "linked" }), "held");
  });
}

function pageContract(contract: StoreContract): void {
  const pages = async (t: ExecutionContext, store: Store, asked: Asked, between = async () => {}) => {
    const ids: string[] = [];
    for (let after: string | null = null, guard = 0; ; guard += 1) {
      t.true(guard < 100);
      const page = await ask(store, { ...asked, after });
      ids.push(...page.items.map(({ person }) => person.user.id));
      if (page.next === null) return ids;
      after = page.next;
      await between();
    }
  };

  for (const [title, filter] of [
    ["columns", "active eq true"],
    ["a look at each", "not (nickName pr)"],
  ] as const) {
    contract(`pages by ${title} hold everybody once, whoever comes and goes meanwhile`, async (t, store) => {
      await stage(store, ...["a", "b", "c", "d", "e"].map((id) => aUser({ id })));
      for (const limit of [1, 2, 3, 4, 5, 6]) {
        t.deepEqual(await pages(t, store, { filter, limit }), ["a", "b", "c", "d", "e"], `limit ${limit}`);
      }
      let turn = 0;
      const between = async (): Promise<void> => {
        turn += 1;
        if (turn === 1) await remove(store, aUser({ id: "a" }));
        if (turn === 1) await stage(store, aUser({ id: "f" }));
      };
      t.deepEqual(await pages(t, store, { filter, limit: 2 }, between), ["a", "b", "c", "d", "e", "f"]);
    });
  }

  contract("a position that is none is refused", async (t, store) => {
    for (const after of ["", "x", "0", Buffer.from('["x",1]').toString("base64url")]) {
      await t.throwsAsync(ask(store, { after }), { instanceOf: InvalidCursorError }, after);
    }
  });
}
