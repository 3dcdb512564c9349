import type { AccountId, ObservedAccount } from "../../domain/account.ts";
import { emailKey } from "../../domain/email-key.ts";
import { ConnectorError } from "../../domain/errors.ts";
import type { Sending } from "../http.ts";
import type { AccountPage } from "../observation.ts";
import { failure } from "./evaluator.ts";
import { groupsOfAccounts } from "./groups.ts";
import type { Memberships } from "./groups.ts";
import { takeOf } from "./listing.ts";
import type { ListPage } from "./listing.ts";
import type { Cursor } from "./paging.ts";
import { givenItem, listCall, placeOf } from "./product.ts";
import type { RecipeProduct } from "./product.ts";
import type { RecipeAccountShape } from "./schema-operations.ts";
import type { RecipeOutcome } from "./schema-request.ts";

/** One page of all accounts. Pages of which nothing is left are passed over: only the last may be empty. */
export async function accountPage(
  product: RecipeProduct,
  cursor: Cursor | null,
  memberships: Memberships | null,
  how: Sending,
): Promise<AccountPage<Cursor>> {
  const spec = product.recipe.operations.listAccounts;
  const call = listCall(product, "listAccounts", spec, {}, how);
  const shape = spec.account ?? product.recipe.account;
  let page: ListPage;
  let accounts: readonly ObservedAccount[];
  let at = cursor;
  do {
    page = await product.lister.page(call, at);
    accounts = await shaped(product, shape, page, memberships);
    at = page.next;
  } while (accounts.length === 0 && at !== null);
  const { next, total, counted } = page;
  if (spec.where === undefined && spec.detail === undefined) return { accounts, next, total };
  // The product's total counts what was passed over, too: only here is it known how many came.
  if (next === null && total !== null && total !== counted) {
    throw failure("unavailable", `${counted} accounts came, but the product counts ${total}`, call.place);
  }
  return { accounts, next, total: null };
}

async function shaped(
  product: RecipeProduct,
  shape: RecipeAccountShape,
  { items, answer }: ListPage,
  memberships: Memberships | null,
): Promise<readonly ObservedAccount[]> {
  const place = placeOf(product, "listAccounts");
  const accounts: ObservedAccount[] = [];
  for (const item of items) {
    const account = await product.shapes.account(shape, givenItem(item, {}, answer, place), product.impliedSeat);
    accounts.push(withGroups(account, shape, memberships));
  }
  return accounts;
}

function withGroups(
  account: ObservedAccount,
  shape: RecipeAccountShape,
  memberships: Memberships | null,
): ObservedAccount {
  if (shape.groups !== undefined || memberships === null) return account;
  return { ...account, groups: memberships.get(account.id) ?? [] };
}

/** The account with an id; undefined when there is none. */
export async function readAccount(
  product: RecipeProduct,
  account: AccountId,
  how: Sending,
): Promise<ObservedAccount | undefined> {
  const { getAccount } = product.recipe.operations;
  if (getAccount === undefined) return (await everybody(product, how, ({ id }) => id === account))[0];
  const shape = getAccount.account ?? product.recipe.account;
  const found = await unlessMissing(() => getOne(product, account, how));
  return found === undefined ? undefined : completed(product, found, shape, how);
}

async function getOne(product: RecipeProduct, account: AccountId, how: Sending): Promise<ObservedAccount> {
  const { getAccount } = product.recipe.operations;
  if (getAccount === undefined) throw new TypeError("there is no getAccount");
  const { request, outcomes, take, account: own } = getAccount;
  const scope = { account };
  const place = placeOf(product, "getAccount");
  const { answer } = await product.caller.send({ request, outcomes, effect: "read", scope, place, how });
  const item = await takeOf(product.evaluator, take, { input: answer.body, scope, place });
  const given = givenItem(item, scope, answer.body, place);
  const shown = await product.shapes.account(own ?? product.recipe.account, given, product.impliedSeat);
  if (shown.id === account) return shown;
  throw failure("unavailable", "the product showed another account than the one that was asked for", place);
}

/** A wrong base URL answers so to everything: only the recipe's own word makes it nobody. */
const WRONG_ADDRESS: RecipeOutcome = { status: [404, 410], is: "unavailable" };

/** Accounts with an e-mail, whatever else the product's search finds. */
export async function findByEmail(
  product: RecipeProduct,
  email: string,
  how: Sending,
): Promise<readonly ObservedAccount[]> {
  if (email === "") return [];
  const { findAccount } = product.recipe.operations;
  const wanted = emailKey(email);
  const isTheirs = (account: ObservedAccount): boolean => emailKey(account.profile.email) === wanted;
  if (findAccount === undefined) return everybody(product, how, isTheirs);
  const shape = findAccount.account ?? product.recipe.account;
  const scope = { email };
  const outcomes = [...(findAccount.outcomes ?? []), ...(product.recipe.defaults.outcomes ?? []), WRONG_ADDRESS];
  const call = listCall(product, "findAccount", { ...findAccount, outcomes }, scope, how);
  const found: ObservedAccount[] = [];
  const reading = async (): Promise<void> => {
    for await (const { items, answer } of product.lister.pages(call)) {
      for (const item of items) {
        const given = givenItem(item, scope, answer, call.place);
        found.push(await product.shapes.account(shape, given, product.impliedSeat));
      }
    }
  };
  await unlessMissing(reading);
  const theirs = found.filter(isTheirs);
  const whole = theirs.map((account) =>
    findAccount.complete ? readAccount(product, account.id, how) : completed(product, account, shape, how),
  );
  return (await Promise.all(whole)).filter((account) => account !== undefined);
}

/** All accounts that fit, where the product cannot be asked for them. */
async function everybody(
  product: RecipeProduct,
  how: Sending,
  fits: (account: ObservedAccount) => boolean,
): Promise<readonly ObservedAccount[]> {
  const shape = product.recipe.operations.listAccounts.account ?? product.recipe.account;
  const found: ObservedAccount[] = [];
  let cursor: Cursor | null = null;
  do {
    const page: AccountPage<Cursor> = await accountPage(product, cursor, null, how);
    found.push(...page.accounts.filter(fits));
    cursor = page.next;
  } while (cursor !== null);
  return Promise.all(found.map((account) => completed(product, account, shape, how)));
}

/** Adds the groups that only the groups themselves tell. */
async function completed(
  product: RecipeProduct,
  account: ObservedAccount,
  shape: RecipeAccountShape,
  how: Sending,
): Promise<ObservedAccount> {
  if (shape.groups !== undefined) return account;
  return withGroups(account, shape, await groupsOfAccounts(product, how, account.id));
}

async function unlessMissing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ConnectorError && error.reason === "missing") return undefined;
    throw error;
  }
}
