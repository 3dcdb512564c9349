import type { AccountId, ProductGroupId } from "../../domain/account.ts";
import type { Applied, ApplyContext } from "../../ports/connector.ts";
import { readAccount } from "./accounts.ts";
import { failure } from "./evaluator.ts";
import { membersOf } from "./groups.ts";
import type { Locks } from "./locks.ts";
import { ALREADY_SO, runOperation } from "./operation.ts";
import { placeOf } from "./product.ts";
import type { RecipeProduct } from "./product.ts";

/** What a change of a membership is about. */
export interface Membership {
  readonly account: AccountId;
  readonly group: ProductGroupId;
  readonly name: string;
  readonly adds: boolean;
}

/** Puts an account into a group, or takes it out, in the one way that the product has. */
export async function changeMembership(
  product: RecipeProduct,
  locks: Locks,
  change: Membership,
  context: ApplyContext,
): Promise<Applied> {
  const { setMembers, setGroups } = product.recipe.operations;
  // What is replaced whole is read, changed and written by one at a time, or one change would undo another.
  if (setMembers !== undefined) {
    return locks.hold(`group ${change.group}`, () => replaceMembers(product, change, context));
  }
  if (setGroups !== undefined) {
    return locks.hold(`account ${change.account}`, () => replaceGroups(product, change, context));
  }
  return changeOne(product, change, context);
}

async function changeOne(product: RecipeProduct, change: Membership, context: ApplyContext): Promise<Applied> {
  const { account, group, name, adds } = change;
  if (context.mayHaveHappened) {
    const shown = await readAccount(product, account, context);
    if (shown !== undefined && shown.groups.includes(group) === adds) return ALREADY_SO;
  }
  const scope = { account, group, groupName: name };
  return runOperation(product, adds ? "addToGroup" : "removeFromGroup", scope, context);
}

async function replaceMembers(product: RecipeProduct, change: Membership, context: ApplyContext): Promise<Applied> {
  const { account, group, name, adds } = change;
  const members = await membersOf(product, group, context);
  if (members.includes(account) === adds) return ALREADY_SO;
  const scope = { group, groupName: name, members: withOrWithout(members, account, adds) };
  return runOperation(product, "setMembers", scope, context);
}

async function replaceGroups(product: RecipeProduct, change: Membership, context: ApplyContext): Promise<Applied> {
  const { account, group, adds } = change;
  const shown = await readAccount(product, account, context);
  if (shown === undefined) throw failure("missing", "the account is not there any more", placeOf(product, "setGroups"));
  if (shown.groups.includes(group) === adds) return ALREADY_SO;
  return runOperation(product, "setGroups", { account, groups: withOrWithout(shown.groups, group, adds) }, context);
}

function withOrWithout<T>(list: readonly T[], one: T, adds: boolean): readonly T[] {
  return adds ? [...list, one] : list.filter((other) => other !== one);
}
