import type { Chance } from "./chance.ts";
import type { World } from "./world.ts";

/** Who was in the product before the bridge came: nobody of them is ours, and some have the addresses of people to come. */
export function settleProduct(world: World, chance: Chance): void {
  const { product } = world;
  const add = (
    email: string,
    parts: { role?: "admin" | "member"; externalRef?: string } = {},
    isShut = false,
    isBooked: () => boolean = () => true,
  ): void => {
    const id = product.settle({ email, displayName: "Canary Before", ...parts });
    if (id === null) return;
    world.tell(`product: ${id} ${email} was there before ${JSON.stringify(parts)}`);
    if (isBooked()) product.book(world, id, chance);
    if (isShut) product.shut(id);
  };
  if (chance.percent(40)) product.addGroup("Sales");
  if (chance.percent(40)) product.addGroup("Handmade");
  add("stranger@acme.example");
  for (let who = 0; who < world.scenario.identities; who += 1) {
    const email = `p${who}@acme.example`;
    const kind = chance.weighted([
      [70, "nobody"],
      [14, "member"],
      [5, "admin"],
      [5, "deactivated"],
      [6, "other-bridge"],
    ] as const);
    if (kind === "nobody") continue;
    const role = kind === "admin" ? "admin" : "member";
    const mark = `other-bridge/00000000-0000-4000-9000-${String(who).padStart(12, "0")}`;
    const parts = { role, ...(kind === "other-bridge" ? { externalRef: mark } : {}) } as const;
    add(email, parts, kind === "deactivated", () => chance.percent(50));
  }
}
