import type { Target } from "./calls.ts";

/**
 * Where the address of a next page leads, as path and query below the base URL; null when it leads anywhere else: a
 * product's word must not send our credentials to another host, or to another part of this one. `next` may be relative.
 */
export function nextTarget(next: string, baseUrl: string): Target | null {
  const base = new URL(`${baseUrl.replace(/\/+$/, "")}/`);
  let address: URL;
  try {
    address = new URL(next, base);
  } catch {
    return null;
  }
  const isBelow = address.origin === base.origin && address.pathname.startsWith(base.pathname);
  if (!isBelow || address.username !== "" || /%2f|%5c|%2e%2e/i.test(address.pathname)) return null;
  return { path: address.pathname.slice(base.pathname.length), query: address.searchParams };
}

/** The address of `rel="next"` in a Link header (RFC 8288); null when there is none. */
export function nextLink(header: string | undefined): string | null {
  for (const [, address = "", parameters = ""] of (header ?? "").matchAll(/<([^>]*)>((?:\s*;[^,;]*)*)/g)) {
    if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next)\s*(?:;|$)/i.test(parameters)) return address;
  }
  return null;
}
