import type { DesiredAccount, ObservedAccount } from "../domain/account.ts";

/** What somebody is called for people to read: by e-mail, by that of their account, or, without either, by id. */
export function labelOf({ user, profile }: DesiredAccount, account: ObservedAccount | null): string {
  return profile.email || account?.profile.email || user;
}
