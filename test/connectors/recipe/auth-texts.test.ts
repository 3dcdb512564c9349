import test from "ava";
import { credentialSettings } from "../../../src/connectors/recipe/auth-texts.ts";
import { authField } from "../../../src/connectors/recipe/schema-auth.ts";
import type { JsonObject } from "../../../src/domain/json.ts";

const cases: readonly (readonly [auth: JsonObject, settings: string])[] = [
  [{ type: "none" }, 'the "auth" of the recipe'],
  [{ type: "bearer" }, "product.token"],
  [{ type: "bearer", token: "{apiKey}" }, "product.settings.apiKey"],
  [
    { type: "headers", headers: { "X-Key": "{key}", "X-Account": "{account}" } },
    "product.settings.key and product.settings.account",
  ],
  [{ type: "query", parameters: { key: "{token}" } }, "product.token"],
  [{ type: "basic", username: "{user}", password: "{token}" }, "product.settings.user and product.token"],
  [
    { type: "client-credentials", tokenUrl: "{host}/token", clientId: "{clientId}", clientSecret: "{clientSecret}" },
    "product.settings.host, product.settings.clientId and product.settings.clientSecret",
  ],
  [
    {
      type: "session",
      login: { path: "login/{$settings.site}", body: { name: "=$settings.name" } },
      headers: { "X-Session": "=token" },
    },
    "product.settings.site and product.settings.name",
  ],
];

for (const [auth, settings] of cases) {
  test(`who signs in by ${JSON.stringify(auth)} is told of ${settings}`, (t) => {
    t.is(credentialSettings(authField().parse(auth)), settings);
  });
}
