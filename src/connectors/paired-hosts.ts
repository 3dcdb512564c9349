import type { AccountId, ObservedAccount } from "../domain/account.ts";
import { emailKey } from "../domain/email-key.ts";
import { ConnectorError } from "../domain/errors.ts";
import type { Connector } from "../ports/connector.ts";

/** An account of the product that people have theirs in. `email`: the last that is known of it, where something is. */
export interface Whose {
  readonly account: AccountId;
  readonly email?: string | undefined;
}

/** How somebody is looked for. */
export interface Looking {
  readonly signal: AbortSignal;
  readonly urgent?: boolean | undefined;
}

/** Finds who hosts the bookings of an account: the one account of the second product with the same e-mail, without case. */
export interface Hosts {
  /**
   * Read afresh. Null when nobody there has the e-mail, or nobody who has accepted the invitation: then there are no bookings.
   * Throws ConnectorError `rejected` when it cannot be told whose the bookings are.
   */
  of(who: Whose, how: Looking): Promise<ObservedAccount | null>;
  /** As `of`, but as it was found last where it was. */
  lastOf(who: Whose, how: Looking): Promise<AccountId | null>;
}

/** An address that nobody can have (RFC 2606), to look for an account by its id alone. */
const NOBODY = "nobody@rosterbridge.invalid";
/** More accounts are never wound up at once; whoever is forgotten is looked for again. */
const MOST_REMEMBERED = 10_000;

/** Finds hosts, and remembers those of accounts that are being wound up. */
export function createHosts(
  people: Pick<Connector, "name" | "find">,
  bookings: Pick<Connector, "name" | "find">,
): Hosts {
  const emails = createMemory<string>();
  const hosts = createMemory<AccountId>();

  async function of(who: Whose, how: Looking): Promise<ObservedAccount | null> {
    const email = await emailOf(who, how);
    const found = await bookings.find({ email }, how.signal, how.urgent);
    const [host, ...others] = found.filter((one) => isAt(one, email) && one.status !== "pending");
    if (others.length > 0) throw severalHosts(others.length + 1, bookings.name);
    if (host === undefined) return null;
    hosts.keep(who.account, host.id);
    return host;
  }

  async function emailOf({ account, email }: Whose, how: Looking): Promise<string> {
    const found = await people.find({ account, email: email ?? NOBODY }, how.signal, how.urgent);
    const own = found.find(({ id }) => id === account);
    if (own !== undefined) {
      emails.keep(account, own.profile.email);
      return own.profile.email;
    }
    const known = emails.get(account) ?? email;
    if (known === undefined) throw unknownEmail(people.name, bookings.name);
    const namesakes = known === email ? found : await people.find({ email: known }, how.signal, how.urgent);
    if (namesakes.some((one) => isAt(one, known))) throw newOwner(people.name, bookings.name);
    return known;
  }

  return {
    of,
    async lastOf(who, how) {
      return hosts.get(who.account) ?? (await of(who, how))?.id ?? null;
    },
  };
}

function isAt({ profile }: ObservedAccount, email: string): boolean {
  return emailKey(profile.email) === emailKey(email);
}

function severalHosts(count: number, product: string): ConnectorError {
  const detail = `${count} accounts have this e-mail in ${product}, where the bookings are: whose they are cannot be told. Leave one of them.`;
  return new ConnectorError("rejected", detail);
}

function unknownEmail(people: string, bookings: string): ConnectorError {
  const detail = `The account is gone from ${people}, and the e-mail that it had is not known: its bookings in ${bookings} cannot be looked for.`;
  return new ConnectorError("rejected", detail);
}

function newOwner(people: string, bookings: string): ConnectorError {
  const detail = `The account is gone from ${people}, and another one has its e-mail: whose the bookings in ${bookings} are cannot be told. Look at them there.`;
  return new ConnectorError("rejected", detail);
}

/** Remembers so many, the newest. */
function createMemory<T>(): { get(account: AccountId): T | undefined; keep(account: AccountId, value: T): void } {
  const kept = new Map<AccountId, T>();
  return {
    get: (account) => kept.get(account),
    keep(account, value) {
      kept.delete(account);
      kept.set(account, value);
      if (kept.size <= MOST_REMEMBERED) return;
      const [oldest] = kept.keys();
      if (oldest !== undefined) kept.delete(oldest);
    },
  };
}
