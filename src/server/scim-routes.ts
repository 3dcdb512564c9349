import Router from "@koa/router";
import type { DirectoryUser } from "../domain/directory.ts";
import { InvalidFilterError, ScimSyntaxError, UnsupportedFeatureError } from "../domain/errors.ts";
import type { ExpectedVersion, Origin, Provisioning } from "../engine/provisioning.ts";
import type { TokenOffice } from "../engine/tokens.ts";
import { readJsonBody } from "../lib/read-body.ts";
import { listResponse, parsePaging } from "../scim/message.ts";
import { parseFilter } from "../scim/parse-filter.ts";
import { parsePatch } from "../scim/parse-patch.ts";
import { parseProjection, projectResource, type Projection } from "../scim/projection.ts";
import { USER_TYPE } from "../scim/resource-types.ts";
import { parseUser, userToWire, versionTag } from "../scim/user.ts";
import { directoryOf, requireToken } from "./auth.ts";
import { sendScim, singleQuery } from "./middleware.ts";
import { discoveryRoutes } from "./scim-discovery.ts";
import type { Context, RequestState } from "./state.ts";

/** Bodies of user requests (failure-modes, caps). */
const MAX_BODY_BYTES = 1024 * 1024;
const MAX_DEPTH = 32;

/** What the SCIM endpoints need. `baseUrl` is the configured public one: never what a request's headers say. */
export interface ScimRouteDeps {
  readonly provisioning: Provisioning;
  readonly tokens: TokenOffice;
  readonly baseUrl: string;
}

/** SCIM 2.0 under `/scim/v2` (RFC 7644): users, and what a client asks before it sends any. */
export function scimRoutes({ provisioning, tokens, baseUrl }: ScimRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: "/scim/v2" });
  const location = `${baseUrl}/scim/v2`;
  router.use(requireToken(tokens, ["scim"]));
  discoveryRoutes(router, location);

  const answer = (ctx: Context, status: number, user: DirectoryUser): void => {
    const resource = userToWire(user, { baseUrl: location, groups: [] });
    ctx.set("ETag", versionTag(user.meta.version));
    if (status === 201) ctx.set("Location", `${location}/Users/${user.id}`);
    sendScim(ctx, status, projectResource(resource, projectionOf(ctx)));
  };

  router.get("/Users", async (ctx) => {
    const { startIndex, count } = parsePaging({
      startIndex: singleQuery(ctx, "startIndex"),
      count: singleQuery(ctx, "count"),
    });
    const filter = filterOf(ctx);
    refuseSorting(ctx);
    const projection = projectionOf(ctx);
    const query = { filter, offset: startIndex - 1, limit: count };
    const { items, total } = await provisioning.listUsers(directoryOf(ctx), query);
    const resources = items.map((user) =>
      projectResource(userToWire(user, { baseUrl: location, groups: [] }), projection),
    );
    sendScim(ctx, 200, listResponse({ resources, total, startIndex }));
  });

  router.post("/Users", async (ctx) => {
    projectionOf(ctx);
    const draft = parseUser(await bodyOf(ctx));
    answer(ctx, 201, await provisioning.createUser(originOf(ctx), draft));
  });

  router.get("/Users/:id", async (ctx) => {
    const user = await provisioning.getUser(directoryOf(ctx), idOf(ctx));
    if (isUnchanged(ctx, user)) {
      ctx.set("ETag", versionTag(user.meta.version));
      ctx.status = 304;
    } else answer(ctx, 200, user);
  });

  router.put("/Users/:id", async (ctx) => {
    projectionOf(ctx);
    const draft = parseUser(await bodyOf(ctx));
    answer(ctx, 200, await provisioning.replaceUser(originOf(ctx), idOf(ctx), draft, expectedVersion(ctx)));
  });

  router.patch("/Users/:id", async (ctx) => {
    projectionOf(ctx);
    const operations = parsePatch(await bodyOf(ctx));
    answer(ctx, 200, await provisioning.patchUser(originOf(ctx), idOf(ctx), operations, expectedVersion(ctx)));
  });

  router.delete("/Users/:id", async (ctx) => {
    await provisioning.deleteUser(originOf(ctx), idOf(ctx), expectedVersion(ctx));
    ctx.status = 204;
  });

  return router;
}

async function bodyOf(ctx: Context): Promise<unknown> {
  const body = await readJsonBody(ctx.req, { maxBytes: MAX_BODY_BYTES, maxDepth: MAX_DEPTH });
  if (body === undefined) throw new ScimSyntaxError("The body is empty: a JSON object is expected.");
  return body;
}

function originOf(ctx: Context): Origin {
  return { directory: directoryOf(ctx), actor: `token:${ctx.state.caller?.token ?? "none"}` };
}

function idOf(ctx: Context): string {
  const params: unknown = ctx["params"];
  const id = typeof params === "object" && params !== null && "id" in params ? params.id : undefined;
  return typeof id === "string" ? id : "";
}

function projectionOf(ctx: Context): Projection {
  const attributes = singleQuery(ctx, "attributes");
  const excludedAttributes = singleQuery(ctx, "excludedAttributes");
  return parseProjection(
    {
      ...(attributes === undefined ? {} : { attributes }),
      ...(excludedAttributes === undefined ? {} : { excludedAttributes }),
    },
    USER_TYPE,
  );
}

/** Null when no filter was sent. An empty one is a mistake: it must never become the list of everybody. */
function filterOf(ctx: Context): ReturnType<typeof parseFilter> | null {
  const text = singleQuery(ctx, "filter");
  if (text === undefined) return null;
  if (text.trim() === "") throw new InvalidFilterError("The filter is empty.");
  return parseFilter(text);
}

/** An ignored `sortBy` would be a silent lie; the service provider configuration says that sorting is not offered. */
function refuseSorting(ctx: Context): void {
  if (singleQuery(ctx, "sortBy") !== undefined)
    throw new UnsupportedFeatureError("Sorting is not offered by this server.");
}

/** Entity tags are weak versions, `W/"3"`; several may be listed (RFC 9110 section 13.1). */
function versionsIn(header: string): readonly string[] {
  return header.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
}

function isUnchanged(ctx: Context, user: DirectoryUser): boolean {
  const header = ctx.get("If-None-Match");
  return header !== "" && versionsIn(header).some((tag) => tag === "*" || tag === `"${user.meta.version}"`);
}

/** The version of `If-Match`; null without one, or for `*`. What is no version of ours matches none. */
function expectedVersion(ctx: Context): ExpectedVersion {
  const header = ctx.get("If-Match");
  const [tag] = versionsIn(header);
  if (header === "" || tag === undefined || tag === "*") return null;
  const version = /^"(\d{1,15})"$/.exec(tag)?.[1];
  return version === undefined ? -1 : Number(version);
}
