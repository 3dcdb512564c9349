import test from "ava";
import type { DirectoryUser } from "../../../src/domain/directory.ts";
import type { AuditEvent, DirectoryWriteTx, ListQuery } from "../../../src/ports/directory-tx.ts";
import type { Store } from "../../../src/ports/store.ts";
import { StoreBusyError } from "../../../src/domain/errors.ts";
import { parseUser } from "../../../src/scim/user.ts";
import {
  ACME,
  aPerson,
  GLOBEX,
  hire,
  openTestBridge,
  origin,
  patch,
  PLAIN,
  remove,
  replace,
  type TestBridge,
} from "../../support/bridge.ts";

/** Keeps the audit events and wake-ups of each unit that was committed, together. */
function recording(units: object[][]): (store: Store) => Store {
  return (store) => ({
    ...store,
    async write(directory, work) {
      const unit: object[] = [];
      const result = await store.write(directory, (tx) => {
        const recorded: DirectoryWriteTx = {
          ...tx,
          putUser: (user, version) => (unit.push({ put: user.meta.version }), tx.putUser(user, version)),
          removeUser: (id, at) => (unit.push({ removed: true }), tx.removeUser(id, at)),
          audit: (event) => (unit.push(shown(event)), tx.audit(event)),
          wake: (user, reason, at) => (unit.push({ wake: reason }), tx.wake(user, reason, at)),
        };
        return work(recorded);
      });
      units.push(unit);
      return result;
    },
  });
}

const EVERYBODY: ListQuery = {
  filter: null,
  unknownAttributes: "reject",
  sort: null,
  from: { offset: 0 },
  limit: 100,
  withMemberships: false,
};
const shown = ({ actor, action, detail }: AuditEvent): object => ({ actor, action, ...detail });
const versionOf = ({ meta }: DirectoryUser): number => meta.version;
const names = async (bridge: TestBridge): Promise<readonly string[]> => {
  const { items } = await bridge.services().provisioning.listUsers(ACME, EVERYBODY);
  return items.map(({ user }) => user.userName);
};

test("every write is one unit of the user, the audit row and the wake-up", async (t) => {
  const units: object[][] = [];
  const bridge = await openTestBridge(t, { wrap: recording(units) });
  const ana = await hire(bridge, "ana@acme.example");
  await patch(bridge, ana.id, { active: false, title: "Former" });
  await patch(bridge, ana.id, { active: true });
  await replace(bridge, ana.id, "ana@acme.example");
  await remove(bridge, ana.id);
  const by = { actor: "token:test", directory: "acme" };
  const created = ["active", "displayName", "emails", "userName"];
  t.deepEqual(units, [
    [{ put: 1 }, { ...by, action: "user.created", version: 1, active: true, attributes: created }, { wake: "changed" }],
    [
      { put: 2 },
      { ...by, action: "user.changed", version: 2, active: false, attributes: ["active", "title"] },
      { wake: "leaver" },
    ],
    [
      { put: 3 },
      { ...by, action: "user.changed", version: 3, active: true, attributes: ["active"] },
      { wake: "changed" },
    ],
    [
      { put: 4 },
      { ...by, action: "user.changed", version: 4, active: true, attributes: ["title"] },
      { wake: "changed" },
    ],
    [{ removed: true }, { ...by, action: "user.deleted" }, { wake: "leaver" }],
  ]);
  t.deepEqual(bridge.staged, ["changed", "leaver", "changed", "changed", "leaver"]);
});

test("what changes nothing writes nothing, wakes nobody and keeps its version", async (t) => {
  const units: object[][] = [];
  const bridge = await openTestBridge(t, { wrap: recording(units) });
  const ana = await hire(bridge, "ana@acme.example", { title: "Boss" });
  t.is(versionOf(await patch(bridge, ana.id, { title: "Boss", active: true })), 1);
  const again = await replace(bridge, ana.id, "ana@acme.example", { title: "Boss" });
  t.deepEqual(again, ana);
  t.deepEqual(units.slice(1), [[], []]);
  t.deepEqual(bridge.staged, ["changed"]);
});

