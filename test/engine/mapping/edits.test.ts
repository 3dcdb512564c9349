import test from "ava";
import { ConfigError, UnknownSubjectError, UsageError } from "../../../src/domain/errors.ts";
import {
  MappingChangedError,
  MappingRuledByFileError,
  MappingTakeoverError,
  MappingTestsError,
} from "../../../src/domain/mapping-errors.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import type { MappingEdit } from "../../../src/engine/mapping/mapping-edits.ts";
import { openTestBridge, type TestBridge } from "../../support/bridge.ts";

const by: MappingEdit = { author: "token:ana", reason: "new offices", expected: null, takesOver: false };
const PREMIUM: JsonObject = { seats: { default: "premium" } };
const PLAIN_MAPPING = { mapping: {} };

const editsOf = (bridge: TestBridge) => bridge.services().mappingEdits;
const auditOf = async (bridge: TestBridge) =>
  (await bridge.store.evidence.auditRows({ after: null, since: null, until: null, limit: 100 })).filter(
    ({ action }) => action === "mapping.saved",
  );

test("an edit is the next version, with author, reason, time, tag and a row of the audit log", async (t) => {
  const bridge = await openTestBridge(t, PLAIN_MAPPING);
  const first = await editsOf(bridge).show();
  t.like(first, { version: 1, author: "configuration", source: "store" });
  const { saved, isNew } = await editsOf(bridge).save(PREMIUM, { ...by, expected: [first.tag] });
  t.true(isNew);
  t.like(saved, { version: 2, author: "token:ana", reason: "new offices" });
  t.true(saved.savedAt > first.savedAt && saved.savedAt < bridge.clock.now());
  t.regex(saved.tag, /^2-[0-9a-f]{16}$/);
  t.like((await bridge.services().mappings.current()).mapping, { version: 2, defaultSeat: { seat: "premium" } });
  t.deepEqual(
    (await auditOf(bridge)).map(({ actor, subject, detail }) => ({ actor, subject, ...detail })),
    [
      {
        actor: "configuration",
        subject: "mapping:v1",
        version: 1,
        tag: first.tag,
        reason: "seeded from the configuration",
      },
      { actor: "token:ana", subject: "mapping:v2", version: 2, tag: saved.tag, reason: "new offices" },
    ],
  );
});

test("the history lists the newest first, page by page, without documents", async (t) => {
  const bridge = await openTestBridge(t, PLAIN_MAPPING);
  for (const seat of ["a", "b", "c"]) await editsOf(bridge).save({ seats: { default: seat } }, by);
  const versions = async (before: number | null, limit: number) =>
    (await editsOf(bridge).history(before, limit)).map(({ version }) => version);
  t.deepEqual(await versions(null, 2), [4, 3]);
  t.deepEqual(await versions(3, 10), [2, 1]);
  const [newest] = await editsOf(bridge).history(null, 1);
  t.is(newest?.tag, (await editsOf(bridge).show()).tag);
  t.false("document" in (newest ?? {}));
});

for (const [expected, title] of [
  ["1", "a version"],
  ["v1", "a version as it is shown"],
] as const) {
  test(`${title} that is in force may be edited; a stale one is refused with the current version`, async (t) => {
    const bridge = await openTestBridge(t, PLAIN_MAPPING);
    const { saved } = await editsOf(bridge).save(PREMIUM, { ...by, expected: [expected] });
    for (const stale of [expected, "nonsense", '"1-0000000000000000"']) {
      const error = await t.throwsAsync(editsOf(bridge).save({}, { ...by, expected: [stale] }), {
        instanceOf: MappingChangedError,
      });
      t.deepEqual(error.current, { version: 2, tag: saved.tag });
      t.true(error.message.includes(saved.tag) && error.message.includes(stale), error.message);
    }
    t.is((await editsOf(bridge).show()).version, 2);
  });
}

