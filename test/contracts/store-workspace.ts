import type { AccountId, ObservedAccount, Seat } from "../../src/domain/account.ts";
import type { DirectoryUser } from "../../src/domain/directory.ts";
import type { PersonPlan } from "../../src/domain/plan.ts";
import type { Store } from "../../src/ports/store.ts";
import type { Workspace } from "../../src/ports/workspace.ts";
import type { ExecutionContext } from "ava";
import { aUser, edited } from "../support/directory-builders.ts";
import {
  ACME,
  NOW,
  aLink,
  aPersonPlan,
  anAccount,
  at,
  each,
  remove,
  stage,
  takeLease,
  userId,
} from "./store-harness.ts";
import type { StoreContract } from "./store-harness.ts";

async function open(t: ExecutionContext, store: Store): Promise<Workspace> {
  const workspace = await store.openWorkspace();
  t.teardown(() => workspace.close());
  return workspace;
}

/** A run's private place: the spooled observation, people, and plans. */
export function workspaceContract(contract: StoreContract): void {
  spoolContract(contract);
  peopleContract(contract);
  planContract(contract);
}

function spoolContract(contract: StoreContract): void {
  contract(
    "candidates are found by account id, marker, externalId and e-mail, each once, with who holds them",
    async (t, store) => {
      const [ana, gone] = await stage(store, aUser({ id: "ana" }), aUser({ id: "gone" }));
      await store.links.put(await takeLease(store), [aLink(ana!, "m-1"), aLink(gone!, "m-2")]);
      await remove(store, gone!);
      const accounts: readonly ObservedAccount[] = [
        anAccount("m-3", "other@acme.example", { marker: "acme/ana" }),
        anAccount("m-1", "ANA@acme.example", { marker: "acme/ana", externalId: "X1" }),
        anAccount("m-2", "gone@acme.example", { externalId: "X1" }),
        anAccount("m-4", "ana@acme.example", { status: "deactivated" }),
        anAccount("m-5", "else@acme.example"),
      ];
      const workspace = await open(t, store);
      t.deepEqual(await workspace.spool(each([accounts.slice(0, 3), [], accounts.slice(3)])), {
        accounts: 5,
        duplicateId: null,
      });
      const key = {
        user: userId("ana"),
        marker: "acme/ana",
        account: "m-1" as AccountId,
        externalId: "X1",
        email: "Ana@acme.example",
      };
      const found = await workspace.candidates([
        {
          ...key,
          user: userId("nobody"),
          marker: "acme/nobody",
          account: null,
          externalId: null,
          email: "nobody@acme.example",
        },
        key,
        { ...key, user: userId("x"), marker: "acme/x", account: null, externalId: "x1", email: "else@acme.example" },
        { ...key, account: null, externalId: null },
      ]);
      const outline = found.map((candidates) =>
        candidates.map(({ account, linkedTo }) => `${account.id} ${linkedTo?.user} ${linkedTo?.gone}`),
      );
      t.deepEqual(outline, [
        [],
        ["m-1 ana false", "m-2 gone true", "m-3 undefined undefined", "m-4 undefined undefined"],
        ["m-5 undefined undefined"],
        ["m-1 ana false", "m-3 undefined undefined", "m-4 undefined undefined"],
      ]);
      t.deepEqual(found[1]?.[0]?.account, accounts[1]);
      t.deepEqual(await workspace.activeAccounts(), { all: 4, unlinked: 2 });
      t.deepEqual(await workspace.candidates([]), []);
      t.deepEqual(await workspace.holders([accounts[4]!, accounts[1]!]), [
        { account: accounts[4]!, linkedTo: null },
        { account: accounts[1]!, linkedTo: { user: userId("ana"), gone: false } },
      ]);
    },
  );

  contract("an id that comes twice is told, and only its first account is kept", async (t, store) => {
    const workspace = await open(t, store);
    const pages = [
      [anAccount("m-1", "a@acme.example"), anAccount("m-2", "b@acme.example")],
      [anAccount("m-1", "c@acme.example")],
    ];
    t.deepEqual(await workspace.spool(each(pages)), { accounts: 3, duplicateId: "m-1" });
    const key = {
      user: userId("x"),
      marker: "acme/x",
      account: "m-1" as AccountId,
      externalId: null,
      email: "c@acme.example",
    };
    t.deepEqual(
      (await workspace.candidates([key])).flat().map(({ account }) => account.profile.email),
      ["a@acme.example"],
    );
    t.is((await workspace.activeAccounts()).all, 2);
  });

  contract("a new observation replaces the old one, and an error of its pages is passed on", async (t, store) => {
    const workspace = await open(t, store);
    await workspace.spool(each([[anAccount("m-1", "a@acme.example")]]));
    await workspace.spool(each([[anAccount("m-2", "b@acme.example")]]));
    t.is((await workspace.activeAccounts()).all, 1);
    async function* failing(): AsyncGenerator<readonly ObservedAccount[]> {
      yield [anAccount("m-3", "c@acme.example")];
      throw new RangeError("page 2");
    }
    await t.throwsAsync(workspace.spool(failing()), { instanceOf: RangeError, message: "page 2" });
    t.is((await workspace.activeAccounts()).all, 1);
    await t.notThrowsAsync(workspace.spool(each([])));
  });

  contract("two workspaces do not see each other, and leave nothing behind", async (t, store) => {
    const [one, two] = [await open(t, store), await open(t, store)];
    await one.spool(each([[anAccount("m-1", "a@acme.example")]]));
    await two.spool(each([[anAccount("m-2", "b@acme.example"), anAccount("m-3", "c@acme.example")]]));
    t.is((await one.activeAccounts()).all, 1);
    await one.close();
    await one.close();
    t.is((await two.activeAccounts()).all, 2);
  });
}

