/** The conformance checklist, rows 12 to 26: PATCH. */
import test from "ava";
import type { ExecutionContext } from "ava";
import { openTestApp, type TestApp } from "../support/app.ts";
import {
  create,
  createId,
  expectStatus,
  GROUPS,
  KINDS,
  op,
  PATCH_URN,
  patchBody,
  patched,
  refused,
  UNKNOWN_ID,
  USERS,
  type Kind,
} from "../support/scim-kinds.ts";
import { CALENDLY_URN, ENTERPRISE_URN } from "../support/scim-users.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";

/** A resource to patch. */
interface Subject {
  readonly app: TestApp;
  readonly id: string;
  readonly path: string;
}

async function subject(t: ExecutionContext, kind: Kind, parts: JsonObject = {}, opened?: TestApp): Promise<Subject> {
  const app = opened ?? (await openTestApp(t));
  const id = await createId(t, app, kind, "one", parts);
  return { app, id, path: `${kind.path}/${id}` };
}

/** The operations are refused as a whole: body and ETag stay as they were. */
async function isRefused(
  t: ExecutionContext,
  { app, path }: Subject,
  scimType: string | readonly string[],
  ...operations: readonly JsonObject[]
): Promise<void> {
  const before = await app.ask("GET", path);
  await refused(t, app, [400, scimType], ["PATCH", path, { json: patchBody(...operations) }]);
  const after = await app.ask("GET", path);
  t.deepEqual([after.body, after.headers["etag"]], [before.body, before.headers["etag"]], JSON.stringify(operations));
}

const members = (...ids: readonly string[]): JsonValue => ids.map((value) => ({ value }));
const valuesOf = (body: JsonObject): readonly unknown[] =>
  ((body["members"] ?? []) as readonly JsonObject[]).map(({ value }) => value);

test("12 · PATCH readOnly: a path that names a read-only attribute is refused; an id inside a pathless value is not", async (t) => {
  for (const kind of KINDS) {
    const one = await subject(t, kind);
    for (const path of ["id", "meta", "meta.version", "meta.created", "meta.resourceType", `${kind.urn}:id`, "ID"]) {
      await isRefused(t, one, "mutability", op("replace", path, "x"));
      await isRefused(t, one, "mutability", op("add", path, "x"));
      await isRefused(t, one, "mutability", op("remove", path));
    }
    const named = await patched(t, one.app, one.path, op("replace", undefined, { id: "other", [kind.free]: "x" }));
    t.deepEqual([named["id"], named[kind.free]], [one.id, "x"]);
    await refused(t, one.app, [404, null], ["GET", `${kind.path}/other`]);
  }
  const user = await subject(t, USERS);
  for (const path of ["groups", "groups.display", 'groups[value eq "x"]', 'groups[value eq "x"].display'])
    await isRefused(t, user, "mutability", op("add", path, "x"));
  await isRefused(t, user, "mutability", op("remove", "groups"));
});

test("13 · PATCH atomic: when the third operation fails nothing has changed, the ETag neither", async (t) => {
  for (const kind of KINDS) {
    const one = await subject(t, kind, { [kind.free]: "before" });
    const good = [op("replace", kind.free, "x"), op("replace", kind.named, kind.nameOf("renamed"))];
    await isRefused(t, one, "mutability", ...good, op("replace", "id", "x"));
    await isRefused(t, one, "noTarget", ...good, op("remove"));
    await isRefused(t, one, ["invalidValue", "mutability"], ...good, op("remove", kind.named));
    await isRefused(t, one, "invalidSyntax", ...good, op("move", kind.free, "x"));
    await createId(t, one.app, kind, "taken");
    const json = patchBody(...good, op("replace", kind.named, kind.nameOf("taken")));
    await refused(t, one.app, [409, "uniqueness"], ["PATCH", one.path, { json }]);
    t.like((await one.app.ask("GET", one.path)).body, { [kind.free]: "before", [kind.named]: kind.nameOf("one") });
  }
  const group = await subject(t, GROUPS);
  const user = await createId(t, group.app, USERS, "ana");
  await isRefused(t, group, "mutability", op("add", "members", members(user)), op("replace", "id", "x"));
});

