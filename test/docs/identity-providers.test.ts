/**
 * Plays the pages for identity providers, from top to bottom: configurations are used by a daemon, requests are sent to it, and
 * commands run beside it. What a page shows of an answer must be in the answer.
 */
import test from "ava";
import { startLiveSandbox } from "../support/live-sandbox.ts";
import { SANDBOX_TOKEN } from "../support/sandbox.ts";
import { createScimClient } from "../support/scim-client.ts";
import { suiteOf } from "./kinds.ts";
import { allPages, exampleSettings } from "./pages.ts";
import { emptyStage, play, SCHEDULE, tokenFor, withParts } from "./stage.ts";

const SUITE = "test/docs/identity-providers.test.ts";
const SEATS = 3;
/** A story has up to thirty steps, one after the other, on a machine that may be busy. */
const LONGEST_STORY_MS = 240_000;
/** What OneLogin puts in for its parameters. */
const PARAMETERS: Readonly<Record<string, string>> = {
  "{$parameters.scimusername}": "from.template@acme.example",
  "{$user.email}": "from.template@acme.example",
};

for (const page of allPages().filter(({ name }) => name.startsWith("docs/identity-providers/"))) {
  const blocks = page.blocks.filter((block) => suiteOf(page, block) === SUITE);

  test.serial(`${page.name}: what it shows is what happens`, async (t) => {
    t.timeout(LONGEST_STORY_MS);
    const sandbox = await startLiveSandbox(t, { seats: { standard: SEATS } });
    const settings = withParts(exampleSettings(), {
      server: { host: "127.0.0.1", port: 0 },
      schedule: SCHEDULE,
      product: { connector: "sandbox", baseUrl: sandbox.url, token: SANDBOX_TOKEN },
    });
    const stage = emptyStage(t, settings);
    for (const block of blocks.filter(({ language }) => language !== "text")) await play(stage, block);
    t.true(blocks.filter(({ language }) => language === "http").length >= 2);
    // A template of a body: what the provider makes of it is taken.
    for (const { text, line } of blocks.filter(({ language }) => language === "text")) {
      const body = text.replaceAll(/\{\$[\w.]+\}/g, (name) => PARAMETERS[name] ?? `value of ${name.slice(2, -1)}`);
      const idp = createScimClient(stage.daemon?.url ?? "", await tokenFor(stage, "scim"));
      const answer = await idp.send("POST", "/Users", body);
      t.is(answer.status, 201, `line ${line}: ${answer.text}`);
    }
  });
}
