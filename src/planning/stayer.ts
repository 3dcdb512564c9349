import type { AccountLink } from "../domain/account.ts";
import type { Cause, PersonChange } from "../domain/plan.ts";
import { entitlementChanges, reactivation, updateChanges } from "./account-changes.ts";
import { returnNotes } from "./bookings.ts";
import type { PersonFacts, PlanContext } from "./context.ts";
import { ownedPart } from "./diff.ts";
import { draft } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { createDriftJudge, VANISHED } from "./drift.ts";
import { shownEntitlements } from "./entitlements.ts";
import type { EntitlementRules } from "./entitlements.ts";
import { takesAway } from "./guard.ts";
import { draftLinked, hadLeft } from "./linked.ts";
import { matchAccount, OWN_PROOF } from "./match.ts";
import type { Match } from "./match.ts";
import { openFields } from "./open-fields.ts";
import { nameHolder } from "./other-side.ts";
import { GROUPS_FOLLOW, pendingNote, waitingParts } from "./pending.ts";

const LATER = "Other groups and seats of this account are looked at once it is linked.";

/** What becomes of a person who should have an active account. */
export function draftStayer(facts: PersonFacts, context: PlanContext, rules: EntitlementRules): Draft {
  const match = matchAccount(facts, context);
  switch (match.kind) {
    case "linked":
      return draftLinked(facts, match.account, match.link, context, rules);
    case "relinked":
      return draftAdoption(facts, match, "created", context, rules);
    case "adoptable":
      return draftAdoption(facts, match, "adopted", context, rules);
    case "new":
      return draftCreation(facts, "joiner", match.note === null ? [] : [match.note], rules);
    case "missing":
      return draftVanished(facts, context, rules);
    case "conflict":
      return draftConflict(facts, match, rules);
  }
}

function draftCreation(
  { desired }: PersonFacts,
  cause: Cause,
  notes: readonly string[],
  rules: EntitlementRules,
): Draft {
  const create: PersonChange = { kind: "create-account", cause, because: desired.because, desired };
  const follow = rules.groupsWait(null) && desired.groups.length > 0 ? [GROUPS_FOLLOW] : [];
  const changes = [create, ...entitlementChanges(desired, null, cause, rules)];
  return draft({ cause, notes: [...notes, ...follow], changes });
}

/**
 * The account on record is gone. Where its holder had left, that is how offboardings end in some products, and what may come
 * after one in all others: whoever returns gets a new one. Otherwise somebody deleted it in the product: it is made again as
 * the policy says, and not without end.
 */
function draftVanished(facts: PersonFacts, context: PlanContext, rules: EntitlementRules): Draft {
  if (facts.link === null || hadLeft(facts)) return draftCreation(facts, "rehire", returnNotes(facts.lastLeave), rules);
  const vanished = "The account on record has vanished from the product.";
  const drafted = draftCreation(facts, "drift", [vanished], rules);
  const judge = createDriftJudge(facts.link.repairs, facts.desired, null, context);
  const { changes, held, notes } = judge.putBack(VANISHED, drafted.changes);
  const cause = changes.length + held.length === 0 ? null : drafted.cause;
  return { ...drafted, cause, changes, held, notes: notes.length === 0 ? drafted.notes : notes };
}

function draftConflict(
  { desired }: PersonFacts,
  { account, reason }: Match & { readonly kind: "conflict" },
  { groups }: EntitlementRules,
): Draft {
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
          entitlements: shownEntitlements(account, groups),
        };
  return draft({ cause: "joiner", account, held: [{ change, hold: "identity-conflict", detail: reason }] });
}

function whyTheirs(match: Match & { readonly kind: "relinked" | "adoptable" }): string {
  if (match.kind === "relinked") return OWN_PROOF[match.by];
  const { from } = match;
  const passes = from === undefined ? "" : `; it was that of ${nameHolder(from)}, where they have left`;
  return `the account has this person's e-mail${passes}`;
}

/**
 * First contact: links the account and adds what is missing. It takes nothing away and changes no e-mail; a login comes
 * back only to somebody who returns.
 */
function draftAdoption(
  facts: PersonFacts,
  match: Match & { readonly kind: "relinked" | "adoptable" },
  origin: AccountLink["origin"],
  context: PlanContext,
  rules: EntitlementRules,
): Draft {
  const { desired, link, lastLeave } = facts;
  const { account } = match;
  const reopens = match.kind === "adoptable" && match.returns;
  const returns = reopens || hadLeft(facts);
  const cause: Cause = returns ? "rehire" : link === null ? "joiner" : "drift";
  const because = [whyTheirs(match)];
  const profile = ownedPart(account.profile, desired.profile);
  const entitlements = shownEntitlements(account, rules.groups);
  const adopt: PersonChange = {
    kind: "adopt-account",
    cause,
    because,
    account: account.id,
    origin,
    profile,
    entitlements,
  };
  if (account.status === "deactivated" && !reopens) return draft({ cause, account, changes: [adopt] });
  const after = { ...desired.profile, email: account.profile.email };
  const adopted = { ...desired, profile: after };
  const { differences, notes } = openFields(adopted, account, null, context);
  const wanted = entitlementChanges(desired, account, cause, rules);
  const movesSeat = wanted.some(({ kind }) => kind === "release-seat");
  const additions = wanted.filter(({ kind }) => !takesAway(kind) && !(movesSeat && kind === "assign-seat"));
  return draft({
    cause,
    account,
    changes: [
      adopt,
      ...(account.status === "deactivated" ? [reactivation(account, desired, cause)] : []),
      ...updateChanges(account, after, differences, cause),
      ...additions,
    ],
    notes: [
      ...(returns ? returnNotes(lastLeave) : []),
      ...(account.status === "pending"
        ? [pendingNote(null, waitingParts(adopted, account, context, rules), context.now)]
        : []),
      ...notes,
      ...(additions.length < wanted.length ? [LATER] : []),
    ],
  });
}
