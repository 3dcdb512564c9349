import type { Booking, ObservedAccount, ObservedGroup, ProductGroupId, Seat } from "../../domain/account.ts";
import { ConnectorError } from "../../domain/errors.ts";
import type { Connector } from "../../ports/connector.ts";
import { bearer } from "../auth/fixed-credentials.ts";
import { createProductHttp } from "../http.ts";
import type { ProductHttp, Sending } from "../http.ts";
import type { ConnectorDeps } from "../kind.ts";
import { observePages } from "../observation.ts";
import { applyChange } from "./apply.ts";
import { capabilitiesOf } from "./capabilities.ts";
import { createScimClient, SCIM_TYPE } from "./client.ts";
import { diagnoseScim } from "./diagnose.ts";
import { createDiscovery } from "./discovery.ts";
import { createFinder } from "./find.ts";
import { createGroupResources } from "./groups.ts";
import type { GroupResources } from "./groups.ts";
import { createListing } from "./listing.ts";
import type { ListedPage, Listing } from "./listing.ts";
import { normalizeDesired } from "./normalize.ts";
import type { ScimConnectorOptions } from "./options.ts";
import { parseScimRecipe, STANDARD_RECIPE } from "./recipe.ts";
import type { ScimRecipe } from "./recipe.ts";
import { scimTypeOf } from "./refusal.ts";
import { readUser, toAccount } from "./user.ts";
import type { UserReading } from "./user.ts";
import { createUserWriter } from "./write-user.ts";

/**
 * A product that is provisioned by SCIM 2.0, as a Connector. Our marker is the externalId, where the product keeps one.
 * Throws Error with a sentence for people when the recipe, or what the options say beside it, cannot be used.
 */
export function createScimConnector(options: ScimConnectorOptions, deps: ConnectorDeps): Connector {
  const recipe = recipeOf(options, deps);
  const known = knownGroups(options, recipe);
  const http = httpOf(options, recipe, deps);
  const client = createScimClient(http, recipe);
  const discovery = createDiscovery(client);
  const listing = createListing(client, discovery);
  const finder = createFinder(client, discovery, listing);
  const writer = createUserWriter(client, discovery);
  const pool = recipe.seats === "implied" ? ((options.seat ?? "standard") as Seat) : null;
  const groups = recipe.groups.by === "resource" ? createGroupResources(client, listing, recipe.groups) : null;
  const reading: UserReading = { recipe, pool };
  const applier = { client, finder, writer, reading, groups };
  return {
    name: connectorName(options.recipe),
    capabilities: capabilitiesOf(recipe, known),
    normalize: (desired) => normalizeDesired(desired, { recipe, pool, groups: known }),
    async observe(signal, urgent) {
      const how = { signal, urgent };
      const shown = await readGroups(groups, known, how);
      // The first page is asked for at once, so that a product that refuses us is told here and not as a short list.
      const first = await listing.page("Users", null, how);
      const walk = observeUsers(listing, first, { ...reading, groupsOf: shown.groupsOf }, how);
      return { tenant: null, groups: shown.groups, seats: null, ...walk };
    },
    async find(who, signal, urgent) {
      const how = { signal, urgent };
      const [shown, byId, byName] = await Promise.all([
        groups?.membership(how),
        who.account === undefined ? undefined : client.user(who.account, how),
        finder.byName(who.email, how),
      ]);
      const found = new Map<string, ObservedAccount>();
      for (const user of [...(byId === undefined ? [] : [byId]), ...byName]) {
        found.set(user.id, toAccount(user, { ...reading, groupsOf: shown?.groupsOf }));
      }
      return [...found.values()];
    },
    // SCIM knows no meetings: the product ends them itself, or nobody does.
    async *bookings(): AsyncGenerator<Booking> {},
    async apply(change, context) {
      try {
        return await applyChange(applier, change, context);
      } catch (error) {
        if (error instanceof ConnectorError) throw error;
        throw new ConnectorError("rejected", `the change could not be put to ${recipe.name}`, { cause: error });
      }
    },
    diagnose: (signal) =>
      diagnoseScim({ client, discovery, listing, finder, groups: known, budget: () => http.budget() }, signal),
    close: () => Promise.resolve(),
  };
}

function httpOf(options: ScimConnectorOptions, recipe: ScimRecipe, deps: ConnectorDeps): ProductHttp {
  return createProductHttp({
    product: recipe.name,
    baseUrl: baseUrlOf(options, recipe),
    headers: { ...bearer(options.token), accept: `${SCIM_TYPE}, application/json` },
    clock: deps.clock,
    onCall: deps.onCall,
    rateLimit: deps.rateLimit,
    requestTimeoutMs: deps.requestTimeoutMs,
    credentialSetting: deps.credentialSetting,
    errorCode: scimTypeOf,
  });
}

function observeUsers(listing: Listing, first: ListedPage, reading: UserReading, how: Sending) {
  return observePages(async (position: ListedPage["next"]) => {
    const page = position === null ? first : await listing.page("Users", position, how);
    const accounts = page.resources.map((resource) => toAccount(readUser(resource, reading.recipe.name), reading));
    return { accounts, next: page.next, total: page.total };
  }, how.signal);
}

async function readGroups(resources: GroupResources | null, known: readonly string[], how: Sending) {
  if (resources === null) return { groups: known.map(valueGroup), groupsOf: undefined };
  return (await resources.membership(how)) ?? { groups: await resources.list(how), groupsOf: undefined };
}

/** Where the group is a value, the value is its id. */
function valueGroup(name: string): ObservedGroup {
  return { id: name as ProductGroupId, name };
}

function recipeOf({ recipe }: ScimConnectorOptions, { readRecipe }: ConnectorDeps): ScimRecipe {
  return recipe === undefined ? STANDARD_RECIPE : parseScimRecipe(readRecipe(recipe), recipe);
}

function baseUrlOf(options: ScimConnectorOptions, recipe: ScimRecipe): string {
  const url = options.baseUrl ?? recipe.baseUrl;
  if (url !== undefined) return url;
  throw new Error(`${recipe.name} has a base URL for each customer: set product.baseUrl to the one that it shows you.`);
}

function knownGroups({ groups }: ScimConnectorOptions, recipe: ScimRecipe): readonly string[] {
  if (groups === undefined || recipe.groups.by === "attribute") return [...new Set(groups)];
  throw new Error(
    `product.groups is for products that keep the group in an attribute of the user, and ${recipe.name} does not: remove it.`,
  );
}

/** The name of a recipe that is shipped, or that of the connector itself. */
function connectorName(recipe: string | undefined): string {
  return recipe !== undefined && /^[a-z][a-z0-9-]*$/.test(recipe) ? recipe : "scim";
}
