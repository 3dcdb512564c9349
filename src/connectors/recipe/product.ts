import type { Seat } from "../../domain/account.ts";
import type { Clock } from "../../ports/ambient.ts";
import type { Capabilities } from "../../ports/connector.ts";
import type { Sending } from "../http.ts";
import type { Evaluator, Given, Place } from "./evaluator.ts";
import type { Scope } from "./expression.ts";
import type { ListCall, Lister, ListSpec } from "./listing.ts";
import type { Caller } from "./calls.ts";
import type { Recipe } from "./schema.ts";
import type { OperationName } from "./schema-operations.ts";
import type { ShapeReader } from "./shapes.ts";
import type { RunSteps } from "./steps.ts";

/** Everything that the operations of one recipe work with. */
export interface RecipeProduct {
  readonly file: string;
  readonly recipe: Recipe;
  readonly capabilities: Capabilities;
  readonly clock: Clock;
  readonly evaluator: Evaluator;
  readonly caller: Caller;
  readonly lister: Lister;
  readonly shapes: ShapeReader;
  readonly runSteps: RunSteps;
  /** The pool of which each account takes a seat; null where seats are not had so. */
  readonly impliedSeat: Seat | null;
}

/** The place of an operation, for messages. */
export function placeOf({ file }: RecipeProduct, operation: OperationName): Place {
  return { file, operation };
}

/** The list of an operation, ready to be asked for. */
export function listCall(
  product: RecipeProduct,
  operation: OperationName,
  spec: ListSpec,
  scope: Scope,
  how: Sending,
): ListCall {
  return { spec, scope, place: placeOf(product, operation), how };
}

/** What the shape of an item reads. */
export function givenItem(input: unknown, scope: Scope, answer: unknown, place: Place): Given {
  return { input, scope: { ...scope, answer }, place };
}
