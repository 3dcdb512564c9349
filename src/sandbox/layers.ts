import { createHash, timingSafeEqual } from "node:crypto";
import { BodyError } from "../lib/read-body.ts";
import type { Ledger } from "./ledger.ts";
import { ProductError } from "./product-error.ts";
import type { SandboxClock } from "./records.ts";
import { isWrite } from "./request-state.ts";
import type { Layer } from "./request-state.ts";

/** A write request at some moment of its life; `status` is null until it was carried out. */
export interface WriteCall {
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
}

/**
 * Called, and waited for, around every write: before it is carried out, after it took effect, and once its reply has
 * left. The last two are left out for writes that were refused; the last one for replies that were lost.
 */
export type WriteHook = (
  phase: "before-effect" | "after-effect" | "after-reply",
  call: WriteCall,
) => void | Promise<void>;

/** Writes every write request into the ledger, however it ended. */
export function recordWrites(ledger: Ledger, clock: SandboxClock): Layer {
  return async (ctx, next) => {
    await next();
    if (!isWrite(ctx)) return;
    const { effect = false, cut = false, memberId = null } = ctx.state;
    const { method, path, status } = ctx;
    ledger.record({ at: clock.now(), method, path, status, effect, replied: !cut, memberId });
  };
}

/** Answers every error as `{error: {code, message, details?}}`; what we did not expect is a 500 that tells nothing. */
export function answerErrors(): Layer {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      const { status, code, message, details } = toProductError(error);
      ctx.status = status;
      ctx.body = { error: details.length === 0 ? { code, message } : { code, message, details } };
      if (status === 401) ctx.set("WWW-Authenticate", "Bearer");
    }
  };
}

/** Lets in who has the token, compared in constant time. */
export function requireToken(token: string): Layer {
  const expected = sha256(`Bearer ${token}`);
  return (ctx, next) => {
    if (!timingSafeEqual(sha256(ctx.get("authorization")), expected)) {
      throw new ProductError(401, "unauthorized", "the bearer token is missing or wrong");
    }
    return next();
  };
}

/** Runs the hook around the operation itself, and notes whether it took effect. */
export function hookWrites(hook: WriteHook | undefined): Layer {
  return async (ctx, next) => {
    if (!isWrite(ctx)) return next();
    const { method, path } = ctx;
    await hook?.("before-effect", { method, path, status: null });
    await next();
    ctx.state.effect = ctx.status < 400;
    if (hook === undefined || !ctx.state.effect) return undefined;
    const call = { method, path, status: ctx.status };
    ctx.res.once("finish", () => void hook("after-reply", call));
    return hook("after-effect", call);
  };
}

/** Gives the router's bare 404, 405 and 501 the product's own form; the `Allow` header stays. */
export function explainRefusals(): Layer {
  return async (ctx, next) => {
    await next();
    if (ctx.body !== undefined) return;
    if (ctx.status === 404) throw new ProductError(404, "unknown_path", "there is nothing at this path");
    if (ctx.status === 405) throw new ProductError(405, "method_not_allowed", "this path does not take this method");
    if (ctx.status === 501) throw new ProductError(501, "unknown_method", "nothing here takes this method");
  };
}

function toProductError(error: unknown): ProductError {
  if (error instanceof ProductError) return error;
  if (error instanceof BodyError) return new ProductError(error.status, "invalid_body", error.message);
  return new ProductError(500, "internal", "the sandbox failed");
}

function sha256(value: string): Buffer {
  return createHash("sha256").update(value).digest();
}