function atVersion(user: DirectoryUser, version: number): DirectoryUser {
  return { ...user, meta: { ...user.meta, version } };
}

function peopleContract(contract: StoreContract): void {
  contract(
    "people are everybody of every directory, tombstones included, in the order in which they came, with their links",
    async (t, store) => {
      const [ana, bo, gone] = await stage(
        store,
        aUser({ id: "b" }),
        aUser({ id: "a", directory: "other" }),
        aUser({ id: "c" }),
      );
      await store.links.put(await takeLease(store), [aLink(ana!, "m-1"), aLink(gone!, "m-2")]);
      await remove(store, gone!);
      const workspace = await open(t, store);
      const people = (await Array.fromAsync(workspace.people())).flat();
      t.deepEqual(
        people.map(({ person, link }) => [person.user.id, person.deletedAt, link?.account]),
        [
          ["b", null, "m-1"],
          ["a", null, undefined],
          ["c", NOW, "m-2"],
        ] as unknown[],
      );
      t.deepEqual(people[1], { person: { user: bo!, deletedAt: null, groups: [] }, link: null });
      t.deepEqual(people[0]?.link, aLink(ana!, "m-1"));
      const byId = await workspace.peopleById([userId("c"), userId("nobody"), userId("b")]);
      t.deepEqual(byId, [people[0], people[2]]);
      t.deepEqual(await workspace.peopleById([]), []);
    },
  );

  contract("people are read in pages, from one state, while others write and the run spools", async (t, store) => {
    const users = Array.from({ length: 1_050 }, (_, index) => aUser({ id: `u${String(index).padStart(5, "0")}` }));
    await Promise.all(users.map((user) => store.write(ACME, (tx) => tx.putUser(user, null))));
    const workspace = await open(t, store);
    await workspace.spool(each([[anAccount("m-1", users[3]!.userName)]]));
    const pages: number[] = [];
    for await (const page of workspace.people()) {
      pages.push(page.length);
      t.true(page.every(({ person }) => person.user.meta.version === 1));
      await store.write(ACME, (tx) => tx.putUser(atVersion(users.at(-1)!, pages.length + 1), pages.length));
      const [found] = await workspace.candidates([
        { user: userId("x"), marker: "acme/x", account: null, externalId: null, email: users[3]!.userName },
      ]);
      t.is(found?.length, 1);
    }
    t.deepEqual(pages, [250, 250, 250, 250, 50]);
    const [last] = await workspace.peopleById([users.at(-1)!.id]);
    t.is(last?.person.user.meta.version, pages.length + 1, "the state ends with the iteration");
  });

  contract("an address is claimed by every directory in which somebody active has it", async (t, store) => {
    const [, , , gone] = await stage(
      store,
      aUser({ userName: "ana@acme.example", email: "lind@acme.example" }),
      aUser({ directory: "other", userName: "x@acme.example", email: "ANA@acme.example" }),
      aUser({ directory: "third", userName: "lind@acme.example", active: false }),
      aUser({ directory: "fourth", userName: "ana@acme.example" }),
    );
    await remove(store, gone!);
    const workspace = await open(t, store);
    const claimed = await workspace.claimants(["LIND@acme.example", "nobody@acme.example", "Ana@acme.example"]);
    t.deepEqual(
      claimed.map((claimants) => claimants.map(({ directory }) => directory as string).sort()),
      [["acme"], [], ["acme", "other"]] as unknown[],
    );
  });

  contract("who stops reading people early does not keep their state", async (t, store) => {
    const [user] = await stage(store, aUser());
    const workspace = await open(t, store);
    for await (const _page of workspace.people()) break;
    await store.write(ACME, (tx) => tx.putUser(edited(user!, {}), 1));
    t.is((await workspace.peopleById([user!.id]))[0]?.person.user.meta.version, 2);
  });
}

