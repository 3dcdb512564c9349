import type { AccountId, ProductGroupId } from "../../domain/account.ts";
import { ConnectorError } from "../../domain/errors.ts";
import type { Applied, ApplyContext } from "../../ports/connector.ts";
import type { Sending } from "../http.ts";
import type { ScimClient } from "./client.ts";
import type { Discovery } from "./discovery.ts";
import { patchBody, replacementBody } from "./edits.ts";
import type { Edit } from "./edits.ts";
import { versionOf } from "./entity-tag.ts";
import type { ScimRecipe } from "./recipe.ts";
import { textAt } from "./resource.ts";
import type { ScimUser } from "./user.ts";

/** Writes to users that are there, by PATCH or by PUT. */
export interface UserWriter {
  /**
   * Writes what `plan` says of the user as read now; the user is undefined where nothing needed to be read. An empty plan
   * writes nothing and answers `already-so`. Throws ConnectorError, `missing` when there is no such user.
   */
  edit(
    account: AccountId,
    plan: (user: ScimUser | undefined) => readonly Edit[],
    mustRead: boolean,
    context: ApplyContext,
  ): Promise<Applied>;
  /** How the attribute that names somebody's group is written. */
  groupEdits(handling: AttributeHandling, how: Sending): Promise<GroupEdits>;
}

/** Edits of the attribute that names somebody's group. */
export interface GroupEdits {
  as(group: ProductGroupId): readonly Edit[];
  /** Empties it under every schema that shows it. */
  without(user: ScimUser | undefined): readonly Edit[];
}

type AttributeHandling = Extract<ScimRecipe["groups"], { readonly by: "attribute" }>;

/** PATCH was refused as something that the product does not have. */
const NO_PATCH = [405, 501];

/** Writes as the recipe says, and where it leaves that open, as the product announces it and answers. */
export function createUserWriter(client: ScimClient, discovery: Discovery): UserWriter {
  const { recipe } = client;
  let refusedPatch = false;

  async function patches(how: Sending): Promise<boolean> {
    if (recipe.update !== "discovered") return recipe.update === "patch";
    // Every server must have PUT, PATCH is for each to choose (RFC 7644 section 3.5).
    return !refusedPatch && (await discovery.features(how)).patch === true;
  }

  async function present(account: AccountId, how: Sending): Promise<ScimUser> {
    const user = await client.user(account, how);
    if (user === undefined) throw new ConnectorError("missing", `${recipe.name} does not have this account any more`);
    return user;
  }

  async function put(user: ScimUser, edits: readonly Edit[], how: Sending): Promise<void> {
    const json = replacementBody(edits, user.resource, recipe);
    await client.write({ method: "PUT", path: ["Users", user.id], json, headers: versionOf(user.resource) }, how);
  }

  return {
    async edit(account, plan, mustRead, context) {
      const byPatch = await patches(context);
      const read = mustRead || context.mayHaveHappened || !byPatch;
      const user = read ? await present(account, context) : undefined;
      const edits = plan(user);
      if (edits.length === 0) return { effect: "already-so" };
      if (user !== undefined && !byPatch) {
        await put(user, edits, context);
        return { effect: "changed" };
      }
      const json = patchBody(edits, user?.resource ?? {});
      const tolerated = recipe.update === "discovered" ? NO_PATCH : [];
      const answer = await client.write({ method: "PATCH", path: ["Users", account], json, tolerated }, context);
      if (answer.status >= 300) {
        refusedPatch = true;
        await put(user ?? (await present(account, context)), edits, context);
      }
      return { effect: "changed" };
    },
    async groupEdits({ schemas: urns, attribute }, how) {
      const announced = urns.length > 1 ? await discovery.schemas(how) : null;
      const urn = urns.find((one) => announced?.has(one.toLowerCase())) ?? urns[0];
      return {
        as: (group) => [{ path: `${urn}:${attribute}`, value: group }],
        without: (user) =>
          urns
            .map((one) => `${one}:${attribute}`)
            .filter((path) => user !== undefined && textAt(user.resource, path) !== undefined)
            .map((path) => ({ path, value: undefined })),
      };
    },
  };
}
