/** The pages about products say what is so: their configurations load, their options and secrets are named. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import type { ExecutionContext } from "ava";
import { z } from "zod";
import { loadConfig } from "../../src/config/load.ts";
import { isJsonObject, type JsonObject } from "../../src/domain/json.ts";
import { connectorKinds, createConnector, productSchemas } from "../../src/runtime/connectors.ts";
import { shippedRecipes } from "../../src/runtime/recipes.ts";
import { anAmbient } from "../support/bridge.ts";
import { folderWith } from "../support/config-files.ts";
import { createTestClock } from "../support/test-clock.ts";
import { configurationsOf, productPages } from "./product-pages.ts";
import { variablesIn } from "./settings-part.ts";

const PAGES = productPages();
const OVERVIEW = "README";
const RECIPES = join(import.meta.dirname, "..", "..", "config", "recipes");

/** What a configuration needs beside the part that a page shows. */
const REST: JsonObject = {
  directories: [{ id: "acme", verifiedDomains: ["acme.example"] }],
  product: { connector: "sandbox", baseUrl: "http://127.0.0.1:1", token: "t" },
};

function load(t: ExecutionContext, part: JsonObject) {
  const cwd = folderWith(t, { "sync.config.json": { ...REST, ...part } });
  const environment = Object.fromEntries(variablesIn(part).map((name) => [name, `secret of ${name}`]));
  return loadConfig({ environment, cwd, products: productSchemas, isCron: () => true });
}

/** Options by their dotted names, such as `scim.baseUrl`; a record stands for itself. */
function namesIn(schema: z.core.JSONSchema.BaseSchema, prefix = ""): readonly string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, one]) => {
    if (name === "connector" || typeof one === "boolean") return [];
    return one.properties === undefined ? [`${prefix}${name}`] : namesIn(one, `${prefix}${name}.`);
  });
}

function optionsOf(connector: string): readonly string[] {
  const kind = connectorKinds.find(({ options }) => options.shape.connector.value === connector);
  if (kind === undefined) throw new Error(`There is no connector ${connector}.`);
  return namesIn(z.toJSONSchema(kind.options, { io: "input" }));
}

/** Settings that a recipe asks for under `settings`. */
function settingsOf(recipe: string): readonly string[] {
  const { settings = {} } = JSON.parse(readFileSync(join(RECIPES, `${recipe}.json`), "utf8")) as {
    settings?: Record<string, unknown>;
  };
  return Object.keys(settings).flatMap((name) => (name === "token" ? [] : [`settings.${name}`]));
}

test("every connector and every shipped recipe has a page", (t) => {
  const products = PAGES.flatMap(configurationsOf).map((part) => part["product"]);
  const named = (key: string) => new Set(products.filter(isJsonObject).map((product) => product[key]));
  for (const { options } of connectorKinds) {
    const connector = options.shape.connector.value;
    if (connector !== "sandbox") t.true(named("connector").has(connector), connector);
  }
  // People alone, without their meetings: profile scim of the connector calendly is for them.
  for (const recipe of shippedRecipes()) if (recipe !== "calendly") t.true(named("recipe").has(recipe), recipe);
});

for (const page of PAGES) {
  const { name, text } = page;
  const configurations = configurationsOf(page);

  test(`${name}: every configuration can be used as it stands`, async (t) => {
    t.true(configurations.length > 0);
    for (const part of configurations) {
      const { config } = load(t, part);
      // Made for what only the connector checks, such as the settings of a recipe.
      await createConnector(config, anAmbient(createTestClock())).close();
    }
  });

  if (name === OVERVIEW) continue;

  test(`${name}: every option is named, and every secret has its line in the first steps`, (t) => {
    for (const part of configurations) {
      const { product } = part;
      if (!isJsonObject(product)) continue;
      const { connector, recipe } = product;
      const options = typeof connector === "string" ? optionsOf(connector) : [];
      t.true(options.length > 0);
      const settings = connector === "recipe" && typeof recipe === "string" ? settingsOf(recipe) : [];
      for (const option of [...options.filter((one) => one !== "settings" || settings.length === 0), ...settings]) {
        t.true(text.includes(`\`${option}\``), `${option} is not named`);
      }
      for (const variable of variablesIn(part)) t.true(text.includes(`\nexport ${variable}=`), variable);
    }
  });

  test(`${name}: it is in the overview, and begins without a write`, (t) => {
    t.true(PAGES.find((one) => one.name === OVERVIEW)?.text.includes(`(${name}.md)`));
    t.true(
      configurations.filter(({ directories }) => directories !== undefined).every(({ mode }) => mode === "observe"),
    );
  });
}

test("the overview names what every product takes", (t) => {
  const overview = PAGES.find(({ name }) => name === OVERVIEW)?.text ?? "";
  for (const option of ["seats", "rateLimit", "bookings"]) t.true(overview.includes(`\`${option}\``), option);
});
