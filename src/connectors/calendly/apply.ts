import type { AccountId } from "../../domain/account.ts";
import { emailKey } from "../../domain/email-key.ts";
import { ConnectorError } from "../../domain/errors.ts";
import type { Change } from "../../domain/plan.ts";
import type { Applied, ApplyContext } from "../../ports/connector.ts";
import type { Sending } from "../http.ts";
import type { CalendlyBookings } from "./bookings.ts";
import type { CalendlyClient } from "./client.ts";
import type { Organization } from "./organization.ts";
import type { People, Somebody } from "./people.ts";
import {
  readInvitationRefusal,
  readRemovalRefusal,
  readRevocationRefusal,
  scimIsOn,
  unknownRefusal,
} from "./refusals.ts";
import type { Membership } from "./wire.ts";

type Of<K extends Change["kind"]> = Extract<Change, { readonly kind: K }>;

const CHANGED: Applied = { effect: "changed" };
const ALREADY_SO: Applied = { effect: "already-so" };

/** What changes are carried out with. */
export interface InviteTools {
  readonly client: CalendlyClient;
  readonly people: People;
  readonly bookings: CalendlyBookings;
  readonly organization: Organization;
}

/** Carries out one change with one write at most, and throws ConnectorError only. */
export async function applyByInvitation(tools: InviteTools, change: Change, context: ApplyContext): Promise<Applied> {
  switch (change.kind) {
    case "create-account":
      return invite(tools, change, context);
    case "deactivate-account":
      return shutOut(tools, change.account, context);
    case "cancel-booking":
      return tools.bookings.cancel(change.booking, context.guestReason, context);
    case "adopt-account":
      // A link is ours alone: first contact changes nothing in the product.
      return { ...ALREADY_SO, account: change.account };
    case "assign-seat":
    case "release-seat":
      // The seat comes and goes with the account; whose it is must be known all the same.
      context.account(change.account);
      return ALREADY_SO;
    default:
      throw new ConnectorError("rejected", `Calendly's REST API has no ${change.kind}`);
  }
}

/**
 * Invites somebody. Calendly keeps no mark of ours, so that an invitation or a member that is there already counts as ours
 * only when an earlier attempt of this very change may have happened: then it is the invitation whose reply was lost.
 */
async function invite(
  { client, people, organization }: InviteTools,
  { desired }: Of<"create-account">,
  context: ApplyContext,
): Promise<Applied> {
  const email = emailKey(desired.profile.email);
  if (context.mayHaveHappened) {
    const ours = (await people.byEmail(email, context)).find(({ who }) => isIn(who));
    if (ours !== undefined) return { ...ALREADY_SO, account: ours.id as AccountId };
  }
  const outcome = await client.invite(await organization.id(context), email, context);
  if (outcome.done) return { ...CHANGED, account: outcome.value.uri as AccountId };
  switch (readInvitationRefusal(outcome.refusal)) {
    case "taken":
      throw new ConnectorError(
        "conflict",
        "somebody with this e-mail is in the organisation, or invited, and not by us",
      );
    case "race":
      throw new ConnectorError("unavailable", "Calendly was at this invitation already, and asks to try again");
    case "no-seat":
      throw new ConnectorError("no-seat", "all seats of the organisation are taken, open invitations included");
    case "scim":
      throw scimIsOn("to invite");
    case "unfit":
      throw new ConnectorError("rejected", "Calendly does not take this e-mail for an invitation");
    case null:
      throw unknownRefusal("POST /organizations/…/invitations", outcome.refusal);
  }
}

/** Somebody who declined has no account: they may be asked again. */
function isIn(who: Somebody): boolean {
  return who.is === "member" || who.invitation.status === "pending";
}

/** Removes a member, or takes an open invitation back. The person keeps an account of their own, outside the organisation. */
async function shutOut(tools: InviteTools, account: AccountId, context: Sending): Promise<Applied> {
  const { people, client, organization } = tools;
  const who = await people.behind(account, context);
  if (who === undefined) return ALREADY_SO;
  if (who.is === "member") return remove(tools, who.membership, context);
  if (who.invitation.status === "declined") return ALREADY_SO;
  const outcome = await client.revoke(await organization.id(context), who.invitation.uri, context);
  if (outcome.done) return CHANGED;
  if (outcome.refusal.status === 404) return ALREADY_SO;
  switch (readRevocationRefusal(outcome.refusal)) {
    case "accepted": {
      // They accepted since we looked.
      const now = await people.behind(account, context);
      if (now?.is === "member") return remove(tools, now.membership, context);
      throw new ConnectorError("unavailable", "an invitation was accepted, but its member is not listed yet");
    }
    case "scim":
      throw scimIsOn("to revoke an invitation");
    case null:
      throw unknownRefusal("DELETE /organizations/…/invitations/…", outcome.refusal);
  }
}

async function remove(
  { client, organization }: InviteTools,
  { uri, user }: Membership,
  context: Sending,
): Promise<Applied> {
  const outcome = await client.remove(uri, context);
  if (outcome.done) return CHANGED;
  if (outcome.refusal.status === 404) return ALREADY_SO;
  switch (readRemovalRefusal(outcome.refusal)) {
    case "owner":
      throw new ConnectorError("rejected", "Calendly does not let anybody remove the owner of the organisation");
    case "scim":
      throw scimIsOn("to remove a member");
    case null:
      if (outcome.refusal.status === 403 && (await organization.tokenOwner(context)) === user.uri) {
        throw new ConnectorError("rejected", "Calendly does not let the owner of the token remove themselves");
      }
      throw unknownRefusal("DELETE /organization_memberships/…", outcome.refusal);
  }
}
