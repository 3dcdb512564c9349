import type { AccountLink, DesiredAccount, ObservedAccount } from "../domain/account.ts";
import type { Held, PersonChange } from "../domain/plan.ts";
import type { PersonFacts, PlanContext } from "./context.ts";
import type { Reason } from "./dependants.ts";
import { explainField } from "./diff.ts";
import { sameEmail } from "./email.ts";
import { protectedBy } from "./guard.ts";
import { noEmail, unverified } from "./match.ts";

/** Why the account's e-mail may not become the desired one; null when it may, or is the same but for letter case. */
export function refuseRename(facts: PersonFacts, account: ObservedAccount, context: PlanContext): Reason | null {
  const { desired, observed } = facts;
  const { email } = desired.profile;
  const conflict = (detail: string): Reason => ({ hold: "identity-conflict", detail });
  if (email === "") return conflict(noEmail(desired.problems));
  if (sameEmail(email, account.profile.email)) return null;
  const protection = protectedBy(account, desired, context);
  if (protection !== null) {
    return { hold: "protected-account", detail: `${account.profile.email} ${protection}: its e-mail is not changed.` };
  }
  const refusal = unverified(facts, context);
  if (refusal !== null) return conflict(refusal);
  const taken = observed.some(
    (other) => other.account.id !== account.id && sameEmail(other.account.profile.email, email),
  );
  return taken
    ? conflict(`${email} is still used by another account; it follows when that account has been renamed.`)
    : null;
}

/** The e-mail alone, held for this reason. */
export function heldRename(
  account: ObservedAccount,
  desired: DesiredAccount,
  { applied }: AccountLink,
  reason: Reason,
): Held {
  const { email } = desired.profile;
  const cause = applied?.email === email ? "drift" : "mover";
  const change: PersonChange = {
    kind: "update-account",
    cause,
    because: [explainField({ field: "email", moved: cause === "mover" })],
    account: account.id,
    before: { email: account.profile.email },
    after: { email },
  };
  return { change, ...reason };
}
