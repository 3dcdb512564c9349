import { emailKey } from "../domain/email-key.ts";
import type { PersonChange, PersonPlan } from "../domain/plan.ts";
import { holdArrival, holdChanges } from "./dependants.ts";
import { sameEmail } from "./email.ts";

/** What each person of a plan takes for themselves: accounts and e-mail addresses, once each. */
export interface Claims {
  /** The same plan, or, when somebody earlier claims the same, with those changes held as `identity-conflict`. */
  settle(person: PersonPlan): PersonPlan;
}

/** Starts with nothing claimed. Holds one entry per adoption and per new address, not per person. */
export function createClaims(): Claims {
  const claimants = new Map<string, string>();
  return {
    settle(person) {
      const settled = holdChanges(person, (change) => {
        const claim = claimOf(change);
        if (claim === null) return null;
        const other = claimants.get(claim.key);
        if (other !== undefined)
          return { hold: "identity-conflict", detail: `${claim.what} is claimed by ${other} in the same plan.` };
        claimants.set(claim.key, `${person.label} of directory ${person.directory} (user ${person.user})`);
        return null;
      });
      return settled === person ? person : holdArrival(settled);
    },
  };
}

function claimOf(change: PersonChange): { readonly key: string; readonly what: string } | null {
  if (change.kind === "adopt-account") return { key: `account ${change.account}`, what: `Account ${change.account}` };
  if (change.kind === "create-account") return addressClaim(change.desired.profile.email);
  if (change.kind !== "update-account" || sameEmail(change.before.email, change.after.email)) return null;
  return addressClaim(change.after.email);
}

function addressClaim(email: string): { readonly key: string; readonly what: string } {
  return { key: `e-mail ${emailKey(email)}`, what: email };
}
