import type { ChangeKind } from "../../domain/plan.ts";
import type { Finding } from "../../ports/connector.ts";
import { OPERATIONS_OF } from "./capabilities.ts";
import type { RecipeProduct } from "./product.ts";

/** What follows for people where a change cannot be made. */
const CONSEQUENCES: Readonly<Partial<Record<ChangeKind, string>>> = {
  "create-account": "Joiners are not given an account.",
  "update-account": "Changed names and addresses are told, and not written.",
  "deactivate-account":
    "Leavers keep their account: their deactivation is held as unsupported, and people have to do it.",
  "add-to-group": "Nobody is put into a group or taken out of one.",
};

/** The same of leavers where the only way out is for good, and allowed. */
const DELETED =
  "Leavers are deleted where leavers.action is delete; else they keep their account, and people have to shut it.";

const UNLOCK = "It destroys data: set product.allowDelete if you want that.";
const UNLOCK_LEAVERS =
  "It can delete them for good: set product.allowDelete, and leavers.action to delete, if you want that.";

/** What a product cannot do by its recipe, where that matters to people, one after the other. */
export function* shortcomings(product: RecipeProduct): Generator<Finding> {
  const { capabilities } = product;
  for (const [kind, consequence] of Object.entries(CONSEQUENCES)) {
    if (isKind(kind) && !capabilities.changes.has(kind)) yield shortcoming(kind, consequence, product);
  }
  if (capabilities.bookings !== "bridge") {
    const whose = capabilities.bookings === "product" ? "the product ends them by itself" : "nobody ends them";
    const detail = `The bookings of leavers are not cancelled by Rosterbridge: ${whose}.`;
    yield { subject: "bookings", verdict: capabilities.bookings === "product" ? "good" : "warning", detail };
  }
}

function shortcoming(kind: ChangeKind, consequence: string, { recipe, capabilities }: RecipeProduct): Finding {
  const isLocked = OPERATIONS_OF[kind].some((name) => recipe.operations[name] !== undefined);
  const deletes = kind === "deactivate-account" && recipe.operations.deleteAccount !== undefined;
  const mayDelete = deletes && capabilities.changes.has("delete-account");
  const remedy = isLocked ? UNLOCK : deletes && !mayDelete ? UNLOCK_LEAVERS : undefined;
  return {
    subject: "capabilities",
    verdict: "warning",
    detail: `The recipe cannot ${kind}. ${mayDelete ? DELETED : consequence}`,
    ...(remedy === undefined ? {} : { remedy }),
  };
}

function isKind(text: string): text is ChangeKind {
  return Object.hasOwn(OPERATIONS_OF, text);
}