test("14 · PATCH order: operations apply in order, each on what the one before has left", async (t) => {
  for (const kind of KINDS) {
    const { app, path } = await subject(t, kind);
    const body = await patched(
      t,
      app,
      path,
      op("add", kind.free, "first"),
      op("remove", kind.free),
      op("add", kind.free, "second"),
      op("replace", kind.free, "third"),
    );
    t.is(body[kind.free], "third");
    t.is((body["meta"] as JsonObject)["version"], 'W/"2"', "one request, one version");
  }
  const user = await subject(t, USERS);
  const emails = await patched(
    t,
    user.app,
    user.path,
    op("add", "emails", [{ type: "work", value: "a@acme.example" }]),
    op("replace", 'emails[type eq "work"].value', "b@acme.example"),
    op("add", 'emails[value eq "b@acme.example"].primary', true),
  );
  t.deepEqual(emails["emails"], [{ type: "work", value: "b@acme.example", primary: true }]);
  const group = await subject(t, GROUPS);
  const [ana, bo] = [await createId(t, group.app, USERS, "ana"), await createId(t, group.app, USERS, "bo")];
  const left = await patched(
    t,
    group.app,
    group.path,
    op("add", "members", members(ana)),
    op("replace", "members", members(bo)),
    op("add", "members", members(ana)),
    op("remove", `members[value eq "${bo}"]`),
  );
  t.deepEqual(valuesOf(left), [ana]);
});

test("15 · PATCH op: anything but add, remove and replace is invalidSyntax, and so is a body without Operations", async (t) => {
  for (const kind of KINDS) {
    const one = await subject(t, kind);
    for (const name of ["move", "copy", "test", "", "adds"])
      await isRefused(t, one, "invalidSyntax", op(name, kind.free, "x"));
    const bodies: readonly JsonValue[] = [
      { schemas: [PATCH_URN] },
      { schemas: [PATCH_URN], Operations: [] },
      { schemas: [PATCH_URN], Operations: null },
      { schemas: [PATCH_URN], Operations: { op: "add" } },
      { schemas: [PATCH_URN], Operations: ["add"] },
      { schemas: [PATCH_URN], Operations: [{ path: kind.free, value: "x" }] },
      { schemas: [PATCH_URN], Operations: [{ op: 1, path: kind.free, value: "x" }] },
      [],
    ];
    for (const json of bodies) await refused(t, one.app, [400, "invalidSyntax"], ["PATCH", one.path, { json }]);
    for (const name of ["ADD", "Replace", "rEPLACE"]) {
      const changed = await patched(t, one.app, one.path, op(name, kind.free, name));
      t.is(changed[kind.free], name, "operators have no case");
    }
    t.is((await patched(t, one.app, one.path, op("REMOVE", kind.free)))[kind.free], undefined);
  }
});

test("16 · PATCH remove: without a path it has no target", async (t) => {
  for (const kind of KINDS) {
    const one = await subject(t, kind, { [kind.free]: "kept" });
    await isRefused(t, one, "noTarget", op("remove"));
    await isRefused(t, one, "noTarget", op("remove", undefined, { [kind.free]: "kept" }));
    await isRefused(t, one, "noTarget", op("replace", kind.free, "x"), op("remove"));
  }
});

test("17 · PATCH path: a malformed path is invalidPath", async (t) => {
  for (const kind of KINDS) {
    const one = await subject(t, kind);
    for (const path of [
      "",
      ".",
      "name.",
      ".name",
      "a b",
      "name..givenName",
      "emails[",
      "9name",
      "members]",
      "a.b.c.d",
    ]) {
      await isRefused(t, one, "invalidPath", op("replace", path, "x"));
      if (path !== "") await isRefused(t, one, "invalidPath", op("remove", path));
    }
  }
});

