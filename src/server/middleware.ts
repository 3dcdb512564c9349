import { MethodNotAllowedError, ResourceNotFoundError } from "../domain/errors.ts";
import { isJsonObject } from "../domain/json.ts";
import type { Ambient } from "../ports/ambient.ts";
import { errorBody } from "../scim/message.ts";
import { codeOf, toAnswer } from "./answers.ts";
import type { Context, Middleware } from "./state.ts";

/** Media type of every SCIM body, errors too (RFC 7644 section 3.1), without charset. */
export const SCIM_MEDIA_TYPE = "application/scim+json";

const PROBES: ReadonlySet<string> = new Set(["/livez", "/readyz", "/health", "/metrics"]);

/** Sends a SCIM body. Koa would add a charset to the type, which some clients do not expect. */
export function sendScim(ctx: Context, status: number, body: unknown): void {
  ctx.status = status;
  ctx.body = JSON.stringify(body);
  ctx.set("Content-Type", SCIM_MEDIA_TYPE);
}

/** Gives each request an id, a count, and one line in the log: method, route, status, duration; never a query, a body or a name. */
export function requestLog({ log, clock, newId, metrics }: Ambient): Middleware {
  return async (ctx, next) => {
    ctx.state.requestId = newId();
    const startedAt = clock.monotonicMs();
    await next();
    const route = routeOf(ctx);
    const answered = { method: ctx.method, route, status: ctx.status };
    const durationMs = clock.monotonicMs() - startedAt;
    const fields = {
      requestId: ctx.state.requestId,
      ...answered,
      durationMs: Math.round(durationMs * 10) / 10,
      token: ctx.state.caller?.token,
    };
    metrics.requestAnswered({ ...answered, durationMs });
    // Probes come every few seconds for ever.
    if (PROBES.has(route)) log.debug("request.answered", fields);
    else log.info("request.answered", fields);
  };
}

/** The pattern that was reached, without the expression in which one for all routes below it ends. */
function routeOf(ctx: Context): string {
  const matched: unknown = ctx["_matchedRoute"];
  return typeof matched === "string" ? matched.replace(/\(\?:.*$/, "") : "none";
}

/** Headers that cost nothing and close doors: no sniffing, no framing, no caching of people's data. */
export function securityHeaders(): Middleware {
  return async (ctx, next) => {
    ctx.set({
      "X-Content-Type-Options": "nosniff",
      "X-Frame-Options": "DENY",
      "Content-Security-Policy": "default-src 'none'",
      "Referrer-Policy": "no-referrer",
      "Cache-Control": "no-store",
    });
    await next();
  };
}

/**
 * Serves what is at this path or below it, in just these letters. A router needs it that asks for a token by `use`: its
 * routes are found in any letters, that middleware is not.
 */
export function below(path: string, serve: Middleware): Middleware {
  return async (ctx, next) => {
    if (ctx.path === path || ctx.path.startsWith(`${path}/`)) await serve(ctx, next);
    else await next();
  };
}

/** Turns every error, and every path or method that nobody serves, into a SCIM error body. */
export function scimErrors({ log }: Ambient): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.status === 404 && ctx.body === undefined) throw new ResourceNotFoundError("There is no such endpoint.");
      if (ctx.status === 405 || (ctx.status === 501 && ctx.body === undefined)) {
        throw new MethodNotAllowedError(`${ctx.method} is not served here.`);
      }
    } catch (error) {
      const answer = toAnswer(error, ctx.state.requestId);
      if (answer.isOurs) log.error("request.failed", { requestId: ctx.state.requestId, code: codeOf(error) }, error);
      else log.debug("request.refused", { requestId: ctx.state.requestId, code: codeOf(error), status: answer.status });
      ctx.set(answer.headers);
      sendScim(ctx, answer.status, errorBody(answer));
    }
  };
}

/** The value of a query parameter; of several the first; undefined when there is none. */
export function singleQuery(ctx: Context, name: string): string | undefined {
  const value = isJsonObject(ctx.query) ? ctx.query[name] : undefined;
  return typeof value === "string"
    ? value
    : Array.isArray(value) && typeof value[0] === "string"
      ? value[0]
      : undefined;
}
