import { z } from "zod";
import type { AccountId, ProductGroupId } from "../../domain/account.ts";
import { ConnectorError } from "../../domain/errors.ts";
import type { Change } from "../../domain/plan.ts";
import type { Applied, ApplyContext } from "../../ports/connector.ts";
import { isUserId, toUserPatch } from "./accounts.ts";
import type { CalcomBookings } from "./bookings.ts";
import { createAccount } from "./create-account.ts";
import type { CreateDeps } from "./create-account.ts";
import { teamId } from "./teams.ts";
import type { Teams } from "./teams.ts";
import { wireMembership, wireTeam } from "./wire.ts";

type Of<K extends Change["kind"]> = Extract<Change, { readonly kind: K }>;

/** What changes are carried out with. */
export interface ApplyDeps extends CreateDeps {
  readonly teams: Teams;
  readonly bookings: CalcomBookings;
}

const CHANGED: Applied = { effect: "changed" };
const ALREADY_SO: Applied = { effect: "already-so" };

/**
 * Carries out one change, and throws ConnectorError only. No change ever deletes a user: that would be the end of their
 * Cal.com account, in other organisations, too.
 */
export async function applyChange(deps: ApplyDeps, change: Change, context: ApplyContext): Promise<Applied> {
  switch (change.kind) {
    case "create-account":
      return createAccount(deps, change.desired, context);
    case "adopt-account":
      // A link is ours alone: first contact changes nothing in the product.
      return { ...ALREADY_SO, account: change.account };
    case "update-account":
      return updateAccount(deps, change, context);
    case "deactivate-account":
      return endMembership(deps, change.account, context);
    case "assign-seat":
    case "release-seat":
      // Whoever is a member has one. That the person exists is all there is to it.
      context.account(change.account);
      return ALREADY_SO;
    case "create-group":
      return createTeam(deps, change, context);
    case "add-to-group":
      return addToTeam(deps, placeOf(change, context), context);
    case "remove-from-group":
      return takeFromTeam(deps, placeOf(change, context), context);
    case "cancel-booking":
      return deps.bookings.cancel(change.booking, context.guestReason, context);
    case "reassign-booking":
      return deps.bookings.reassign(change.booking, userId(change.to), context.guestReason, context);
    case "reactivate-account":
    case "delete-account":
      throw new ConnectorError("rejected", `Cal.com has nothing that would be ${change.kind}`);
  }
}

/** Throws ConnectorError `missing` for an account that Cal.com cannot have. */
function userId(account: AccountId): AccountId {
  if (isUserId(account)) return account;
  throw new ConnectorError("missing", "Cal.com has no user with such an id");
}

async function updateAccount(
  { client, people, memberships }: ApplyDeps,
  { account, before, after }: Of<"update-account">,
  context: ApplyContext,
): Promise<Applied> {
  const id = userId(account);
  const seen = context.mayHaveHappened ? await people.find({ account: id, email: before.email }, context) : [];
  const shown = seen.find((one) => one.id === id)?.profile ?? before;
  const json = toUserPatch(shown, after);
  if (Object.keys(json).length === 0) return ALREADY_SO;
  const request = { method: "PATCH", path: ["users", id], json, expected: [403, 404] } as const;
  const { refusal } = await client.write(z.unknown(), request, context);
  if (refusal === undefined) return CHANGED;
  // 403 is what Cal.com says of somebody who is not in the organisation, or not yet.
  const membership = await memberships.of(id, context);
  if (membership === undefined) throw new ConnectorError("missing", "the account is not in the organisation any more");
  const why = membership.accepted ? "the key's role may not change it" : "it has not accepted the invitation yet";
  throw new ConnectorError("rejected", `Cal.com does not change the account: ${why}`);
}

async function endMembership(
  { client, memberships }: ApplyDeps,
  account: AccountId,
  context: ApplyContext,
): Promise<Applied> {
  const user = userId(account);
  const end = async (id: string): Promise<boolean> => {
    const request = { method: "DELETE", path: ["memberships", id], expected: [404] } as const;
    const { refusal } = await client.write(z.unknown(), request, context);
    if (refusal === undefined) memberships.ended(user);
    return refusal === undefined;
  };
  const hint = memberships.hint(user);
  if (hint !== undefined && (await end(hint))) return CHANGED;
  // Not there, or not known to us: all memberships are looked through before it counts as done.
  const shown = await memberships.of(user, context);
  if (shown === undefined) return ALREADY_SO;
  if (shown.id !== hint && (await end(shown.id))) return CHANGED;
  throw new ConnectorError("unavailable", "Cal.com shows a membership of which it says that it is not there");
}

async function createTeam({ client, teams }: ApplyDeps, { name }: Of<"create-group">, context: ApplyContext) {
  const existing = async (): Promise<Applied | undefined> => {
    const found = (await teams.list(context)).find((team) => team.name === name);
    return found === undefined ? undefined : { ...ALREADY_SO, group: found.id };
  };
  const before = context.mayHaveHappened ? await existing() : undefined;
  if (before !== undefined) return before;
  const request = { method: "POST", path: ["teams"], json: { name }, expected: [409] } as const;
  const made = await client.write(wireTeam, request, context);
  if (made.refusal === undefined) {
    teams.noteTeam(made.data);
    return { ...CHANGED, group: made.data.id as ProductGroupId };
  }
  const taken = await existing();
  if (taken !== undefined) return taken;
  throw new ConnectorError("conflict", "the address that goes with the name of a new team is taken by another team");
}

interface Place {
  readonly team: string;
  readonly user: string;
}

function placeOf(change: Of<"add-to-group"> | Of<"remove-from-group">, context: ApplyContext): Place {
  return { user: userId(context.account(change.account)), team: teamId(context.group(change.group)) };
}

async function addToTeam({ client, teams }: ApplyDeps, { team, user }: Place, context: ApplyContext): Promise<Applied> {
  const isThere = async (): Promise<boolean> => (await teams.membership(team, user, context)) !== undefined;
  if (context.mayHaveHappened && (await isThere())) return ALREADY_SO;
  const json = { userId: Number(user), role: "MEMBER", accepted: true };
  const request = { method: "POST", path: ["teams", team, "memberships"], json, expected: [409, 422] } as const;
  const made = await client.write(wireMembership, request, context);
  if (made.refusal === undefined) {
    teams.note(team, user, made.data.id);
    return CHANGED;
  }
  if (made.refusal.status === 409 && (await isThere())) return ALREADY_SO;
  if (made.refusal.status === 409) throw made.refusal.error;
  throw new ConnectorError(
    "rejected",
    "Cal.com puts only members into a team: the account is none, or has not accepted the invitation yet",
  );
}

async function takeFromTeam(
  { client, teams }: ApplyDeps,
  { team, user }: Place,
  context: ApplyContext,
): Promise<Applied> {
  const end = async (id: string | undefined): Promise<Applied | null> => {
    if (id === undefined) return null;
    const request = { method: "DELETE", path: ["teams", team, "memberships", id], expected: [404] } as const;
    const { refusal } = await client.write(z.unknown(), request, context);
    teams.note(team, user, null);
    return refusal === undefined ? CHANGED : null;
  };
  const ended = await end(teams.hint(team, user));
  return ended ?? (await end(await teams.membership(team, user, context))) ?? ALREADY_SO;
}
