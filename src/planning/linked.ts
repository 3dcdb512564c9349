import type { AccountLink, AccountProfile, ObservedAccount } from "../domain/account.ts";
import type { AccountRef, Cause, Held, PersonChange } from "../domain/plan.ts";
import { entitlementChanges, reactivation, updateChanges } from "./account-changes.ts";
import { returnNotes } from "./bookings.ts";
import type { PersonFacts, PlanContext } from "./context.ts";
import { explainField, isSameProfile } from "./diff.ts";
import type { FieldDifference, ProfileField } from "./diff.ts";
import { draft, EMPTY, joinParts } from "./draft.ts";
import type { Draft, Parts } from "./draft.ts";
import {
  createDriftJudge,
  fieldEdit,
  groupCause,
  groupEdit,
  moveCause,
  seatCause,
  seatEdit,
  DEACTIVATED,
} from "./drift.ts";
import type { DriftJudge } from "./drift.ts";
import { groupChanges, hasSameGroups, seatChanges } from "./entitlements.ts";
import type { EntitlementRules } from "./entitlements.ts";
import { openFields } from "./open-fields.ts";
import { lastWritten } from "./parking.ts";
import { pendingNote, waitingParts } from "./pending.ts";
import { heldRename, refuseRename } from "./rename.ts";
import { rememberAgreed } from "./remember.ts";

const NO_SEAT = "No seat is given to an account that stays deactivated.";

/** An active person with their account on record. */
interface Case {
  readonly facts: PersonFacts;
  readonly account: ObservedAccount;
  readonly link: AccountLink;
  readonly context: PlanContext;
  readonly rules: EntitlementRules;
  readonly judge: DriftJudge;
  /** Why the account has to be opened again: after an offboarding, or since somebody shut it by hand. Null: it is open. */
  readonly returning: "rehire" | "drift" | null;
}

/**
 * Compares what a person should have with what their account shows and with what we last gave: what the directory moved
 * is written, what was edited in the product is put back, left or contested, each field by itself.
 */
export function draftLinked(
  facts: PersonFacts,
  account: ObservedAccount,
  link: AccountLink,
  context: PlanContext,
  rules: EntitlementRules,
): Draft {
  if (!isInStep(facts, account, context, rules)) return compareLinked(facts, account, link, context, rules);
  return draft({ account, remember: rememberAgreed(facts.desired, account, link, rules.groups, false) });
}

/** `draftLinked` without a short way for those who are in step: the same draft, for more work. */
export function compareLinked(
  facts: PersonFacts,
  account: ObservedAccount,
  link: AccountLink,
  context: PlanContext,
  rules: EntitlementRules,
): Draft {
  const { desired } = facts;
  const isShut = account.status === "deactivated";
  const returning = isShut ? (hadLeft(facts) ? "rehire" : "drift") : null;
  const judge = createDriftJudge(link.repairs, desired, account, context);
  const whole: Case = { facts, account, link, context, rules, judge, returning };
  const login = loginPart(whole);
  const staysShut = isShut && login.changes.length === 0 && login.held.length === 0;
  const entitlements = returning === "rehire" ? returnedPart(whole) : entitlementPart(whole);
  const parts = joinParts([login, profilePart(whole), staysShut ? withoutSeat(entitlements) : entitlements]);
  const all = [...parts.changes, ...parts.held.map(({ change }) => change)];
  // Whoever gets the login back does so for one reason, whatever else has changed meanwhile.
  return draft({
    ...parts,
    cause: all.some(({ kind }) => kind === "reactivate-account") ? returning : leadingCause(all),
    account,
    remember: rememberAgreed(desired, account, link, rules.groups, parts.changes.length > 0),
  });
}

/** True for whoever was shut out for leaving, if not to the end: who returns within the grace was never proved gone. */
export function hadLeft({ link, lastLeave }: Pick<PersonFacts, "link" | "lastLeave">): boolean {
  return (link !== null && link.offboardedAt !== null) || lastLeave !== undefined;
}

/**
 * True where the comparison would find nothing to do, hold or tell. Nearly everybody, nearly always: asked first, by the
 * same rules, so that they cost next to nothing.
 */
function isInStep(
  facts: PersonFacts,
  account: ObservedAccount,
  context: PlanContext,
  rules: EntitlementRules,
): boolean {
  const { desired } = facts;
  return (
    account.status === "active" &&
    isSameProfile(desired.profile, account.profile) &&
    desired.seat === account.seat &&
    hasSameGroups(desired, account.groups, rules) &&
    refuseRename(facts, account, context) === null
  );
}

const LEADING: readonly Cause[] = ["joiner", "mover", "drift"];

function leadingCause(changes: readonly PersonChange[]): Cause | null {
  return LEADING.find((cause) => changes.some((change) => change.cause === cause)) ?? null;
}

