import type {
  AccountLink,
  AccountProfile,
  DesiredAccount,
  DriftField,
  Entitlements,
  ObservedAccount,
  Remembered,
} from "../domain/account.ts";
import { PROFILE_FIELDS } from "./diff.ts";
import type { ProfileField } from "./diff.ts";
import { shownEntitlements, sortedNames } from "./entitlements.ts";
import type { GroupIndex } from "./entitlements.ts";

/**
 * What a link should remember where directory and product agree by now though we wrote nothing: a value that was
 * changed on both sides, a group that somebody lost in the product before the directory took it away. Without it, the
 * next change of the directory would pass for an edit of the product. The directory has changed such a field, so that
 * earlier repairs of it are forgiven.
 *
 * Null when the link remembers all that already. What was never remembered is begun only when there is something to
 * change (`isChanging`), with what the account shows.
 */
export function rememberAgreed(
  desired: DesiredAccount,
  account: ObservedAccount,
  { applied, entitlements, repairs }: Remembered,
  index: GroupIndex,
  isChanging: boolean,
): Remembered | null {
  const fields = applied === null ? [] : agreedFields(desired.profile, account.profile, applied);
  const begins = entitlements === null && isChanging;
  const shown = entitlements === null && !begins ? null : shownEntitlements(account, index);
  const agreed = entitlements === null || shown === null ? null : agreedEntitlements(desired, shown, entitlements);
  const news: readonly DriftField[] = [...fields, ...entitlementNews(entitlements, agreed)];
  if (news.length === 0 && !begins) return null;
  return {
    applied: applied === null ? null : { ...applied, ...partOf(desired.profile, fields) },
    entitlements: begins ? shown : agreed,
    repairs: forgive(repairs, news),
  };
}

/** Repairs without those of some fields. */
export function forgive(repairs: AccountLink["repairs"], fields: readonly DriftField[]): AccountLink["repairs"] {
  if (fields.every((field) => repairs[field] === undefined)) return repairs;
  return Object.fromEntries(Object.entries(repairs).filter(([field]) => !fields.some((one) => one === field)));
}

/** Fields on which both sides agree, and which we neither wrote nor saw so. */
function agreedFields(
  desired: AccountProfile,
  observed: AccountProfile,
  applied: AccountProfile,
): readonly ProfileField[] {
  return PROFILE_FIELDS.filter(
    (field) => desired[field] !== undefined && desired[field] === observed[field] && desired[field] !== applied[field],
  );
}

function partOf(profile: AccountProfile, fields: readonly ProfileField[]): Partial<AccountProfile> {
  return Object.fromEntries(fields.map((field) => [field, profile[field]]));
}

/** Where both sides agree, what they agree upon; elsewhere what was known. Groups that nobody manages do not matter. */
function agreedEntitlements(desired: DesiredAccount, shown: Entitlements, known: Entitlements): Entitlements {
  const isWanted = (name: string): boolean => desired.groups.includes(name);
  const isShown = (name: string): boolean => shown.groups.includes(name);
  const kept = known.groups.filter((name) => isWanted(name) || isShown(name));
  const gained = desired.groups.filter(isShown);
  return {
    seat: desired.seat === shown.seat ? desired.seat : known.seat,
    groups: sortedNames([...kept, ...gained]),
  };
}

function entitlementNews(known: Entitlements | null, agreed: Entitlements | null): readonly DriftField[] {
  if (known === null || agreed === null) return [];
  const isSame =
    known.groups.length === agreed.groups.length && known.groups.every((name) => agreed.groups.includes(name));
  return [...(known.seat === agreed.seat ? [] : ["seat" as const]), ...(isSame ? [] : ["groups" as const])];
}
