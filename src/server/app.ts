import Koa from "koa";
import type { RequestListener } from "node:http";
import type { Services } from "../engine/services.ts";
import type { Ambient } from "../ports/ambient.ts";
import { adminFace, noAdminFace } from "./admin/admin-face.ts";
import { healthRoutes } from "./health-routes.ts";
import { metricsRoutes, type MetricsPage } from "./metrics-route.ts";
import { below, requestLog, scimErrors, securityHeaders } from "./middleware.ts";
import { SCIM_PREFIX, scimRoutes } from "./scim-routes.ts";
import type { Middleware, RequestState } from "./state.ts";

/** What the HTTP face needs. */
export interface AppDeps {
  readonly services: Services;
  readonly ambient: Ambient;
  readonly metrics: MetricsPage;
  /** Base of every address we hand out, without a final slash: the configured one, never a request's `Host`. */
  readonly publicUrl: string;
  /** Of the program. */
  readonly version: string;
  isStopping(): boolean;
}

/** What is served at one address: SCIM for IdPs, the admin API for people; health and metrics at both. */
export interface Faces {
  readonly scim: boolean;
  readonly admin: boolean;
}

/** The whole HTTP face as a request listener; the order of middleware is its table of contents. */
export function createApp(deps: AppDeps, faces: Faces = { scim: true, admin: true }): RequestListener {
  const { services, ambient, metrics, publicUrl, isStopping } = deps;
  const app = new Koa<RequestState>();
  // Koa prints errors of the connection itself; ours are logged where they are answered.
  app.silent = true;
  app.on("error", (error: unknown) => ambient.log.warn("connection.failed", {}, error));
  app.use(requestLog(ambient));
  app.use(securityHeaders());
  for (const part of faces.admin ? adminFace(deps) : [noAdminFace(deps)]) app.use(part);
  app.use(scimErrors(ambient));
  app.use(healthRoutes({ health: services.health, tokens: services.tokens, isStopping }).routes());
  app.use(metricsRoutes({ metrics, tokens: services.tokens }).routes());
  if (faces.scim) {
    const scim = scimRoutes({ ...services, ambient, baseUrl: publicUrl });
    app.use(below(SCIM_PREFIX, scim.routes() as Middleware));
    app.use(scim.allowedMethods());
  }
  const listener = app.callback();
  return (request, response) => void listener(request, response);
}
