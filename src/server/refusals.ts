import { MethodNotAllowedError, UnsupportedFeatureError } from "../domain/errors.ts";
import type { Context } from "./state.ts";

/**
 * Refuses with 405 whatever reaches it. For literal paths such as `/Users/.search`, which a route of single resources
 * would take for an id. `allowed` goes into the Allow header.
 */
export function onlyMethods(allowed: string): (ctx: Context) => never {
  return (ctx) => {
    ctx.set("Allow", allowed);
    throw new MethodNotAllowedError(`${ctx.method} is not served here.`);
  };
}

/** Refuses with 501 a part of the standard that is not offered. */
export function notOffered(what: string): () => never {
  return () => {
    throw new UnsupportedFeatureError(`${what} is not offered by this server.`);
  };
}
