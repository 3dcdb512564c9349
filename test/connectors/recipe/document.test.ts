import test from "ava";
import { recipeJsonSchema } from "../../../src/connectors/recipe/json-schema.ts";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FUNCTION_NAMES } from "../../../src/connectors/recipe/functions.ts";
import { loadRecipe } from "../../../src/connectors/recipe/load.ts";
import { VARIABLES } from "../../../src/connectors/recipe/variables.ts";
import { MEANINGS } from "../../../src/connectors/recipe/schema-request.ts";
import { isJsonArray, isJsonObject } from "../../../src/domain/json.ts";
import { documentBlocks, documentedRecipe, recipeDocument } from "../../support/recipe-document.ts";

test("the recipe of the document can be used", (t) => {
  t.is(loadRecipe("nobodys.json", documentedRecipe()).recipe.name, "nobodys");
});

test("what the document shows step by step is in its whole recipe, as it is", (t) => {
  const whole: unknown = JSON.parse(documentedRecipe());
  const steps = documentBlocks().filter(({ use }) => use === "");
  t.true(steps.length >= 6);
  for (const { text } of steps) t.deepEqual(missing(JSON.parse(text), whole, "recipe"), []);
});

test("the document names every operation with what it knows, every meaning, and every function of ours", (t) => {
  const text = recipeDocument();
  for (const [operation, variables] of Object.entries(VARIABLES)) {
    const line = text
      .split("\n")
      .find((row) => row.startsWith("| ") && row.split("|")[1]?.includes(`\`${operation}\``));
    t.truthy(line, operation);
    for (const name of variables) t.true(line?.includes(`\`$${name}\``), `${operation}: $${name}`);
  }
  for (const meaning of MEANINGS) t.regex(text, new RegExp(`^\\| \`${meaning}\` `, "m"));
  for (const name of FUNCTION_NAMES.slice(-9)) t.true(text.includes(`$${name}(`), name);
});

test("the document names every key of a recipe", (t) => {
  const text = recipeDocument();
  for (const key of keysOf(recipeJsonSchema())) t.regex(text, new RegExp(`[.\`"$]${RegExp.escape(key)}`), key);
});

test("the JSON Schema of recipes is the one that editors read", (t) => {
  const file = join(import.meta.dirname, "..", "..", "..", "config", "recipe.schema.json");
  t.deepEqual(JSON.parse(readFileSync(file, "utf8")), recipeJsonSchema(), "npm run schema writes it again");
});

/** Paths of what is in `part` and not, or otherwise, in `whole`; lists have to begin alike. */
function missing(part: unknown, whole: unknown, path: string): readonly string[] {
  if (isJsonArray(part) && isJsonArray(whole)) {
    return part.flatMap((item, index) => missing(item, whole[index], `${path}[${index}]`));
  }
  if (isJsonObject(part) && isJsonObject(whole)) {
    return Object.entries(part).flatMap(([key, value]) => missing(value, whole[key], `${path}.${key}`));
  }
  return Object.is(part, whole) ? [] : [path];
}

/** Every property that a JSON Schema names. */
function keysOf(schema: unknown): ReadonlySet<string> {
  const keys = new Set<string>();
  const walk = (node: unknown): void => {
    if (isJsonArray(node)) return node.forEach(walk);
    if (!isJsonObject(node)) return;
    const { properties } = node;
    for (const key of isJsonObject(properties) ? Object.keys(properties) : []) keys.add(key);
    for (const inner of Object.values(node)) walk(inner);
  };
  walk(schema);
  return keys;
}
