import { z } from "zod";
import { ConfigError } from "../../domain/errors.ts";
import { explainIssue, toProblems } from "../../lib/explain-issue.ts";
import { whereNoJson } from "../../lib/json-text.ts";
import { JsonTextError, parseJson } from "../../lib/parse-json.ts";
import { mayRunAway, RUNAWAY } from "../../lib/runaway-pattern.ts";
import { isUrn, splitAttributePath } from "../../scim/attribute-path.ts";

const attribute = z.string().refine((text) => splitAttributePath(text) !== null, {
  error: "must be an attribute, such as displayName, name.givenName or urn:…:User:attribute",
});

/** Where a field of the profile stands in the product's User; null where the product has no such attribute. */
const place = (usual: string) => attribute.nullable().default(usual);

const attributes = z.strictObject({
  /** Whether the address is sent as the work e-mail, too; it is always the userName. */
  emails: z.boolean().default(true),
  /** Whether the product keeps an externalId, in which our marker stands. */
  externalId: z.boolean().default(true),
  displayName: place("displayName"),
  givenName: place("name.givenName"),
  familyName: place("name.familyName"),
  timezone: place("timezone"),
  locale: place("locale"),
});

const groups = z.discriminatedUnion("by", [
  z.strictObject({ by: z.literal("none") }),
  z.strictObject({
    by: z.literal("resource"),
    /** How members of a `/Groups` resource are changed: one by one, or all of them anew. */
    members: z.enum(["patch", "put"]).default("patch"),
    /** Where it stands who is in which group: in `groups` of each user, or only in `members` of each group. */
    shownBy: z.enum(["user", "group"]).default("user"),
    create: z.boolean().default(true),
  }),
  z.strictObject({
    by: z.literal("attribute"),
    /** Schemas that the attribute may belong to: the first that the product announces is written, each is read. */
    schemas: z.array(z.string().refine(isUrn, { error: "must be a URN" })).min(1),
    attribute: z.string().regex(/^[a-z][\w-]*$/i),
  }),
]);

const noSeat = z.strictObject({
  status: z.int().min(400).max(599),
  /** A regular expression that the `detail` of the answer matches, whatever the letter case. */
  detail: z
    .string()
    .min(1)
    .refine(isRegExp, { error: "must be a regular expression" })
    .refine((text) => !mayRunAway(text), { error: `might never end on an odd text: ${RUNAWAY}` }),
});

/**
 * How one SCIM product differs from the standard: a JSON file of `config/recipes/`, or one of the admin's own. Whatever it
 * leaves out is as RFC 7643 and RFC 7644 have it; nothing but the attributes that are named here is ever sent.
 */
const scimRecipeSchema = z.strictObject({
  $schema: z.string().optional(),
  /** Which connector reads this file. */
  kind: z.literal("scim").default("scim"),
  /** The product, as messages call it. */
  name: z.string().min(1).max(60).default("The SCIM product"),
  /** Where the product is, for all its customers. */
  baseUrl: z.url({ protocol: /^https$/ }).optional(),
  /** Whether `/ServiceProviderConfig` and `/Schemas` are asked. */
  discovery: z.enum(["read", "skip"]).default("read"),
  attributes: attributes.prefault({}),
  /** Fields that the product shows, but that nobody can write. */
  readOnly: z.array(z.enum(["displayName", "givenName", "familyName", "timezone", "locale"])).default([]),
  /** How a user is changed. `discovered`: by PATCH where the product announces it, else by PUT. */
  update: z.enum(["patch", "put", "discovered"]).default("discovered"),
  /** What a PUT does with attributes that the product shows and that are not named above: products may null or refuse them. */
  unnamed: z.enum(["kept", "left-out"]).default("kept"),
  /** How a user is found by name. `list`: the product has no filters, all users are read. */
  find: z.enum(["filter", "list", "discovered"]).default("discovered"),
  paging: z
    .strictObject({
      by: z.enum(["index", "cursor", "discovered"]).default("discovered"),
      /** Of the first user in a list; 1 by the standard. */
      firstIndex: z.int().min(0).max(1).default(1),
      size: z.int().min(1).max(1_000).default(100),
    })
    .prefault({}),
  /** Whether DELETE may be sent at all; many products destroy what belonged to the user. */
  delete: z.boolean().default(false),
  groups: groups.prefault({ by: "resource" }),
  /** Who cancels the bookings of somebody who is deactivated: the product does, or nobody. */
  bookings: z.enum(["product", "nobody"]).default("nobody"),
  /** `implied`: everybody who is active takes a seat of one pool. */
  seats: z.enum(["implied", "none"]).default("none"),
  /** Answers that mean that no seat is free. */
  noSeat: z.array(noSeat).default([]),
  /** Whether whoever is new has to accept an invitation: `doctor` says so, for SCIM shows them as active before they do. */
  sendsInvitations: z.boolean().default(false),
  /** Whether a userName may be changed without a message to anybody. */
  parking: z.boolean().default(false),
  maxConcurrency: z.int().min(1).max(32).default(4),
});

/** A recipe, checked, with everything that it left out. */
export type ScimRecipe = z.output<typeof scimRecipeSchema>;

/** What is known of a product that no recipe describes: the standard. */
export const STANDARD_RECIPE: ScimRecipe = scimRecipeSchema.parse({});

/**
 * Reads a recipe. `name` is named in the message. Throws ConfigError with every problem and its path; an unknown key is a
 * problem, with the nearest key that is known.
 */
export function parseScimRecipe(text: string, name: string): ScimRecipe {
  const source = `the recipe ${name}`;
  const result = scimRecipeSchema.safeParse(parseText(text, source), { error: explainIssue });
  if (result.success) return result.data;
  throw new ConfigError(source, toProblems(result.error));
}

function parseText(text: string, source: string): unknown {
  try {
    return parseJson(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    // Its message quotes nothing of the text.
    const message = error instanceof JsonTextError ? error.message : "cannot be read";
    throw new ConfigError(source, [{ path: "", message: `${message}${whereNoJson(text)}` }]);
  }
}

/** The JSON Schema (2020-12) of a recipe, for editors. */
export function scimRecipeJsonSchema(): unknown {
  return z.toJSONSchema(scimRecipeSchema, { io: "input", reused: "inline" });
}

function isRegExp(text: string): boolean {
  try {
    return new RegExp(text, "iu").source !== "";
  } catch {
    return false;
  }
}
