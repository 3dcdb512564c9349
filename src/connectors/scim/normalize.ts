import type { AccountProfile, DesiredAccount, Seat } from "../../domain/account.ts";
import { withImpliedSeat } from "../implied-seat.ts";
import type { ScimRecipe } from "./recipe.ts";
import { canonicalEmail, PLACED } from "./user.ts";

/** What of a product the form of a desired account depends on. */
export interface Form {
  readonly recipe: ScimRecipe;
  /** The pool that everybody who is active takes a seat of; null where the product has none. */
  readonly pool: Seat | null;
  /** Values that the product knows groups for, where the group is one attribute of the user. */
  readonly groups: readonly string[];
}

/** A desired account as the product would show it. Pure and idempotent. */
export function normalizeDesired(desired: DesiredAccount, form: Form): DesiredAccount {
  const seated = form.pool === null ? { ...desired, seat: null } : withImpliedSeat(desired, form.pool);
  const placed = withOneGroup(desired, form);
  const problems = [...(seated.problems ?? []), ...placed.problems];
  return {
    ...seated,
    profile: canonicalProfile(desired.profile, form.recipe),
    groups: placed.groups,
    ...(problems.length === 0 ? {} : { problems }),
  };
}

function canonicalProfile(desired: AccountProfile, { attributes }: ScimRecipe): AccountProfile {
  const profile: { -readonly [K in keyof AccountProfile]: AccountProfile[K] } = {
    email: canonicalEmail(desired.email),
  };
  for (const field of PLACED) {
    const text = desired[field]?.trim() ?? "";
    if (attributes[field] !== null && text !== "") profile[field] = text;
  }
  return profile;
}

/** Where an attribute holds the group there can be one: the first that the product knows, or else the first. */
function withOneGroup({ groups }: DesiredAccount, { recipe, groups: known }: Form) {
  if (recipe.groups.by !== "attribute" || groups.length < 2) return { groups, problems: [] };
  const kept = groups.find((name) => known.includes(name)) ?? groups[0] ?? "";
  const others = groups.filter((name) => name !== kept).map((name) => `"${name}"`);
  const problem = `${recipe.name} takes one group for each person: "${kept}" is kept, ${others.join(", ")} passed over.`;
  return { groups: [kept], problems: [problem] };
}
