import type { AccountLink, AccountProfile, DesiredAccount, DriftField, ObservedAccount } from "../domain/account.ts";
import type { Cause, Held, PersonChange } from "../domain/plan.ts";
import type { PlanContext } from "./context.ts";
import type { Reason } from "./dependants.ts";
import { EMPTY, type Parts } from "./draft.ts";
import { releaseCommand } from "./hold-words.ts";
import { labelOf } from "./label.ts";

/**
 * How often a field is put back before it is left to people. It is forgiven when the directory changes the field, and
 * when the person leaves and returns; being in step for a while is not enough, since whoever edits it daily is in step
 * most of the time. A product that rewrites what we write ends here, too.
 */
export const MOST_REPAIRS = 3;

/** Something that was edited in the product, in words. */
export interface Edit {
  readonly field: DriftField;
  /** What it is, as the beginning of a sentence: `displayName`, `Membership of Sales`. */
  readonly subject: string;
  /** What was done in the product, and what we do about it: `edited`, `put back`. */
  readonly undone: string;
  readonly redone: string;
  /** The end of `the product shows …`: `"Annie"`, `no seat`. */
  readonly shown: string;
  /** Who says what instead: `the directory says "Ana"`. */
  readonly wanted: string;
}

/** How edits in the product are dealt with for one person. */
export interface DriftJudge {
  /**
   * What becomes of the changes that would put an edit back: they go, they are left out and told (`report`), or they
   * are held since they were made too often before (`contested`).
   */
  putBack(edit: Edit, changes: readonly PersonChange[]): Parts;
}

/** Judges by the policy, by how often a field was put back already, and by whether the person was released. */
export function createDriftJudge(
  repairs: AccountLink["repairs"],
  desired: DesiredAccount,
  account: ObservedAccount | null,
  { drift, released }: Pick<PlanContext, "drift" | "released">,
): DriftJudge {
  return {
    putBack(edit, changes) {
      if (changes.length === 0) return EMPTY;
      if (drift[edit.field] === "report") return { ...EMPTY, notes: [leftNote(edit)] };
      const times = repairs[edit.field] ?? 0;
      if (times < MOST_REPAIRS || released.has(desired.user)) return { ...EMPTY, changes };
      const command = releaseCommand({ user: desired.user, label: labelOf(desired, account) });
      const reason: Reason = { hold: "contested", detail: contestedDetail(edit, times, command) };
      return { ...EMPTY, held: changes.map((change): Held => ({ change, ...reason })) };
    },
  };
}

/** True for a note of something that was edited in the product and is left so. */
export function isLeftNote(note: string): boolean {
  return / in the product and is left so \("drift\.[a-zA-Z]+" is "report"\): /.test(note);
}

function leftNote({ field, subject, undone, shown, wanted }: Edit): string {
  return `${subject} was ${undone} in the product and is left so ("drift.${field}" is "report"): the product shows ${shown}, ${wanted}.`;
}

function contestedDetail(
  { field, subject, undone, redone, shown, wanted }: Edit,
  times: number,
  command: string,
): string {
  const history = `${subject} was ${redone} ${times} times, and ${undone} in the product again: it shows ${shown}, ${wanted}.`;
  return `${history} Agree on one value, or set "drift.${field}" to "report". To try once more: ${command}.`;
}

/** A field of the profile that the product shows otherwise. */
export function fieldEdit(field: keyof AccountProfile, shown = "", wanted = ""): Edit {
  const words = { shown: quoted(shown), wanted: `the directory says ${quoted(wanted)}` };
  return { field, subject: field, undone: "edited", redone: "put back", ...words };
}

/** A seat that was taken, given or exchanged by hand. */
export function seatEdit(shown: string | null, wanted: string | null): Edit {
  const name = (seat: string | null): string => (seat === null ? "no seat" : `seat ${seat}`);
  const words = { shown: name(shown), wanted: `the mapping gives ${name(wanted)}` };
  return { field: "seat", subject: "The seat", undone: "changed", redone: "put back", ...words };
}

/** A group that somebody was taken out of, or put into, by hand. */
export function groupEdit(group: string, isOut: boolean): Edit {
  return {
    field: "groups",
    subject: `Membership of ${group}`,
    undone: isOut ? "ended" : "added",
    redone: isOut ? "put back" : "ended",
    shown: isOut ? "that they are not in it" : "that they are in it",
    wanted: isOut ? "the mapping puts them into it" : "the mapping does not",
  };
}

const ACTIVE = "the directory says active";

/** An account that was deactivated by hand. */
export const DEACTIVATED: Edit = {
  field: "status",
  subject: "The account",
  undone: "deactivated",
  redone: "reactivated",
  shown: "it deactivated",
  wanted: ACTIVE,
};

/** An account that was deleted by hand. */
export const VANISHED: Edit = {
  field: "status",
  subject: "The account on record",
  undone: "deleted",
  redone: "made again",
  shown: "none any more",
  wanted: ACTIVE,
};

/**
 * Why a seat is not as it should be: when what should be is what we gave last, somebody edited the product. Null where
 * nobody remembers what was given, as for links of older versions.
 */
export function seatCause({ seat }: DesiredAccount, { entitlements }: AccountLink): "moved" | "drift" | null {
  if (entitlements === null) return null;
  return entitlements.seat === seat ? "drift" : "moved";
}

/** The same for a membership that is there and should not be, or the reverse. */
export function groupCause(
  name: string,
  { groups }: DesiredAccount,
  { entitlements }: AccountLink,
): "moved" | "drift" | null {
  if (entitlements === null) return null;
  return entitlements.groups.includes(name) === groups.includes(name) ? "drift" : "moved";
}

/**
 * Why a move of seat or groups is planned: an account that we made and that has nothing yet is still that of a joiner,
 * whose creation was interrupted. A seat that comes with every account is not something that was given.
 */
export function moveCause(
  account: ObservedAccount,
  { origin, entitlements }: AccountLink,
  { seats }: Pick<PlanContext, "seats">,
): Cause {
  const hasNothing = (account.seat === null || seats === "implied") && account.groups.length === 0;
  const hadNothing = entitlements === null || (entitlements.seat === null && entitlements.groups.length === 0);
  return origin === "created" && hasNothing && hadNothing ? "joiner" : "mover";
}

function quoted(value: string): string {
  return value === "" ? "nothing" : JSON.stringify(value);
}
