import type { AccountLink, AccountProfile, ObservedAccount } from "../domain/account.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import { emailKey } from "../domain/email-key.ts";
import type { PersonChange } from "../domain/plan.ts";
import { sameEmail } from "./email.ts";

/** A change of the profile. */
export type Update = PersonChange & { readonly kind: "update-account" };

/** True for an update that gives the account another e-mail; another letter case is the same e-mail. */
export function isRename(change: PersonChange): change is Update {
  return change.kind === "update-account" && !sameEmail(change.before.email, change.after.email);
}

/** Where an account waits while two people exchange their e-mails: an address of its own on the domain it has now. */
export function parkingAddress(user: DirectoryUserId, email: string): string {
  return `${localPart(user)}${email.slice(email.lastIndexOf("@")).toLowerCase()}`;
}

/** True when an account still stands where a plan parked it. */
export function isParked(user: DirectoryUserId, email: string): boolean {
  return emailKey(email).startsWith(`${localPart(user)}@`);
}

/** What we wrote last. An account at its parking address was put there by us, though a kill may have hidden that: no drift. */
export function lastWritten({ user, applied }: AccountLink, { profile }: ObservedAccount): AccountProfile | null {
  return applied !== null && isParked(user, profile.email) ? { ...applied, email: profile.email } : applied;
}

function localPart(user: DirectoryUserId): string {
  return `parked-${user.toLowerCase()}`;
}
