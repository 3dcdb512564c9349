import type { AccountId, AccountProfile, ObservedAccount, ProductGroupId, Seat } from "../../domain/account.ts";
import { emailKey } from "../../domain/email-key.ts";
import type { Invitation, Membership } from "./wire.ts";

const ROLES = { owner: "owner", admin: "admin", user: "member" } as const;

/** A member of the organisation in our words: whoever is listed can sign in, Calendly has no other flag for it. */
export function toMember(
  { role, user }: Membership,
  id: string,
  groups: readonly string[],
  seat: string,
): ObservedAccount {
  return {
    id: id as AccountId,
    status: "active",
    role: ROLES[role],
    profile: canonicalProfile({ email: user.email, displayName: user.name, timezone: user.timezone }),
    seat: seat as Seat,
    groups: groups as readonly ProductGroupId[],
  };
}

/**
 * Somebody who was invited and is no member, in our words. Who declined is shown as deactivated: they are out, and inviting
 * them again with every run would be a nuisance to them; whoever wants them in asks them, and invites them in Calendly.
 */
export function toInvited(invitation: Invitation, groups: readonly string[], seat: string): ObservedAccount {
  const isPending = invitation.status === "pending";
  return {
    id: invitation.uri as AccountId,
    status: isPending ? "pending" : "deactivated",
    role: "member",
    profile: canonicalProfile({ email: invitation.email }),
    // An invitation takes one of the seats that were bought as long as it is open.
    seat: isPending ? (seat as Seat) : null,
    groups: groups as readonly ProductGroupId[],
  };
}

/** The fields that Calendly has, without spaces around them; empty ones are absent. Pure and idempotent. */
export function canonicalProfile({
  email,
  displayName,
  timezone,
}: {
  readonly email: string;
  readonly displayName?: string | null | undefined;
  readonly timezone?: string | null | undefined;
}): AccountProfile {
  const name = displayName?.trim() ?? "";
  const zone = timezone?.trim() ?? "";
  return {
    email: emailKey(email),
    ...(name === "" ? {} : { displayName: name }),
    ...(zone === "" ? {} : { timezone: zone }),
  };
}
