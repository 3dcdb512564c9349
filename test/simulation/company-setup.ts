import type { Chance } from "./chance.ts";
import { bookFor } from "./product-hands.ts";
import type { World } from "./world.ts";

/** Who was in the product before the bridge came: nobody of them is ours, and some have the addresses of people to come. */
export function settleProduct(world: World, chance: Chance): void {
  const { state } = world.sandbox;
  const names = { givenName: null, familyName: null, timezone: null };
  const add = (email: string, parts: { role?: "admin" | "member"; externalRef?: string } = {}): string => {
    const fields = {
      email,
      displayName: "Canary Before",
      ...names,
      externalRef: null,
      role: "member" as const,
      ...parts,
    };
    const { id } = state.members.create(fields);
    world.tell(`product: ${id} ${email} was there before ${JSON.stringify(parts)}`);
    return id;
  };
  if (chance.percent(40)) state.groups.create("Sales");
  if (chance.percent(40)) state.groups.create("Handmade");
  const stranger = add("stranger@acme.example");
  bookFor(world, stranger, chance);
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
    const id = add(email, { role, ...(kind === "other-bridge" ? { externalRef: mark } : {}) });
    if (chance.percent(50)) bookFor(world, id, chance);
    if (kind === "deactivated") state.members.deactivate(id);
  }
}