test("18 · PATCH path filter: a malformed filter in a path is invalidFilter or invalidPath", async (t) => {
  const either = ["invalidFilter", "invalidPath"];
  const user = await subject(t, USERS, { emails: [{ type: "work", value: "one@acme.example" }] });
  const group = await subject(t, GROUPS, {}, user.app);
  for (const filter of ["type", "type eq", 'type is "x"', 'type eq "work', "", "and", "(type pr", 'type eq "a" or']) {
    await isRefused(t, user, either, op("replace", `emails[${filter}].value`, "x@acme.example"));
    await isRefused(t, user, either, op("remove", `emails[${filter}]`));
    await isRefused(t, group, either, op("remove", `members[${filter}]`));
  }
  await isRefused(t, user, either, op("replace", 'emails[nothing eq "x"].value', "x@acme.example"));
  await isRefused(t, user, either, op("replace", 'title[value eq "x"]', "y"));
});

test("19 · PATCH valuePath: a replace that matches nothing makes the element, unless the filter does not say which", async (t) => {
  const user = await subject(t, USERS);
  const made = await patched(t, user.app, user.path, op("replace", 'emails[type eq "work"].value', "w@acme.example"));
  t.deepEqual(made["emails"], [{ type: "work", value: "w@acme.example" }]);
  const both = await patched(
    t,
    user.app,
    user.path,
    op("replace", 'phoneNumbers[type eq "mobile" and primary eq true].value', "1"),
    op("add", 'addresses[type eq "home"].locality', "Testham"),
  );
  t.deepEqual(both["phoneNumbers"], [{ type: "mobile", primary: true, value: "1" }]);
  t.deepEqual(both["addresses"], [{ type: "home", locality: "Testham" }]);
  for (const filter of [
    'type co "h"',
    'type eq "a" or type eq "b"',
    'not (type eq "work")',
    'type ne "work" and type pr',
  ])
    await isRefused(t, user, "noTarget", op("replace", `ims[${filter}].value`, "x"));
  const group = await subject(t, GROUPS, {}, user.app);
  const joined = await patched(t, user.app, group.path, op("replace", `members[value eq "${user.id}"].display`, "One"));
  t.deepEqual(valuesOf(joined), [user.id]);
  t.is((joined["members"] as readonly JsonObject[])[0]?.["display"], "One");
});

test("20 · PATCH add: appends to what has many values, and repeats nothing that is there", async (t) => {
  const emails = [{ type: "work", value: "w@acme.example" }];
  const user = await subject(t, USERS, { emails });
  const second = { type: "home", value: "h@acme.example" };
  const appended = await patched(t, user.app, user.path, op("add", "emails", [second]));
  t.deepEqual(appended["emails"], [...emails, second]);
  const again = await patched(t, user.app, user.path, op("add", "emails", [second, ...emails]));
  t.deepEqual(again, appended, "the version neither");
  const single = await patched(t, user.app, user.path, op("add", "roles", { value: "admin" }));
  t.deepEqual(single["roles"], [{ value: "admin" }]);

  const group = await subject(t, GROUPS, {}, user.app);
  const other = await createId(t, user.app, USERS, "bo");
  const joined = await patched(t, user.app, group.path, op("add", "members", members(user.id)));
  t.deepEqual(valuesOf(await patched(t, user.app, group.path, op("add", "members", members(other, user.id)))), [
    user.id,
    other,
  ]);
  t.deepEqual(valuesOf(joined), [user.id]);
  const repeated = await patched(t, user.app, group.path, op("add", "members", members(other, other, user.id)));
  t.deepEqual(valuesOf(repeated), [user.id, other]);
  t.is((repeated["meta"] as JsonObject)["version"], 'W/"3"');
});

