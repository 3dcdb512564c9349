import Router from "@koa/router";
import type { TokenOffice } from "../engine/tokens.ts";
import { requireToken } from "./auth.ts";
import type { RequestState } from "./state.ts";

/** What Prometheus is given. */
export interface MetricsPage {
  readonly contentType: string;
  /** As things stand now. Throws what the store throws when it cannot be read. */
  text(): Promise<string>;
}

/** What the route needs. */
export interface MetricsRouteDeps {
  readonly metrics: MetricsPage;
  readonly tokens: TokenOffice;
}

/**
 * `/metrics`, in the text format of Prometheus, for holders of a `metrics`, `admin` or `read` token: 401 without one, 403
 * with another one. A product that is down is a number in it; 503 means that the store cannot be read.
 */
export function metricsRoutes({ metrics, tokens }: MetricsRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>();
  router.get("/metrics", requireToken(tokens, ["metrics", "admin", "read"]), async (ctx) => {
    ctx.body = await metrics.text();
    ctx.set("Content-Type", metrics.contentType);
  });
  return router;
}
