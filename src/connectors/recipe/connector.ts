import { ConnectorError } from "../../domain/errors.ts";
import type { Seat } from "../../domain/account.ts";
import { parseDuration } from "../../lib/duration.ts";
import { createTimeZones } from "../../lib/time-zones.ts";
import type { Connector } from "../../ports/connector.ts";
import { createProductHttp } from "../http.ts";
import type { ProductHttp } from "../http.ts";
import type { ConnectorDeps } from "../kind.ts";
import { findByEmail, readAccount } from "./accounts.ts";
import { applyChange } from "./apply.ts";
import { authOptions } from "./auth.ts";
import { credentialSettings } from "./auth-texts.ts";
import { listBookings } from "./bookings.ts";
import { createCaller } from "./calls.ts";
import { capabilitiesOf } from "./capabilities.ts";
import { diagnoseRecipe } from "./diagnose.ts";
import { createEvaluator } from "./evaluator.ts";
import { recipeFunctions } from "./functions.ts";
import { createLister } from "./listing.ts";
import type { LoadedRecipe } from "./load.ts";
import { createLocks } from "./locks.ts";
import { normalizeDesired } from "./normalize.ts";
import type { SeatRule } from "./normalize.ts";
import { observeProduct } from "./observe.ts";
import type { RecipeOptions } from "./options.ts";
import type { RecipeProduct } from "./product.ts";
import { budgetReader } from "./rate.ts";
import { settingsOf } from "./settings.ts";
import { createShapeReader } from "./shapes.ts";
import { createSteps } from "./steps.ts";

/** What a recipe connector needs; its recipe is read already. */
export type RecipeConnectorDeps = Omit<ConnectorDeps, "readRecipe" | "random">;

/** The product of a recipe, ready to be spoken to. Throws ConfigError where settings are missing. */
export function createRecipeProduct(
  loaded: LoadedRecipe,
  options: RecipeOptions,
  deps: RecipeConnectorDeps,
): { readonly product: RecipeProduct; readonly http: ProductHttp } {
  const { file, recipe, programs } = loaded;
  const { clock, requestTimeoutMs } = deps;
  const settings = settingsOf(loaded, options);
  // `settingsOf` made sure that one of them is there.
  const baseUrl = options.baseUrl ?? recipe.baseUrl ?? "";
  const base = { ...recipeFunctions(clock, deps.newId), settings };
  const evaluator = createEvaluator(programs, base, new RegExp(`^(?:${recipe.ids.pattern})$`));
  const pauseMs = parseDuration(recipe.rateLimit.pause) ?? 0;
  const credentialSetting = credentialSettings(recipe.auth);
  const signIn = { product: recipe.name, clock, onCall: deps.onCall, requestTimeoutMs, credentialSetting };
  const http = createProductHttp({
    product: recipe.name,
    baseUrl,
    clock,
    onCall: deps.onCall,
    rateLimit: deps.rateLimit,
    requestTimeoutMs,
    pauseMs,
    readBudget: budgetReader(recipe.rateLimit),
    credentialSetting,
    ...authOptions(recipe.auth, { file, baseUrl, settings, evaluator, signIn }),
  });
  const caller = createCaller({ recipe, http, evaluator, clock, pauseMs });
  const capabilities = capabilitiesOf(recipe, options.allowDelete);
  const product: RecipeProduct = {
    file,
    recipe,
    capabilities,
    clock,
    evaluator,
    caller,
    lister: createLister({ caller, evaluator, baseUrl, paging: recipe.defaults.paging }),
    shapes: createShapeReader(evaluator, recipe),
    runSteps: createSteps(caller, evaluator),
    impliedSeat: capabilities.seats === "implied" ? (options.seat as Seat) : null,
  };
  return { product, http };
}

/** A product that a recipe describes, as a Connector. Throws ConfigError where settings are missing. */
export function createRecipeConnector(
  loaded: LoadedRecipe,
  options: RecipeOptions,
  deps: RecipeConnectorDeps,
): Connector {
  const { product, http } = createRecipeProduct(loaded, options, deps);
  const { recipe, capabilities } = product;
  const locks = createLocks();
  const timeZoneName = createTimeZones();
  const seats = seatRule(product);
  return {
    name: recipe.name,
    capabilities,
    normalize: (desired) => normalizeDesired(desired, recipe.profile, seats, timeZoneName),
    observe: (signal, urgent) => observeProduct(product, { signal, urgent }),
    async find(who, signal, urgent) {
      const how = { signal, urgent };
      const [byId, byEmail] = await Promise.all([
        who.account === undefined ? undefined : readAccount(product, who.account, how),
        findByEmail(product, who.email, how),
      ]);
      const found = [...(byId === undefined ? [] : [byId]), ...byEmail];
      return [...new Map(found.map((account) => [account.id, account])).values()];
    },
    bookings: (account, from, signal, urgent) => listBookings(product, account, from, { signal, urgent }),
    async apply(change, context) {
      try {
        return await applyChange(product, locks, change, context);
      } catch (error) {
        if (error instanceof ConnectorError) throw error;
        const message = `the change could not be put to ${recipe.name}`;
        throw new ConnectorError("rejected", message, { cause: error });
      }
    },
    diagnose: (signal) => diagnoseRecipe(product, http, signal),
    close: () => Promise.resolve(),
  };
}

function seatRule({ capabilities, impliedSeat }: RecipeProduct): SeatRule {
  if (impliedSeat !== null) return { by: "implied", pool: impliedSeat };
  return { by: capabilities.seats === "assigned" ? "assigned" : "none" };
}
