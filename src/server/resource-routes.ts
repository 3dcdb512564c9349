import type Router from "@koa/router";
import { projectResource } from "../scim/projection.ts";
import { versionTag } from "../scim/wire-resource.ts";
import { directoryOf } from "./auth.ts";
import type { Endpoint, Staged } from "./endpoint.ts";
import { expectedVersion, listsVersion } from "./entity-tags.ts";
import { sendScim } from "./middleware.ts";
import { bodyOf, idOf, originOf, projectionQueryOf } from "./scim-request.ts";
import type { Context, RequestState } from "./state.ts";
import { parseView, type View } from "./view.ts";

/** POST, GET, PUT, PATCH and DELETE of single resources (RFC 7644 sections 3.3 to 3.6). `location` is the SCIM base. */
export function resourceRoutes(router: Router<RequestState>, endpoint: Endpoint, location: string): void {
  const { type, maxBodyBytes } = endpoint;
  const collection = type.endpoint;
  const single = `${collection}/:id`;
  // Read before anything is written: what cannot be answered must not be done.
  const viewOf = (ctx: Context): View => parseView(projectionQueryOf(ctx), type);
  const answer = (ctx: Context, status: number, staged: Staged, { projection }: View): void => {
    ctx.set("ETag", versionTag(staged.meta.version));
    sendScim(ctx, status, projectResource(staged.toWire(), projection));
  };

  router.post(collection, async (ctx) => {
    const view = viewOf(ctx);
    const staged = await endpoint.create(originOf(ctx), await bodyOf(ctx, maxBodyBytes), view);
    ctx.set("Location", `${location}${collection}/${staged.id}`);
    answer(ctx, 201, staged, view);
  });

  router.get(single, async (ctx) => {
    const view = viewOf(ctx);
    const known = ctx.get("If-None-Match");
    // Whoever knows the version is spared the members: they are not even read.
    if (known !== "") {
      const { meta } = await endpoint.get(directoryOf(ctx), idOf(ctx), { withMemberships: false });
      if (listsVersion(known, meta.version)) {
        ctx.set("ETag", versionTag(meta.version));
        ctx.status = 304;
        return;
      }
    }
    answer(ctx, 200, await endpoint.get(directoryOf(ctx), idOf(ctx), view), view);
  });

  router.put(single, async (ctx) => {
    const view = viewOf(ctx);
    const body = await bodyOf(ctx, maxBodyBytes);
    const expected = expectedVersion(ctx.get("If-Match"));
    answer(ctx, 200, await endpoint.replace(originOf(ctx), idOf(ctx), body, expected, view), view);
  });

  router.patch(single, async (ctx) => {
    const view = viewOf(ctx);
    const body = await bodyOf(ctx, maxBodyBytes);
    const expected = expectedVersion(ctx.get("If-Match"));
    answer(ctx, 200, await endpoint.patch(originOf(ctx), idOf(ctx), body, expected, view), view);
  });

  router.delete(single, async (ctx) => {
    await endpoint.remove(originOf(ctx), idOf(ctx), expectedVersion(ctx.get("If-Match")));
    ctx.status = 204;
  });
}
