import { MethodNotAllowedError, ResourceNotFoundError } from "../domain/errors.ts";
import { isJsonObject } from "../domain/json.ts";
import type { Ambient } from "../ports/ambient.ts";
import { errorBody } from "../scim/message.ts";
import { codeOf, toAnswer } from "./answers.ts";
import type { Context, Middleware } from "./state.ts";

/** Media type of every SCIM body, errors too (RFC 7644 section 3.1), without charset. */
export const SCIM_MEDIA_TYPE = "application/scim+json";

const PROBES: ReadonlySet<string> = new Set(["/livez", "/readyz", "/health"]);

/** Sends a SCIM body. Koa would add a charset to the type, which some clients do not expect. */
export function sendScim(ctx: Context, status: number, body: unknown): void {
  ctx.status = status;
  ctx.body = JSON.stringify(body);
  ctx.set("Content-Type", SCIM_MEDIA_TYPE);
}

/** Gives each request an id and one line in the log: method, route, status, duration; never a query, a body or a name. */
export function requestLog({ log, clock, newId }: Ambient): Middleware {
  return async (ctx, next) => {
    ctx.state.requestId = newId();
    const startedAt = clock.monotonicMs();
    await next();
    const route = typeof ctx["_matchedRoute"] === "string" ? ctx["_matchedRoute"] : "none";
    const fields = {
      requestId: ctx.state.requestId,
      method: ctx.method,
      route,
      status: ctx.status,
      durationMs: Math.round((clock.monotonicMs() - startedAt) * 10) / 10,
      token: ctx.state.caller?.token,
    };
    // Probes come every few seconds for ever.
    if (PROBES.has(route)) log.debug("request.answered", fields);
    else log.info("request.answered", fields);
  };
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
