import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { configJsonSchema } from "../../src/config/json-schema.ts";
import { loadConfig } from "../../src/config/load.ts";
import { productSchema } from "../../src/runtime/connectors.ts";

const root = join(import.meta.dirname, "..", "..");

test("sync.config.example.json works as it is with the sandbox", (t) => {
  const { config } = loadConfig({
    path: "sync.config.example.json",
    environment: { SANDBOX_TOKEN: "sandbox-token" },
    cwd: root,
    product: productSchema,
    isCron: (text) => text === "*/15 * * * *",
  });
  t.like(config.product.options, { connector: "sandbox", baseUrl: "http://127.0.0.1:8090", token: "sandbox-token" });
  t.is(config.policy.mode, "full");
  t.is(config.directories[0]?.id, "acme-okta" as never);
  t.true(config.policy.protected.accounts.has("owner@acme.example"));
});

test("config/sync.config.schema.json is fresh: otherwise run npm run schema", (t) => {
  const committed = readFileSync(join(root, "config", "sync.config.schema.json"), "utf8");
  t.deepEqual(JSON.parse(committed), configJsonSchema(productSchema));
});

test("the JSON Schema takes a reference for a string, but not for a number or inside the mapping", (t) => {
  const text = JSON.stringify(configJsonSchema(productSchema));
  const schema = JSON.parse(text) as { properties: Record<string, { properties: Record<string, object> }> };
  t.like(schema.properties["product"]?.properties["token"], {
    anyOf: [{ type: "string" }, { $ref: "#/$defs/reference" }],
  });
  t.like(schema.properties["server"]?.properties["port"], { type: "integer" });
  t.notRegex(JSON.stringify(schema.properties["mapping"]?.properties["initial"]), /reference/);
});
