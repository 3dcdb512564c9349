import { CALCOM } from "./calcom-product.ts";
import { CALENDLY } from "./calendly-product.ts";
import type { ProductKind } from "./product.ts";
import { SANDBOX } from "./sandbox-product.ts";

/** Every product that histories can be played with. */
export const PRODUCTS: readonly ProductKind[] = [SANDBOX, CALENDLY, CALCOM];

/** Finds one by its name. Throws TypeError when there is none. */
export function findProduct(name: string): ProductKind {
  const found = PRODUCTS.find((product) => product.name === name);
  if (found === undefined) {
    throw new TypeError(`--product takes ${PRODUCTS.map((one) => one.name).join(", ")}, not "${name}".`);
  }
  return found;
}
