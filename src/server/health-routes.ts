import Router from "@koa/router";
import type { Health } from "../engine/health.ts";
import type { TokenOffice } from "../engine/tokens.ts";
import type { TokenScope } from "../ports/tokens.ts";
import type { Context, RequestState } from "./state.ts";

/** What the health endpoints need. `isStopping`: the process was asked to end, and takes no more pushes soon. */
export interface HealthRouteDeps {
  readonly health: Health;
  readonly tokens: TokenOffice;
  isStopping(): boolean;
}

/**
 * `/livez`: the process runs; no I/O. `/readyz`: pushes can be stored. Both say one word to anybody. `/health`: the
 * whole, 200 or 503; details to holders of an `admin`, `read` or `health` token only. A product that is down makes
 * `/health` 503 and nothing else: the IdP must still be able to push.
 */
export function healthRoutes({ health, tokens, isStopping }: HealthRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>();
  router.get("/livez", (ctx) => {
    sendWord(ctx, 200, "ok");
  });
  router.get("/readyz", async (ctx) => {
    if (isStopping()) return sendWord(ctx, 503, "stopping");
    const readiness = await health.readiness();
    return readiness.ready ? sendWord(ctx, 200, "ok") : sendWord(ctx, 503, "unwritable");
  });
  router.get("/health", async (ctx) => {
    const report = await health.report();
    const isEntitled = await mayKnow(ctx, tokens);
    ctx.status = report.status === "ok" ? 200 : 503;
    ctx.body = isEntitled ? report : { status: report.status };
  });
  return router;
}

/** Scopes that see what is wrong, not only that something is. */
const DETAILED: ReadonlySet<TokenScope> = new Set<TokenScope>(["admin", "read", "health"]);

function sendWord(ctx: Context, status: number, word: string): void {
  ctx.status = status;
  ctx.type = "text/plain";
  ctx.body = `${word}\n`;
}

/** A wrong token is refused, as everywhere; none at all gets the short answer. */
async function mayKnow(ctx: Context, tokens: TokenOffice): Promise<boolean> {
  const header = ctx.get("Authorization");
  if (header === "") return false;
  const { scope } = await tokens.authenticate(header);
  return DETAILED.has(scope);
}
