import { readFileSync } from "node:fs";
import test from "ava";
import { scimOptionsSchema } from "../../../src/connectors/scim/options.ts";
import { parseScimRecipe, scimRecipeJsonSchema, STANDARD_RECIPE } from "../../../src/connectors/scim/recipe.ts";
import { ConfigError } from "../../../src/domain/errors.ts";
import { connectTo, readRecipe } from "../../support/scim-products.ts";
import { CALENDLY_ENTRA_URN, CALENDLY_OKTA_URN } from "../../twins/scim-product/vendor-rules.ts";

test("a recipe that says nothing is the standard", (t) => {
  const recipe = parseScimRecipe("{}", "empty");
  t.deepEqual(recipe, STANDARD_RECIPE);
  t.like(recipe, {
    attributes: { emails: true, externalId: true, displayName: "displayName", givenName: "name.givenName" },
    update: "discovered",
    unnamed: "kept",
    find: "discovered",
    paging: { by: "discovered", firstIndex: 1, size: 100 },
    delete: false,
    groups: { by: "resource", members: "patch", shownBy: "user", create: true },
    bookings: "nobody",
    seats: "none",
  });
});

const SHIPPED = {
  linktime: {
    baseUrl: "https://linktime.io/api/scim/v2",
    bookings: "product",
    unnamed: "kept",
    groups: { by: "none" },
  },
  calendarbridge: { baseUrl: undefined, bookings: "nobody", seats: "implied", groups: { by: "none" } },
  freebusy: { baseUrl: "https://api.freebusy.io/scim", bookings: "nobody", seats: "implied", groups: { by: "none" } },
  calendly: {
    baseUrl: undefined,
    sendsInvitations: true,
    seats: "implied",
    unnamed: "left-out",
    groups: { by: "attribute", schemas: [CALENDLY_ENTRA_URN, CALENDLY_OKTA_URN], attribute: "group" },
  },
} as const;
for (const [name, expected] of Object.entries(SHIPPED)) {
  test(`the recipe ${name} is shipped, and never deletes`, (t) => {
    const recipe = parseScimRecipe(readRecipe(name), name);
    t.like(recipe, { kind: "scim", delete: false, ...expected });
  });
}

const REFUSED: Readonly<Record<string, readonly [text: string, message: RegExp]>> = {
  "a key that nobody knows": ['{"updates": "put"}', /unknown key "updates": did you mean "update"\?/],
  "a key within another": [
    '{"attributes": {"timeZone": null}}',
    /attributes: unknown key "timeZone": did you mean "timezone"\?/,
  ],
  "a word that is no choice": ['{"update": "pach"}', /update: must be one of .*; did you mean "patch"\?/],
  "another kind of recipe": ['{"kind": "rest"}', /kind: must be "scim"/],
  "a place that is no attribute": [
    '{"attributes": {"displayName": "name..x"}}',
    /must be an attribute, such as displayName/,
  ],
  "a place that reaches a prototype": ['{"attributes": {"displayName": "__proto__.x"}}', /must be an attribute/],
  "a schema that is no URN": [
    '{"groups": {"by": "attribute", "schemas": ["Calendly"], "attribute": "group"}}',
    /groups\.schemas\[0\]: must be a URN/,
  ],
  "a sign that is no regular expression": [
    '{"noSeat": [{"status": 403, "detail": "("}]}',
    /must be a regular expression/,
  ],
  "a sign that might never be found": [
    '{"noSeat": [{"status": 403, "detail": "(seats?)+$"}]}',
    /noSeat\[0\]\.detail: might never end on an odd text/,
  ],
  "an address that is not encrypted": ['{"baseUrl": "http://linktime.io"}', /baseUrl: must be a URL/],
  "no JSON": ["{", /the recipe mine cannot be used:\n {2}not valid JSON/],
  "no object": ["[]", /must be an object, not a list/],
};
for (const [what, [text, message]] of Object.entries(REFUSED)) {
  test(`a recipe is refused for ${what}`, (t) => {
    t.throws(() => parseScimRecipe(text, "mine"), { instanceOf: ConfigError, message });
  });
}

test("the JSON Schema for editors is that of the code", (t) => {
  const file = new URL("../../../config/scim-recipe.schema.json", import.meta.url);
  const text = `${JSON.stringify(scimRecipeJsonSchema(), null, 2)}\n`;
  t.is(readFileSync(file, "utf8"), text, "write it again: npm run schema");
});

test("options take a token and little else, and name what is unknown", (t) => {
  const options = { connector: "scim", token: "t" } as const;
  t.true(scimOptionsSchema.safeParse({ ...options, recipe: "linktime", seat: "pro", groups: ["Sales"] }).success);
  t.false(scimOptionsSchema.safeParse({ ...options, tokn: "t" }).success);
  t.false(scimOptionsSchema.safeParse({ ...options, baseUrl: "ftp://scim.example" }).success);
  t.false(scimOptionsSchema.safeParse({ ...options, token: "" }).success);
});

test("a product whose address differs from customer to customer has to be told it", (t) => {
  const twin = { url: "http://127.0.0.1:1" };
  t.throws(() => connectTo(twin, { recipe: "calendly", baseUrl: undefined }), {
    message: "Calendly has a base URL for each customer: set product.baseUrl to the one that it shows you.",
  });
  t.is(connectTo(twin, { recipe: "linktime", baseUrl: undefined }).name, "linktime");
});

test("values of groups are refused where no attribute takes them", (t) => {
  t.throws(() => connectTo({ url: "http://127.0.0.1:1" }, { recipe: "linktime", groups: ["Sales"] }), {
    message: /product\.groups is for products that keep the group in an attribute of the user, and LinkTime does not/,
  });
});
