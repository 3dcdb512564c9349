import Router from "@koa/router";
import type { Services } from "../engine/services.ts";
import type { Ambient } from "../ports/ambient.ts";
import { requireToken } from "./auth.ts";
import { collectionOf, everything } from "./collection.ts";
import { groupEndpoint, userEndpoint } from "./endpoint.ts";
import { listRoutes, searchRoutes } from "./list-routes.ts";
import { notOffered } from "./refusals.ts";
import { resourceRoutes } from "./resource-routes.ts";
import { bulkRoute } from "./scim-bulk.ts";
import { discoveryRoutes } from "./scim-discovery.ts";
import type { RequestState } from "./state.ts";

/** Below which SCIM is served. */
export const SCIM_PREFIX = "/scim/v2";

/** What the SCIM endpoints need. `baseUrl` is the configured public one: never what a request's headers say. */
export interface ScimRouteDeps extends Pick<Services, "provisioning" | "groups" | "search" | "tokens"> {
  readonly ambient: Pick<Ambient, "clock" | "log">;
  readonly baseUrl: string;
}

/**
 * SCIM 2.0 under `/scim/v2` (RFC 7644), to be used only `below` it. The order is part of it: literal paths come before the
 * `:id` of single resources.
 */
export function scimRoutes({
  provisioning,
  groups,
  search,
  tokens,
  ambient,
  baseUrl,
}: ScimRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: SCIM_PREFIX });
  const location = `${baseUrl}${SCIM_PREFIX}`;
  const endpoints = [userEndpoint(provisioning, location), groupEndpoint(groups, location)];
  const collections = endpoints.map(collectionOf);
  router.use(requireToken(tokens, ["scim"]));
  discoveryRoutes(router, location);
  for (const collection of [everything(search, location), ...collections])
    searchRoutes(router, collection, ambient.clock);
  for (const collection of collections) listRoutes(router, collection, ambient.clock);
  for (const endpoint of endpoints) resourceRoutes(router, endpoint, location);
  bulkRoute(router, { endpoints, location, log: ambient.log });
  router.all("/Me", notOffered("/Me"));
  return router;
}
