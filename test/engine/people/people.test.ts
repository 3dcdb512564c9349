import test from "ava";
import type { DirectoryId } from "../../../src/domain/directory.ts";
import { InvalidCursorError, InvalidFilterError, UnknownSubjectError } from "../../../src/domain/errors.ts";
import type { PeopleQuery } from "../../../src/engine/people/people.ts";
import { parseFilter } from "../../../src/scim/parse-filter.ts";
import {
  accountOf,
  ACME,
  GLOBEX,
  hire,
  openTestBridge,
  patch,
  remove,
  runFull,
  type TestBridge,
} from "../../support/bridge.ts";

const ALL: PeopleQuery = { directory: null, query: null, filter: null, state: null, after: null, limit: 100 };

function list(bridge: TestBridge, parts: Partial<PeopleQuery> = {}) {
  return bridge.services().people.list({ ...ALL, ...parts });
}

async function names(bridge: TestBridge, parts: Partial<PeopleQuery> = {}): Promise<readonly string[]> {
  return (await list(bridge, parts)).items.map(({ userName, state }) => `${userName.split("@")[0] ?? ""} ${state}`);
}

test("a person is listed with account, state and times, from joiner to leaver", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example", { externalId: "00u1", displayName: "Ana Lima" });
  const staged = {
    id: ana.id,
    directory: ACME,
    userName: "ana@acme.example",
    displayName: "Ana Lima",
    email: "ana@acme.example",
    externalId: "00u1",
    active: true,
    deletedAt: null,
    leftAt: null,
    account: null,
    state: "none",
    updatedAt: ana.meta.lastModified,
  };
  t.deepEqual(await list(bridge), { items: [staged], next: null });

  await runFull(bridge);
  const [linked] = (await list(bridge)).items;
  t.is(linked?.state, "linked");
  const account = linked?.account;
  t.is(account?.id, accountOf(bridge, "ana@acme.example")?.id);
  t.is(account?.origin, "created");
  t.is(account?.offboardedAt, null);

  const inactive = await patch(bridge, ana.id, { active: false });
  const [leaving] = (await list(bridge)).items;
  t.like(leaving, { state: "leaving", active: false, leftAt: inactive.leftAt, updatedAt: inactive.meta.lastModified });

  await runFull(bridge);
  t.deepEqual(await names(bridge, { state: "left" }), ["ana left"]);
  const shut = (await list(bridge)).items[0]?.account;
  t.truthy(shut?.offboardedAt);

  await remove(bridge, ana.id);
  const [gone] = (await list(bridge)).items;
  t.truthy(gone?.deletedAt);
  t.like(gone, { state: "left", updatedAt: gone?.deletedAt ?? inactive.meta.created });
});

test("people are asked for by directory, words, filter and state at once, page by page", async (t) => {
  const bridge = await openTestBridge(t, { directories: { [ACME]: ["*"], [GLOBEX]: ["*"] } });
  await hire(bridge, "ana@acme.example", { title: "Manager" });
  await hire(bridge, "bo@acme.example");
  await hire(bridge, "ana@globex.example", {}, GLOBEX);
  t.deepEqual(await names(bridge, { query: " ANA@ " }), ["ana none", "ana none"]);
  t.deepEqual(await names(bridge, { query: "  " }), ["ana none", "bo none", "ana none"]);
  t.deepEqual(await names(bridge, { query: "ana", directory: GLOBEX, state: "none" }), ["ana none"]);
  t.deepEqual(await names(bridge, { filter: 'title eq "manager"' }), ["ana none"]);
  t.deepEqual(await names(bridge, { filter: parseFilter(`directory eq "${GLOBEX}"`), state: "linked" }), []);
  const first = await list(bridge, { limit: 2 });
  t.is(first.items.length, 2);
  t.deepEqual(await names(bridge, { limit: 2, after: first.next }), ["ana none"]);
});

test("a name and an e-mail are those that there are", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana", { displayName: "", emails: [], name: { givenName: "Ana", familyName: "Lima" } });
  await hire(bridge, "bo", { displayName: " ", emails: [{ value: "bo@acme.example" }], name: { formatted: "Bo Li" } });
  await hire(bridge, "cy@acme.example", { displayName: null, emails: [], name: {} });
  t.deepEqual(
    (await list(bridge)).items.map(({ displayName, email }) => [displayName, email]),
    [
      ["Ana Lima", null],
      ["Bo Li", null],
      [null, "cy@acme.example"],
    ],
  );
});

test("what cannot be asked is refused in words", async (t) => {
  const bridge = await openTestBridge(t);
  await t.throwsAsync(list(bridge, { directory: "akme" as DirectoryId }), {
    instanceOf: UnknownSubjectError,
    message: 'There is no directory "akme": there is acme.',
  });
  await t.throwsAsync(list(bridge, { filter: "title eq" }), { instanceOf: InvalidFilterError });
  await t.throwsAsync(list(bridge, { filter: 'shoeSize eq "9"' }), {
    instanceOf: InvalidFilterError,
    message: /shoeSize/,
  });
  await t.throwsAsync(list(bridge, { after: "1" }), { instanceOf: InvalidCursorError });
});
