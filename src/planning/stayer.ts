import type { AccountLink, AccountProfile, DesiredAccount, ObservedAccount } from "../domain/account.ts";
import type { AccountRef, Cause, PersonChange } from "../domain/plan.ts";
import type { PersonFacts, PlanContext } from "./context.ts";
import { diffProfile, explainField, ownedPart } from "./diff.ts";
import type { FieldDifference } from "./diff.ts";
import { draft } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { groupChanges, seatChanges } from "./entitlements.ts";
import type { EntitlementRules } from "./entitlements.ts";
import { takesAway } from "./guard.ts";
import { matchAccount } from "./match.ts";
import type { Match } from "./match.ts";
import { heldRename, refuseRename } from "./rename.ts";

const RETURNED = "Cancelled bookings stay cancelled.";
const NOTHING = { seat: null, groups: [] } as const;
const LATER = "Other groups and seats of this account are looked at once it is linked.";

/** What becomes of a person who should have an active account. */
export function draftStayer(facts: PersonFacts, context: PlanContext, rules: EntitlementRules): Draft {
  const match = matchAccount(facts, context);
  switch (match.kind) {
    case "linked":
      return draftLinked(facts, match.account, match.link, context, rules);
    case "relinked":
      return draftAdoption(facts, match.account, "created", false, rules);
    case "adoptable":
      return draftAdoption(facts, match.account, "adopted", match.returns, rules);
    case "new":
      return draftCreation(facts, "joiner", match.note === null ? [] : [match.note], rules);
    case "missing":
      return draftCreation(facts, "drift", ["The account on record has vanished from the product."], rules);
    case "conflict":
      return draftConflict(facts, match);
  }
}

function draftCreation(
  { desired }: PersonFacts,
  cause: Cause,
  notes: readonly string[],
  rules: EntitlementRules,
): Draft {
  const create: PersonChange = { kind: "create-account", cause, because: desired.because, desired };
  return draft({ cause, notes, changes: [create, ...entitlementChanges(desired, null, cause, rules)] });
}

function draftConflict({ desired }: PersonFacts, { account, reason }: Match & { readonly kind: "conflict" }): Draft {
  const why = { cause: "joiner", because: desired.because } as const;
  const change: PersonChange =
    account === null
      ? { kind: "create-account", ...why, desired }
      : {
          kind: "adopt-account",
          ...why,
          account: account.id,
          origin: "adopted",
          profile: ownedPart(account.profile, desired.profile),
        };
  return draft({ cause: "joiner", account, held: [{ change, hold: "identity-conflict", detail: reason }] });
}

/**
 * First contact: links the account and adds what is missing. It takes nothing away and changes no e-mail; a login comes
 * back only to somebody who returns.
 */
function draftAdoption(
  { desired, link }: PersonFacts,
  account: ObservedAccount,
  origin: AccountLink["origin"],
  returns: boolean,
  rules: EntitlementRules,
): Draft {
  const cause: Cause = returns ? "rehire" : link === null ? "joiner" : "drift";
  const because = [
    origin === "created" ? "the account carries our mark of this person" : "the account has this person's e-mail",
  ];
  const profile = ownedPart(account.profile, desired.profile);
  const adopt: PersonChange = { kind: "adopt-account", cause, because, account: account.id, origin, profile };
  if (account.status === "deactivated" && !returns) return draft({ cause, account, changes: [adopt] });
  const after = { ...desired.profile, email: account.profile.email };
  const wanted = entitlementChanges(desired, account, cause, rules);
  const movesSeat = wanted.some(({ kind }) => kind === "release-seat");
  const additions = wanted.filter(({ kind }) => !takesAway(kind) && !(movesSeat && kind === "assign-seat"));
  return draft({
    cause,
    account,
    changes: [
      adopt,
      ...(account.status === "deactivated" ? [reactivation(account, desired, cause)] : []),
      ...updateChanges(account, after, diffProfile(after, account.profile, null), cause),
      ...additions,
    ],
    notes: [...(returns ? [RETURNED] : []), ...(additions.length < wanted.length ? [LATER] : [])],
  });
}

function draftLinked(
  facts: PersonFacts,
  account: ObservedAccount,
  link: AccountLink,
  context: PlanContext,
  rules: EntitlementRules,
): Draft {
  const { desired } = facts;
  const returning = account.status === "deactivated" ? (link.offboardedAt === null ? "drift" : "rehire") : null;
  const refusal = refuseRename(facts, account, context);
  const after = refusal === null ? desired.profile : { ...desired.profile, email: account.profile.email };
  const differences = diffProfile(after, account.profile, link.applied);
  const changes: readonly PersonChange[] = [
    ...(returning === null ? [] : [reactivation(account, desired, returning)]),
    ...updateChanges(account, after, differences, returning ?? editCause(differences)),
    ...entitlementChanges(desired, account, returning ?? entitlementCause(account, link), rules),
  ];
  const held = refusal === null ? [] : [heldRename(account, desired, link, refusal)];
  const cause = leadingCause([...changes, ...held.map(({ change }) => change)]);
  return draft({ cause, account, changes, held, notes: returning === null ? [] : [RETURNED] });
}

const LEADING: readonly Cause[] = ["rehire", "joiner", "mover", "drift"];

function leadingCause(changes: readonly PersonChange[]): Cause | null {
  return LEADING.find((cause) => changes.some((change) => change.cause === cause)) ?? null;
}

function editCause(differences: readonly FieldDifference[]): Cause {
  return differences.some(({ moved }) => moved) ? "mover" : "drift";
}

/** An account that we made and that has nothing yet is still that of a joiner: its creation was interrupted. */
function entitlementCause(account: ObservedAccount, { origin }: AccountLink): Cause {
  return origin === "created" && account.seat === null && account.groups.length === 0 ? "joiner" : "mover";
}

function reactivation(account: ObservedAccount, { because }: DesiredAccount, cause: Cause): PersonChange {
  return { kind: "reactivate-account", cause, because, account: account.id };
}

function updateChanges(
  account: ObservedAccount,
  after: AccountProfile,
  differences: readonly FieldDifference[],
  cause: Cause,
): readonly PersonChange[] {
  if (differences.length === 0) return [];
  const before = ownedPart(account.profile, after);
  return [
    { kind: "update-account", cause, because: differences.map(explainField), account: account.id, before, after },
  ];
}

function entitlementChanges(
  desired: DesiredAccount,
  account: ObservedAccount | null,
  cause: Cause,
  rules: EntitlementRules,
): readonly PersonChange[] {
  const { seat, groups } = account ?? NOTHING;
  const ref: AccountRef = account === null ? { by: "user", user: desired.user } : { by: "id", id: account.id };
  return [...seatChanges(desired, seat, ref, cause), ...groupChanges(desired, groups, ref, cause, rules)];
}
