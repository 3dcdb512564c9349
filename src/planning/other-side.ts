import type { Candidate, LinkHolder, ObservedAccount } from "../domain/account.ts";
import type { DirectoryId } from "../domain/directory.ts";
import { directoryOfMark } from "../domain/marker.ts";
import type { PlanContext } from "./context.ts";

/** An account as people find it again: its id and its e-mail. */
export function nameAccount({ id, profile }: ObservedAccount): string {
  return `account ${id} (${profile.email})`;
}

/** Somebody else, as far as they are known: by name and directory, else by id. */
export function nameHolder({ user, label, directory }: LinkHolder): string {
  const name = label ?? `user ${user}`;
  return directory === undefined ? name : `${name} of directory ${directory}`;
}

/** The directory of another Rosterbridge that made this account; null when none did, as far as its mark tells. */
export function foreignDirectory(
  { marker }: ObservedAccount,
  { verifiedDomains }: Pick<PlanContext, "verifiedDomains">,
): DirectoryId | null {
  const directory = marker === undefined ? null : directoryOfMark(marker);
  return directory === null || verifiedDomains.has(directory) ? null : directory;
}

/** Whose an account is, as the end of a sentence about it: `is linked to bo@acme.example of directory acme`. */
export function holderWords(
  { account, linkedTo, madeFor }: Candidate,
  context: Pick<PlanContext, "verifiedDomains">,
): string {
  if (linkedTo !== null) return `is linked to ${nameHolder(linkedTo)}`;
  const foreign = foreignDirectory(account, context);
  if (foreign !== null) return `belongs to another Rosterbridge (directory ${foreign})`;
  return madeFor === undefined ? "is linked to nobody" : `was made for ${nameHolder(madeFor)}`;
}
