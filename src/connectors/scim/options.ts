import { z } from "zod";

/** `product` in the configuration, for a product that is provisioned by SCIM 2.0. Secrets are resolved by the loader. */
export const scimOptionsSchema = z.strictObject({
  connector: z.literal("scim"),
  /** `linktime`, `calendarbridge`, `freebusy` or `calendly`, or a file of one's own; without it, the standard holds. */
  recipe: z.string().min(1).optional(),
  /** Ends before `/Users`. Needed unless the recipe knows it. */
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  token: z.string().min(1),
  /** The pool that people take a seat of where every active user takes one; `standard` unless told. */
  seat: z.string().min(1).max(64).optional(),
  /** Where the group is one attribute of the user: the values that the product knows groups for. */
  groups: z.array(z.string().trim().min(1).max(200)).max(10_000).optional(),
});

/** Options of the scim connector, checked. */
export type ScimConnectorOptions = z.output<typeof scimOptionsSchema>;
