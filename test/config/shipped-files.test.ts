import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { configJsonSchema } from "../../src/config/json-schema.ts";
import { loadConfig } from "../../src/config/load.ts";
import { productSchemas } from "../../src/runtime/connectors.ts";

const root = join(import.meta.dirname, "..", "..");

test("sync.config.example.json works as it is with the sandbox", (t) => {
  const { config } = loadConfig({
    path: "sync.config.example.json",
    environment: { SANDBOX_TOKEN: "sandbox-token" },
    cwd: root,
    products: productSchemas,
    isCron: (text) => text === "*/15 * * * *",
  });
  t.like(config.product.options, { connector: "sandbox", baseUrl: "http://127.0.0.1:8090", token: "sandbox-token" });
  t.is(config.policy.mode, "full");
  t.is(config.directories[0]?.id, "acme-okta" as never);
  t.true(config.policy.protected.accounts.has("owner@acme.example"));
});

test("config/sync.config.schema.json is fresh: otherwise run npm run schema", (t) => {
  const committed = readFileSync(join(root, "config", "sync.config.schema.json"), "utf8");
  t.deepEqual(JSON.parse(committed), configJsonSchema(productSchemas));
});

test("the JSON Schema takes a reference for a string, but not for a number or inside the mapping", (t) => {
  const text = JSON.stringify(configJsonSchema(productSchemas));
  type Described = { readonly properties: Record<string, object> };
  const schema = JSON.parse(text) as {
    properties: Record<string, Described & { oneOf: Described[] }>;
    $defs: { bookings: { oneOf: Described[] } };
  };
  for (const products of [schema.properties["product"]?.oneOf, schema.$defs.bookings.oneOf]) {
    const [sandbox] = products ?? [];
    t.like(sandbox?.properties["connector"], { type: "string", const: "sandbox" });
    t.like(sandbox?.properties["token"], { anyOf: [{ type: "string" }, { $ref: "#/$defs/reference" }] });
  }
  t.like(schema.properties["server"]?.properties["port"], { type: "integer" });
  t.notRegex(JSON.stringify(schema.properties["mapping"]?.properties["initial"]), /reference/);
});
