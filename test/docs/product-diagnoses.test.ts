/** What the pages about products show of a healthy `doctor` is what it says of an imitation of the product today. */
import test from "ava";
import type { ExecutionContext } from "ava";
import { loadConfig } from "../../src/config/load.ts";
import { isJsonObject, type JsonObject } from "../../src/domain/json.ts";
import type { Finding } from "../../src/ports/connector.ts";
import { createAmbient } from "../../src/runtime/ambient.ts";
import { createConnector, productSchemas } from "../../src/runtime/connectors.ts";
import { folderWith } from "../support/config-files.ts";
import { addPerson, OWNER } from "../support/scim-products.ts";
import { createCalcomState } from "../twins/calcom/state.ts";
import { CALCOM_TOKEN, startCalcomTwin } from "../twins/calcom/twin.ts";
import { liveClock } from "../twins/calendly/live-clock.ts";
import { CALENDLY_TOKEN, startCalendlyTwin } from "../twins/calendly/twin.ts";
import { SCIM_TOKEN } from "../twins/scim-product/manners.ts";
import { startScimTwin } from "../twins/scim-product/twin.ts";
import { CALENDARBRIDGE, FREEBUSY, LINKTIME, type ScimVendorRules } from "../twins/scim-product/vendor-rules.ts";
import { configurationsOf, productPages } from "./product-pages.ts";

/** A product that listens, and the settings by which its page's first configuration leads to it. */
type Start = (t: ExecutionContext) => Promise<{ readonly baseUrl: string; readonly token: string }>;

const STARTS: Readonly<Record<string, Start>> = {
  calendly: async (t) => ({ baseUrl: (await startCalendlyTwin(t, liveClock)).url, token: CALENDLY_TOKEN }),
  "cal-com": async (t) => {
    const clock = createAmbient(QUIET).clock;
    return { baseUrl: (await startCalcomTwin(t, clock, createCalcomState())).url, token: CALCOM_TOKEN };
  },
  linktime: startScim(LINKTIME),
  calendarbridge: startScim(CALENDARBRIDGE),
  freebusy: startScim(FREEBUSY),
};

const ignore = (): void => undefined;
const QUIET = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const MARKS = { good: "✓", warning: "!", bad: "✗" } as const;

function startScim(rules: ScimVendorRules): Start {
  return async (t) => {
    const twin = await startScimTwin(t, rules);
    addPerson(twin, OWNER);
    return { baseUrl: twin.url, token: SCIM_TOKEN };
  };
}

async function diagnose(t: ExecutionContext, settings: JsonObject, access: JsonObject): Promise<readonly Finding[]> {
  const product = isJsonObject(settings["product"]) ? settings["product"] : {};
  const cwd = folderWith(t, { "sync.config.json": { ...settings, product: { ...product, ...access } } });
  const { config } = loadConfig({ environment: {}, cwd, products: productSchemas, isCron: () => true });
  const connector = createConnector(config, createAmbient(QUIET));
  t.teardown(() => connector.close());
  return Array.fromAsync(connector.diagnose(new AbortController().signal));
}

for (const page of productPages()) {
  const shown = page.blocks.find(({ language, text }) => language === "text" && text.startsWith("Product\n"));
  if (shown === undefined) continue;
  test(`${page.name}: doctor says what the page shows`, async (t) => {
    const access = await STARTS[page.name]?.(t);
    const [settings] = configurationsOf(page);
    if (access === undefined || settings === undefined) return t.fail("there is no imitation of this product here");
    const findings = await diagnose(t, settings, access);
    const lines = findings.map(({ subject, verdict, detail }) => `  ${MARKS[verdict]} ${subject}: ${detail}`);
    const told = shown.text.split("\n").slice(1);
    t.deepEqual(
      told.filter((line) => !lines.includes(line)),
      [],
      lines.join("\n"),
    );
  });
}
