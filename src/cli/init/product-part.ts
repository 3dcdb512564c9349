import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { webAddressFault } from "../../config/field-faults.ts";
import { UsageError } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { RecipeNeeds, Toolbox } from "../toolbox.ts";
import type { Ask } from "./ask.ts";
import type { InitOptions } from "./options.ts";
import { TRAITS, type ProductName } from "./products.ts";
import { askSettings } from "./recipe-settings.ts";
import { askSecret, type Secret } from "./secrets.ts";

/** `product` of the configuration without what every product takes, and the secrets that it points to. */
export interface ProductPart {
  readonly product: JsonObject;
  readonly secrets: readonly Secret[];
}

/** What the parts of one product are made with. */
interface Making {
  readonly ask: Ask;
  readonly options: InitOptions;
  readonly product: ProductName;
  /** Absolute; names of files in it start from its folder. */
  readonly configFile: string;
  readonly recipeNeeds: Toolbox["recipeNeeds"];
}

const SANDBOX_ADDRESS = "http://127.0.0.1:8090";

/** Asks for all that a product needs. Throws UsageError, and ConfigError for a recipe that cannot be used. */
export function askProduct(making: Making): Promise<ProductPart> {
  refuseForeign(making);
  switch (making.product) {
    case "sandbox":
      return sandbox(making);
    case "calendly":
      return calendly(making);
    case "calcom":
      return calcom(making);
    case "scim":
      return described(making, null, { connector: "scim", baseUrl: null, hasToken: true, settings: [] });
    case "recipe":
      return ownRecipe(making);
    default:
      return described(making, making.product, making.recipeNeeds(making.product, making.configFile));
  }
}

/** Flags that mean something for some products only. */
const FOR: readonly (readonly [keyof InitOptions, string, readonly ProductName[]])[] = [
  ["profile", "--profile", ["calendly"]],
  ["scimUrl", "--scim-url", ["calendly"]],
  ["scimTokenEnv", "--scim-token-env", ["calendly"]],
  ["scimTokenFile", "--scim-token-file", ["calendly"]],
  ["organization", "--organization", ["calcom", "calendly"]],
  ["recipe", "--recipe", ["recipe"]],
  ["setting", "--setting", ["librebooking", "chilipiper", "microsoft-bookings", "recipe"]],
  ["settingEnv", "--setting-env", ["librebooking", "chilipiper", "microsoft-bookings", "recipe"]],
  ["deleteLeavers", "--delete-leavers", ["librebooking", "recipe"]],
];

function refuseForeign({ options, product }: Making): void {
  for (const [key, flag, products] of FOR) {
    if (options[key] === undefined || products.includes(product)) continue;
    throw new UsageError(`${flag} is for --product ${products.join(" or ")}, not for ${product}: leave it out.`);
  }
}

async function sandbox(making: Making): Promise<ProductPart> {
  const baseUrl = await askBaseUrl(making, SANDBOX_ADDRESS);
  const secret = await token(making, "the sandbox's token (SANDBOX_TOKEN, as `rosterbridge sandbox` has it)");
  return { product: { connector: "sandbox", baseUrl, token: secret.place }, secrets: [secret] };
}

async function calcom(making: Making): Promise<ProductPart> {
  const { ask, options } = making;
  const organization = await ask(
    {
      flag: "--organization",
      text: "What is the number of your Cal.com organisation? GET /v2/me of its API says it, as organizationId.",
      fault: (text) => (/^[1-9]\d{0,14}$/.test(text) ? null : "must be the organisation's number, such as 42"),
    },
    options.organization,
  );
  const secret = await token(making, "the API key of an administrator of the organisation");
  const product = { connector: "calcom", organization, token: secret.place, ...(await givenBaseUrl(making)) };
  return { product, secrets: [secret] };
}

async function calendly(making: Making): Promise<ProductPart> {
  const { ask, options } = making;
  const text = "How do people come into Calendly: by SCIM (Enterprise plan), or by invitation?";
  const profile = await ask({ flag: "--profile", text, choices: ["invite", "scim"] }, options.profile);
  const rest = await token(making, "the personal access token of an owner or admin");
  const { organization } = options;
  const product: JsonObject = {
    connector: "calendly",
    profile,
    token: rest.place,
    ...(organization === undefined ? {} : { organization }),
    ...(await givenBaseUrl(making)),
  };
  if (profile === "scim") {
    const scim = await calendlyScim(making);
    return { product: { ...product, scim: scim.product }, secrets: [rest, ...scim.secrets] };
  }
  if (options.scimUrl !== undefined || options.scimTokenEnv !== undefined || options.scimTokenFile !== undefined)
    throw new UsageError("--scim-url and --scim-token-… are for --profile scim, not for invite: leave them out.");
  return { product, secrets: [rest] };
}

