import type { AccountId, ObservedAccount, Observation } from "../../domain/account.ts";
import { ConnectorError } from "../../domain/errors.ts";
import type { Sending } from "../http.ts";
import { observePages } from "../observation.ts";
import type { AccountPage } from "../observation.ts";
import { canonicalEmail, isUserId, toAccount } from "./accounts.ts";
import { everyItem, PAGE_SIZE } from "./client.ts";
import type { CalcomClient } from "./client.ts";
import type { Memberships } from "./memberships.ts";
import type { Teams } from "./teams.ts";
import type { WireMembership, WireUser } from "./wire.ts";

/** Who is in the organisation: members, and those who are invited to be. Everything throws ConnectorError. */
export interface People {
  /**
   * Costs one request for each page of teams; its pages then cost one for each team, and one for each 250 users and each
   * 250 memberships. Users and teams are held while the memberships pass: they do not come in the same order.
   */
  observe(how: Sending): Promise<Observation>;
  /** The account with this id and those with this e-mail, each once. */
  find(
    who: { readonly account?: AccountId; readonly email: string },
    how: Sending,
  ): Promise<readonly ObservedAccount[]>;
  /**
   * Whoever has this e-mail and a profile in the organisation, or was invited to it. A user without a membership was a
   * member once: older versions leave the profile behind.
   */
  byEmail(email: string, how: Sending): Promise<readonly Person[]>;
}

/** A user and their membership: at least one of the two. */
export interface Person {
  readonly user: WireUser | undefined;
  readonly membership: WireMembership | undefined;
}

/** The people of one organisation. Each has a seat of the pool `seat`. */
export interface Organization {
  readonly id: string;
  readonly client: CalcomClient;
  readonly memberships: Memberships;
  readonly teams: Teams;
  readonly seat: string;
}

/** Looks at one organisation. */
export function createPeople({ id, client, memberships, teams, seat }: Organization): People {
  async function usersByEmail(email: string, how: Sending): Promise<readonly WireUser[]> {
    const users = await client.users({ emails: email }, 0, how);
    return users.filter((user) => canonicalEmail(user.email) === email);
  }
  /** Cal.com does not show a single user: those with the e-mail of the membership are looked through, or all. */
  async function userBehind({ userId, user }: WireMembership, how: Sending): Promise<WireUser | undefined> {
    if (user !== null && user !== undefined) {
      return (await usersByEmail(canonicalEmail(user.email), how)).find((one) => one.id === userId);
    }
    for await (const one of everyItem((skip) => client.users({}, skip, how))) if (one.id === userId) return one;
    return undefined;
  }
  async function byEmail(email: string, how: Sending): Promise<readonly Person[]> {
    const users = await usersByEmail(email, how);
    if (users.length > 0) {
      return Promise.all(users.map(async (user) => ({ user, membership: await memberships.of(user.id, how) })));
    }
    const membership = await memberships.byEmail(email, how);
    return membership === undefined ? [] : [{ user: undefined, membership }];
  }
  async function show(membership: WireMembership, user: WireUser | undefined, how: Sending): Promise<ObservedAccount> {
    return accountOf(membership, user, user === undefined ? [] : await teams.of(user, how), seat);
  }

  return {
    byEmail,
    async observe(how) {
      const groups = await teams.list(how);
      let held: Details | undefined;
      const walk = observePages(async (skip: number | null) => {
        held ??= await readDetails(client, teams, how);
        return accountsAt(await memberships.page(skip ?? 0, how), skip ?? 0, held, seat);
      }, how.signal);
      return { tenant: id, groups, seats: null, ...walk };
    },
    async find({ account, email }, how) {
      const found = new Map<string, ObservedAccount>();
      for (const { user, membership } of email === "" ? [] : await byEmail(canonicalEmail(email), how)) {
        if (membership !== undefined) found.set(membership.userId, await show(membership, user, how));
      }
      if (account !== undefined && isUserId(account) && !found.has(account)) {
        const membership = await memberships.still(account, how);
        if (membership !== undefined)
          found.set(account, await show(membership, await userBehind(membership, how), how));
      }
      return [...found.values()];
    },
  };
}

/** What is held while memberships pass. */
interface Details {
  readonly users: ReadonlyMap<string, WireUser>;
  readonly teamsOf: ReadonlyMap<string, readonly string[]>;
}

async function readDetails(client: CalcomClient, teams: Teams, how: Sending): Promise<Details> {
  const teamsOf = await teams.members(how);
  const users = new Map<string, WireUser>();
  for await (const user of everyItem((skip) => client.users({}, skip, how))) users.set(user.id, user);
  return { users, teamsOf };
}

function accountsAt(
  page: readonly WireMembership[],
  skip: number,
  { users, teamsOf }: Details,
  seat: string,
): AccountPage<number> {
  // Whoever made the key is a member.
  if (skip === 0 && page.length === 0) throw new ConnectorError("unavailable", "Cal.com lists no members at all");
  const accounts = page.map((one) => accountOf(one, users.get(one.userId), teamsOf.get(one.userId) ?? [], seat));
  return { accounts, next: page.length < PAGE_SIZE ? null : skip + PAGE_SIZE, total: null };
}

function accountOf(...[membership, user, groups, seat]: Parameters<typeof toAccount>): ObservedAccount {
  const account = toAccount(membership, user, groups, seat);
  if (account !== null) return account;
  throw new ConnectorError("unavailable", "Cal.com lists a membership without telling whose it is");
}
