import type { AccountId, ObservedAccount } from "../../domain/account.ts";
import { emailKey } from "../../domain/email-key.ts";
import type { Sending } from "../http.ts";
import { everyItem } from "../paged-list.ts";
import type { AccountIds } from "./account-ids.ts";
import { toInvited, toMember } from "./accounts.ts";
import type { CalendlyReads } from "./client.ts";
import type { Organization } from "./organization.ts";
import { PRODUCT } from "./rest.ts";
import type { Invitation, Membership } from "./wire.ts";

/** Somebody in the organisation, or invited to it. */
export type Somebody =
  | { readonly is: "member"; readonly membership: Membership }
  | { readonly is: "invited"; readonly invitation: Invitation };

/** Somebody, and the id of their account. */
export interface Found {
  readonly id: string;
  readonly who: Somebody;
}

/** Single people of an organisation, read afresh. Everything throws ConnectorError. */
export interface People {
  /** The account with this id and those with this e-mail, each once. */
  find(
    who: { readonly account?: AccountId; readonly email: string },
    how: Sending,
  ): Promise<readonly ObservedAccount[]>;
  /** Members with this e-mail, whoever accepted an invitation to it, or has not answered it yet, or declined. */
  byEmail(email: string, how: Sending): Promise<readonly Found[]>;
  /** Whoever stands behind an account; undefined when there is nobody, or nobody any more. */
  behind(account: AccountId, how: Sending): Promise<Somebody | undefined>;
}

/** The people of one organisation. Each has a seat of the pool `seat`. */
export function createPeople(client: CalendlyReads, organization: Organization, ids: AccountIds, seat: string): People {
  const { memberOf, invitations, idOf } = createLookups(client, organization, ids);
  async function membersOf(address: string, guest: Invitation | undefined, how: Sending): Promise<readonly Found[]> {
    const { items } = await client.memberships(await organization.id(how), { email: address }, null, how);
    const members = items.filter((one) => emailKey(one.user.email) === address);
    // Invited here, and signed up with another address.
    const other = members.length > 0 ? undefined : await memberOf(guest?.user, how);
    const found: Found[] = [];
    for (const membership of other === undefined ? members : [other]) {
      found.push({ id: await idOf(membership, how), who: { is: "member", membership } });
    }
    return found;
  }
  async function byEmail(email: string, how: Sending): Promise<readonly Found[]> {
    const address = emailKey(email);
    if (address === "") return [];
    const sent = await invitations({ email: address }, how);
    const last = sent.filter((one) => emailKey(one.email) === address).at(-1);
    const members = await membersOf(address, last, how);
    if (last === undefined || last.status === "accepted") return members;
    const isOverruled = last.status === "declined" && members.length > 0;
    return isOverruled ? members : [...members, { id: last.uri, who: { is: "invited", invitation: last } }];
  }
  async function behind(account: AccountId, how: Sending): Promise<Somebody | undefined> {
    const invitation = await client.invitation(await organization.id(how), account, how);
    if (invitation !== undefined && invitation.status !== "accepted") return { is: "invited", invitation };
    if (invitation === undefined) return asMember(await memberOf(account, how));
    ids.note(invitation);
    return asMember(await (hasUser(invitation) ? memberOf(invitation.user, how) : namesake(invitation, how)));
  }
  /** An accepted invitation that does not tell who accepted: not to be told is not to be gone. */
  async function namesake(invitation: Invitation, how: Sending): Promise<Membership | undefined> {
    const [member] = await byEmail(invitation.email, how);
    if (member?.who.is !== "member") return undefined;
    const user = member.who.membership.user.uri;
    // Somebody who goes by a later invitation is somebody who came back.
    if (member.id !== user && member.id !== invitation.uri) return undefined;
    ids.note({ ...invitation, user });
    return member.who.membership;
  }
  async function show({ id, who }: Found, how: Sending): Promise<ObservedAccount> {
    const owner = who.is === "member" ? { membership: who.membership.uri } : { invitation: who.invitation.uri };
    const relationships = client.relationships(await organization.id(how), owner, how);
    const groups = new Set((await Array.fromAsync(relationships)).map(({ group }) => group));
    const sorted = [...groups].sort();
    return who.is === "member" ? toMember(who.membership, id, sorted, seat) : toInvited(who.invitation, sorted, seat);
  }

  return {
    behind,
    byEmail,
    async find({ account, email }, how) {
      const address = emailKey(email);
      const known = (await byEmail(email, how)).filter(({ id, who }) => id === account || addressOf(who) === address);
      const found = new Map(known.map((one) => [one.id, one]));
      if (account !== undefined && !found.has(account)) {
        const who = await behind(account, how);
        // A member may go by a later invitation than the one that is asked for.
        const id = who?.is === "member" ? await idOf(who.membership, how) : account;
        if (who !== undefined && id === account) found.set(account, { id, who });
      }
      return Promise.all([...found.values()].map((one) => show(one, how)));
    },
  };
}

function hasUser({ user }: Invitation): boolean {
  return user !== null && user !== undefined;
}

function asMember(membership: Membership | undefined): Somebody | undefined {
  return membership === undefined ? undefined : { is: "member", membership };
}

type InvitationFilter = Parameters<CalendlyReads["invitations"]>[1];

/** Single questions to Calendly. */
function createLookups(client: CalendlyReads, organization: Organization, ids: AccountIds) {
  async function invitations(filter: InvitationFilter, how: Sending): Promise<readonly Invitation[]> {
    const org = await organization.id(how);
    const all = await Array.fromAsync(everyItem(PRODUCT, (token) => client.invitations(org, filter, token, how)));
    all.forEach(ids.note);
    return all;
  }
  return {
    invitations,
    async memberOf(user: string | null | undefined, how: Sending): Promise<Membership | undefined> {
      if (user === null || user === undefined) return undefined;
      const { items } = await client.memberships(await organization.id(how), { user }, null, how);
      return items.find((one) => one.user.uri === user);
    },
    /**
     * The id by which a member goes. Where no invitation of theirs is known, all that were accepted are gone through, once:
     * somebody may accept one with another address than the one that it was sent to.
     */
    async idOf({ user }: Membership, how: Sending): Promise<string> {
      if (ids.invitationOf(user.uri) === null && !ids.isComplete()) {
        await invitations({ status: "accepted" }, how);
        ids.complete();
      }
      return ids.invitationOf(user.uri) ?? user.uri;
    },
  };
}

function addressOf(who: Somebody): string {
  return emailKey(who.is === "member" ? who.membership.user.email : who.invitation.email);
}
