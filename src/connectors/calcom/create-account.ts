import { z } from "zod";
import type { AccountId, DesiredAccount } from "../../domain/account.ts";
import { ConnectorError } from "../../domain/errors.ts";
import { markOf } from "../../domain/marker.ts";
import type { Applied } from "../../ports/connector.ts";
import type { Sending } from "../http.ts";
import { toAccount, toUserBody, usernamesFor } from "./accounts.ts";
import type { CalcomClient, Outcome, Refusal } from "./client.ts";
import type { Memberships } from "./memberships.ts";
import type { People, Person } from "./people.ts";
import { wireMembership } from "./wire.ts";
import type { WireMembership } from "./wire.ts";

/** How a create is made. */
export interface CreateHow extends Sending {
  readonly mayHaveHappened: boolean;
}

/** What a create needs. */
export interface CreateDeps {
  readonly client: CalcomClient;
  readonly people: People;
  readonly memberships: Memberships;
}

const createdUser = z.object({ id: z.int().positive().transform(String) });

/**
 * Makes an account, in one of three ways:
 *
 * - nobody has the address: a user is made, who is a member at once, and gets a mail to choose a password;
 * - a Cal.com account has it that is not in the organisation, as of everybody who was taken out of it: it is invited by
 *   the address (`user_already_invited_or_member` says so). The account keeps its id. Where the organisation vouches for
 *   the address it is a member at once, else it is `pending` until its owner accepts;
 * - a profile of the organisation has it without a membership, which older versions leave behind: it is let in again by id.
 *
 * An account of the organisation that has the address is ours only if it carries our marker, else `conflict`. Throws
 * ConnectorError: `no-seat` where unpaid bills keep new members out.
 * Source: https://cal.com/docs/api-reference/v2/orgs-users/create-a-user and …/orgs-memberships/create-a-membership.
 */
export async function createAccount(deps: CreateDeps, desired: DesiredAccount, how: CreateHow): Promise<Applied> {
  if (how.mayHaveHappened) {
    const settled = await settle(deps, desired, how);
    if (settled !== null) return settled;
  }
  for (const username of [null, ...usernamesFor(desired.profile.email, desired.user)]) {
    const made = await makeUser(deps, desired, username, how);
    if (made.refusal === undefined) return { effect: "changed", account: made.data.id as AccountId };
    const { status } = made.refusal;
    if (status === 400 && isKnownElsewhere(made.refusal)) return inviteByEmail(deps, desired, how);
    if (status !== 409) throw refused(made.refusal);
    // Either the address is taken, or the user name that goes with it.
    const settled = await settle(deps, desired, how);
    if (settled !== null) return settled;
  }
  throw new ConnectorError("conflict", "every user name that was asked for is taken in the organisation");
}

function makeUser({ client }: CreateDeps, desired: DesiredAccount, username: string | null, how: Sending) {
  const json = toUserBody(desired.profile, markOf(desired), username);
  return client.write(createdUser, { method: "POST", path: ["users"], json, expected: [400, 403, 409] }, how);
}

/** What follows from whoever has the address in the organisation already; null when nobody has. */
async function settle(deps: CreateDeps, desired: DesiredAccount, how: Sending): Promise<Applied | null> {
  for (const person of await deps.people.byEmail(desired.profile.email, how)) {
    if (person.membership !== undefined) return whenOurs(desired, person, person.membership);
    if (person.user !== undefined) return letIn(deps, { userId: Number(person.user.id), accepted: true }, how);
  }
  return null;
}

function whenOurs(desired: DesiredAccount, { user }: Person, membership: WireMembership): Applied {
  if (toAccount(membership, user, [], "")?.marker === markOf(desired)) {
    return { effect: "already-so", ...madeOf(membership) };
  }
  throw new ConnectorError("conflict", "an account with this e-mail exists and is not ours");
}

async function inviteByEmail(deps: CreateDeps, desired: DesiredAccount, how: Sending): Promise<Applied> {
  // It may be invited already, and then has no profile by which it would have been found.
  const settled = await settle(deps, desired, how);
  return settled ?? letIn(deps, { email: desired.profile.email }, how);
}

type Whom = { readonly email: string } | { readonly userId: number; readonly accepted: true };

async function letIn({ client, memberships }: CreateDeps, whom: Whom, how: Sending): Promise<Applied> {
  const json = { ...whom, role: "MEMBER" };
  const request = { method: "POST", path: ["memberships"], json, expected: [400, 403, 404] } as const;
  const made: Outcome<WireMembership> = await client.write(wireMembership, request, how);
  if (made.refusal === undefined) {
    memberships.note(made.data);
    return { effect: "changed", ...madeOf(made.data) };
  }
  switch (made.refusal.status) {
    case 403:
      throw refused(made.refusal);
    case 404:
      throw new ConnectorError(
        "rejected",
        "Cal.com has no account with this e-mail, though it does not take a new one",
      );
    default:
      throw new ConnectorError(
        "rejected",
        "Cal.com has an account with this e-mail and does not let it in by its address, as older versions do not: add it by hand",
      );
  }
}

/** Whose membership it is, and whether they have accepted it. */
function madeOf({ userId, accepted }: WireMembership): Pick<Applied, "account" | "pending"> {
  return { account: userId as AccountId, ...(accepted ? {} : { pending: true }) };
}

/** The address has a Cal.com account, here or anywhere. */
function isKnownElsewhere({ says }: Refusal): boolean {
  return says.includes("user_already_invited_or_member");
}

/** Cal.com says this of an unpaid invoice, by its name or in words. That is about the seats, not about the key. */
function refused({ status, says, error }: Refusal): ConnectorError {
  if (status !== 403 || !/invitations_blocked|invoice/.test(says)) return error;
  return new ConnectorError("no-seat", "Cal.com lets nobody in while an invoice of the organisation is unpaid");
}
