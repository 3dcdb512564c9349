import { adminRoute, READERS, type AdminRoute } from "./declaration.ts";
import type { AdminDeps } from "./deps.ts";
import { PRODUCT_GROUPS, PRODUCT_SEATS } from "./shapes/product.ts";

/** `GET /groups` and `GET /seats`. */
export function productRoutes({ services }: AdminDeps): readonly AdminRoute[] {
  return [
    adminRoute({
      id: "listGroups",
      method: "get",
      path: "/groups",
      tag: "Product",
      summary: "The groups of the product beside those that the mapping names",
      description: "Read from the product at this moment.",
      scopes: READERS,
      answers: { 200: { description: "By name.", shape: PRODUCT_GROUPS } },
      problems: ["product-refused", "product-unavailable", "tenant-changed"],
      handle: async ({ signal }) => ({ status: 200, body: await services.product.groups(signal) }),
    }),
    adminRoute({
      id: "listSeats",
      method: "get",
      path: "/seats",
      tag: "Product",
      summary: "The seats of the product, and who waits for one",
      description: "Read from the product at this moment where it counts them; the queue is that of the last run.",
      scopes: READERS,
      answers: { 200: { description: "By name.", shape: PRODUCT_SEATS } },
      problems: ["product-refused", "product-unavailable", "tenant-changed"],
      handle: async ({ signal }) => ({ status: 200, body: await services.product.seats(signal) }),
    }),
  ];
}
