import { z } from "zod";

/** `product` in the configuration, for a product that a recipe describes. Secrets are resolved by the loader. */
export const recipeOptionsSchema = z.strictObject({
  connector: z.literal("recipe"),
  recipe: z
    .string()
    .min(1)
    .describe("A shipped recipe by its name, such as librebooking, or a file: ./my-product.json."),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .exactOptional()
    .describe("Where the product's interface is; default: as the recipe says."),
  token: z.string().min(1).exactOptional().describe("The setting token of the recipe."),
  settings: z
    .record(z.string(), z.string())
    .default({})
    .describe("The other settings that the recipe names; secrets as references."),
  seat: z
    .string()
    .min(1)
    .max(128)
    .default("standard")
    .describe("The pool of which each account takes a seat, where the recipe says that seats are implied."),
  allowDelete: z
    .boolean()
    .default(false)
    .describe("Whether operations are done that destroy accounts or bookings for good."),
});

/** Options of the recipe connector, checked. */
export type RecipeOptions = z.output<typeof recipeOptionsSchema>;
