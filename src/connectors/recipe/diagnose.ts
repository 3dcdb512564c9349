import type { ConnectorError } from "../../domain/errors.ts";
import type { Finding } from "../../ports/connector.ts";
import { good, rateLimitFinding, sentenceOf, toTell } from "../finding.ts";
import type { ProductHttp, Sending } from "../http.ts";
import { accountPage } from "./accounts.ts";
import { credentialSettings } from "./auth-texts.ts";
import { listGroups } from "./groups.ts";
import { listSeats, readTenant } from "./observe.ts";
import type { RecipeProduct } from "./product.ts";
import type { RecipeAuth } from "./schema-auth.ts";
import { shortcomings } from "./shortcomings.ts";

/** Reads what can be read by a recipe without a person, and tells what its product cannot do. Writes nothing. */
export async function* diagnoseRecipe(
  product: RecipeProduct,
  http: Pick<ProductHttp, "budget">,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  const how: Sending = { signal };
  const page = await looked("credentials", product, signal, async () => {
    const { accounts, next } = await accountPage(product, null, null, how);
    const more = next === null ? "" : ", and there are more";
    return `The product takes the credentials: the first page holds ${accounts.length} accounts${more}.`;
  });
  yield page;
  if (page.verdict === "bad") return;
  const { operations } = product.recipe;
  if (operations.readTenant !== undefined) {
    yield await looked("organisation", product, signal, async () => {
      await readTenant(product, how);
      return "The product says which organisation it is.";
    });
  }
  if (operations.listGroups !== undefined) {
    yield await looked(
      "groups",
      product,
      signal,
      async () => `${(await listGroups(product, how)).length} groups are there.`,
    );
  }
  if (operations.listSeats !== undefined) yield* seats(product, how);
  yield rateLimitFinding(http.budget(), {
    verdict: "warning",
    detail: `The product says nothing of a rate limit; after a 429 nothing is sent for ${product.recipe.rateLimit.pause}.`,
    remedy: "Set product.rateLimit.perMinute to what its documentation allows.",
  });
  yield* shortcomings(product);
}

async function* seats(product: RecipeProduct, how: Sending): AsyncGenerator<Finding> {
  const pools: Finding[] = [];
  const finding = await looked("seats", product, how.signal, async () => {
    for (const [seat, { total, used }] of (await listSeats(product, how)) ?? []) {
      const detail = `${used} of ${total} ${seat} seats are in use.`;
      const remedy = "Free some seats or buy more: joiners wait.";
      pools.push(used < total ? good("seats", detail) : { subject: "seats", verdict: "warning", detail, remedy });
    }
    return `${pools.length} seat pools are there.`;
  });
  yield finding;
  yield* pools;
}

/** One thing that was looked at; what fails is a finding. Throws only what an aborted signal makes. */
async function looked(
  subject: string,
  { recipe }: RecipeProduct,
  signal: AbortSignal,
  look: () => Promise<string>,
): Promise<Finding> {
  try {
    return good(subject, await look());
  } catch (error) {
    const told = toTell(error, signal);
    return { subject, verdict: "bad", detail: sentenceOf(told.message), remedy: remedyOf(told, recipe.auth) };
  }
}

/** What to do about a failure of a recipe that signs in like this. */
export function remedyOf({ reason }: ConnectorError, auth: RecipeAuth): string {
  switch (reason) {
    case "auth":
      return `Check ${credentialSettings(auth)}, and what the credentials may do.`;
    case "rate-limited":
      return "Wait, and set product.rateLimit.perMinute to what the product allows.";
    case "missing":
      return "Check product.baseUrl, and the path of this operation in the recipe.";
    case "unavailable":
      return "Check product.baseUrl, and what the recipe reads from the answer.";
    case "conflict":
    case "no-seat":
    case "rejected":
      return "Check the request of this operation in the recipe.";
  }
}
