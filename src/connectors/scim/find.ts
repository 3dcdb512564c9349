import { ConnectorError } from "../../domain/errors.ts";
import { printFilter } from "../../scim/print-filter.ts";
import type { Sending } from "../http.ts";
import type { ScimClient } from "./client.ts";
import type { Discovery } from "./discovery.ts";
import type { Listing } from "./listing.ts";
import { createRollCall } from "./roll-call.ts";
import { canonicalEmail, readUser } from "./user.ts";
import type { ScimUser } from "./user.ts";

/** Finds users by name, read afresh. */
export interface Finder {
  /** The users with this name, compared without case: one, or none. Throws ConnectorError. */
  byName(userName: string, how: Sending): Promise<readonly ScimUser[]>;
  /** Whether a filter for this name finds somebody who is known to have it; for `diagnose`. */
  filterFinds(userName: string, how: Sending): Promise<boolean>;
}

/**
 * Finds by filter, or, where the product has none, by reading all users. A product that takes a filter and shows somebody
 * else all the same has ignored it: an answer of one page would then mean nothing, and filters are not trusted any more.
 */
export function createFinder(client: ScimClient, discovery: Discovery, listing: Listing): Finder {
  const { recipe } = client;
  let ignoresFilters = false;
  const rollCall = createRollCall(async function* (signal: AbortSignal) {
    for await (const resource of listing.all("Users", { signal })) yield readUser(resource, recipe.name);
  });

  async function filtered(userName: string, how: Sending): Promise<readonly ScimUser[]> {
    const path = { urn: null, attribute: "userName", subAttribute: null };
    const filter = printFilter({ op: "eq", path, value: userName });
    const { resources, total } = await client.page("Users", { filter }, how);
    const users = resources.map((resource) => readUser(resource, recipe.name));
    ignoresFilters ||= users.some((user) => canonicalEmail(user.userName) !== canonicalEmail(userName));
    if (!ignoresFilters && (total ?? 0) > 0 && users.length === 0) {
      throw new ConnectorError("unavailable", `${recipe.name} found somebody, and did not show whom`);
    }
    return users;
  }

  return {
    async byName(userName, how) {
      if (userName === "") return [];
      const { find } = recipe;
      const hasFilters =
        find === "filter" || (find === "discovered" && (await discovery.features(how)).filter !== false);
      if (hasFilters && !ignoresFilters) {
        const users = await filtered(userName, how);
        if (!ignoresFilters) return users;
      }
      return rollCall.named(canonicalEmail(userName), how.signal);
    },
    async filterFinds(userName, how) {
      const users = await filtered(userName, how);
      return !ignoresFilters && users.length > 0;
    },
  };
}
