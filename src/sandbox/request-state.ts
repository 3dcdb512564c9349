import type { ParameterizedContext } from "koa";

/** What the middleware of one request tell each other. */
export interface RequestState {
  /** The member that the request concerns, for the ledger. */
  memberId?: string;
  /** Set once the operation has answered 2xx, whatever the caller gets to see. */
  effect?: boolean;
  /** Set when the connection was cut instead of answering. */
  cut?: boolean;
}

/** The context of every middleware of the sandbox. */
export type SandboxContext = ParameterizedContext<RequestState>;

/** One layer of the sandbox. */
export type Layer = (ctx: SandboxContext, next: () => Promise<unknown>) => Promise<unknown>;

const READS = new Set(["GET", "HEAD", "OPTIONS"]);

/** Whether a request is meant to change the product. Requests that steer the sandbox itself are not. */
export function isWrite({ method, path }: { readonly method: string; readonly path: string }): boolean {
  return !READS.has(method) && !isControl(path);
}

/** Paths that watch or steer the sandbox: never faulty, never in the ledger. */
export function isControl(path: string): boolean {
  return /^\/v1\/(faults|calls|outbox)(\/|$)/.test(path);
}
