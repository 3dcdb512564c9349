import type { AccountLink, Candidate, DesiredAccount, ObservedAccount } from "../domain/account.ts";
import type { Held, PersonChange } from "../domain/plan.ts";
import type { PersonFacts, PlanContext } from "./context.ts";
import { explainField } from "./diff.ts";
import { sameEmail } from "./email.ts";
import { protectedBy } from "./guard.ts";
import { noEmail, unverified } from "./match.ts";
import { holderWords, nameAccount } from "./other-side.ts";
import { lastWritten } from "./parking.ts";

/** Why an e-mail is held, and whose renaming would set it free. */
export type RenameRefusal = Pick<Held, "hold" | "detail" | "after">;

/** Why the account's e-mail may not become the desired one; null when it may, or is the same but for letter case. */
export function refuseRename(facts: PersonFacts, account: ObservedAccount, context: PlanContext): RenameRefusal | null {
  const { desired, observed } = facts;
  const { email } = desired.profile;
  const conflict = (detail: string): RenameRefusal => ({ hold: "identity-conflict", detail });
  if (email === "") return conflict(noEmail(desired.problems));
  if (sameEmail(email, account.profile.email)) return null;
  const protection = protectedBy(account, desired, context);
  if (protection !== null) {
    return { hold: "protected-account", detail: `${account.profile.email} ${protection}: its e-mail is not changed.` };
  }
  const refusal = unverified(facts, context);
  if (refusal !== null) return conflict(refusal);
  const takers = observed.filter(
    (other) => other.account.id !== account.id && sameEmail(other.account.profile.email, email),
  );
  const [taker] = takers;
  if (taker === undefined) return null;
  if (takers.length > 1) {
    return conflict(
      `${email} is the e-mail of ${takers.length} other accounts (${takers.map(({ account: { id } }) => id).join(", ")}).`,
    );
  }
  return refuseTaken(email, taker, context);
}

function refuseTaken(email: string, taker: Candidate, context: PlanContext): RenameRefusal {
  const holder = taker.linkedTo;
  const detail = `${email} is still the e-mail of ${nameAccount(taker.account)}, which ${holderWords(taker, context)}; it follows when that account has been renamed.`;
  const canFollow = holder !== null && context.changes.has("update-account");
  return { hold: "identity-conflict", detail, ...(canFollow ? { after: holder.user } : {}) };
}

/** The e-mail alone, held for this reason. */
export function heldRename(
  account: ObservedAccount,
  desired: DesiredAccount,
  link: AccountLink,
  reason: RenameRefusal,
): Held {
  const { email } = desired.profile;
  const cause = lastWritten(link, account)?.email === email ? "drift" : "mover";
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