test("when the unit fails, nothing of it is kept and nobody is told", async (t) => {
  const bridge = await openTestBridge(t, {
    wrap: (store) => ({
      ...store,
      write: (directory, work) =>
        store.write(directory, (tx) =>
          work({
            ...tx,
            wake: () => {
              throw new StoreBusyError("no");
            },
          }),
        ),
    }),
  });
  await t.throwsAsync(hire(bridge, "ana@acme.example"), { instanceOf: StoreBusyError });
  t.deepEqual(await names(bridge), []);
  t.deepEqual(bridge.staged, []);
});

test("a PUT clears what it leaves out, but for active", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example", { title: "Boss", active: false });
  const replaced = await replace(bridge, ana.id, "ana@acme.example");
  t.false(replaced.active);
  t.is(replaced.resource["title"], undefined);
});

test("a PATCH is all or nothing", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example", { title: "Boss" });
  await t.throwsAsync(patch(bridge, ana.id, { title: "Chief", active: "perhaps" }), { code: "scim.invalid-value" });
  const { user } = await bridge.services().provisioning.getUser(ACME, ana.id, PLAIN);
  t.deepEqual(user, ana);
});

test("a userName that is taken, in any letter case, is refused; active or not", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await patch(bridge, ana.id, { active: false });
  await t.throwsAsync(hire(bridge, "ANA@acme.example"), { code: "scim.uniqueness" });
  const bo = await hire(bridge, "bo@acme.example", { externalId: "e-2" });
  await t.throwsAsync(patch(bridge, bo.id, { userName: "ana@acme.example" }), { code: "scim.uniqueness" });
  await t.throwsAsync(hire(bridge, "cy@acme.example", { externalId: "e-2" }), { code: "scim.uniqueness" });
  t.deepEqual(await names(bridge), ["ana@acme.example", "bo@acme.example"]);
});

test("a version that is not among the expected ones is refused, and changes nothing", async (t) => {
  const bridge = await openTestBridge(t);
  const { provisioning } = bridge.services();
  const ana = await hire(bridge, "ana@acme.example");
  const draft = parseUser(aPerson("ana@acme.example", { title: "Boss" }));
  const put = async (...expected: readonly number[]) =>
    (await provisioning.replaceUser(origin(), ana.id, draft, expected, PLAIN)).user;
  await t.throwsAsync(put(2), { code: "scim.version-conflict" });
  await t.throwsAsync(put(), { code: "scim.version-conflict" });
  await t.throwsAsync(provisioning.deleteUser(origin(), ana.id, [2, 3]), { code: "scim.version-conflict" });
  t.is(versionOf(await put(7, 1)), 2);
  await t.throwsAsync(put(1), { code: "scim.version-conflict" });
  await provisioning.deleteUser(origin(), ana.id, [2]);
});

test("of two changes made at once, both are kept", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await Promise.all([
    patch(bridge, ana.id, { title: "Boss" }),
    patch(bridge, ana.id, { nickName: "An" }),
    patch(bridge, ana.id, { locale: "pt-BR" }),
  ]);
  const { resource, meta } = (await bridge.services().provisioning.getUser(ACME, ana.id, PLAIN)).user;
  t.like(resource, { title: "Boss", nickName: "An", locale: "pt-BR" });
  t.is(meta.version, 4);
});

test("lastModified never goes back, whatever the clock does", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  bridge.clock.jump(-3_600_000);
  const changed = await patch(bridge, ana.id, { title: "Boss" });
  t.is(changed.meta.lastModified, ana.meta.lastModified);
});

