import { z } from "zod";
import type { AccountId, AccountProfile, ObservedAccount, ProductGroupId, Seat } from "../../domain/account.ts";
import type { WireMembership, WireUser } from "./wire.ts";

/** Where our marker is, in the metadata of a user: Cal.com keeps what it is given there, and shows it again. */
const MARKER_KEY = "rosterbridge";
const markedSchema = z.object({ [MARKER_KEY]: z.string().min(1).max(500) });

/** Cal.com keeps addresses in lower case. */
export function canonicalEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** True for a text that can be the id of a user. */
export function isUserId(id: string): boolean {
  return /^[1-9]\d{0,14}$/.test(id);
}

/**
 * An account: a membership, and the user behind it. The user is unknown for somebody who has not accepted an invitation,
 * since Cal.com lists only who has a profile in the organisation. Null for a membership that does not tell whose it is,
 * as those of older versions do not.
 */
export function toAccount(
  membership: WireMembership,
  user: WireUser | undefined,
  groups: readonly string[],
  seat: string,
): ObservedAccount | null {
  const shown = user ?? membership.user;
  if (shown === null || shown === undefined) return null;
  const marker = markerOf(user?.metadata) ?? markerOf(membership.user?.metadata);
  return {
    id: membership.userId as AccountId,
    ...(marker === undefined ? {} : { marker }),
    status: membership.accepted ? "active" : "pending",
    role: roleOf(membership.role),
    profile: profileOf({ ...shown, ...(user === undefined ? {} : { timeZone: user.timeZone, locale: user.locale }) }),
    seat: seat as Seat,
    groups: groups as readonly ProductGroupId[],
  };
}

/** What is unknown is rather protected than not. */
function roleOf(role: string): ObservedAccount["role"] {
  if (role === "OWNER") return "owner";
  return role === "MEMBER" ? "member" : "admin";
}

function markerOf(metadata: unknown): string | undefined {
  return markedSchema.safeParse(metadata).data?.[MARKER_KEY];
}

interface Shown {
  readonly email: string;
  readonly name?: string | null | undefined;
  readonly timeZone?: string | null | undefined;
  readonly locale?: string | null | undefined;
}

/** Empty fields are left out, so that they compare as "not there". */
function profileOf({ email, name, timeZone, locale }: Shown): AccountProfile {
  const displayName = name?.trim() ?? "";
  return {
    email: canonicalEmail(email),
    ...(displayName === "" ? {} : { displayName }),
    ...(timeZone === null || timeZone === undefined || timeZone === "" ? {} : { timezone: timeZone }),
    ...(locale === null || locale === undefined || locale === "" ? {} : { locale }),
  };
}

/**
 * Body of a create. Cal.com takes no name: people type theirs when they sign up. Without `username` it makes one of the
 * address.
 */
export function toUserBody(
  profile: AccountProfile,
  marker: string,
  username: string | null,
): Readonly<Record<string, unknown>> {
  return {
    ...toUserFields(profile),
    ...(username === null ? {} : { username }),
    metadata: { [MARKER_KEY]: marker },
    organizationRole: "MEMBER",
    autoAccept: true,
  };
}

/** Body of an update: the fields of `after` that differ from `before` and can be written. The others are not ours. */
export function toUserPatch(before: AccountProfile, after: AccountProfile): Readonly<Record<string, string>> {
  const known = toUserFields(before);
  return Object.fromEntries(Object.entries(toUserFields(after)).filter(([field, value]) => known[field] !== value));
}

/** The fields that can be written, by Cal.com's names. */
function toUserFields({ email, timezone, locale }: AccountProfile): Readonly<Record<string, string>> {
  return {
    email: canonicalEmail(email),
    ...(timezone === undefined ? {} : { timeZone: timezone }),
    ...(locale === undefined ? {} : { locale }),
  };
}

/**
 * User names to ask for when the one that Cal.com makes of the address is taken: the same for every attempt for one
 * person, so that a repeated create does not wander.
 */
export function usernamesFor(email: string, person: string): readonly string[] {
  const [local = ""] = canonicalEmail(email).split("@");
  const slug = local.replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-+|-+$/g, "") || "user";
  const digits = person.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  return [`${slug}-${digits.slice(0, 6)}`, `${slug}-${digits}`];
}
