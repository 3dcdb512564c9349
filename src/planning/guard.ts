import type { DesiredAccount, ObservedAccount } from "../domain/account.ts";
import { emailKey } from "../domain/email-key.ts";
import type { ChangeKind, PersonChange } from "../domain/plan.ts";
import type { PlanContext } from "./context.ts";
import type { Reason } from "./dependants.ts";

const VERBS: Readonly<Record<ChangeKind, string>> = {
  "create-group": "create groups",
  "create-account": "create accounts",
  "adopt-account": "have existing accounts linked",
  "reactivate-account": "reactivate accounts",
  "update-account": "change accounts",
  "assign-seat": "assign seats",
  "add-to-group": "add people to groups",
  "remove-from-group": "take people out of groups",
  "release-seat": "release seats",
  "deactivate-account": "deactivate accounts",
  "delete-account": "delete accounts",
  "cancel-booking": "cancel bookings",
  "reassign-booking": "hand bookings over",
};

const TAKES_AWAY: ReadonlySet<ChangeKind> = new Set<ChangeKind>([
  "deactivate-account",
  "delete-account",
  "release-seat",
  "remove-from-group",
  "cancel-booking",
  "reassign-booking",
]);

/** True for a change that takes something from a person: login, seat, group or bookings. */
export function takesAway(kind: ChangeKind): boolean {
  return TAKES_AWAY.has(kind);
}

type GuardContext = Pick<PlanContext, "changes" | "protected" | "createMissing">;

/** Why this change may not be planned for this account; null when it may. */
export function guard(
  change: PersonChange,
  account: ObservedAccount | null,
  desired: DesiredAccount,
  context: GuardContext,
): Reason | null {
  return protection(change, account, desired, context) ?? support(change, context);
}

/** Why an account is protected, as the end of a sentence; null when it is not. */
export function protectedBy(
  account: ObservedAccount,
  desired: DesiredAccount,
  context: Pick<PlanContext, "protected">,
): string | null {
  if (account.role !== "member") return `is an ${account.role} of the product`;
  const listed = [account.profile.email, desired.profile.email].some((email) =>
    context.protected.accounts.has(emailKey(email)),
  );
  return listed ? "is listed in protected.accounts" : null;
}

function protection(
  change: PersonChange,
  account: ObservedAccount | null,
  desired: DesiredAccount,
  context: GuardContext,
): Reason | null {
  if (account === null || !takesAway(change.kind)) return null;
  const why = protectedBy(account, desired, context);
  if (why === null) return null;
  const other = account.role === "member" ? 'change "protected" in the configuration' : "make it a member there";
  const detail = `${account.profile.email} ${why}: nothing is taken away from it. Do it in the product by hand, or ${other}.`;
  return { hold: "protected-account", detail };
}

function support(change: PersonChange, { changes, createMissing }: GuardContext): Reason | null {
  if (!changes.has(change.kind)) return { hold: "unsupported", detail: `The product cannot ${VERBS[change.kind]}.` };
  if (change.kind !== "add-to-group" || change.group.by === "id") return null;
  const missing = `The product has no group "${change.group.name}"`;
  if (!createMissing)
    return { hold: "unsupported", detail: `${missing}, and groups.createMissing in the mapping is false.` };
  return changes.has("create-group")
    ? null
    : { hold: "unsupported", detail: `${missing} and cannot ${VERBS["create-group"]}.` };
}
