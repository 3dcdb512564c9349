/** docs/mapping.md against the schema of the mapping: the same keys and defaults, both ways; and mappings that can be used. */
import test from "ava";
import { z } from "zod";
import { isJsonArray, isJsonObject } from "../../src/domain/json.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import { readMapping, testMapping } from "../../src/engine/mapping/check-mapping.ts";
import { compileMapping } from "../../src/mapping/compile.ts";
import { mappingSchema, parseMapping } from "../../src/mapping/rules.ts";
import { lookUp } from "../../src/scim/attribute-target.ts";
import { parsePatchPath } from "../../src/scim/parse-path.ts";
import { USER_TYPE } from "../../src/scim/resource-types.ts";
import { suiteOf } from "./kinds.ts";
import { settingsOf } from "./page.ts";
import { openPage } from "./pages.ts";

const PAGE = openPage("docs/mapping.md");
const BLOCKS = PAGE.blocks.filter((block) => suiteOf(PAGE, block) === "test/docs/mapping.test.ts");
/** Where a rule, and not the schema, says what counts without the key. */
const DEFAULTS_OF_RULES: Readonly<Record<string, string>> = { "groups.rules[].unmapped": '"report"' };

/** A key of the mapping. */
interface Key {
  /** As the page writes it: `groups.rules[].when`. */
  readonly path: string;
  /** JSON of the default, `required`, or `—` where there is neither. */
  readonly default: string;
  /** JSON of the words that it may be. */
  readonly words: readonly string[];
}

/** Every key that a schema names, below the one at `path`. */
function keysOf(schema: JsonObject, path = ""): readonly Key[] {
  const { properties, required } = schema;
  const own = isJsonObject(properties) ? Object.entries(properties) : [];
  const isRequired = (name: string): boolean => isJsonArray(required) && required.includes(name);
  const named = own.flatMap(([name, child]): readonly Key[] => {
    if (!isJsonObject(child)) return [];
    const at = path === "" ? name : `${path}.${name}`;
    const preset = child["default"] === undefined ? undefined : JSON.stringify(child["default"]);
    const without = preset ?? DEFAULTS_OF_RULES[at] ?? (isRequired(name) ? "required" : "—");
    return [{ path: at, default: without, words: wordsIn(child) }, ...keysOf(child, at)];
  });
  const { items } = schema;
  const inList = isJsonObject(items) ? keysOf(items, `${path}[]`) : [];
  return [...named, ...inList, ...formsOf(schema).flatMap((form) => keysOf(form, path))];
}

function formsOf({ anyOf }: JsonObject): readonly JsonObject[] {
  return isJsonArray(anyOf) ? anyOf.filter(isJsonObject) : [];
}

function wordsIn(schema: JsonObject): readonly string[] {
  const words = isJsonArray(schema["enum"]) ? schema["enum"].map((word) => JSON.stringify(word)) : [];
  return [...words, ...formsOf(schema).flatMap(wordsIn)];
}

const KEYS = keysOf(JSON.parse(JSON.stringify(z.toJSONSchema(mappingSchema, { io: "input" }))) as JsonObject);

/** The rows of the table of keys. */
function rows(): readonly Key[] {
  return [...sectionOf("Every key").matchAll(/^\| `([^`]+)` +\|(.*)\|(.*)\|.*\|$/gm)].map(
    ([, path = "", is = "", without = ""]) => ({
      path,
      default: asJson(without.trim()),
      words: [...is.matchAll(/`("[^`]*")`/g)].map(([, word = ""]) => word),
    }),
  );
}

/** Code in one column, counted from 0, of the table of a section. */
function namesIn(title: string, column: number): readonly string[] {
  const cells = sectionOf(title)
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| -"))
    .map((line) => line.slice(1, -1).split("|")[column] ?? "");
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code));
}

function sectionOf(title: string): string {
  return PAGE.text.split(/^## /m).find((one) => one.startsWith(`${title}\n`)) ?? "";
}

/** JSON without the blanks that people write; a word as it is. */
function asJson(cell: string): string {
  const code = /^`(.*)`$/.exec(cell)?.[1];
  return code === undefined ? cell : JSON.stringify(JSON.parse(code));
}

/** Keys that a document uses, as `keysOf` names them. What the mapping only looks up has no keys of the mapping. */
function keysUsed(value: JsonValue | undefined, path = ""): readonly string[] {
  if (isJsonArray(value)) return value.flatMap((item) => keysUsed(item, `${path}[]`));
  if (!isJsonObject(value) || /\.(?:values|given)$/.test(path)) return [];
  return Object.entries(value).flatMap(([name, child]) => {
    const at = path === "" ? name : `${path}.${name}`;
    return [at, ...keysUsed(child, at)];
  });
}

test("the table has every key of the schema, with its default and its words, and no other", (t) => {
  const [told, known] = [rows(), KEYS].map((keys) => [...keys].sort((a, b) => (a.path < b.path ? -1 : 1)));
  t.deepEqual(told, known);
});

test("keys that the schema gained or lost would be seen", (t) => {
  const paths = KEYS.map(({ path }) => path);
  t.is(new Set(paths).size, paths.length);
  for (const path of [
    "scope",
    "account.email",
    "groups.rules[].unmapped.group",
    "seats.rules[].seat",
    "tests[].given",
  ]) {
    t.true(paths.includes(path), path);
  }
});

test("without `unmapped`, a rule does what the page says is the default", (t) => {
  const preset = JSON.parse(DEFAULTS_OF_RULES["groups.rules[].unmapped"] ?? "") as string;
  const unmappedBy = (rule: object): unknown =>
    compileMapping(parseMapping({ groups: { rules: [rule] } }), 0).groupRules[0]?.({ title: "Pilot" }, []).unmapped;
  const rule = { attribute: "title", values: {} };
  t.deepEqual(unmappedBy(rule), ["title: Pilot"]);
  t.deepEqual(unmappedBy({ ...rule, unmapped: preset }), ["title: Pilot"]);
  t.deepEqual(unmappedBy({ ...rule, unmapped: "ignore" }), []);
});

for (const block of BLOCKS) {
  test(`line ${block.line}: it is a mapping, and its tests hold`, (t) => {
    t.deepEqual(testMapping(readMapping(settingsOf(block))).failures, []);
  });
}

test("each attribute that the page names is one that is known, or of an extension of the reader's own", (t) => {
  const paths = namesIn("Naming an attribute", 1).filter((one) => one !== "directoryGroup");
  t.true(paths.length >= 15);
  for (const path of paths) {
    t.notThrows(() => parseMapping({ account: { displayName: [path] } }), path);
    const { urn, attribute, subAttribute } = parsePatchPath(path);
    t.not(lookUp({ urn, attribute, subAttribute }, USER_TYPE), undefined, path);
  }
});

test("each condition that the page shows can be used", (t) => {
  const conditions = namesIn("Conditions", 0);
  t.true(conditions.length >= 7);
  for (const scope of conditions) t.notThrows(() => parseMapping({ scope }), scope);
});

test("every key is shown in some mapping of the page, and the whole one shows all that can stand side by side", (t) => {
  const used = new Set(BLOCKS.flatMap((block) => keysUsed(settingsOf(block))));
  const paths = KEYS.map(({ path }) => path);
  t.deepEqual(
    paths.filter((path) => !used.has(path)),
    [],
  );
  const whole = new Set(keysUsed(settingsOf(BLOCKS[0]!)));
  t.deepEqual(
    paths.filter((path) => !whole.has(path)),
    ["groups.rules[].unmapped.group"],
  );
});
