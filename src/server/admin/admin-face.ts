import Router from "@koa/router";
import { UnauthenticatedError } from "../../domain/errors.ts";
import type { Caller } from "../../engine/tokens.ts";
import { expectScope } from "../auth.ts";
import { below } from "../middleware.ts";
import type { Context, Middleware, RequestState } from "../state.ts";
import { AdminError } from "./admin-error.ts";
import { READERS } from "./declaration.ts";
import type { AdminDeps } from "./deps.ts";
import { HungUpError, serveRoute } from "./guard.ts";
import { createLoginGuard, type LoginGuard } from "./login-guard.ts";
import { createPlaces } from "./places.ts";
import { toProblem } from "./problems.ts";
import { adminRoutes } from "./routes.ts";
import { sendProblem } from "./send-problem.ts";

const PREFIX = "/admin/v1";
/** Plans and previews at once: each holds a store of its own, and works against the pushes for the one processor. */
const MOST_PLANS = 4;
/** For the log and the metrics alone, as web servers use it: nobody is there to read it. */
const HUNG_UP = 499;

/**
 * The admin API under `/admin/v1`, as middleware in this order; whatever is below `/admin` ends here. Every error is a
 * problem (RFC 9457).
 */
export function adminFace(deps: AdminDeps): readonly Middleware[] {
  const logins = createLoginGuard(deps.ambient.clock);
  return [
    underAdmin(async (ctx, next) => {
      try {
        ctx.state.caller = await logIn(ctx, deps, logins);
        expectScope(ctx.state.caller, READERS);
        await next();
      } catch (error) {
        answerProblem(ctx, deps, error);
      }
    }),
    underAdmin(routerOf(deps).routes() as Middleware),
    underAdmin(refuse),
  ];
}

/** Says that the admin API is not served at this address, and nothing of where it is. */
export function noAdminFace(deps: Pick<AdminDeps, "ambient">): Middleware {
  const error = new AdminError("not-found", "The admin API is not served at this address: see `server.admin`.");
  return underAdmin(async (ctx) => answerProblem(ctx, deps, error));
}

const underAdmin = (serve: Middleware): Middleware => below("/admin", serve);

function routerOf(deps: AdminDeps): Router<RequestState> {
  // Case-sensitive, as everything here that looks at a path: what one part takes for an admin path, all of them do.
  const router = new Router<RequestState>({ prefix: PREFIX, sensitive: true });
  const places = createPlaces(MOST_PLANS);
  for (const route of adminRoutes(deps)) {
    router[route.method](route.path.replaceAll(/\{(\w+)\}/g, ":$1"), async (ctx) => {
      expectScope(callerOf(ctx), route.scopes);
      await serveRoute(ctx, route, places);
    });
  }
  return router;
}

/** Who was let in. Nobody is served before that, whatever way the request took. */
function callerOf({ state }: Context): Caller {
  if (state.caller === undefined)
    throw new UnauthenticatedError("The bearer token is missing, wrong, expired or revoked.");
  return state.caller;
}

/** The caller; what is wrong with a token is said with the patience that the address has left. */
async function logIn(ctx: Context, { services, ambient }: AdminDeps, logins: LoginGuard): Promise<Caller> {
  try {
    return await services.tokens.authenticate(ctx.get("Authorization") || undefined);
  } catch (error) {
    if (!(error instanceof UnauthenticatedError)) throw error;
    const waitMs = ctx.get("Authorization") === "" ? null : logins.fail(ctx.ip);
    if (waitMs === null) throw error;
    ambient.log.warn("login.throttled", { requestId: ctx.state.requestId });
    const seconds = String(Math.ceil(waitMs / 1_000));
    throw new AdminError("too-many-failed-logins", `Too many wrong tokens came from this address: wait ${seconds} s.`, {
      headers: { "Retry-After": seconds },
    });
  }
}

/** Of a path that other methods have: 405 with `Allow`; of any other: 404. */
async function refuse(ctx: Context): Promise<void> {
  const methods = matchedMethods(ctx);
  if (methods.length === 0) {
    throw new AdminError(
      "not-found",
      `There is no such endpoint: GET ${PREFIX}/openapi.json lists those that there are.`,
    );
  }
  const allowed = methods.join(", ");
  throw new AdminError("method-not-allowed", `${ctx.method} is not served here, but ${allowed}.`, {
    headers: { Allow: allowed },
  });
}

function matchedMethods(ctx: Context): readonly string[] {
  const layers: unknown = ctx["matched"];
  if (!Array.isArray(layers)) return [];
  const methods = layers.flatMap((layer: { readonly methods?: readonly string[] }) => layer.methods ?? []);
  return [...new Set(methods)].sort();
}

function answerProblem(ctx: Context, { ambient }: Pick<AdminDeps, "ambient">, error: unknown): void {
  const { requestId } = ctx.state;
  if (error instanceof HungUpError) {
    ctx.status = HUNG_UP;
    return ambient.log.debug("request.abandoned", { requestId });
  }
  const problem = toProblem(error, requestId);
  const fields = { requestId, problem: problem.name };
  if (problem.isOurs) ambient.log.error("request.failed", fields, error);
  else ambient.log.debug("request.refused", fields);
  sendProblem(ctx, problem);
}