test("unknown, deleted and foreign ids are answered alike", async (t) => {
  const bridge = await openTestBridge(t, { directories: { acme: ["*"], globex: ["*"] } });
  const { provisioning } = bridge.services();
  const foreign = await hire(bridge, "ana@globex.example", {}, GLOBEX);
  const gone = await hire(bridge, "bo@acme.example");
  await remove(bridge, gone.id);
  const draft = parseUser(aPerson("x@acme.example"));
  const answers = [];
  for (const id of [foreign.id, gone.id, "nobody", ""]) {
    for (const ask of [
      () => provisioning.getUser(ACME, id, PLAIN),
      () => provisioning.replaceUser(origin(), id, draft, null, PLAIN),
      () => patch(bridge, id, { active: false }),
      () => provisioning.deleteUser(origin(), id, null),
    ]) {
      const error = await t.throwsAsync(ask(), { code: "scim.not-found" });
      answers.push(error?.message);
    }
  }
  t.deepEqual([...new Set(answers)], ["There is no such user."]);
  t.true((await provisioning.getUser(GLOBEX, foreign.id, PLAIN)).user.active);
});

test("whoever is deleted is gone for SCIM and may be pushed anew under a new id", async (t) => {
  const bridge = await openTestBridge(t);
  const old = await hire(bridge, "ana@acme.example");
  await remove(bridge, old.id);
  t.deepEqual(await names(bridge), []);
  const fresh = await hire(bridge, "ana@acme.example");
  t.not(fresh.id, old.id);
  t.is(fresh.meta.version, 1);
});

const OFF = (attribute: string): string =>
  `${attribute} must be on a verified domain of this directory (acme.example, acme.test)`;
for (const [title, userName, emails, problem] of [
  ["on a verified domain", "ana@acme.example", [], null],
  ["in another letter case", "ana@ACME.Example", [], null],
  ["on the second domain", "ana@acme.test", [], null],
  ["on another domain", "ana@evil.example", [], OFF("userName")],
  ["on a sub-domain", "ana@sub.acme.example", [], OFF("userName")],
  ["on a domain that ends alike", "ana@notacme.example", [], OFF("userName")],
  ["with the domain before the at sign", "acme.example@evil.example", [], OFF("userName")],
  ["with two at signs, the last of which counts", "ana@evil.example@acme.example", [], null],
  ["without an at sign", "ana", [], OFF("userName")],
  ["with nothing before the at sign", "@acme.example", [], OFF("userName")],
  ["with nothing after it", "ana@", [], OFF("userName")],
  ["with an e-mail on a verified domain", "ana@acme.example", ["a@acme.test"], null],
  ["with an e-mail elsewhere", "ana@acme.example", ["a@acme.test", "ana@home.example"], OFF("emails")],
] as const) {
  test(`a userName ${title} is ${problem === null ? "taken" : "refused"}`, async (t) => {
    const bridge = await openTestBridge(t, { directories: { acme: ["acme.example", "acme.test"] } });
    const push = (): Promise<DirectoryUser> => hire(bridge, userName, { emails: emails.map((value) => ({ value })) });
    if (problem === null) t.is((await push()).userName, userName);
    else await t.throwsAsync(push(), { code: "scim.invalid-value", message: problem });
  });
}

test("with any domain allowed, a userName need not be an address", async (t) => {
  const bridge = await openTestBridge(t, { directories: { acme: ["*"] } });
  t.is((await hire(bridge, "ana", { emails: [] })).userName, "ana");
});

test("a list of domains that was narrowed stops no change to what was stored before", async (t) => {
  const bridge = await openTestBridge(t, { directories: { acme: ["*"] } });
  const ana = await hire(bridge, "ana@old.example");
  bridge.restart({ directories: [{ ...bridge.settings.directories[0]!, verifiedDomains: ["acme.example"] }] });
  t.false((await patch(bridge, ana.id, { active: false })).active);
  await t.throwsAsync(patch(bridge, ana.id, { userName: "ana@other.example" }), { code: "scim.invalid-value" });
  t.is((await patch(bridge, ana.id, { userName: "ana@acme.example" })).userName, "ana@acme.example");
});

test("a directory that the configuration does not know may push nobody", async (t) => {
  const bridge = await openTestBridge(t);
  await t.throwsAsync(hire(bridge, "ana@globex.example", {}, GLOBEX), { code: "scim.invalid-value" });
});
