import { InvalidValueError } from "../../domain/errors.ts";
import { isJsonArray, isJsonObject } from "../../domain/json.ts";
import type { UserContent } from "../../scim/user.ts";

/**
 * Checks that the userName and every e-mail are on one of the directory's verified domains (lower case; `*` allows
 * any). Values that were stored before are let through: a narrower list must never stop an IdP from deactivating
 * somebody. Throws InvalidValueError with the sentence of product.md section 3.
 */
export function checkDomains(content: UserContent, stored: UserContent | null, domains: readonly string[]): void {
  if (domains.includes("*")) return;
  const known = new Set(stored === null ? [] : [stored.userName, ...emailsOf(stored)]);
  const check = (attribute: string, value: string): void => {
    if (known.has(value) || domains.includes(domainOf(value))) return;
    throw new InvalidValueError(`${attribute} must be on a verified domain of this directory (${domains.join(", ")})`);
  };
  check("userName", content.userName);
  for (const email of emailsOf(content)) check("emails", email);
}

function emailsOf({ resource }: UserContent): readonly string[] {
  const emails = resource["emails"];
  if (!isJsonArray(emails)) return [];
  return emails.flatMap((email) => {
    const value = isJsonObject(email) ? email["value"] : undefined;
    return typeof value === "string" ? [value] : [];
  });
}

/** Empty for what is no address at all, which is on no domain. */
function domainOf(address: string): string {
  const at = address.lastIndexOf("@");
  return at > 0 ? address.slice(at + 1).toLowerCase() : "";
}
