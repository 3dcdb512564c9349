import type { ObservedGroup, ProductGroupId } from "../../domain/account.ts";
import { ConnectorError } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { Change } from "../../domain/plan.ts";
import type { Applied, ApplyContext } from "../../ports/connector.ts";
import { printFilter } from "../../scim/print-filter.ts";
import type { Sending } from "../http.ts";
import type { ScimClient } from "./client.ts";
import { versionOf } from "./entity-tag.ts";
import type { Listing } from "./listing.ts";
import { GROUP_URN, groupWith, memberPatch, membersOf, toGroup } from "./members.ts";
import type { ScimRecipe } from "./recipe.ts";

/** `/Groups` of a product. Everything throws ConnectorError. */
export interface GroupResources {
  list(how: Sending): Promise<readonly ObservedGroup[]>;
  /** Who is in which group, by user, where the users themselves do not show it; undefined where they do. */
  membership(how: Sending): Promise<Membership | undefined>;
  create(name: string, context: ApplyContext): Promise<Applied>;
  put(change: MembershipChange, context: ApplyContext): Promise<Applied>;
}

/** The groups, and those of each user. */
export interface Membership {
  readonly groups: readonly ObservedGroup[];
  readonly groupsOf: (id: string) => readonly ProductGroupId[];
}

/** Somebody comes into a group, or leaves it. */
export type MembershipChange = Extract<Change, { readonly kind: "add-to-group" | "remove-from-group" }>;

type Handling = Extract<ScimRecipe["groups"], { readonly by: "resource" }>;

const CHANGED: Applied = { effect: "changed" };
const ALREADY_SO: Applied = { effect: "already-so" };

/** Speaks to `/Groups` as the recipe says. Of several changes to one group, each waits for the one before. */
export function createGroupResources(client: ScimClient, listing: Listing, handling: Handling): GroupResources {
  const { name: product } = client.recipe;
  return {
    async list(how) {
      const groups: ObservedGroup[] = [];
      for await (const resource of listing.all("Groups", how, WITHOUT_MEMBERS)) groups.push(toGroup(resource, product));
      return groups;
    },
    async membership(how) {
      if (handling.shownBy === "user") return undefined;
      const groups: ObservedGroup[] = [];
      const byUser = new Map<string, ProductGroupId[]>();
      for await (const resource of listing.all("Groups", how)) {
        const group = toGroup(resource, product);
        groups.push(group);
        for (const user of new Set(membersOf(resource))) byUser.set(user, [...(byUser.get(user) ?? []), group.id]);
      }
      return { groups, groupsOf: (id) => byUser.get(id) ?? [] };
    },
    create: createCreator(client, listing),
    put: handling.members === "patch" ? createPatcher(client) : createReplacer(client),
  };
}

/** Members may be many: they are asked for only where nothing else tells who is in a group. */
const WITHOUT_MEMBERS = { excludedAttributes: "members" };

function createCreator(client: ScimClient, listing: Listing): GroupResources["create"] {
  const { name: product } = client.recipe;
  async function named(name: string, how: Sending): Promise<Applied | undefined> {
    const path = { urn: null, attribute: "displayName", subAttribute: null };
    const query = { ...WITHOUT_MEMBERS, filter: printFilter({ op: "eq", path, value: name }) };
    for await (const resource of listing.all("Groups", how, query)) {
      const group = toGroup(resource, product);
      if (group.name === name) return { ...ALREADY_SO, group: group.id };
    }
    return undefined;
  }
  return async (name, context) => {
    // Names of groups need not be unique (RFC 7643 section 4.2): a second attempt looks first.
    const before = context.mayHaveHappened ? await named(name, context) : undefined;
    if (before !== undefined) return before;
    const json = { schemas: [GROUP_URN], displayName: name };
    const answer = await client.write({ method: "POST", path: ["Groups"], json, tolerated: [409] }, context);
    if (answer.status < 300) return { ...CHANGED, group: toGroup(answer.body, product).id };
    const taken = await named(name, context);
    if (taken !== undefined) return taken;
    throw new ConnectorError("conflict", `${product} says that the name of a new group is taken, but no group has it`);
  };
}

/** One member in or out, whatever else is in the group. */
function createPatcher(client: ScimClient): GroupResources["put"] {
  return async (change, context) => {
    const { group, account, isIn } = membershipOf(change, context);
    if (context.mayHaveHappened) {
      const resource = await present(client, group, context);
      if (membersOf(resource).includes(account) === isIn) return ALREADY_SO;
    }
    await client.write({ method: "PATCH", path: ["Groups", group], json: memberPatch(account, isIn) }, context);
    return CHANGED;
  };
}

/** All members anew, read a moment before. */
function createReplacer(client: ScimClient): GroupResources["put"] {
  const inTurn = createTurns();
  return async (change, context) => {
    const { group, account, isIn } = membershipOf(change, context);
    return inTurn(group, async () => {
      const resource = await present(client, group, context);
      if (membersOf(resource).includes(account) === isIn) return ALREADY_SO;
      const json = groupWith(resource, account, isIn);
      await client.write({ method: "PUT", path: ["Groups", group], json, headers: versionOf(resource) }, context);
      return CHANGED;
    });
  };
}

function membershipOf(change: MembershipChange, context: ApplyContext) {
  const [group, account] = [context.group(change.group), context.account(change.account)];
  return { group, account, isIn: change.kind === "add-to-group" };
}

async function present(client: ScimClient, group: ProductGroupId, how: Sending): Promise<JsonObject> {
  const resource = await client.group(group, how);
  if (resource !== undefined) return resource;
  throw new ConnectorError("missing", `${client.recipe.name} does not have this group any more`);
}

/** Tasks of one key run one after the other: a whole record that is read and written must not be another's in between. */
function createTurns(): <T>(key: string, task: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (key, task) => {
    const turn = (last.get(key) ?? Promise.resolve()).then(task, task);
    const settled = turn.catch(() => undefined);
    last.set(key, settled);
    try {
      return await turn;
    } finally {
      if (last.get(key) === settled) last.delete(key);
    }
  };
}
