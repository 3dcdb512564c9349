import type { AccountId, Seat } from "../../domain/account.ts";
import { ConnectorError } from "../../domain/errors.ts";
import type { Change } from "../../domain/plan.ts";
import type { Applied, ApplyContext } from "../../ports/connector.ts";
import { readAccount } from "./accounts.ts";
import { listBookings } from "./bookings.ts";
import { createAccount, createGroup } from "./create.ts";
import type { Locks } from "./locks.ts";
import { changeMembership } from "./membership.ts";
import { ALREADY_SO, runOperation } from "./operation.ts";
import type { RecipeProduct } from "./product.ts";
import { updateAccount } from "./update.ts";

type Of<K extends Change["kind"]> = Extract<Change, { readonly kind: K }>;

/**
 * Carries out one change by the steps of its operation. Where an earlier attempt may have taken effect, the product is read
 * first, and nothing is sent when the change shows already. Throws ConnectorError.
 */
export async function applyChange(
  product: RecipeProduct,
  locks: Locks,
  change: Change,
  context: ApplyContext,
): Promise<Applied> {
  if (!product.capabilities.changes.has(change.kind)) {
    throw new ConnectorError("rejected", `${product.recipe.name} cannot do this: its recipe has no ${change.kind}`);
  }
  switch (change.kind) {
    case "adopt-account":
      // A link is ours alone: first contact changes nothing in the product.
      return { ...ALREADY_SO, account: change.account };
    case "create-account":
      return createAccount(product, change.desired, context);
    case "create-group":
      return createGroup(product, change.name, context);
    case "update-account":
      return updateAccount(product, change, context);
    case "deactivate-account":
    case "reactivate-account":
    case "delete-account":
      return changeStatus(product, change, context);
    case "assign-seat":
    case "release-seat":
      return changeSeat(product, change, context);
    case "add-to-group":
    case "remove-from-group": {
      const { kind, group } = change;
      const [account, id] = [context.account(change.account), context.group(group)];
      return changeMembership(
        product,
        locks,
        { account, group: id, name: group.name, adds: kind === "add-to-group" },
        context,
      );
    }
    case "cancel-booking":
    case "reassign-booking":
      return changeBooking(product, change, context);
  }
}

const STATUS_OPERATION = {
  "deactivate-account": "deactivateAccount",
  "reactivate-account": "reactivateAccount",
  "delete-account": "deleteAccount",
} as const;

async function changeStatus(
  product: RecipeProduct,
  { kind, account }: Of<keyof typeof STATUS_OPERATION>,
  context: ApplyContext,
): Promise<Applied> {
  if (context.mayHaveHappened && (await statusIsSo(product, kind, account, context))) return ALREADY_SO;
  return runOperation(product, STATUS_OPERATION[kind], { account }, context);
}

async function statusIsSo(
  product: RecipeProduct,
  kind: keyof typeof STATUS_OPERATION,
  account: AccountId,
  context: ApplyContext,
): Promise<boolean> {
  const status = (await readAccount(product, account, context))?.status;
  switch (kind) {
    case "delete-account":
      return status === undefined;
    case "deactivate-account":
      return status === "deactivated" || (status === undefined && product.capabilities.deactivated === "gone");
    case "reactivate-account":
      return status === "active" || status === "pending";
  }
}

async function changeSeat(
  product: RecipeProduct,
  { kind, account: ref, seat }: Of<"assign-seat"> | Of<"release-seat">,
  context: ApplyContext,
): Promise<Applied> {
  const account = context.account(ref);
  // Each account takes its seat by being there.
  if (product.capabilities.seats === "implied") return ALREADY_SO;
  const isSo = (shown: Seat | null): boolean => (kind === "assign-seat" ? shown === seat : shown !== seat);
  if (context.mayHaveHappened) {
    const shown = await readAccount(product, account, context);
    if (shown !== undefined && isSo(shown.seat)) return ALREADY_SO;
  }
  return runOperation(product, kind === "assign-seat" ? "assignSeat" : "releaseSeat", { account, seat }, context);
}

/** A booking that is not upcoming any more has no guest left who waits for it. */
async function changeBooking(
  product: RecipeProduct,
  change: Of<"cancel-booking"> | Of<"reassign-booking">,
  context: ApplyContext,
): Promise<Applied> {
  const { account, booking, startsAt } = change;
  if (context.mayHaveHappened && !(await isUpcoming(product, change, context))) return ALREADY_SO;
  const scope = { account, booking, startsAt };
  if (change.kind === "reassign-booking") {
    return runOperation(product, "reassignBooking", { ...scope, newAccount: change.to }, context);
  }
  return runOperation(product, "cancelBooking", { ...scope, reason: context.guestReason }, context);
}

async function isUpcoming(
  product: RecipeProduct,
  { account, booking }: Of<"cancel-booking"> | Of<"reassign-booking">,
  context: ApplyContext,
): Promise<boolean> {
  for await (const { id } of listBookings(product, account, product.clock.now(), context)) {
    if (id === booking) return true;
  }
  return false;
}
