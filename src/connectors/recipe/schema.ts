import { z } from "zod";
import { authField } from "./schema-auth.ts";
import { accountShape, operationsField } from "./schema-operations.ts";
import { outcomeField, pagingField } from "./schema-request.ts";
import { nameField, spanField, textField } from "./schema-values.ts";

/** Settings that the configuration has to give: secrets and what differs from one company to the next. */
const settings = () =>
  z
    .record(
      nameField(),
      z.strictObject({
        describe: z.string().min(1).describe("What it is and where it is found, for whoever sets it."),
        default: z.string().exactOptional().describe("Taken where the configuration says nothing."),
      }),
    )
    .default({})
    .describe("Texts that product.settings gives; token is product.token. Expressions know them as $settings.");

const field = {
  update: z.boolean().default(true).describe("Whether updateAccount can write it."),
  oneOf: z.array(z.string().min(1)).min(1).exactOptional().describe("The only values that the product takes."),
  maxLength: z.int().min(1).max(10_000).exactOptional().describe("Longer values are cut by the product."),
};
const textOfProfile = (derivation: "fullName" | "firstName" | "lastName" | null) =>
  z
    .strictObject({
      ...field,
      ...(derivation === null
        ? {}
        : {
            otherwise: z
              .literal(derivation)
              .exactOptional()
              .describe("Where the mapping gives none, it is made of the other names."),
          }),
    })
    .exactOptional();

/** Which fields the product has at all; what it does not have is never written nor compared. */
const profile = () =>
  z
    .strictObject({
      email: z
        .strictObject({
          update: field.update,
          case: z
            .enum(["lower", "keep"])
            .default("lower")
            .describe("Whether the product keeps addresses in small letters."),
        })
        .prefault({}),
      displayName: textOfProfile("fullName"),
      givenName: textOfProfile("firstName"),
      familyName: textOfProfile("lastName"),
      timezone: textOfProfile(null).describe("Names of the IANA database; with oneOf, the product's own."),
      locale: textOfProfile(null),
    })
    .prefault({});

/** What the operations do not tell by themselves. */
const capabilities = () =>
  z
    .strictObject({
      seats: z
        .enum(["implied", "none"])
        .default("none")
        .describe("Without assignSeat: implied, each account takes one seat; none, there are no seats."),
      bookings: z
        .enum(["product", "nobody"])
        .default("nobody")
        .describe(
          "Without listBookings and cancelBooking: who ends a leaver's bookings, the product by itself or nobody.",
        ),
      bookingOrder: z
        .enum(["bookings-first", "deactivate-first"])
        .default("bookings-first")
        .describe("deactivate-first only where a deactivated account's bookings stay listable and cancellable."),
      deactivated: z
        .enum(["shown", "gone"])
        .default("shown")
        .describe("gone: listAccounts and getAccount do not show a deactivated account any more."),
      invites: z.boolean().default(false).describe("A new account is pending until somebody accepts an invitation."),
      pendingGroups: z
        .boolean()
        .default(true)
        .describe("A pending account can be put into groups; false: its groups follow once it is active."),
      parking: z
        .boolean()
        .default(false)
        .describe("An address can be changed without a message to anybody, so that two people can swap theirs."),
      maxConcurrency: z.int().min(1).max(32).default(4).describe("How many people may be worked on at once."),
    })
    .prefault({});

/** Where the product tells of its rate limit in a way of its own, and how long to wait where it does not. */
const rateLimit = () =>
  z
    .strictObject({
      pause: spanField(1_000, 900_000)
        .default("60s")
        .describe("How long nothing is sent after a 429 that says nothing of the time."),
      remaining: z.string().min(1).exactOptional().describe("Header that says how many requests are left."),
      limit: z.string().min(1).exactOptional().describe("Header that says how many there are in all."),
      reset: z.string().min(1).exactOptional().describe("Header that says when they are given back."),
      unit: z
        .enum(["seconds", "milliseconds", "epoch-seconds", "epoch-milliseconds"])
        .default("seconds")
        .describe("What reset counts: time that is left, or the time since 1970."),
    })
    .prefault({})
    .describe("Retry-After, RateLimit-* and X-RateLimit-* are understood without this.");

/** A product, described so that the connector `recipe` can drive it. `docs/recipes.md` explains each key. */
export const recipeSchema = z.strictObject({
  $schema: z.string().exactOptional(),
  version: z.literal(1).describe("Version of this language."),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "must be small letters, digits and hyphens")
    .describe("The product's name in plans, logs and messages. Never change it."),
  describe: z.string().exactOptional().describe("For people: which product, which documentation, what to know."),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .exactOptional()
    .describe("Where the interface is, unless product.baseUrl says otherwise."),
  settings: settings(),
  auth: authField(),
  rateLimit: rateLimit(),
  ids: z
    .strictObject({
      pattern: z
        .string()
        .min(1)
        .max(200)
        .default("[\\w-]{1,128}")
        .describe("What the product's ids look like, whole. No slash and no .. passes, whatever it says."),
    })
    .prefault({}),
  capabilities: capabilities(),
  profile: profile(),
  defaults: z
    .strictObject({
      headers: z.record(z.string().min(1), textField()).exactOptional().describe("Fixed headers of every request."),
      outcomes: z
        .array(outcomeField())
        .exactOptional()
        .describe("What answers mean where an operation's own lines do not fit."),
      paging: pagingField().exactOptional().describe("Of lists that do not name their own."),
    })
    .prefault({}),
  account: accountShape().describe("How an account is read, unless an operation says otherwise."),
  operations: operationsField(),
});

/** A recipe, checked, defaults filled. */
export type Recipe = z.output<typeof recipeSchema>;
