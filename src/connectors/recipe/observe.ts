import type { Observation, Seat, SeatPool } from "../../domain/account.ts";
import type { Sending } from "../http.ts";
import { observePages } from "../observation.ts";
import type { AccountPage } from "../observation.ts";
import { accountPage } from "./accounts.ts";
import { failure, idOf } from "./evaluator.ts";
import { groupsOfAccounts, listGroups } from "./groups.ts";
import { takeOf } from "./listing.ts";
import type { Cursor } from "./paging.ts";
import { givenItem, listCall, placeOf } from "./product.ts";
import type { RecipeProduct } from "./product.ts";

/** Groups and seats at once, accounts page by page. */
export async function observeProduct(product: RecipeProduct, how: Sending): Promise<Observation> {
  const { operations } = product.recipe;
  const tenant = await readTenant(product, how);
  const groups = await listGroups(product, how);
  const seats = await listSeats(product, how);
  const memberships = await groupsOfAccounts(product, how, null, groups);
  const fetchPage = (cursor: Cursor | null): Promise<AccountPage<Cursor>> =>
    accountPage(product, cursor, memberships, how);
  // Where nothing else was asked, a product that does not answer would show nobody only later.
  const asked = operations.readTenant ?? operations.listGroups ?? operations.listSeats;
  const first = asked === undefined ? await fetchPage(null) : null;
  const walk = observePages(
    (cursor: Cursor | null) => (cursor === null && first !== null ? Promise.resolve(first) : fetchPage(cursor)),
    how.signal,
  );
  return { tenant, groups: groups.map(({ id, name }) => ({ id, name })), seats, ...walk };
}

/** The product's own id of the organisation; null where it does not say. */
export async function readTenant(product: RecipeProduct, how: Sending): Promise<string | null> {
  const operation = product.recipe.operations.readTenant;
  if (operation === undefined) return null;
  const { request, outcomes, take } = operation;
  const place = placeOf(product, "readTenant");
  const { answer } = await product.caller.send({ request, outcomes, effect: "read", scope: {}, place, how });
  const id = idOf(await takeOf(product.evaluator, take, { input: answer.body, scope: {}, place }));
  if (id !== undefined) return id;
  throw failure("unavailable", "take finds no id of an organisation in the answer", place);
}

/** Seat pools; null where the product does not count its seats. */
export async function listSeats(product: RecipeProduct, how: Sending): Promise<ReadonlyMap<Seat, SeatPool> | null> {
  const spec = product.recipe.operations.listSeats;
  if (spec === undefined) return null;
  const call = listCall(product, "listSeats", spec, {}, how);
  const pools = new Map<Seat, SeatPool>();
  for await (const { items, answer } of product.lister.pages(call)) {
    for (const item of items) {
      const { seat, total, used } = await product.shapes.pool(spec.seat, givenItem(item, {}, answer, call.place));
      pools.set(seat, { total, used });
    }
  }
  return pools;
}