test("a tag is taken with the quotes of an ETag", async (t) => {
  const bridge = await openTestBridge(t, PLAIN_MAPPING);
  const { tag } = await editsOf(bridge).show();
  t.is((await editsOf(bridge).save(PREMIUM, { ...by, expected: [`"${tag}"`] })).saved.version, 2);
});

test("any of several versions will do; without one that is in force, each of them is named", async (t) => {
  const bridge = await openTestBridge(t, PLAIN_MAPPING);
  const { tag } = await editsOf(bridge).show();
  t.is((await editsOf(bridge).save(PREMIUM, { ...by, expected: ["nonsense", tag] })).saved.version, 2);
  await t.throwsAsync(editsOf(bridge).save({}, { ...by, expected: ["nonsense", tag] }), {
    instanceOf: MappingChangedError,
    message: new RegExp(`not nonsense or ${tag}:`),
  });
  await t.throwsAsync(editsOf(bridge).save({}, { ...by, expected: [] }), { instanceOf: MappingChangedError });
});

test("of edits that are saved at once, on the same version, one is", async (t) => {
  const bridge = await openTestBridge(t, PLAIN_MAPPING);
  const { tag } = await editsOf(bridge).show();
  const outcomes = await Promise.allSettled(
    ["a", "b", "c"].map((seat) => editsOf(bridge).save({ seats: { default: seat } }, { ...by, expected: [tag] })),
  );
  t.is(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
  for (const one of outcomes) if (one.status === "rejected") t.true(one.reason instanceof MappingChangedError);
  t.is((await auditOf(bridge)).length, 2);
});

test("an edit that says what is in force already saves nothing", async (t) => {
  const bridge = await openTestBridge(t, PLAIN_MAPPING);
  await editsOf(bridge).save(PREMIUM, by);
  t.like(await editsOf(bridge).save({ ...PREMIUM, rehire: "conflict" }, by), { isNew: false, saved: { version: 2 } });
  t.is((await auditOf(bridge)).length, 2);
});

test("a rollback is a new version that equals the old one, and says so in the audit log", async (t) => {
  const bridge = await openTestBridge(t, PLAIN_MAPPING);
  const first = await editsOf(bridge).show();
  await editsOf(bridge).save(PREMIUM, by);
  const { saved } = await editsOf(bridge).rollback(1, { ...by, reason: "too many seats" });
  t.like(saved, { version: 3, document: first.document, reason: "too many seats" });
  t.like((await auditOf(bridge)).at(-1)?.detail, { version: 3, rolledBackTo: 1 });
  t.like(await editsOf(bridge).rollback(3, by), { isNew: false });
  const error = await t.throwsAsync(editsOf(bridge).rollback(9, by), { instanceOf: UnknownSubjectError });
  t.regex(error.message, /no mapping v9: there are v1 to v3\./);
});

test("a mapping whose own tests fail is not saved, and each of them is told", async (t) => {
  const bridge = await openTestBridge(t, PLAIN_MAPPING);
  const given = { userName: "x@acme.example", title: "Manager" };
  const document = {
    tests: [
      { given, seat: "standard" },
      { given, groups: ["Managers"], seat: "premium" },
    ],
  };
  const error = await t.throwsAsync(editsOf(bridge).save(document, by), { instanceOf: MappingTestsError });
  t.deepEqual(error.failures, [
    {
      index: 1,
      given,
      directoryGroups: [],
      expected: { groups: ["Managers"], seat: "premium" },
      actual: { groups: [], seat: "standard" },
    },
  ]);
  t.regex(error.message, /tests\[1\]\n +given .*Manager.*\n +expected .*premium.*\n +got .*standard/);
  t.is((await editsOf(bridge).show()).version, 1);
});

test("every problem of a document is told with its path and the nearest known key, and nothing is saved", async (t) => {
  const bridge = await openTestBridge(t, PLAIN_MAPPING);
  const error = await t.throwsAsync(
    editsOf(bridge).save({ seat: {}, scope: "title zz 1", groups: { rules: [{ when: "active eq true" }] } }, by),
    { instanceOf: ConfigError },
  );
  t.deepEqual(error.problems.map(({ path }) => path).sort(), ["", "groups.rules[0].group", "scope"]);
  t.regex(error.message, /unknown key "seat": did you mean "seats"\?/);
  for (const wrong of [null, [], "x", 3]) {
    await t.throwsAsync(editsOf(bridge).save(wrong, by), { instanceOf: ConfigError });
  }
  const huge = { groups: { rules: [{ attribute: "title", values: { x: "y" }, note: "x".repeat(1_100_000) }] } };
  await t.throwsAsync(editsOf(bridge).save(huge, by), { instanceOf: ConfigError, message: /characters long: at most/ });
  await t.throwsAsync(editsOf(bridge).save({ groups: { rules: [{ directoryGroup: "a", group: "b\nc" }] } }, by), {
    message: /groups\.rules\[0\]\.group: must not hold control characters/,
  });
  t.is((await editsOf(bridge).show()).version, 1);
});

test("a reason is needed, and has a length", async (t) => {
  const bridge = await openTestBridge(t, PLAIN_MAPPING);
  for (const reason of ["", "  ", "x".repeat(1_001)]) {
    await t.throwsAsync(editsOf(bridge).save(PREMIUM, { ...by, reason }), { instanceOf: UsageError });
  }
});

test("ruled by the file, edits are refused with what to do instead, and reading goes on", async (t) => {
  const bridge = await openTestBridge(t, { ...PLAIN_MAPPING, mappingSource: "file" });
  for (const refused of [
    () => editsOf(bridge).save(PREMIUM, by),
    () => editsOf(bridge).rollback(1, by),
    () => editsOf(bridge).check(PREMIUM, { expected: null }),
  ]) {
    const error = await t.throwsAsync(refused(), { instanceOf: MappingRuledByFileError });
    t.regex(error.message, /Edit mapping\.initial in the configuration file/);
  }
  t.like(await editsOf(bridge).show(), { version: 1, source: "file" });
});

test("groups that become the bridge's have to be agreed to; those that are so already do not", async (t) => {
  const bridge = await openTestBridge(t, PLAIN_MAPPING);
  const rules = (...groups: readonly string[]) => ({
    groups: { rules: groups.map((group) => ({ directoryGroup: group, group })) },
  });
  t.like(await editsOf(bridge).check(rules("Sales"), { expected: null }), { takesOver: ["Sales"], isFirst: true });
  const error = await t.throwsAsync(editsOf(bridge).save(rules("Sales"), by), { instanceOf: MappingTakeoverError });
  t.deepEqual(error.groups, ["Sales"]);
  t.is((await editsOf(bridge).show()).version, 1);
  await editsOf(bridge).save(rules("Sales"), { ...by, takesOver: true });
  await editsOf(bridge).save({ ...rules("Sales"), rehire: "link" }, by);
  t.like(await editsOf(bridge).check(rules("Sales", "Support"), { expected: null }), {
    takesOver: ["Support"],
    isFirst: false,
  });
  const loose = { groups: { ...rules("Sales", "Support").groups, authoritative: false } };
  t.like(await editsOf(bridge).save(loose, by), { isNew: true });
  await t.throwsAsync(editsOf(bridge).save(rules("Sales"), by), { instanceOf: MappingTakeoverError });
});

test("a configuration whose own tests fail seeds nothing", async (t) => {
  const bridge = await openTestBridge(t, { mapping: { tests: [{ given: {}, seat: "premium" }] } });
  const error = await t.throwsAsync(editsOf(bridge).show(), { instanceOf: MappingTestsError });
  t.regex(
    error.message,
    /^The mapping of the configuration \(mapping\.initial\) is not saved: 1 of its own tests fails/,
  );
  t.is(await bridge.store.mappings.current(), undefined);
});
