import test from "ava";
import { createMappingVersions } from "../../src/engine/mapping-versions.ts";
import { parseMapping } from "../../src/mapping/rules.ts";
import { openTestBridge, saveMapping, type TestBridge } from "../support/bridge.ts";

const versionsOf = (bridge: TestBridge, source: "store" | "file", seat: string) =>
  createMappingVersions(bridge.store.mappings, bridge.clock, {
    source,
    initial: parseMapping({ seats: { default: seat } }),
  });

test("an empty store is seeded from the configuration, once, however many ask", async (t) => {
  const bridge = await openTestBridge(t);
  const versions = versionsOf(bridge, "store", "standard");
  const answers = await Promise.all(Array.from({ length: 5 }, () => versions.current()));
  t.deepEqual(
    answers.map(({ mapping }) => mapping.version),
    [1, 1, 1, 1, 1],
  );
  t.like(await bridge.store.mappings.current(), { author: "configuration", reason: "seeded from the configuration" });
});

test("ruled by the store, a configuration that changed is not asked again", async (t) => {
  const bridge = await openTestBridge(t);
  await versionsOf(bridge, "store", "standard").current();
  const { mapping } = await versionsOf(bridge, "store", "premium").current();
  t.is(mapping.version, 1);
  t.is(mapping.document.seats.default, "standard");
});

test("ruled by the file, a file that changed is a new version, and one that did not is none", async (t) => {
  const bridge = await openTestBridge(t);
  await versionsOf(bridge, "file", "standard").current();
  t.is((await versionsOf(bridge, "file", "standard").current()).mapping.version, 1);
  const { mapping } = await versionsOf(bridge, "file", "premium").current();
  t.is(mapping.version, 2);
  t.is(mapping.document.seats.default, "premium");
  t.is((await bridge.store.mappings.current())?.reason, "the configuration file changed");
});

test("a version that somebody saved is in force in the next run, and compiled once", async (t) => {
  const bridge = await openTestBridge(t);
  const versions = versionsOf(bridge, "store", "standard");
  const first = await versions.current();
  t.is(await versions.current(), first);
  await saveMapping(bridge, { seats: { default: "premium" } });
  t.like((await versions.current()).mapping, { version: 2, document: { seats: { default: "premium" } } });
});