async function calendlyScim({ ask, options, configFile }: Making): Promise<ProductPart> {
  const text = "What is the Base URL of user provisioning, on Calendly's page Login → User provisioning?";
  const baseUrl = await ask({ flag: "--scim-url", text, fault: webAddressFault }, options.scimUrl);
  const secret = await askSecret(ask, "the bearer token of user provisioning", "CALENDLY_SCIM_TOKEN", {
    env: { flag: "--scim-token-env", value: options.scimTokenEnv },
    file: { flag: "--scim-token-file", value: fromFolderOf(configFile, options.scimTokenFile) },
  });
  return { product: { baseUrl, token: secret.place }, secrets: [secret] };
}

async function ownRecipe(making: Making): Promise<ProductPart> {
  const { ask, options, configFile, recipeNeeds } = making;
  const text = "Which file describes the product? The guide to recipes says how to write one.";
  const given = await ask({ flag: "--recipe", text }, options.recipe);
  // A bare name is one of those that are shipped; whatever looks like a file starts from the working folder.
  const recipe = /[./\\]/.test(given) ? (fromFolderOf(configFile, given) ?? given) : given;
  return described(making, recipe, recipeNeeds(recipe, configFile));
}

/** A product that a recipe describes, or that holds to the standard of SCIM. */
async function described(making: Making, recipe: string | null, needs: RecipeNeeds): Promise<ProductPart> {
  const { ask, options, product } = making;
  refuseNeedless(options, needs);
  const address = needs.baseUrl === null ? { baseUrl: await askBaseUrl(making) } : await givenBaseUrl(making);
  const secret = needs.hasToken ? [await token(making, `the token of ${TRAITS[product].title}`)] : [];
  const { settings, secrets } = await askSettings(ask, needs, options, TRAITS[product].prefix);
  return {
    product: {
      connector: needs.connector,
      ...(recipe === null ? {} : { recipe }),
      ...address,
      ...Object.fromEntries(secret.map(({ place }) => ["token", place])),
      ...(Object.keys(settings).length === 0 ? {} : { settings }),
      ...(options.deleteLeavers === true ? { allowDelete: true } : {}),
    },
    secrets: [...secret, ...secrets],
  };
}

/** Throws UsageError for flags that this recipe has no use for. */
function refuseNeedless(options: InitOptions, { hasToken, connector }: RecipeNeeds): void {
  if (!hasToken && (options.tokenEnv ?? options.tokenFile) !== undefined)
    throw new UsageError("This recipe takes no token: say --setting-env for its secrets.");
  if (connector === "scim" && (options.setting ?? options.settingEnv ?? options.deleteLeavers) !== undefined)
    throw new UsageError(
      "A SCIM recipe has no settings and deletes by itself: leave --setting and --delete-leavers out.",
    );
}

function token({ ask, options, product, configFile }: Making, what: string): Promise<Secret> {
  return askSecret(ask, what, TRAITS[product].tokenVariable, {
    env: { flag: "--token-env", value: options.tokenEnv },
    file: { flag: "--token-file", value: fromFolderOf(configFile, options.tokenFile) },
  });
}

function askBaseUrl({ ask, options, product }: Making, preset?: string): Promise<string> {
  const text = `Where is ${TRAITS[product].title}? Its base URL, such as https://product.example/api.`;
  const question = { flag: "--base-url", text, fault: webAddressFault };
  return ask(preset === undefined ? question : { ...question, preset }, options.baseUrl);
}

/** Only where somebody says so: the product's own address is known. */
async function givenBaseUrl(making: Making): Promise<JsonObject> {
  return making.options.baseUrl === undefined ? {} : { baseUrl: await askBaseUrl(making) };
}

/** A file that was named on the command line, as the configuration has to name it. */
function fromFolderOf(configFile: string, file: string | undefined): string | undefined {
  if (file === undefined || file.trim() === "" || isAbsolute(file)) return file;
  const path = relative(dirname(configFile), resolve(file)).split(sep).join("/");
  return path.startsWith("../") ? path : `./${path}`;
}
