import type { ObservedGroup, Observation, ProductGroupId } from "../../domain/account.ts";
import { emailKey } from "../../domain/email-key.ts";
import { ConnectorError } from "../../domain/errors.ts";
import type { Sending } from "../http.ts";
import { observePages } from "../observation.ts";
import type { AccountPage } from "../observation.ts";
import { createPageWatch } from "../paged-list.ts";
import type { AccountIds } from "./account-ids.ts";
import { toInvited, toMember } from "./accounts.ts";
import type { CalendlyReads } from "./client.ts";
import type { Organization } from "./organization.ts";
import { PRODUCT } from "./rest.ts";
import type { Invitation } from "./wire.ts";

/** Where a listing is: invitations come first, since they say by which id a member goes. */
interface Place {
  readonly list: "invitations" | "memberships";
  readonly token: string | null;
}

const START: Place = { list: "invitations", token: null };

/** Everybody in the organisation and everybody who is invited. Throws ConnectorError. */
export async function observeOrganization(
  client: CalendlyReads,
  organization: Organization,
  ids: AccountIds,
  seat: string,
  how: Sending,
): Promise<Observation> {
  const org = await organization.idNow(how);
  const groups: ObservedGroup[] = [];
  for await (const { uri, name } of client.groups(org, how)) groups.push({ id: uri as ProductGroupId, name });
  const groupsOf = await readGroupsOf(client, org, how);
  const declined = createDeclined();

  async function invited(token: string | null): Promise<AccountPage<Place>> {
    const { items, next } = await client.invitations(org, {}, token, how);
    for (const one of items) {
      ids.note(one);
      declined.hear(one);
    }
    if (next === null) ids.complete();
    const pending = items.filter(({ status }) => status === "pending");
    return {
      accounts: pending.map((one) => toInvited(one, groupsOf(one.uri), seat)),
      next: next === null ? { list: "memberships", token: null } : { list: "invitations", token: next },
      total: null,
    };
  }
  async function members(token: string | null): Promise<AccountPage<Place>> {
    const { items, next } = await client.memberships(org, {}, token, how);
    if (token === null && items.length === 0) {
      throw new ConnectorError("unavailable", "Calendly lists no members, not even the owner of the token");
    }
    for (const { user } of items) declined.overrule(user.email);
    const accounts = items.map((one) => {
      const id = ids.invitationOf(one.user.uri) ?? one.user.uri;
      return toMember(one, id, groupsOf(one.uri), seat);
    });
    if (next !== null) return { accounts, next: { list: "memberships", token: next }, total: null };
    return { accounts: [...accounts, ...declined.rest().map((one) => toInvited(one, [], seat))], next, total: null };
  }

  const watch = createPageWatch(PRODUCT);
  async function fetchPage(from: Place | null): Promise<AccountPage<Place>> {
    let place = from ?? START;
    for (;;) {
      const page = await (place.list === "invitations" ? invited(place.token) : members(place.token));
      const { next } = page;
      if (next !== null && next.token !== null) watch(`${next.list} ${next.token}`);
      // Whole pages of invitations may have been accepted long ago.
      if (next === null || page.accounts.length > 0) return page;
      place = next;
    }
  }
  return { tenant: org, groups, seats: null, ...observePages(fetchPage, how.signal) };
}

/** Those who declined, as long as nothing later is heard of them. */
function createDeclined() {
  const byEmail = new Map<string, Invitation>();
  return {
    /** Invitations come in the order in which they were made. */
    hear(invitation: Invitation): void {
      const email = emailKey(invitation.email);
      if (invitation.status === "declined") byEmail.set(email, invitation);
      else byEmail.delete(email);
    },
    overrule(email: string): void {
      byEmail.delete(emailKey(email));
    },
    rest: (): readonly Invitation[] => [...byEmail.values()],
  };
}

/** Groups of all members and invitations at once, by the id of either. */
async function readGroupsOf(
  client: CalendlyReads,
  organization: string,
  how: Sending,
): Promise<(owner: string) => readonly string[]> {
  const groups = new Map<string, Set<string>>();
  for await (const { owner, group } of client.relationships(organization, null, how)) {
    groups.set(owner, (groups.get(owner) ?? new Set()).add(group));
  }
  return (owner) => [...(groups.get(owner) ?? [])].sort();
}
