import Koa from "koa";
import type { RequestListener } from "node:http";
import type { Services } from "../engine/services.ts";
import type { Ambient } from "../ports/ambient.ts";
import { healthRoutes } from "./health-routes.ts";
import { requestLog, scimErrors, securityHeaders } from "./middleware.ts";
import { scimRoutes } from "./scim-routes.ts";
import type { RequestState } from "./state.ts";

/** What the HTTP face needs. */
export interface AppDeps {
  readonly services: Pick<Services, "provisioning" | "groups" | "search" | "tokens" | "health">;
  readonly ambient: Ambient;
  /** Base of every address we hand out, without a final slash: the configured one, never a request's `Host`. */
  readonly publicUrl: string;
  isStopping(): boolean;
}

/** The whole HTTP face as a request listener; the order of middleware is its table of contents. */
export function createApp({ services, ambient, publicUrl, isStopping }: AppDeps): RequestListener {
  const app = new Koa<RequestState>();
  // Koa prints errors of the connection itself; ours are logged where they are answered.
  app.silent = true;
  app.on("error", (error: unknown) => ambient.log.warn("connection.failed", {}, error));
  const scim = scimRoutes({ ...services, ambient, baseUrl: publicUrl });
  const health = healthRoutes({ health: services.health, tokens: services.tokens, isStopping });
  app.use(requestLog(ambient));
  app.use(securityHeaders());
  app.use(scimErrors(ambient));
  app.use(health.routes());
  app.use(scim.routes());
  app.use(scim.allowedMethods());
  const listener = app.callback();
  return (request, response) => void listener(request, response);
}
