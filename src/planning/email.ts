import type { DirectoryId } from "../domain/directory.ts";
import { emailKey } from "../domain/email-key.ts";

/** True when both name the same mailbox; an empty address is nobody's. */
export function sameEmail(a: string, b: string): boolean {
  const key = emailKey(a);
  return key !== "" && (a === b || key === emailKey(b));
}

/** The verified domains of one directory; none when the directory is unknown. */
export function domainsOf(
  directory: DirectoryId,
  verified: ReadonlyMap<DirectoryId, readonly string[]>,
): readonly string[] {
  return verified.get(directory) ?? [];
}

/** True when the address is on one of these domains (lower case, `*` allows any). */
export function isOnDomain(email: string, domains: readonly string[]): boolean {
  const domain = emailKey(email.slice(email.lastIndexOf("@") + 1));
  return domains.includes("*") || domains.includes(domain);
}
