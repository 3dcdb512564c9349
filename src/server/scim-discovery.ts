import type Router from "@koa/router";
import { ForbiddenError } from "../domain/errors.ts";
import { listResponse } from "../scim/message.ts";
import { resourceType, resourceTypes, schema, schemas, serviceProviderConfig } from "../scim/discovery.ts";
import { sendScim, singleQuery } from "./middleware.ts";
import type { Context, RequestState } from "./state.ts";

/** What a client may ask before it sends anything (RFC 7644 section 4). */
export function discoveryRoutes(router: Router<RequestState>, location: string): void {
  router.get("/ServiceProviderConfig", (ctx) => {
    refuseFilter(ctx);
    sendScim(ctx, 200, serviceProviderConfig(location));
  });
  router.get("/ResourceTypes", (ctx) => {
    refuseFilter(ctx);
    sendScim(ctx, 200, wholeList(resourceTypes(location)));
  });
  router.get("/ResourceTypes/:name", (ctx) => {
    refuseFilter(ctx);
    sendScim(ctx, 200, resourceType(location, ctx.params["name"] ?? ""));
  });
  router.get("/Schemas", (ctx) => {
    refuseFilter(ctx);
    sendScim(ctx, 200, wholeList(schemas(location)));
  });
  router.get("/Schemas/:urn", (ctx) => {
    refuseFilter(ctx);
    sendScim(ctx, 200, schema(location, ctx.params["urn"] ?? ""));
  });
}

function wholeList(resources: Parameters<typeof listResponse>[0]["resources"]): ReturnType<typeof listResponse> {
  return listResponse({ resources, total: resources.length, startIndex: 1 });
}

/** A filter on discovery is forbidden, lest a client believe that it was applied (RFC 7644 section 4). */
function refuseFilter(ctx: Context): void {
  if (singleQuery(ctx, "filter") !== undefined) throw new ForbiddenError("Discovery endpoints take no filter.");
}
