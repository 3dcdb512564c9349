import type { AccountProfile } from "../../domain/account.ts";
import type { Change } from "../../domain/plan.ts";
import type { Applied, ApplyContext } from "../../ports/connector.ts";
import { readAccount } from "./accounts.ts";
import { failure } from "./evaluator.ts";
import { ALREADY_SO, runOperation } from "./operation.ts";
import { placeOf } from "./product.ts";
import type { RecipeProduct } from "./product.ts";

type Update = Extract<Change, { readonly kind: "update-account" }>;

/** Writes the fields that differ, of those that the product can write; sends nothing where none does. */
export async function updateAccount(
  product: RecipeProduct,
  { account, before: known, after }: Update,
  context: ApplyContext,
): Promise<Applied> {
  const seen = context.mayHaveHappened ? await readAccount(product, account, context) : undefined;
  if (context.mayHaveHappened && seen === undefined) {
    throw failure("missing", "the account is not there any more", placeOf(product, "updateAccount"));
  }
  const before = seen?.profile ?? known;
  const changed = changedFields(before, after, product.capabilities.updates);
  if (Object.keys(changed).length === 0) return ALREADY_SO;
  return runOperation(product, "updateAccount", { account, profile: after, before, changed }, context);
}

/** Fields of `after` that differ from `before`. Fields that `after` does not name are not ours. */
function changedFields(
  before: AccountProfile,
  after: AccountProfile,
  writable: ReadonlySet<keyof AccountProfile>,
): Readonly<Partial<Record<keyof AccountProfile, string>>> {
  const changed: Partial<Record<keyof AccountProfile, string>> = {};
  for (const field of writable) {
    const wanted = after[field];
    if (wanted !== undefined && wanted !== before[field]) changed[field] = wanted;
  }
  return changed;
}
