import type { AccountId, ProductGroupId } from "../../domain/account.ts";
import type { Sending } from "../http.ts";
import { givenItem, listCall } from "./product.ts";
import type { RecipeProduct } from "./product.ts";
import type { ShownGroup } from "./shapes.ts";

/** The groups of accounts, where only the groups tell who is in them. */
export type Memberships = ReadonlyMap<AccountId, readonly ProductGroupId[]>;

/** All groups; none where the product has no way to list them. */
export async function listGroups(product: RecipeProduct, how: Sending): Promise<readonly ShownGroup[]> {
  const spec = product.recipe.operations.listGroups;
  if (spec === undefined) return [];
  const call = listCall(product, "listGroups", spec, {}, how);
  const groups = new Map<ProductGroupId, ShownGroup>();
  for await (const { items, answer } of product.lister.pages(call)) {
    for (const item of items) {
      const group = await product.shapes.group(spec.group, givenItem(item, {}, answer, call.place));
      groups.set(group.id, group);
    }
  }
  return [...groups.values()];
}

/** Who is in a group, read afresh. */
export async function membersOf(
  product: RecipeProduct,
  group: ProductGroupId,
  how: Sending,
): Promise<readonly AccountId[]> {
  const spec = product.recipe.operations.listMembers;
  if (spec === undefined) return (await listGroups(product, how)).find(({ id }) => id === group)?.members ?? [];
  const scope = { group };
  const call = listCall(product, "listMembers", spec, scope, how);
  const members = new Set<AccountId>();
  for await (const { items, answer } of product.lister.pages(call)) {
    for (const item of items)
      members.add(await product.shapes.member(spec.member, givenItem(item, scope, answer, call.place)));
  }
  return [...members];
}

/**
 * The groups of all accounts, or of one. Null where accounts show their groups themselves, so that nothing has to be asked.
 * `groups` are those that were listed already.
 */
export async function groupsOfAccounts(
  product: RecipeProduct,
  how: Sending,
  only: AccountId | null,
  groups?: readonly ShownGroup[],
): Promise<Memberships | null> {
  const { listMembers, listGroups: list } = product.recipe.operations;
  if (listMembers === undefined && list?.group.members === undefined) return null;
  const found = new Map<AccountId, ProductGroupId[]>();
  for (const group of groups ?? (await listGroups(product, how))) {
    const members = listMembers === undefined ? group.members : await membersOf(product, group.id, how);
    for (const member of members) {
      if (only !== null && member !== only) continue;
      const theirs = found.get(member) ?? [];
      theirs.push(group.id);
      found.set(member, theirs);
    }
  }
  return found;
}
