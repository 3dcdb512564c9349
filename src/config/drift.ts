import { z } from "zod";
import { REPAIR_EVERYTHING, type DriftPolicy } from "../domain/policy.ts";

function action(description: string) {
  return z.enum(["repair", "report"]).describe(description);
}

const SHOWN = "What is done about it when it was edited in the product.";

/** What becomes of edits in the product, each field by itself; `default` for those that are not named. */
export function driftField() {
  return z
    .strictObject({
      default: action("repair: put back, at most three times. report: say so and leave it.").default("repair"),
      email: action(SHOWN).exactOptional(),
      displayName: action(SHOWN).exactOptional(),
      givenName: action(SHOWN).exactOptional(),
      familyName: action(SHOWN).exactOptional(),
      timezone: action(SHOWN).exactOptional(),
      locale: action(SHOWN).exactOptional(),
      seat: action(SHOWN).exactOptional(),
      groups: action(SHOWN).exactOptional(),
      status: action(
        "An active person's account that was deactivated or deleted by hand. A leaver's is always shut again.",
      ).exactOptional(),
    })
    .prefault({});
}

/** The action for every field. */
export function toDriftPolicy({ default: fallback, ...named }: z.output<ReturnType<typeof driftField>>): DriftPolicy {
  const fields = Object.keys(REPAIR_EVERYTHING) as (keyof DriftPolicy)[];
  const actions = fields.map((field) => [field, named[field] ?? fallback] as const);
  return { ...REPAIR_EVERYTHING, ...Object.fromEntries(actions) };
}
