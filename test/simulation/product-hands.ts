import type { Chance } from "./chance.ts";
import type { HandEvent } from "./product.ts";
import type { World } from "./world.ts";

/** Does it to somebody, or to nobody when there is none whom it could befall. */
export function editByHand(world: World, event: HandEvent, chance: Chance): void {
  const { product } = world;
  const accounts = product.accounts();
  // Mostly our own people's: a stranger's account is no business of ours, which the oracle checks.
  const some = accounts.filter(
    ({ role, externalRef }) =>
      role === "member" && (externalRef !== null || chance.percent(product.kind.hasMarks ? 20 : 70)),
  );
  if (event === "make") return makeByHand(world, chance);
  if (event === "resize") {
    const total = chance.between(0, 8);
    product.resize(total);
    return world.tell(`product: ${total} seats`);
  }
  if (some.length === 0) return;
  const account = chance.oneOf(some);
  const what = product.hands[event]?.(world, account, chance) ?? null;
  if (what !== null) world.tell(`product: ${what} of ${account.email} (${account.id})`);
}

function makeByHand({ product, scenario, tell }: World, chance: Chance): void {
  const email = `p${chance.below(scenario.identities + 2)}@acme.example`;
  if (product.accounts().some((account) => account.email === email)) return;
  const id = product.settle({ email, displayName: "Made by hand" });
  if (id !== null) tell(`product: account ${id} made for ${email}`);
}
