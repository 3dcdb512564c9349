import type { Sending } from "../http.ts";
import { canonicalEmail } from "./accounts.ts";
import { everyItem, PAGE_SIZE } from "./client.ts";
import type { CalcomClient } from "./client.ts";
import type { WireMembership } from "./wire.ts";

/**
 * Who is a member of the organisation. Cal.com cannot be asked for the membership of a user: all have to be listed. So
 * what was seen is remembered, as a hint of which one to read: nothing is ever told from memory. Throws ConnectorError.
 */
export interface Memberships {
  /** One page of all, as of now. */
  page(skip: number, how: Sending): Promise<readonly WireMembership[]>;
  /** Read afresh: the membership of a user, or undefined for somebody who is not in the organisation. */
  of(user: string, how: Sending): Promise<WireMembership | undefined>;
  /** The same, but whom we took out ourselves is not looked for anew: a listing of all shows it when they are back. */
  still(user: string, how: Sending): Promise<WireMembership | undefined>;
  /** Read afresh: of somebody with this e-mail in lower case, as far as memberships show e-mails. */
  byEmail(email: string, how: Sending): Promise<WireMembership | undefined>;
  /** Where the membership of a user was last seen; undefined for nobody whom we have seen. */
  hint(user: string): string | undefined;
  /** We have just made this one. */
  note(membership: WireMembership): void;
  /** We have just ended the membership of this user: whoever asks need not go through all of them. */
  ended(user: string): void;
}

/** Remembers nobody yet. */
export function createMemberships(client: CalcomClient): Memberships {
  const idOf = new Map<string, string>();
  const userOf = new Map<string, string>();
  const gone = new Set<string>();
  let wereListed = false;

  function note({ id, userId, user }: WireMembership): void {
    idOf.set(userId, id);
    gone.delete(userId);
    if (user !== null && user !== undefined) userOf.set(canonicalEmail(user.email), userId);
  }
  async function page(skip: number, how: Sending): Promise<readonly WireMembership[]> {
    const items = await client.memberships(skip, how);
    items.forEach(note);
    // Pages are asked for in order: whoever got to the last one has passed everybody.
    if (items.length < PAGE_SIZE) wereListed = true;
    return items;
  }
  /** Goes through all, or until it is found. */
  async function search(
    isWanted: (membership: WireMembership) => boolean,
    how: Sending,
  ): Promise<WireMembership | undefined> {
    for await (const one of everyItem((skip) => page(skip, how))) if (isWanted(one)) return one;
    return undefined;
  }
  /** The membership that we know of, if it is still there. */
  async function seen(user: string, how: Sending): Promise<WireMembership | undefined> {
    const hint = idOf.get(user);
    const shown = hint === undefined ? undefined : await client.membership(hint, how);
    return shown?.userId === user ? shown : undefined;
  }
  // Somebody who was taken out and let in again has another membership than the one we know of.
  async function of(user: string, how: Sending): Promise<WireMembership | undefined> {
    return (await seen(user, how)) ?? search(({ userId }) => userId === user, how);
  }

  return {
    page,
    of,
    still: (user, how) => (gone.has(user) ? seen(user, how) : of(user, how)),
    note,
    hint: (user) => idOf.get(user),
    ended: (user) => void gone.add(user),
    async byEmail(email, how) {
      const isTheirs = ({ user }: WireMembership): boolean => canonicalEmail(user?.email ?? "") === email;
      // Where a listing was left early, not everybody was seen.
      if (!wereListed) return search(isTheirs, how);
      const user = userOf.get(email);
      const found = user === undefined ? undefined : await (gone.has(user) ? seen : of)(user, how);
      return found !== undefined && isTheirs(found) ? found : undefined;
    },
  };
}