function loginPart({ facts: { desired, lastLeave }, account, link, context, rules, judge, returning }: Case): Parts {
  if (account.status === "pending")
    return { ...EMPTY, notes: [pendingNote(link, waitingParts(desired, account, context, rules), context.now)] };
  if (returning === null) return EMPTY;
  const changes = [reactivation(account, desired, returning)];
  const part = returning === "rehire" ? { ...EMPTY, changes } : judge.putBack(DEACTIVATED, changes);
  return part.changes.length === 0 ? part : { ...part, notes: returnNotes(lastLeave) };
}

/** Fields that may be written go in one update; each that is left, contested or not ours to write is told, or held, by itself. */
function profilePart({ facts, account, link, context, judge, returning }: Case): Parts {
  const { desired } = facts;
  if (isSameProfile(desired.profile, account.profile) && refuseRename(facts, account, context) === null) return EMPTY;
  const { differences, notes } = openFields(desired, account, lastWritten(link, account), context);
  const edited = returning === "rehire" ? [] : differences.filter(({ moved }) => !moved);
  const left = edited.flatMap(({ field }) => {
    const edit = fieldEdit(field, account.profile[field], desired.profile[field]);
    const parts = judge.putBack(edit, [fieldUpdate(account, desired.profile, field)]);
    return parts.changes.length > 0 ? [] : [{ field, parts }];
  });
  const isLeft = (field: ProfileField): boolean => left.some((one) => one.field === field);
  const mayRename = context.updates.has("email") && account.status !== "pending";
  const refusal = isLeft("email") || !mayRename ? null : refuseRename(facts, account, context);
  const written = differences.filter(({ field }) => !isLeft(field) && (refusal === null || field !== "email"));
  const cause = returning === "rehire" ? "rehire" : editCause(written);
  return joinParts([
    { ...EMPTY, changes: updateChanges(account, desired.profile, written, cause) },
    ...left.map(({ parts }) => parts),
    { ...EMPTY, notes },
    refusal === null ? EMPTY : { ...EMPTY, held: [withCause(heldRename(account, desired, link, refusal), returning)] },
  ]);
}

/** What is held of somebody who returns is part of the return. */
function withCause(held: Held, returning: Case["returning"]): Held {
  return returning === "rehire" ? { ...held, change: { ...held.change, cause: returning } } : held;
}

function editCause(differences: readonly FieldDifference[]): Cause {
  return differences.some(({ moved }) => moved) ? "mover" : "drift";
}

/** One field put back, without the others. */
function fieldUpdate({ id, profile }: ObservedAccount, desired: AccountProfile, field: ProfileField): PersonChange {
  const { email } = profile;
  return {
    kind: "update-account",
    cause: "drift",
    because: [explainField({ field, moved: false })],
    account: id,
    before: { email, ...(profile[field] === undefined ? {} : { [field]: profile[field] }) },
    after: { email, [field]: desired[field] },
  };
}

/** Whoever returns gets all of it back: nothing of theirs was edited since, as far as anybody can tell. */
function returnedPart({ facts, account, rules }: Case): Parts {
  return { ...EMPTY, changes: entitlementChanges(facts.desired, account, "rehire", rules) };
}

function entitlementPart({ facts: { desired }, account, link, context, rules, judge, returning }: Case): Parts {
  const ref: AccountRef = { by: "id", id: account.id };
  const moved = moveCause(account, link, context);
  const toCause = (edit: "drift" | "moved" | null): Cause =>
    edit === null ? (returning ?? moved) : edit === "drift" ? edit : moved;

  const seat = seatCause(desired, link);
  const seats = seatChanges(desired, account.seat, ref, toCause(seat));
  const causeOf = (name: string): Cause => toCause(groupCause(name, desired, link));
  const groups = rules.groupsWait(account) ? [] : groupChanges(desired, account.groups, ref, causeOf, rules);
  return joinParts([
    seat === "drift" ? judge.putBack(seatEdit(account.seat, desired.seat), seats) : { ...EMPTY, changes: seats },
    ...groups.map((change): Parts => {
      const name = "group" in change ? change.group.name : "";
      const isEdit = groupCause(name, desired, link) === "drift";
      return isEdit
        ? judge.putBack(groupEdit(name, change.kind === "add-to-group"), [change])
        : { ...EMPTY, changes: [change] };
    }),
  ]);
}

/** A seat is not wasted on somebody who may not come in; the old one is kept while a new one is not given. */
function withoutSeat(parts: Parts): Parts {
  if (!parts.changes.some(({ kind }) => kind === "assign-seat")) return parts;
  const changes = parts.changes.filter(({ kind }) => kind !== "assign-seat" && kind !== "release-seat");
  return { ...parts, changes, notes: [...parts.notes, NO_SEAT] };
}