function planContract(contract: StoreContract): void {
  const claim = (seat: string, rank: number, second: number): Partial<PersonPlan> => ({
    seatClaim: { seat: seat as Seat, rank, since: at(`2026-11-23T12:00:0${second}.000Z`) },
  });

  contract("plans are settled leavers first, then by claim to a seat, then the rest", async (t, store) => {
    const workspace = await open(t, store);
    const expected = [
      aPersonPlan("x2", { cause: "leaver" }),
      aPersonPlan("x9", { cause: "leaver", ...claim("a", 0, 0) }),
      aPersonPlan("z", claim("gold", 2, 1)),
      aPersonPlan("b", claim("standard", 2, 5)),
      aPersonPlan("y", claim("standard", 10, 1)),
      aPersonPlan("c", claim("standard", 10, 2)),
      aPersonPlan("d", claim("standard", 10, 2)),
      aPersonPlan("a"),
      aPersonPlan("e"),
    ];
    const shuffled = [4, 8, 0, 6, 2, 7, 1, 5, 3].map((index) => expected[index]!);
    t.deepEqual(await Array.fromAsync(workspace.inSettlingOrder(each(shuffled))), expected);
    t.deepEqual(await Array.fromAsync(workspace.inSettlingOrder(each([]))), []);
  });

  contract(
    "a plan is read back as often as needed, in its order, while people are read and settled",
    async (t, store) => {
      const users = Array.from({ length: 1_200 }, (_, index) => aUser({ id: `u${String(index).padStart(5, "0")}` }));
      await Promise.all(users.map((user) => store.write(ACME, (tx) => tx.putUser(user, null))));
      const workspace = await open(t, store);
      async function* planned(): AsyncGenerator<PersonPlan> {
        for await (const page of workspace.people()) yield* page.map(({ person }) => aPersonPlan(person.user.id));
      }
      async function* folded(): AsyncGenerator<PersonPlan, number, void> {
        let people = 0;
        for await (const plan of workspace.inSettlingOrder(planned())) {
          people += 1;
          yield plan;
        }
        return people;
      }
      const plan = await workspace.savePlan(folded());
      t.is(plan.result, 1_200);
      const read = async (): Promise<readonly string[]> =>
        (await Array.fromAsync(plan.people())).map(({ user }) => user);
      const [first, second] = await Promise.all([read(), read()]);
      t.deepEqual(
        first,
        users.map(({ id }) => id),
      );
      t.deepEqual(second, first);
      await workspace.savePlan(folded());
      await t.throwsAsync(read(), { message: /replaced/ });
    },
  );

  contract("an error of the fold is passed on", async (t, store) => {
    const workspace = await open(t, store);
    async function* failing(): AsyncGenerator<PersonPlan, number, void> {
      yield aPersonPlan("a");
      throw new RangeError("cannot settle");
    }
    await t.throwsAsync(workspace.savePlan(failing()), { instanceOf: RangeError });
  });
}
