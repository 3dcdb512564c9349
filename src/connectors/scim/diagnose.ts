import type { ConnectorError } from "../../domain/errors.ts";
import type { Finding } from "../../ports/connector.ts";
import { good, rateLimitFinding, sentenceOf, toTell } from "../finding.ts";
import type { BudgetHeaders } from "../rate-headers.ts";
import type { ScimClient } from "./client.ts";
import type { Discovery } from "./discovery.ts";
import { USER_URN } from "./edits.ts";
import type { Finder } from "./find.ts";
import type { Listing } from "./listing.ts";
import type { ScimRecipe } from "./recipe.ts";
import { keysOf } from "./resource.ts";
import { PLACED, readUser } from "./user.ts";
import type { ScimUser } from "./user.ts";

/** What a product is looked at with. */
export interface Examination {
  readonly client: ScimClient;
  readonly discovery: Discovery;
  readonly listing: Listing;
  readonly finder: Finder;
  /** Values that the options name for an attribute that holds the group. */
  readonly groups: readonly string[];
  /** What the headers of the last answer said of the rate limit. */
  readonly budget: () => BudgetHeaders | null;
}

/** Looks at the token, at what the product announces, and whether lists and filters keep what the standard promises. */
export async function* diagnoseScim(examination: Examination, signal: AbortSignal): AsyncGenerator<Finding> {
  const { name } = examination.client.recipe;
  try {
    const { first, total } = await firstUser(examination, signal);
    yield good("credentials", `${name} takes the token, and shows its users: ${total ?? "some"}.`);
    yield* features(examination, signal);
    yield* filters(examination, first, signal);
    yield* attributes(examination, signal);
    yield* groups(examination, signal);
    yield rateLimitFinding(examination.budget(), {
      verdict: "good",
      detail: `${name} says nothing of a rate limit: set product.rateLimit if it documents one.`,
    });
    yield* traps(examination.client.recipe);
  } catch (error) {
    yield failed(toTell(error, signal), name);
  }
}

function failed(error: ConnectorError, name: string): Finding {
  const isRefused = error.reason === "auth";
  const remedy = isRefused
    ? `Make a new SCIM token in the settings of ${name}, and set product.token to it; see that your plan there includes SCIM.`
    : `Compare product.baseUrl with the SCIM address in the settings of ${name} (it ends before /Users), and see that it can be reached from here.`;
  const detail = sentenceOf(error.message);
  return { subject: isRefused ? "credentials" : "connection", verdict: "bad", detail, remedy };
}

async function firstUser({ client, listing }: Examination, signal: AbortSignal) {
  const { resources, total } = await listing.page("Users", null, { signal });
  const [resource] = resources;
  return { first: resource === undefined ? undefined : readUser(resource, client.recipe.name), total };
}

async function* features({ client, discovery }: Examination, signal: AbortSignal): AsyncGenerator<Finding> {
  const { name, update } = client.recipe;
  const { patch, maxResults } = await discovery.features({ signal });
  const way = update === "patch" || (update === "discovered" && patch === true) ? "PATCH" : "PUT";
  if (update === "patch" && patch === false) {
    yield {
      subject: "updates",
      verdict: "bad",
      detail: `The recipe says that users are changed by PATCH, and ${name} says that it has none.`,
      remedy: 'Set "update" in the recipe to "put" or "discovered".',
    };
  } else {
    const says =
      patch === null ? `${name} does not say whether it takes PATCH` : `${name} ${patch ? "takes" : "has no"} PATCH`;
    yield good("updates", `${says}: users are changed by ${way}.`);
  }
  if (maxResults !== null) yield good("pages", `${name} shows at most ${maxResults} users on a page.`);
}

async function* filters(
  { client, finder, discovery }: Examination,
  first: ScimUser | undefined,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  const { name, find } = client.recipe;
  const isListed =
    find === "list" || (find === "discovered" && (await discovery.features({ signal })).filter === false);
  if (isListed) {
    yield good("filters", `${name} is not asked by filter: to find one person, all users are read.`);
  } else if (first === undefined) {
    yield good("filters", `Whether ${name} finds people by userName cannot be seen, because it has nobody yet.`);
  } else if (await finder.filterFinds(first.userName, { signal })) {
    yield good("filters", `${name} finds people by userName.`);
  } else {
    yield {
      subject: "filters",
      verdict: "bad",
      detail: `${name} was asked by filter for a user that it shows in its list, and did not find them.`,
      remedy: 'Set "find" in the recipe to "list": then all users are read to find one.',
    };
  }
}

