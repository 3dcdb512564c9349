import type { AccountId } from "../../domain/account.ts";
import { ConnectorError } from "../../domain/errors.ts";
import { markOf } from "../../domain/marker.ts";
import type { Change } from "../../domain/plan.ts";
import type { Applied, ApplyContext } from "../../ports/connector.ts";
import type { ScimClient } from "./client.ts";
import { createBody, profileEdits } from "./edits.ts";
import type { Edit } from "./edits.ts";
import type { Finder } from "./find.ts";
import type { GroupResources, MembershipChange } from "./groups.ts";
import { readUser, toAccount } from "./user.ts";
import type { ScimUser, UserReading } from "./user.ts";
import type { UserWriter } from "./write-user.ts";

type Of<K extends Change["kind"]> = Extract<Change, { readonly kind: K }>;

/** What the changes of one product are carried out with. */
export interface ScimApplier {
  readonly client: ScimClient;
  readonly finder: Finder;
  readonly writer: UserWriter;
  readonly reading: UserReading;
  /** Null where the product has no `/Groups`, or none that we may use. */
  readonly groups: GroupResources | null;
}

const CHANGED: Applied = { effect: "changed" };
const ALREADY_SO: Applied = { effect: "already-so" };

/**
 * Carries out one change, with one write at most, and throws ConnectorError only. Reads come first where the earlier
 * attempt may have happened, where the whole record is sent, and where the change depends on what is there.
 */
export async function applyChange(applier: ScimApplier, change: Change, context: ApplyContext): Promise<Applied> {
  const { writer, groups } = applier;
  switch (change.kind) {
    case "create-account":
      return createAccount(applier, change, context);
    case "adopt-account":
      // A link is ours alone: an externalId that somebody else gave is not touched, and none is given.
      return { ...ALREADY_SO, account: change.account };
    case "update-account":
      return writer.edit(change.account, updateOf(change, applier.reading), needsEmails(change, applier), context);
    case "deactivate-account":
    case "reactivate-account":
      return writer.edit(change.account, activity(change.kind === "reactivate-account"), false, context);
    case "delete-account":
      return deleteAccount(applier, change.account, context);
    case "assign-seat":
    case "release-seat":
      // Whoever is active has a seat of the only pool: nothing is sent, but whose it is must be known.
      context.account(change.account);
      return ALREADY_SO;
    case "create-group":
      if (groups === null) throw unable(applier, change.kind);
      return groups.create(change.name, context);
    case "add-to-group":
    case "remove-from-group":
      return changeMembership(applier, change, context);
    default:
      throw unable(applier, change.kind);
  }
}

function unable({ client }: ScimApplier, kind: Change["kind"]): ConnectorError {
  return new ConnectorError("rejected", `${client.recipe.name} has no way to carry out ${kind}`);
}

async function createAccount(
  { client, finder }: ScimApplier,
  { desired }: Of<"create-account">,
  context: ApplyContext,
): Promise<Applied> {
  const { recipe } = client;
  const { email } = desired.profile;
  const ours = async (): Promise<Applied | undefined> => {
    const [found] = await finder.byName(email, context);
    if (found === undefined) return undefined;
    // Where the product keeps no externalId, an account that was not there before a create whose reply was lost is its.
    const isOurs = recipe.attributes.externalId ? found.externalId === markOf(desired) : context.mayHaveHappened;
    if (!isOurs) throw new ConnectorError("conflict", "an account with this e-mail exists and is not ours");
    return { ...ALREADY_SO, account: found.id as AccountId };
  };
  const before = context.mayHaveHappened ? await ours() : undefined;
  if (before !== undefined) return before;
  const json = createBody(desired, recipe);
  const answer = await client.write({ method: "POST", path: ["Users"], json, tolerated: [409] }, context);
  if (answer.status < 300) return { ...CHANGED, account: readUser(answer.body, recipe.name).id as AccountId };
  const taken = await ours();
  if (taken !== undefined) return taken;
  throw new ConnectorError("conflict", `${recipe.name} says that this account exists, but does not show it`);
}

function updateOf({ before, after }: Of<"update-account">, reading: UserReading) {
  return (user: ScimUser | undefined): readonly Edit[] =>
    profileEdits(user === undefined ? before : toAccount(user, reading).profile, after, reading.recipe);
}

/** How the work e-mail is written depends on whether there is one. */
function needsEmails({ before, after }: Of<"update-account">, { client }: ScimApplier): boolean {
  return client.recipe.attributes.emails && before.email !== after.email;
}

function activity(isActive: boolean) {
  return (user: ScimUser | undefined): readonly Edit[] =>
    user?.active === isActive ? [] : [{ path: "active", value: isActive }];
}

async function deleteAccount({ client }: ScimApplier, account: AccountId, context: ApplyContext): Promise<Applied> {
  if (!client.recipe.delete)
    throw new ConnectorError("rejected", "the recipe does not allow that accounts are deleted");
  const write = { method: "DELETE", path: ["Users", account], tolerated: [404, 410] } as const;
  const { status } = await client.write(write, context);
  return status < 300 ? CHANGED : ALREADY_SO;
}

async function changeMembership(
  applier: ScimApplier,
  change: MembershipChange,
  context: ApplyContext,
): Promise<Applied> {
  const { client, groups, writer, reading } = applier;
  const handling = client.recipe.groups;
  if (groups !== null) return groups.put(change, context);
  if (handling.by !== "attribute") throw unable(applier, change.kind);
  const [account, group] = [context.account(change.account), context.group(change.group)];
  const edits = await writer.groupEdits(handling, context);
  return writer.edit(
    account,
    (user) => {
      const shown = user === undefined ? [] : toAccount(user, reading).groups;
      if (change.kind === "remove-from-group") return shown.includes(group) ? edits.without(user) : [];
      if (shown.includes(group)) return [];
      // To overwrite it would take somebody out of a group that no plan said.
      if (shown.length > 0)
        throw new ConnectorError(
          "conflict",
          `${client.recipe.name} keeps one group for each account, and this one is in another`,
        );
      return edits.as(group);
    },
    true,
    context,
  );
}
