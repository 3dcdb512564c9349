import type { AccountId, ProductGroupId } from "../../domain/account.ts";
import { ConnectorError } from "../../domain/errors.ts";
import { markOf } from "../../domain/marker.ts";
import type { Change } from "../../domain/plan.ts";
import type { Applied, ApplyContext } from "../../ports/connector.ts";
import type { Sending } from "../http.ts";
import type { SandboxClient, SandboxWrite } from "./client.ts";
import { toAccount, toMemberBody, toMemberPatch } from "./wire.ts";

type Of<K extends Change["kind"]> = Extract<Change, { readonly kind: K }>;

const CHANGED: Applied = { effect: "changed" };
const ALREADY_SO: Applied = { effect: "already-so" };

/**
 * Carries out one change with one write, and throws ConnectorError only.
 *
 * Reads come first only where a repeated write could do harm or would lie about its effect: creates and updates whose
 * earlier attempt may have happened. Everything else is set-to-value in the sandbox: it refuses what is already so, and
 * a booking that is cancelled or handed over already tells nobody again.
 */
export async function applyChange(client: SandboxClient, change: Change, context: ApplyContext): Promise<Applied> {
  switch (change.kind) {
    case "create-account":
      return createAccount(client, change, context);
    case "update-account":
      return updateAccount(client, change, context);
    case "create-group":
      return createGroup(client, change, context);
    case "adopt-account":
      // A link is ours alone: first contact changes nothing in the product.
      return { ...ALREADY_SO, account: change.account };
    default:
      return setToValue(client, toWrite(change, context), context);
  }
}

type SimpleChange = Exclude<
  Change,
  Of<"create-account"> | Of<"update-account"> | Of<"create-group"> | Of<"adopt-account">
>;

/** The one request behind a change, and the refusals that mean that there is nothing to do. */
function toWrite(change: SimpleChange, context: ApplyContext): SandboxWrite {
  switch (change.kind) {
    case "deactivate-account":
      return { method: "POST", path: ["members", change.account, "deactivate"], tolerated: ["already_deactivated"] };
    case "reactivate-account":
      return { method: "POST", path: ["members", change.account, "reactivate"], tolerated: ["already_active"] };
    case "delete-account":
      return { method: "DELETE", path: ["members", change.account], tolerated: ["not_found"] };
    case "assign-seat": {
      const path = ["members", context.account(change.account), "seat"];
      return { method: "PUT", path, json: { seat: change.seat }, tolerated: [] };
    }
    case "release-seat":
      return { method: "DELETE", path: ["members", context.account(change.account), "seat"], tolerated: ["no_seat"] };
    case "add-to-group":
      return { method: "PUT", path: membership(change, context), tolerated: [] };
    case "remove-from-group":
      return { method: "DELETE", path: membership(change, context), tolerated: ["not_a_member"] };
    // A booking that is over, or gone with its account, has no guest left who waits for it.
    case "cancel-booking":
      return {
        method: "POST",
        path: ["bookings", change.booking, "cancel"],
        json: context.guestReason === "" ? {} : { reason: context.guestReason },
        tolerated: ["already_cancelled", "booking_past", "not_found"],
      };
    case "reassign-booking":
      return {
        method: "POST",
        path: ["bookings", change.booking, "reassign"],
        json: { hostId: change.to },
        tolerated: ["already_host", "already_cancelled", "booking_past", "not_found"],
      };
    default:
      return change satisfies never;
  }
}

async function setToValue(client: SandboxClient, write: SandboxWrite, how: Sending): Promise<Applied> {
  const { status, refusal } = await client.write(write, how);
  // To a PUT, the sandbox answers 201 when something came to be, 200 or 204 when it was there.
  const unchanged = refusal !== null || (write.method === "PUT" && status !== 201);
  return unchanged ? ALREADY_SO : CHANGED;
}

async function createAccount(
  client: SandboxClient,
  { desired }: Of<"create-account">,
  context: ApplyContext,
): Promise<Applied> {
  const ours = async (): Promise<Applied | undefined> => {
    const [found] = await client.membersByEmail(desired.profile.email, context);
    if (found === undefined) return undefined;
    if (found.externalRef !== markOf(desired)) {
      throw new ConnectorError("conflict", "an account with this e-mail exists and is not ours");
    }
    return { ...ALREADY_SO, account: found.id as AccountId };
  };
  const before = context.mayHaveHappened ? await ours() : undefined;
  if (before !== undefined) return before;
  const created = await client.createMember(toMemberBody(desired.profile, markOf(desired)), context);
  if (created !== undefined) return { ...CHANGED, account: created.id as AccountId };
  // The e-mail is taken: by an attempt of ours that nobody remembers, or by somebody else.
  const taken = await ours();
  if (taken !== undefined) return taken;
  throw new ConnectorError("conflict", "the e-mail of a new account was taken a moment ago");
}

async function updateAccount(
  client: SandboxClient,
  { account, before, after }: Of<"update-account">,
  context: ApplyContext,
): Promise<Applied> {
  const seen = context.mayHaveHappened ? await client.member(account, context) : undefined;
  const patch = toMemberPatch(seen === undefined ? before : toAccount(seen).profile, after);
  if (Object.keys(patch).length === 0) return ALREADY_SO;
  await client.write({ method: "PATCH", path: ["members", account], json: patch, tolerated: [] }, context);
  return CHANGED;
}

async function createGroup(
  client: SandboxClient,
  { name }: Of<"create-group">,
  context: ApplyContext,
): Promise<Applied> {
  const created = await client.createGroup(name, context);
  if (created !== undefined) return { ...CHANGED, group: created.id as ProductGroupId };
  for await (const group of client.groups(context)) {
    if (group.name === name) return { ...ALREADY_SO, group: group.id as ProductGroupId };
  }
  throw new ConnectorError("conflict", "the name of a new group is taken, but no group has it");
}

function membership(change: Of<"add-to-group"> | Of<"remove-from-group">, context: ApplyContext): readonly string[] {
  return ["groups", context.group(change.group), "members", context.account(change.account)];
}