test("21 · PATCH pathless: the value is merged into the resource", async (t) => {
  const user = await subject(t, USERS, { title: "T", name: { givenName: "G", familyName: "F" } });
  for (const name of ["add", "replace"]) {
    const value = { nickName: name, name: { familyName: name }, [ENTERPRISE_URN]: { department: name } };
    const merged = await patched(t, user.app, user.path, op(name, undefined, value));
    t.like(merged, { title: "T", nickName: name, name: { givenName: "G", familyName: name } });
    t.deepEqual(merged[ENTERPRISE_URN], { department: name });
  }
  const dotted = { "name.givenName": "D", [`${ENTERPRISE_URN}:costCenter`]: "C", [`${CALENDLY_URN}:group`]: "X" };
  const reached = await patched(t, user.app, user.path, op("replace", undefined, dotted));
  t.deepEqual(reached["name"], { givenName: "D", familyName: "replace" });
  t.deepEqual(reached[ENTERPRISE_URN], { department: "replace", costCenter: "C" });
  t.deepEqual(reached[CALENDLY_URN], { group: "X" });
  for (const value of ["text", 7, ["x"], null])
    await isRefused(t, user, ["invalidValue", "invalidSyntax"], op("replace", undefined, value));

  const group = await subject(t, GROUPS, { externalId: "e" }, user.app);
  const added = await patched(t, user.app, group.path, op("add", undefined, { members: members(user.id) }));
  t.deepEqual([added["externalId"], valuesOf(added)], ["e", [user.id]]);
  const renamed = await patched(t, user.app, group.path, op("replace", undefined, { displayName: "Two" }));
  t.deepEqual([renamed["displayName"], valuesOf(renamed)], ["Two", [user.id]]);
});

test("22 · Primary: setting primary on one value clears it on the others", async (t) => {
  const emails = [
    { type: "work", value: "w@acme.example", primary: true },
    { type: "home", value: "h@acme.example" },
  ];
  const user = await subject(t, USERS, { emails });
  const primaries = (body: JsonObject): readonly unknown[] =>
    (body["emails"] as readonly JsonObject[]).filter(({ primary }) => primary === true).map(({ value }) => value);
  const by = (...operations: readonly JsonObject[]) => patched(t, user.app, user.path, ...operations);
  t.deepEqual(primaries(await by(op("replace", 'emails[type eq "home"].primary', true))), ["h@acme.example"]);
  const third = { value: "t@acme.example", primary: true };
  t.deepEqual(primaries(await by(op("add", "emails", [third]))), ["t@acme.example"]);
  t.deepEqual(primaries(await by(op("add", 'emails[type eq "work"].primary', "True"))), ["w@acme.example"]);
  t.deepEqual(primaries(await by(op("replace", 'emails[type eq "work"].primary', false))), []);
  const both = emails.map((email) => ({ ...email, primary: true }));
  t.is(primaries(await create(t, user.app, USERS, "two", { emails: both })).length, 1, "at most one in a POST");
});

test("23 · Required: the removal of a required attribute is refused", async (t) => {
  for (const kind of KINDS) {
    const one = await subject(t, kind);
    const either = ["mutability", "invalidValue"];
    await isRefused(t, one, either, op("remove", kind.named));
    await isRefused(t, one, either, op("remove", `${kind.urn}:${kind.named}`));
    for (const value of [null, "", "  "]) {
      await isRefused(t, one, either, op("replace", kind.named, value));
      await isRefused(t, one, either, op("replace", undefined, { [kind.named]: value }));
    }
  }
});

