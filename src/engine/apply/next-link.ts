import type { AccountLink, AccountProfile, DriftField, Entitlements } from "../../domain/account.ts";
import type { Instant } from "../../domain/brand.ts";
import type { DirectoryUserId } from "../../domain/directory.ts";
import type { PersonChange } from "../../domain/plan.ts";
import { PROFILE_FIELDS } from "../../planning/diff.ts";
import { sortedNames } from "../../planning/entitlements.ts";
import { forgive } from "../../planning/remember.ts";
import type { Applied } from "../../ports/connector.ts";

/** Whose link it is, as it stands; and what was put back already for this person in this run. */
export interface LinkHolding {
  readonly user: DirectoryUserId;
  readonly link: AccountLink | null;
  readonly putBack: ReadonlySet<DriftField>;
}

/**
 * What the link is after this change; null when it stays as it is. It is written in the same commit as the outcome, and
 * remembers what we gave (`applied`, `entitlements`) and how often we gave it again (`repairs`). A kill before that
 * commit leaves it one change behind: the next plan then says `mover` for `drift` or the reverse, and does the same.
 */
export function nextLink(
  holding: LinkHolding,
  change: PersonChange,
  applied: Applied,
  at: Instant,
): AccountLink | null {
  const { user, link } = holding;
  const repairs = repairsAfter(holding, change);
  const fresh = { user, linkedAt: at, offboardedAt: null, repairs } as const;
  switch (change.kind) {
    case "create-account":
      if (applied.account === undefined) throw new TypeError("A connector names the account that it created.");
      return {
        ...fresh,
        account: applied.account,
        origin: "created",
        applied: change.desired.profile,
        entitlements: NOTHING,
      };
    case "adopt-account": {
      const { account, origin, profile, entitlements = null } = change;
      return { ...fresh, account, origin, applied: profile, entitlements };
    }
    default: {
      const news = link === null ? null : newsOf(link, change);
      return link === null || news === null ? null : { ...link, ...news, repairs };
    }
  }
}

const NOTHING: Entitlements = { seat: null, groups: [] };

/** What a change of an account on record makes of its link; null when it is none of the link's business. */
function newsOf(link: AccountLink, change: PersonChange): Partial<AccountLink> | null {
  switch (change.kind) {
    case "update-account":
      return { applied: appliedAfter(link.applied, change) };
    case "reactivate-account":
      return { offboardedAt: null };
    case "deactivate-account":
      return {};
    case "assign-seat":
    case "release-seat":
    case "add-to-group":
    case "remove-from-group":
      return { entitlements: link.entitlements === null ? null : entitlementsAfter(link.entitlements, change) };
    default:
      return null;
  }
}

type Update = PersonChange & { readonly kind: "update-account" };
type Entitling = PersonChange & {
  readonly kind: "assign-seat" | "release-seat" | "add-to-group" | "remove-from-group";
};

/** Only what was written: a field that was left, or is held, keeps the value that we wrote last. */
function appliedAfter(applied: AccountProfile | null, update: Update): AccountProfile {
  if (applied === null) return update.after;
  return { ...applied, ...Object.fromEntries(writtenFields(update).map((field) => [field, update.after[field]])) };
}

function writtenFields({ before, after }: Update): readonly (keyof AccountProfile)[] {
  return PROFILE_FIELDS.filter((field) => after[field] !== undefined && after[field] !== before[field]);
}

/** What is put back was remembered all the time: in the midst of it, too, so that a kill there does not hide what it was. */
function entitlementsAfter(known: Entitlements, change: Entitling): Entitlements {
  if (change.cause === "drift") return known;
  switch (change.kind) {
    case "assign-seat":
      return { ...known, seat: change.seat };
    case "release-seat":
      return { ...known, seat: null };
    case "add-to-group":
      return { ...known, groups: sortedNames([...known.groups, change.group.name]) };
    case "remove-from-group":
      return { ...known, groups: known.groups.filter((name) => name !== change.group.name) };
  }
}

/** Grown for what is put back, once per field and run; forgiven for what the directory moves, and for whoever returns. */
function repairsAfter({ link, putBack }: LinkHolding, change: PersonChange): AccountLink["repairs"] {
  if (link === null || change.kind === "adopt-account" || change.cause === "rehire") return {};
  const again = fieldsPutBack(link, change);
  // A new account in place of one that vanished shares nothing with it but the quarrel over its being there.
  const known = change.kind === "create-account" ? forgive(link.repairs, ACCOUNT_FIELDS) : link.repairs;
  const kept = forgive(
    known,
    fieldsOf(change).filter((field) => !again.includes(field)),
  );
  const grown = again.filter((field) => !putBack.has(field));
  return grown.length === 0
    ? kept
    : { ...kept, ...Object.fromEntries(grown.map((field) => [field, (kept[field] ?? 0) + 1])) };
}

const ACCOUNT_FIELDS: readonly DriftField[] = [...PROFILE_FIELDS, "seat", "groups"];

/** The fields that a change writes. */
function fieldsOf(change: PersonChange): readonly DriftField[] {
  switch (change.kind) {
    case "update-account":
      return writtenFields(change);
    case "create-account":
    case "reactivate-account":
    case "deactivate-account":
      return ["status"];
    case "assign-seat":
    case "release-seat":
      return ["seat"];
    case "add-to-group":
    case "remove-from-group":
      return ["groups"];
    default:
      return [];
  }
}

/** Of the fields that a change writes, those that were so before, until somebody edited them in the product. */
export function fieldsPutBack(link: AccountLink | null, change: PersonChange): readonly DriftField[] {
  if (link === null || change.cause === "rehire") return [];
  switch (change.kind) {
    case "update-account":
      return writtenFields(change).filter((field) => link.applied?.[field] === change.after[field]);
    // Shut once, opened by hand, and shut again: the cause of that is still that they left.
    case "deactivate-account":
      return link.offboardedAt === null ? [] : ["status"];
    case "create-account":
      return change.cause === "drift" && link.offboardedAt === null ? ["status"] : [];
    case "reactivate-account":
      return change.cause === "drift" ? ["status"] : [];
    default:
      return change.cause === "drift" && link.entitlements !== null ? fieldsOf(change) : [];
  }
}
