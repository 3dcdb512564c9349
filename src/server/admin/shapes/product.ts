import { z } from "zod";
import { instant, opaqueId, shape } from "./basics.ts";
import { WAITING } from "./plan.ts";

/** Groups of the product and of the mapping. */
export const PRODUCT_GROUPS = shape(
  "ProductGroups",
  z.object({
    product: z.string(),
    readAt: instant,
    mappingVersion: z.int(),
    authoritative: z.boolean().describe("Members of managed groups whom no rule put there are taken out."),
    createsMissing: z.boolean(),
    groups: z.array(
      z.object({
        name: z.string(),
        id: opaqueId.nullable().describe("Null while the product has none of this name."),
        exists: z.boolean(),
        managed: z.boolean().describe("A rule of the mapping names it."),
        rules: z.array(z.string()),
        people: z.int().describe("As far as the bridge knows."),
        willBeCreated: z.boolean(),
      }),
    ),
  }),
);

/** Seats of the product. */
export const PRODUCT_SEATS = shape(
  "ProductSeats",
  z.object({
    product: z.string(),
    readAt: instant,
    handling: z
      .enum(["assigned", "implied", "none"])
      .describe("Given one by one, taken by each account, or the product has none."),
    countedBy: z.enum(["product", "configuration", "nobody"]),
    pools: z.array(
      z.object({
        seat: z.string(),
        total: z.int(),
        used: z.int().nullable(),
        free: z.int().nullable(),
        waiting: z.int(),
      }),
    ),
    waiting: z.array(WAITING.schema),
  }),
);
