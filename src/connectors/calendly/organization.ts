import type { Sending } from "../http.ts";
import type { CalendlyReads } from "./client.ts";

/** Whose token we have, and the organisation that we write to. Throws ConnectorError. */
export interface Organization {
  id(how: Sending): Promise<string>;
  /** The same, asked for anew: a token may be replaced by one of another organisation. */
  idNow(how: Sending): Promise<string>;
  /** User id of whoever the token belongs to. */
  tokenOwner(how: Sending): Promise<string>;
}

/** The organisation of the configuration (its URI, or the last segment of it), or else the token's own, remembered. */
export function createOrganization(client: CalendlyReads, configured: string | undefined): Organization {
  const named = configured?.slice(configured.lastIndexOf("/") + 1);
  let known: { readonly user: string; readonly organization: string } | null = null;
  const meNow = async (how: Sending) => (known = await client.me(how));
  const me = async (how: Sending) => known ?? meNow(how);
  return {
    id: async (how) => named ?? (await me(how)).organization,
    idNow: async (how) => named ?? (await meNow(how)).organization,
    tokenOwner: async (how) => (await me(how)).user,
  };
}
