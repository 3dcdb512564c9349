/** What is there when a page begins: a product, a daemon, people, and the files that its commands name. */
import type { ExecutionContext } from "ava";
import type { JsonObject } from "../../src/domain/json.ts";
import { startLiveSandbox, type LiveSandbox } from "../support/live-sandbox.ts";
import { SANDBOX_TOKEN } from "../support/sandbox.ts";
import { createScimClient, type ScimClient } from "../support/scim-client.ts";
import { until } from "../support/until.ts";
import { runAt } from "./command-line.ts";
import { settingsOf } from "./page.ts";
import { exampleSettings, openPage } from "./pages.ts";
import { configure, emptyStage, putFile, tokenFor, withParts, type Stage } from "./stage.ts";

const HOUR_MS = 3_600_000;
const SEATS = 100;
/** Full runs are those that the scene asks for: what a page shows must not depend on who is quicker. */
const QUIET = { full: "0 0 1 1 *", debounce: "60s" };
/** More than the limit for new accounts lets through at once. */
const FIRST_LOAD = 60;

/** A stage with a product behind it, and an IdP before it. */
export interface Scene {
  readonly stage: Stage;
  readonly sandbox: LiveSandbox;
  readonly idp: ScimClient;
}

/** A daemon with the shipped configuration in mode `full`, and nobody in it. */
export async function anEmptyCompany(t: ExecutionContext, part: JsonObject = {}): Promise<Scene> {
  const sandbox = await startLiveSandbox(t, { seats: { standard: SEATS } });
  const settings = withParts(exampleSettings(), {
    server: { host: "127.0.0.1", port: 0 },
    schedule: QUIET,
    product: { connector: "sandbox", baseUrl: sandbox.url, token: { env: "SANDBOX_TOKEN" } },
    ...part,
  });
  const stage = emptyStage(t, settings, { SANDBOX_TOKEN });
  await configure(stage, {});
  const idp = createScimClient(stage.daemon?.url ?? "", await tokenFor(stage, "scim"));
  return { stage, sandbox, idp };
}

/**
 * A company at work: Ana of Sales, Bo of Support, Carla whose department is misspelt since, and Sami, who has left and had two
 * meetings with guests. Everything that could be done is done.
 */
export async function aCompany(t: ExecutionContext): Promise<Scene> {
  const scene = await anEmptyCompany(t);
  const { stage, sandbox, idp } = scene;
  await idp.create("ana");
  await idp.create("bo", { department: "Support" });
  const carla = await idp.create("carla", { department: "Support", displayName: "Carla Diaz" });
  await idp.patch(carla, { name: { givenName: "Carla", familyName: "Diaz" }, externalId: "00u-carla" });
  const sami = await idp.create("sami", { department: "Support" });
  await apply(stage);
  await book(sandbox, "sami@acme.example", [20, 200]);
  await idp.patch(sami, { active: false });
  await idp.patch(carla, { "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": "Slaes" });
  await apply(stage);
  await putFiles(stage);
  return scene;
}

/** The company at work, and the whole mapping of docs/mapping.md as `mapping.json`. */
export async function aCompanyWithMapping(t: ExecutionContext): Promise<Scene> {
  const scene = await aCompany(t);
  const whole = openPage("docs/mapping.md").blocks.find(({ language }) => language === "jsonc");
  if (whole === undefined) throw new Error("docs/mapping.md shows no whole mapping.");
  putFile(scene.stage, "mapping.json", JSON.stringify(settingsOf(whole)));
  return scene;
}

/** Sixty people whom the IdP has pushed, and nobody of whom has an account yet. */
export async function aFirstLoad(t: ExecutionContext): Promise<Scene> {
  const scene = await anEmptyCompany(t);
  // Whoever is pushed before the first run has ended would be in it.
  await until("the first run", async () => (await scene.stage.services?.runs.last(1))?.[0]?.finishedAt);
  for (let count = 0; count < FIRST_LOAD; count += 1) await scene.idp.create(count === 0 ? "ana" : `person-${count}`);
  return scene;
}

async function apply(stage: Stage): Promise<void> {
  const { code, out, errors } = await runAt(stage, ["apply", "--yes"]);
  if (code !== 0) throw new Error(`apply ended with ${code}: ${errors}\n${out}`);
}

/** Meetings with this host, so many hours from now, with one guest each. */
async function book({ url }: LiveSandbox, host: string, hours: readonly number[]): Promise<void> {
  const headers = { authorization: `Bearer ${SANDBOX_TOKEN}`, "content-type": "application/json" };
  const found = await fetch(`${url}/v1/members?email=${host}`, { headers });
  const { items } = (await found.json()) as { readonly items: readonly { readonly id: string }[] };
  for (const hour of hours) {
    const start = Date.now() + hour * HOUR_MS;
    const [startsAt, endsAt] = [start, start + HOUR_MS].map((time) => new Date(time).toISOString());
    const guests = [{ name: "Gus", email: "gus@guest.example" }];
    const body = JSON.stringify({ hostId: items[0]?.id, title: "Intro", startsAt, endsAt, guests });
    const answer = await fetch(`${url}/v1/bookings`, { method: "POST", headers, body });
    if (!answer.ok) throw new Error(`The booking was answered with ${answer.status}.`);
  }
}

/** The files that commands of the pages name. */
async function putFiles(stage: Stage): Promise<void> {
  const { out: mapping } = await runAt(stage, ["mapping", "show"]);
  putFile(stage, "mapping.json", mapping);
  putFile(stage, "people.csv", "userName,givenName,familyName,department\ndan@acme.example,Dan,Lima,Sales\n");
  const { out: audit } = await runAt(stage, ["audit", "export"]);
  putFile(stage, "audit.jsonl", `${audit}\n`);
}
