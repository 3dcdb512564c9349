/** Tokens that no header can carry, such as those that were copied with a line of something else. */
import test from "ava";
import { calcomKind } from "../../src/connectors/calcom/kind.ts";
import { calcomOptionsSchema } from "../../src/connectors/calcom/options.ts";
import { calendlyKind } from "../../src/connectors/calendly/kind.ts";
import { calendlyOptionsSchema } from "../../src/connectors/calendly/options.ts";
import type { ConnectorDeps } from "../../src/connectors/kind.ts";
import { sandboxKind } from "../../src/connectors/sandbox/kind.ts";
import { sandboxOptionsSchema } from "../../src/connectors/sandbox/options.ts";
import { scimKind } from "../../src/connectors/scim/kind.ts";
import { scimOptionsSchema } from "../../src/connectors/scim/options.ts";
import { createManualClock } from "../support/manual-clock.ts";

const baseUrl = "http://127.0.0.1:1";
const deps: ConnectorDeps = {
  clock: createManualClock(),
  random: () => 0.5,
  newId: () => "id",
  readRecipe: () => '{"kind":"scim"}',
};

const create = {
  sandbox: (token: string) =>
    sandboxKind.create(sandboxOptionsSchema.parse({ connector: "sandbox", baseUrl, token }), deps),
  scim: (token: string) => scimKind.create(scimOptionsSchema.parse({ connector: "scim", baseUrl, token }), deps),
  calcom: (token: string) =>
    calcomKind.create(calcomOptionsSchema.parse({ connector: "calcom", organization: "7", baseUrl, token }), deps),
  calendly: (token: string) =>
    calendlyKind.create(
      calendlyOptionsSchema.parse({ connector: "calendly", profile: "invite", baseUrl, token }),
      deps,
    ),
  "calendly by SCIM": (token: string) =>
    calendlyKind.create(
      calendlyOptionsSchema.parse({
        connector: "calendly",
        profile: "scim",
        baseUrl,
        token: "good",
        scim: { baseUrl, token },
      }),
      deps,
    ),
};

for (const [name, connect] of Object.entries(create)) {
  test(`${name}: a token that no header can carry is refused at once, in words that do not show it`, (t) => {
    for (const token of ["s3cret\nx-admin: 1", "s3cret\r\n", " ", "s3crét€"]) {
      const error = t.throws(() => connect(token), { message: /^The token is empty, or holds characters/ });
      t.notRegex(error?.message ?? "", /s3cr/);
    }
    t.notThrows(() => connect("s3cret"));
  });
}