/** Attributes that we send, and that the product's own schema of users does not have. */
async function* attributes({ client, discovery }: Examination, signal: AbortSignal): AsyncGenerator<Finding> {
  const { name } = client.recipe;
  const schemas = await discovery.schemas({ signal });
  const known = schemas?.get(USER_URN.toLowerCase());
  if (schemas === null || known === undefined || known.size === 0) {
    yield good("attributes", `${name} does not say which attributes it knows; those of the recipe are sent.`);
    return;
  }
  const unknown = sentAttributes(client.recipe).filter((attribute) => {
    const [first = "", second = ""] = keysOf(attribute);
    return first.includes(":")
      ? schemas.get(first.toLowerCase())?.has(second.toLowerCase()) !== true
      : !known.has(first.toLowerCase());
  });
  if (unknown.length === 0) {
    yield good("attributes", `${name} knows every attribute that is sent.`);
  } else {
    yield {
      subject: "attributes",
      verdict: "warning",
      detail: `${name} does not list ${unknown.join(", ")} among its attributes: it may refuse or forget them.`,
      remedy: 'Set them to null (or false) under "attributes" in a recipe of your own.',
    };
  }
}

/** externalId belongs to every resource, and stands in no schema (RFC 7643 section 3.1). */
function sentAttributes({ attributes, readOnly, groups }: ScimRecipe): readonly string[] {
  const placed = PLACED.filter((field) => !readOnly.includes(field)).flatMap((field) => attributes[field] ?? []);
  const group = groups.by === "attribute" ? groups.schemas.map((urn) => `${urn}:${groups.attribute}`).slice(0, 1) : [];
  return ["userName", "active", ...(attributes.emails ? ["emails"] : []), ...placed, ...group];
}

async function* groups({ client, listing, groups: known }: Examination, signal: AbortSignal): AsyncGenerator<Finding> {
  const { name, groups: handling } = client.recipe;
  if (handling.by === "none") {
    yield good("groups", `${name} has no groups by SCIM: the mapping's groups cannot be put there.`);
  } else if (handling.by === "resource") {
    const { total } = await listing.page("Groups", null, { signal }, { excludedAttributes: "members" });
    yield good("groups", `${name} shows its groups: ${total ?? "some"}.`);
  } else if (known.length > 0) {
    yield good(
      "groups",
      `People are put into a group of ${name} by an attribute; it must know these values: ${known.join(", ")}.`,
    );
  } else {
    yield {
      subject: "groups",
      verdict: "warning",
      detail: `${name} puts people into groups by an attribute, and product.groups names no value of it: nobody is put into a group.`,
      remedy: `Set product.groups to the values that the settings of ${name} map to groups, or take groups out of the mapping.`,
    };
  }
}

/** What an admin should know, and nobody can mend. */
function* traps({ name, bookings, sendsInvitations, seats }: ScimRecipe): Generator<Finding> {
  if (bookings === "nobody") {
    yield {
      subject: "bookings",
      verdict: "warning",
      detail: `${name} offers no way to list or cancel meetings by SCIM: those of a leaver stay as they are.`,
      remedy:
        "Cancel them by hand, or name a second connector under product.bookings if there is one for this product.",
    };
  } else {
    yield good("bookings", `${name} cancels the upcoming meetings of whoever is deactivated itself.`);
  }
  if (sendsInvitations) {
    yield good(
      "invitations",
      `${name} sends an invitation to whoever is new, who has to accept it; by SCIM they are active before they do, so that nobody is told as pending here.`,
    );
  }
  if (seats === "implied") {
    yield good(
      "seats",
      `Everybody who is active in ${name} takes a seat; it does not say how many are free: product.seats does.`,
    );
  }
}