test("24 · Unassign: when the last value goes the attribute goes, and no empty list or object stays", async (t) => {
  const user = await subject(t, USERS, {
    title: "T",
    name: { givenName: "G" },
    emails: [{ type: "work", value: "w@acme.example" }],
    roles: [{ value: "a" }, { value: "b" }],
    [ENTERPRISE_URN]: { department: "Sales" },
  });
  const steps: readonly (readonly [JsonObject, string])[] = [
    [op("remove", "title"), "title"],
    [op("remove", "name.givenName"), "name"],
    [op("remove", 'emails[type eq "work"]'), "emails"],
    [op("replace", "roles", []), "roles"],
    [op("remove", `${ENTERPRISE_URN}:department`), ENTERPRISE_URN],
  ];
  for (const [operation, key] of steps) t.false(key in (await patched(t, user.app, user.path, operation)), key);
  const { schemas, id, meta, ...left } = (await user.app.ask("GET", user.path)).body;
  t.deepEqual(left, { userName: "one@acme.example", active: true });
  t.truthy([schemas, id, meta]);

  const group = await subject(t, GROUPS, { externalId: "e", members: members(user.id) }, user.app);
  t.false("members" in (await patched(t, user.app, group.path, op("remove", `members[value eq "${user.id}"]`))));
  t.false("externalId" in (await patched(t, user.app, group.path, op("remove", "externalId"))));
});

test("25 · Members remove: by value path one goes, without filter and value all, and who is not there is no matter", async (t) => {
  const app = await openTestApp(t);
  const ids = await Promise.all(["ana", "bo", "cy", "dee"].map((name) => createId(t, app, USERS, name)));
  const [ana = "", bo = "", cy = "", dee = ""] = ids;
  const group = await subject(t, GROUPS, { members: members(...ids) }, app);
  const by = async (...operations: readonly JsonObject[]): Promise<readonly unknown[]> =>
    valuesOf(await patched(t, app, group.path, ...operations));
  t.deepEqual(await by(op("remove", `members[value eq "${bo}"]`)), [ana, cy, dee]);
  t.deepEqual(await by(op("remove", `members[value eq "${bo}"]`)), [ana, cy, dee], "again");
  t.deepEqual(await by(op("remove", `members[value eq "${UNKNOWN_ID}"]`)), [ana, cy, dee], "nobody");
  t.deepEqual(await by(op("remove", "members", members(cy, bo))), [ana, dee], "a list of values");
  t.deepEqual(await by(op("remove", "members", [])), [ana, dee], "an empty list names nobody");
  t.deepEqual(await by(op("remove", `members[value eq "${ana}" or value eq "${bo}"]`)), [dee], "any filter");
  t.deepEqual(await by(op("add", "members", members(ana))), [dee, ana]);
  t.deepEqual(await by(op("remove", "members")), [], "all of them");
  t.deepEqual(await by(op("remove", "members")), [], "again");
  for (const id of ids) t.false("groups" in (await app.ask("GET", `${USERS.path}/${id}`)).body);
});

test("26 · PATCH answer: always 200 and the body, of which attributes and excludedAttributes choose a part", async (t) => {
  for (const kind of KINDS) {
    const { app, path, id } = await subject(t, kind);
    const json = patchBody(op("replace", kind.free, "x"));
    const whole = await expectStatus(t, app, 200, ["PATCH", path, { json }]);
    t.deepEqual(whole.body, (await app.ask("GET", path)).body);
    const same = await expectStatus(t, app, 200, ["PATCH", path, { json }]);
    t.deepEqual(same.body, whole.body, "when nothing changes, too");
    const some = await expectStatus(t, app, 200, ["PATCH", `${path}?attributes=${kind.free}`, { json }]);
    t.deepEqual(some.body, { schemas: [kind.urn], id, [kind.free]: "x" });
    const others = await expectStatus(t, app, 200, ["PATCH", `${path}?excludedAttributes=${kind.free},meta`, { json }]);
    t.false(kind.free in others.body || "meta" in others.body);
    t.is(others.body[kind.named], kind.nameOf("one"));
  }
  const group = await subject(t, GROUPS);
  const user = await createId(t, group.app, USERS, "ana");
  const json = patchBody(op("add", "members", members(user)));
  const bare = await expectStatus(t, group.app, 200, ["PATCH", `${group.path}?excludedAttributes=members`, { json }]);
  t.false("members" in bare.body);
  t.deepEqual(valuesOf((await group.app.ask("GET", group.path)).body), [user]);
});
