import type { AccountId, DesiredAccount, ProductGroupId } from "../../domain/account.ts";
import { ConnectorError } from "../../domain/errors.ts";
import { markOf } from "../../domain/marker.ts";
import type { Applied, ApplyContext } from "../../ports/connector.ts";
import { findByEmail } from "./accounts.ts";
import { failure, idOf } from "./evaluator.ts";
import type { Place } from "./evaluator.ts";
import { listGroups } from "./groups.ts";
import { placeOf } from "./product.ts";
import type { RecipeProduct } from "./product.ts";
import type { StepsDone } from "./steps.ts";

/**
 * Makes an account. Where an attempt of ours may have taken effect, it is looked for first: by our mark where the product
 * keeps it, else by the e-mail alone. Without such an attempt an account that is there is somebody else's: it is looked
 * for then only where the product would not refuse a second one.
 */
export async function createAccount(
  product: RecipeProduct,
  desired: DesiredAccount,
  context: ApplyContext,
): Promise<Applied> {
  const { createAccount: operation } = product.recipe.operations;
  const looksFirst = context.mayHaveHappened || operation?.looksFirst === true;
  const before = looksFirst ? await ours(product, desired, context) : undefined;
  if (before !== undefined) return before;
  const place = placeOf(product, "createAccount");
  if (operation === undefined) throw failure("rejected", "the recipe has no createAccount", place);
  const { profile, externalId } = desired;
  const scope = { email: profile.email, profile, marker: markOf(desired), externalId };
  let done: StepsDone;
  try {
    done = await product.runSteps({ steps: operation.steps, scope, place, how: context });
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.reason !== "conflict") throw error;
    // The e-mail is taken: by an attempt of ours that nobody remembers, or by somebody else.
    const taken = await ours(product, desired, context);
    if (taken !== undefined) return taken;
    throw error;
  }
  const account = (await resultOf(product, operation.account, "account", done, place)) ?? (await lookedUp());
  return { effect: "changed", account: account as AccountId };

  async function lookedUp(): Promise<string> {
    const [found] = await findByEmail(product, profile.email, context);
    if (found !== undefined) return found.id;
    throw failure("unavailable", "a new account does not show yet", place);
  }
}

/** The account that an earlier attempt of ours made, if there is one. Throws `conflict` where it is somebody else's. */
async function ours(
  product: RecipeProduct,
  desired: DesiredAccount,
  context: ApplyContext,
): Promise<Applied | undefined> {
  const [found] = await findByEmail(product, desired.profile.email, context);
  if (found === undefined) return undefined;
  const isOurs = product.capabilities.marker ? found.marker === markOf(desired) : context.mayHaveHappened;
  if (isOurs) return { effect: "already-so", account: found.id };
  throw failure("conflict", "an account with this e-mail exists and is not ours", placeOf(product, "createAccount"));
}

/** The id that the last answer, or what was captured, gives; undefined where the recipe does not say how. */
async function resultOf(
  { evaluator }: RecipeProduct,
  text: string | undefined,
  key: string,
  { body, scope }: StepsDone,
  place: Place,
): Promise<string | undefined> {
  if (text === undefined) return undefined;
  const id = idOf(await evaluator.text(text, key, { input: body ?? {}, scope, place }));
  if (id !== undefined) return id;
  throw failure("unavailable", `${key} finds no id in the answer to what was created`, place);
}

/** Makes a group, unless there is one of this name: not every product refuses a second. */
export async function createGroup(product: RecipeProduct, name: string, context: ApplyContext): Promise<Applied> {
  const before = await groupNamed(product, name, context);
  if (before !== undefined) return { effect: "already-so", group: before };
  const { createGroup: operation } = product.recipe.operations;
  const place = placeOf(product, "createGroup");
  if (operation === undefined) throw failure("rejected", "the recipe has no createGroup", place);
  const scope = { groupName: name };
  const done = await product.runSteps({ steps: operation.steps, scope, place, how: context });
  const told = await resultOf(product, operation.group, "group", done, place);
  const group = told ?? (await groupNamed(product, name, context));
  if (group === undefined) throw failure("unavailable", "a new group does not show yet", place);
  return { effect: "changed", group: group as ProductGroupId };
}

async function groupNamed(
  product: RecipeProduct,
  name: string,
  context: ApplyContext,
): Promise<ProductGroupId | undefined> {
  return (await listGroups(product, context)).find((group) => group.name === name)?.id;
}
