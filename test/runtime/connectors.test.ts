import test from "ava";
import { maskSettings } from "../../src/config/mask.ts";
import type { AccountId } from "../../src/domain/account.ts";
import { ConfigError } from "../../src/domain/errors.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import { configJsonSchema } from "../../src/config/json-schema.ts";
import { NO_METRICS } from "../../src/runtime/ambient.ts";
import { connectorKinds, createConnector, productSchemas } from "../../src/runtime/connectors.ts";
import { anAmbient } from "../support/bridge.ts";
import { SANDBOX_TOKEN, startSandbox, type RunningSandbox } from "../support/sandbox.ts";
import { createTestClock } from "../support/test-clock.ts";

const ambient = anAmbient(createTestClock());
const access = { rateLimit: null, seats: null, bookings: null };

test("each connector has a name of its own, and options that are refused when they hold anything else", (t) => {
  const names = connectorKinds.map(({ options }) => options.shape.connector.value);
  t.deepEqual([...new Set(names)], names);
  for (const schema of productSchemas) t.is(schema._zod.def.catchall?._zod.def.type, "never");
});

test("no connector declares what every product takes", (t) => {
  for (const { shape } of productSchemas) {
    t.deepEqual(
      Object.keys(shape).filter((key) => ["rateLimit", "seats", "bookings"].includes(key)),
      [],
    );
  }
});

/** Options that hold texts, by path below `product`; whatever is not named here has to be looked at. */
const PUBLIC = new Set([
  "sandbox.baseUrl",
  "scim.baseUrl",
  "scim.recipe",
  "scim.seat",
  "scim.groups",
  "calendly.profile",
  "calendly.baseUrl",
  "calendly.organization",
  "calendly.seat",
  "calendly.collective",
  "calendly.scim.baseUrl",
  "calendly.scim.groups",
  "calcom.organization",
  "calcom.baseUrl",
  "calcom.seat",
  "recipe.recipe",
  "recipe.baseUrl",
  "recipe.seat",
]);

test("every option is known to be public, or masked when it is printed", (t) => {
  const products = configJsonSchema(productSchemas)["properties"] as { product: { oneOf: readonly JsonObject[] } };
  for (const product of products.product.oneOf) {
    const { connector, rateLimit: _rateLimit, seats: _seats, bookings: _bookings, ...own } = propertiesOf(product);
    const { const: name } = connector as { readonly const: string };
    for (const path of textsIn(own)) {
      const isMasked = !JSON.stringify(maskSettings({ product: nested(path.split(".")) }, new Set())).includes(
        "s3cret",
      );
      t.not(isMasked, PUBLIC.has(`${name}.${path}`), `${name}.${path}`);
    }
  }
});

function propertiesOf(schema: JsonObject): JsonObject {
  return (schema["properties"] ?? {}) as JsonObject;
}

/** A secret at the end of these steps. */
function nested([step, ...others]: readonly string[]): JsonValue {
  return step === undefined ? "s3cret" : { [step]: nested(others) };
}

/** Paths of all properties that can hold a text; of names that people choose, any one. */
function textsIn(properties: JsonObject): readonly string[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const inner = Object.entries(propertiesOf(schema as JsonObject));
    if (inner.length > 0) return textsIn(Object.fromEntries(inner)).map((path) => `${key}.${path}`);
    if (!holdsText(schema)) return [];
    const isRecord = typeof (schema as JsonObject)["additionalProperties"] === "object";
    return [isRecord ? `${key}.any` : key];
  });
}

function holdsText(schema: JsonValue | undefined): boolean {
  return JSON.stringify(schema).includes('"string"');
}

test("a connector is made of its checked options, and sends nothing until it is asked", (t) => {
  const options = { connector: "sandbox", baseUrl: "http://127.0.0.1:1", token: "t" } as const;
  const connector = createConnector(
    { file: "/nowhere/sync.config.json", product: { ...access, connector: "sandbox", options } },
    ambient,
  );
  t.is(connector.name, "sandbox");
});

test("each call is counted under its product: two of one kind are told apart", async (t) => {
  const told: string[] = [];
  const counting = anAmbient(createTestClock(), [], {
    ...NO_METRICS,
    productCalled: (connector, { method, status, fault }) =>
      void told.push(`${connector} ${method} ${status ?? "no answer"} ${fault ?? "good"}`),
  });
  const [people, meetings] = [await startSandbox(t), await startSandbox(t)];
  const names = { givenName: "Ana", familyName: null, displayName: "Ana", timezone: null };
  const ana = { email: "ana@acme.example", ...names, role: "member", externalRef: null } as const;
  const { id } = people.state.members.create(ana);
  meetings.state.members.create(ana);
  const optionsOf = ({ url }: RunningSandbox) =>
    ({ connector: "sandbox", baseUrl: url, token: SANDBOX_TOKEN }) as const;
  const bookings = { connector: "sandbox", options: optionsOf(meetings), rateLimit: null };
  const product = { ...access, connector: "sandbox", options: optionsOf(people), bookings };
  const connector = createConnector({ file: "/nowhere/sync.config.json", product }, counting);
  const { signal } = new AbortController();
  await connector.find({ email: ana.email }, signal);
  t.deepEqual([...new Set(told)], ["sandbox GET 200 good"]);
  await Array.fromAsync(connector.bookings(id as AccountId, counting.clock.now(), signal, false, ana.email));
  t.true(told.includes("sandbox/bookings GET 200 good"), told.join("; "));
  await connector.close();
});

test("a recipe that cannot be used is a fault of the configuration, told with its place", (t) => {
  const options = { connector: "scim", recipe: "./no-such-file.json", token: "t" } as const;
  const product = { ...access, connector: "scim", options };
  const error = t.throws(() => createConnector({ file: "/nowhere/sync.config.json", product }, ambient), {
    instanceOf: ConfigError,
  });
  t.regex(error.message, /^\/nowhere\/sync\.config\.json cannot be used:\n {2}product: .*no such file$/);
});
