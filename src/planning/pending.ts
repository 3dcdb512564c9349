import type { AccountLink, DesiredAccount, ObservedAccount } from "../domain/account.ts";
import type { Instant } from "../domain/brand.ts";
import type { PlanContext } from "./context.ts";
import { hasSameGroups } from "./entitlements.ts";
import type { EntitlementRules } from "./entitlements.ts";
import { waitingFields } from "./open-fields.ts";
import { dayWords } from "./rendering/change-words.ts";

const BEGINNING = "The account is pending: ";
const GROUPS = "its groups";

/** What is told where whoever is new has to accept an invitation before they can be in groups. */
export const GROUPS_FOLLOW = "The groups follow once the invitation is accepted.";

/** What follows once the invitation of this account is accepted: fields, and groups where it cannot be in any before. */
export function waitingParts(
  desired: DesiredAccount,
  account: ObservedAccount,
  context: Pick<PlanContext, "updates">,
  rules: EntitlementRules,
): readonly string[] {
  const fields = waitingFields(desired, account, context);
  return rules.groupsWait(account) && !hasSameGroups(desired, account.groups, rules) ? [...fields, GROUPS] : fields;
}

/**
 * What is told of somebody active who has not accepted the invitation. It names the day on which we invited them, where it
 * was we, and no time of day, so that those of one day are told together.
 */
export function pendingNote(link: AccountLink | null, waiting: readonly string[], now: Instant): string {
  const on = link?.origin === "created" ? `invited on ${dayWords(link.linkedAt, now)}, ` : "the invitation is ";
  const follow = waiting.length === 1 && waiting[0] !== GROUPS ? "follows" : "follow";
  const rest = waiting.length === 0 ? "" : `; ${waiting.join(", ")} ${follow} once it is`;
  return `${BEGINNING}${on}not accepted yet${rest}.`;
}

/** True for a note of an invitation that is not accepted. */
export function isPendingNote(note: string): boolean {
  return note.startsWith(BEGINNING);
}
