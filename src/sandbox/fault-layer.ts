import type { Fault, Faults } from "./faults.ts";
import { CURSOR_OF_FIRST_PAGE } from "./page.ts";
import { ProductError } from "./product-error.ts";
import type { SandboxClock } from "./records.ts";
import { isControl } from "./request-state.ts";
import type { Layer, SandboxContext } from "./request-state.ts";

/** Lets the faults that are set happen to the requests they match. */
export function injectFaults(faults: Faults, clock: SandboxClock): Layer {
  return async (ctx, next) => {
    const fault = isControl(ctx.path) ? undefined : faults.take(ctx.method, ctx.path);
    if (fault === undefined) return next();
    if (fault.kind === "latency") await clock.sleep(fault.delayMs);
    if (fault.kind === "lost-reply") return next().finally(() => cutConnection(ctx));
    if (preventsEffect(ctx, fault)) return undefined;
    await next();
    return spoilAnswer(ctx, fault);
  };
}

/** Throws, or answers and returns true, in place of the operation; false when that is to be carried out. */
function preventsEffect(ctx: SandboxContext, fault: Fault): boolean {
  switch (fault.kind) {
    case "rate-limited":
      ctx.set("Retry-After", String(fault.retryAfterSeconds));
      throw new ProductError(429, "rate_limited", "too many requests");
    case "unauthorized":
      throw new ProductError(401, "unauthorized", "the token was revoked");
    case "error-before-effect":
      throw new ProductError(fault.status, "internal", "the product is out of order");
    case "not-json":
      ctx.type = "text/html";
      ctx.status = 200;
      ctx.body = "<!doctype html><title>Maintenance</title><p>We will be back soon.</p>";
      return true;
    default:
      return false;
  }
}

function spoilAnswer(ctx: SandboxContext, fault: Fault): void {
  switch (fault.kind) {
    case "error-after-effect":
      throw new ProductError(fault.status, "internal", "the product is out of order");
    case "short-list":
      if (isList(ctx.body)) {
        ctx.body = { ...ctx.body, items: ctx.body.items.slice(0, ctx.body.items.length >> 1), nextCursor: null };
      }
      return;
    case "empty-list":
      if (isList(ctx.body)) ctx.body = { items: [], nextCursor: null, total: 0 };
      return;
    case "repeated-list":
      if (isList(ctx.body)) ctx.body = { ...ctx.body, nextCursor: ctx.query["cursor"] ?? CURSOR_OF_FIRST_PAGE };
      return;
    default:
      return;
  }
}

function cutConnection(ctx: SandboxContext): void {
  ctx.respond = false;
  ctx.state.cut = true;
  ctx.req.socket.destroy();
}

function isList(body: unknown): body is { readonly items: readonly unknown[] } {
  return typeof body === "object" && body !== null && "items" in body && Array.isArray(body.items);
}
