/** What the pages about products and recipes show of plans and trials is what an imitation of the product gives. */
import test from "ava";
import { isJsonObject, type JsonObject } from "../../src/domain/json.ts";
import { createScimClient, type ScimClient } from "../support/scim-client.ts";
import { documentedRecipe } from "../support/recipe-document.ts";
import { NOBODYS_TOKEN, startNobodys } from "../twins/nobodys/twin.ts";
import { runAt } from "./command-line.ts";
import { suiteOf } from "./kinds.ts";
import { settingsOf, wordsOf, type Page } from "./page.ts";
import { exampleSettings, openPage } from "./pages.ts";
import { productPages } from "./product-pages.ts";
import { PRODUCT_WORLDS, type ProductWorld } from "./product-worlds.ts";
import { variablesIn } from "./settings-part.ts";
import { commandsOfScript, faultsOfScript } from "./shell.ts";
import { missingLine } from "./shown.ts";
import { configure, emptyStage, putFile, tokenFor, withParts, type Stage } from "./stage.ts";

const SUITE = "test/docs/product-stories.test.ts";
/** Nothing runs by itself while a plan is looked at. */
const QUIET = { server: { host: "127.0.0.1", port: 0 }, schedule: { full: "0 0 1 1 *", debounce: "60s" } };
const DAN = { department: "Sales" };
const DAY_MS = 86_400_000;
/** More than the bridge can ask: a page's own limit would make its story last for minutes. */
const NO_LIMIT = { perMinute: 60_000 };
/** Rows of `recipe test`. */
const IS_TRIAL = /^ +\w+ +ok /;

/** The blocks of a page that this suite checks. */
function blocksOf(page: Page, name: string) {
  return page.blocks.filter((block) => suiteOf({ name }, block) === SUITE);
}

for (const page of productPages()) {
  const world = PRODUCT_WORLDS[page.name];
  if (world === undefined) continue;
  const blocks = blocksOf(page, `docs/products/${page.name}.md`);

  test(`${page.name}: its commands run, and the plan is the one that it shows`, async (t) => {
    const there = await world(t);
    const [first] = page.blocks.filter(({ language }) => language === "json").map(settingsOf);
    if (first === undefined) return t.fail("the page has no configuration");
    const settings = withProduct(first, there.product);
    const environment = Object.fromEntries(variablesIn(settings).map((variable) => [variable, there.secret]));
    const stage = emptyStage(t, settings, environment);
    await configure(stage, {});
    await tell(stage, there);
    let script = "";
    for (const { language, text, line } of blocks) {
      if (language === "sh") {
        script = text;
        t.deepEqual(await faultsOfScript(stage, { text }), [], `line ${line}`);
      } else {
        const { out, errors } = await runAt(stage, IS_TRIAL.test(text) ? trialOf(script) : ["plan"]);
        t.is(missingLine(text.split("\n"), out), undefined, `line ${line}: ${out}${errors}`);
      }
    }
    t.true(blocks.some(({ language }) => language === "text"));
    // `doctor` asks the product's address for its time; vendors do not say what they answer to that, which may be anything.
    t.deepEqual(
      there.takeViolations().filter((one) => !one.startsWith("HEAD ")),
      [],
    );
  });
}

test("every page about a product has an imitation of it", (t) => {
  const names = productPages().map(({ name }) => name);
  t.deepEqual(
    names.filter((name) => name !== "README" && PRODUCT_WORLDS[name] === undefined),
    [],
  );
});

test("recipes: its trials run, and end as it shows", async (t) => {
  const { url, state } = await startNobodys(t, () => Date.now());
  for (const memberId of [state.nextId(), state.nextId()]) {
    const settings = { email: `member-${memberId}@acme.example`, fullName: "Somebody", timezone: "Europe/Berlin" };
    state.members.set(memberId, { memberId, settings, admin: false });
  }
  const startMs = Date.now() + DAY_MS;
  const booking = { bookingId: "b1", memberId: 1, startMs, endMs: startMs + 1, state: "booked", guests: [] } as const;
  state.bookings.set(booking.bookingId, booking);
  state.teams.set(99, { teamId: 99, title: "Sales", memberIds: new Set([1]) });
  const stage = emptyStage(t, exampleSettings(), { NOBODYS_TOKEN, SANDBOX_TOKEN: "-" });
  putFile(stage, "nobodys.json", documentedRecipe());
  const page = openPage("docs/recipes.md");
  const [script, trial] = blocksOf(page, page.name);
  const text = (script?.text ?? "").replaceAll("https://api.nobodys.example/api/3", url);
  const { out } = await runAt(stage, trialOf(text));
  t.is(missingLine((trial?.text ?? "").split("\n"), out), undefined, out);
  t.deepEqual(await faultsOfScript(stage, { text }), []);
});

/** The words of the first trial of a script. */
function trialOf(script: string): readonly string[] {
  const command = commandsOfScript(script).find((one) => one.includes(" recipe test "));
  return wordsOf(command ?? "").slice(1);
}

/** The page's settings with the imitation as their product, and nothing held back. */
function withProduct(settings: JsonObject, parts: JsonObject): JsonObject {
  const { product } = settings;
  const whole = { ...(isJsonObject(product) ? product : {}), ...parts, rateLimit: NO_LIMIT };
  return withParts(settings, { ...QUIET, product: whole, mode: "full" });
}

/** Ana and Bo have accounts. Then Ana leaves, Bo has another name, and Dan joins, whom the product does not know. */
async function tell(stage: Stage, world: ProductWorld): Promise<void> {
  const idp = createScimClient(stage.daemon?.url ?? "", await tokenFor(stage, "scim"));
  world.before?.();
  const ana = await idp.create("ana");
  const bo = await idp.create("bo");
  for (const other of world.others ?? []) await idp.create(other);
  await apply(stage);
  world.after?.();
  await apply(stage);
  world.book?.();
  await idp.patch(ana, { active: false });
  await rename(idp, bo);
  await idp.create("dan", DAN);
}

async function rename(idp: ScimClient, bo: string): Promise<void> {
  await idp.patch(bo, { displayName: "Bo Lind", name: { givenName: "Bo", familyName: "Lind" } });
}

async function apply(stage: Stage): Promise<void> {
  await runAt(stage, ["apply", "--yes"]);
}
