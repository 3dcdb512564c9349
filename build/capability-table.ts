/** The capability table of the README, made of the connectors themselves. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { abilitiesOf } from "../src/engine/doctor/capability-table.ts";
import type { Ambient } from "../src/ports/ambient.ts";
import { NO_METRICS, systemClock } from "../src/runtime/ambient.ts";
import { createConnector, readProduct } from "../src/runtime/connectors.ts";
import { readRecipe, shippedRecipes } from "../src/runtime/recipes.ts";

const FILE = join(import.meta.dirname, "..", "README.md");
const BEGIN = "<!-- capabilities: begin, written by npm run capabilities -->";
const END = "<!-- capabilities: end -->";

/** Any that the checks take: nothing is sent. */
const ANY = { baseUrl: "http://127.0.0.1:1", token: "any" };

/** How a product is configured, in as few words as its row needs. */
interface Row {
  readonly product: string;
  readonly configured: string;
  readonly options: object;
}

const OWN: readonly Row[] = [
  { product: "Sandbox", configured: "`sandbox`", options: { connector: "sandbox", ...ANY } },
  {
    product: "Calendly, by invitation",
    configured: "`calendly`, `invite`",
    options: { connector: "calendly", profile: "invite", token: "any" },
  },
  {
    product: "Calendly with SCIM",
    configured: "`calendly`, `scim`",
    options: { connector: "calendly", profile: "scim", token: "any", scim: ANY },
  },
  { product: "Cal.com", configured: "`calcom`", options: { connector: "calcom", organization: "1", token: "any" } },
  { product: "Any by SCIM 2.0", configured: "`scim`", options: { connector: "scim", ...ANY } },
];

/** One row for each recipe that is shipped. */
function recipeRows(): readonly Row[] {
  return shippedRecipes().map((recipe) => {
    const {
      kind,
      name,
      settings = {},
    } = JSON.parse(readRecipe(recipe, FILE)) as {
      readonly kind?: string;
      readonly name: string;
      readonly settings?: Readonly<Record<string, { readonly default?: string }>>;
    };
    const connector = kind === "scim" ? "scim" : "recipe";
    const needed = Object.entries(settings).filter(([, { default: preset }]) => preset === undefined);
    const names = needed.map(([setting]) => setting).filter((setting) => setting !== "token");
    const own =
      connector === "recipe" ? { settings: Object.fromEntries(names.map((setting) => [setting, "any"])) } : {};
    // What needs no token refuses one.
    const token = connector === "scim" || "token" in settings ? { token: "any" } : {};
    const options = { connector, recipe, baseUrl: ANY.baseUrl, ...token, ...own };
    return { product: PRODUCTS[recipe] ?? name, configured: `\`${connector}\`, \`${recipe}\``, options };
  });
}

/** Names of products as their makers write them, where a recipe is not called so. */
const PRODUCTS: Readonly<Record<string, string>> = {
  calendly: "Calendly, people only",
  chilipiper: "Chili Piper",
  librebooking: "LibreBooking",
  "microsoft-bookings": "Microsoft Bookings",
};

const ambient: Ambient = {
  clock: systemClock,
  newId: () => "any",
  random: () => 0.5,
  log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  metrics: NO_METRICS,
};

function ignore(): void {
  // Nothing happens that could be logged.
}

/** The table in Markdown: products as rows, abilities as columns. */
export function capabilityTable(): string {
  const rows = [...OWN, ...recipeRows()].map(({ product, configured, options }) => {
    const { capabilities } = createConnector({ file: FILE, product: readProduct(options) }, ambient);
    return { cells: [product, configured], abilities: abilitiesOf(capabilities) };
  });
  const names = rows[0]?.abilities.map(({ ability }) => ability) ?? [];
  return aligned([
    ["product", "connector", ...names],
    ...rows.map(({ cells, abilities }) => [...cells, ...abilities.map(({ value }) => value)]),
  ]);
}

/** A table in Markdown, as prettier would have it; the first row is its head. */
export function aligned([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((cells) => cells[column]?.length ?? 0)));
  const lines = [
    head.map((cell, column) => cell.padEnd(widths[column] ?? 0)),
    widths.map((width) => "-".repeat(width)),
    ...rows.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0))),
  ];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** A page with the table between its marks renewed. Throws when it has no marks. */
export function withCapabilityTable(page: string, table: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error("The page has no marks for the capability table.");
  return `${page.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${page.slice(end)}`;
}

/** The page that has the table, as it stands. */
export function readCapabilityPage(): string {
  return readFileSync(FILE, "utf8");
}

/** Where that page is. */
export const CAPABILITY_PAGE = FILE;
