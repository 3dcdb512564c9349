/** Who checks which block: every block of every page has somebody. */
import type { Block } from "./page.ts";
import type { NamedPage } from "./pages.ts";

/** The suites, by file. */
export type Suite =
  | "test/docs/identity-providers.test.ts"
  | "test/docs/products.test.ts"
  | "test/docs/product-diagnoses.test.ts"
  | "test/docs/product-stories.test.ts"
  | "test/docs/told-pages.test.ts"
  | "test/docs/mapping.test.ts"
  | "test/docs/deployment.test.ts"
  | "test/connectors/recipe/document.test.ts"
  | "test/e2e/demo.test.ts";

const PLAYED = new Set(["json", "http", "console", "text"]);
const TOLD = new Set(["json", "jsonc", "http", "console", "sh", "bash"]);
const DEPLOYED = new Set(["yaml", "nginx", "caddy", "ini", "mermaid", "promql"]);

/** The suite that checks a block; null when nobody does: then the page may not have it. */
export function suiteOf({ name }: Pick<NamedPage, "name">, { language, use, text }: Block): Suite | null {
  if (DEPLOYED.has(language)) return "test/docs/deployment.test.ts";
  if (name === "README.md" && language === "text") return "test/e2e/demo.test.ts";
  if (name === "docs/recipes.md" && language === "json") return "test/connectors/recipe/document.test.ts";
  if (use !== "") return null;
  if (name === "docs/mapping.md" && language.startsWith("json")) return suiteOfMapping(language);
  if (name === "docs/architecture.md" && language === "text") return "test/docs/told-pages.test.ts";
  if (name === "docs/recipes.md" && (language === "sh" || language === "text"))
    return "test/docs/product-stories.test.ts";
  if (name.startsWith("docs/identity-providers/") && PLAYED.has(language))
    return "test/docs/identity-providers.test.ts";
  if (name.startsWith("docs/products/")) return suiteOfProduct(name, language, text);
  return TOLD.has(language) ? "test/docs/told-pages.test.ts" : null;
}

/** Its JSON is mappings, not parts of a configuration. */
function suiteOfMapping(language: string): Suite | null {
  return language === "json" || language === "jsonc" ? "test/docs/mapping.test.ts" : null;
}

function suiteOfProduct(name: string, language: string, text: string): Suite | null {
  if (language === "json") return "test/docs/products.test.ts";
  if (name === "docs/products/README.md") return TOLD.has(language) ? "test/docs/told-pages.test.ts" : null;
  if (language === "text" && text.startsWith("Product\n")) return "test/docs/product-diagnoses.test.ts";
  return language === "text" || language === "sh" ? "test/docs/product-stories.test.ts" : null;
}
