import { ScimSyntaxError } from "../domain/errors.ts";
import type { Origin } from "../engine/staging/staging.ts";
import { readJsonBody } from "../lib/read-body.ts";
import type { ProjectionQuery } from "../scim/projection.ts";
import { directoryOf } from "./auth.ts";
import { singleQuery } from "./middleware.ts";
import type { Context } from "./state.ts";

const MAX_DEPTH = 32;

/** The body as JSON, whatever its content type says. Throws BodyError, and ScimSyntaxError when there is none. */
export async function bodyOf(ctx: Context, maxBytes: number): Promise<unknown> {
  const body = await readJsonBody(ctx.req, { maxBytes, maxDepth: MAX_DEPTH });
  if (body === undefined) throw new ScimSyntaxError("The body is empty: a JSON object is expected.");
  return body;
}

/** On whose behalf the request is made. */
export function originOf(ctx: Context): Origin {
  return { directory: directoryOf(ctx), actor: `token:${ctx.state.caller?.token ?? "none"}` };
}

/** The `:id` of the path. */
export function idOf(ctx: Context): string {
  const params: unknown = ctx["params"];
  const id = typeof params === "object" && params !== null && "id" in params ? params.id : undefined;
  return typeof id === "string" ? id : "";
}

/** `attributes` and `excludedAttributes` of the request line. */
export function projectionQueryOf(ctx: Context): ProjectionQuery {
  return {
    attributes: singleQuery(ctx, "attributes"),
    excludedAttributes: singleQuery(ctx, "excludedAttributes"),
  };
}
