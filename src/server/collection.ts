import type { DirectoryId } from "../domain/directory.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Search } from "../engine/staging/search.ts";
import type { Listed, ListQuery } from "../ports/directory-tx.ts";
import { projectResource, type ProjectionQuery } from "../scim/projection.ts";
import { GROUP_TYPE, USER_TYPE } from "../scim/resource-types.ts";
import type { ResourceType } from "../scim/schema.ts";
import { stagedGroup, stagedUser, type Endpoint } from "./endpoint.ts";
import { parseView } from "./view.ts";

/** A question about a collection, whatever types it holds. */
export interface CollectionQuery extends Pick<ListQuery, "filter" | "sort" | "from" | "limit"> {
  readonly projection: ProjectionQuery;
}

/** What can be listed and searched: the resources of one type, or all. */
export interface Collection {
  /** Under the SCIM base, such as `/Users`; empty for all. */
  readonly path: string;
  readonly types: readonly ResourceType[];
  /** One page, each resource as it is to be shown. Throws as DirectoryReadTx.people, and InvalidPathError. */
  list(directory: DirectoryId, query: CollectionQuery): Promise<Listed<JsonObject>>;
}

/** The resources of one endpoint. */
export function collectionOf(endpoint: Endpoint): Collection {
  const { type } = endpoint;
  return {
    path: type.endpoint,
    types: [type],
    async list(directory, { projection, ...query }) {
      const view = parseView(projection, type);
      const { withMemberships } = view;
      const found = await endpoint.list(directory, { ...query, unknownAttributes: "reject", withMemberships });
      return { ...found, items: found.items.map((item) => projectResource(item.toWire(), view.projection)) };
    },
  };
}

/** Users and groups, for the search over the base (RFC 7644 section 3.4.3). `baseUrl` is that of the SCIM endpoints. */
export function everything(search: Search, baseUrl: string): Collection {
  return {
    path: "",
    types: [USER_TYPE, GROUP_TYPE],
    async list(directory, { projection, ...query }) {
      const users = parseView(projection, USER_TYPE);
      const groups = parseView(projection, GROUP_TYPE);
      const shown = { withGroups: users.withMemberships, withMembers: groups.withMemberships };
      const found = await search.find(directory, { ...query, ...shown });
      const items = found.items.map((item) =>
        item.type === "User"
          ? projectResource(stagedUser(item.person, baseUrl).toWire(), users.projection)
          : projectResource(stagedGroup(item.group, baseUrl).toWire(), groups.projection),
      );
      return { ...found, items };
    },
  };
}
