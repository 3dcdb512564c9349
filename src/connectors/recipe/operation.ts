import type { Applied, ApplyContext } from "../../ports/connector.ts";
import { failure } from "./evaluator.ts";
import type { Scope } from "./expression.ts";
import { placeOf } from "./product.ts";
import type { RecipeProduct } from "./product.ts";
import type { OperationName } from "./schema-operations.ts";
import type { RecipeStep } from "./schema-request.ts";

/** Nothing had to be done. */
export const ALREADY_SO: Applied = { effect: "already-so" };

/** Runs the steps of an operation, and says whether anything was changed. Throws ConnectorError. */
export async function runOperation(
  product: RecipeProduct,
  operation: OperationName,
  scope: Scope,
  context: ApplyContext,
): Promise<Applied> {
  const steps = stepsOf(product, operation);
  const { changed } = await product.runSteps({ steps, scope, place: placeOf(product, operation), how: context });
  return changed ? { effect: "changed" } : ALREADY_SO;
}

function stepsOf(product: RecipeProduct, name: OperationName): readonly RecipeStep[] {
  const operation = product.recipe.operations[name];
  if (operation !== undefined && "steps" in operation) return operation.steps;
  throw failure("rejected", "the recipe has no steps for it", placeOf(product, name));
}
