import type { IncomingMessage, ServerResponse } from "node:http";
import { once } from "node:events";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import type { Answering } from "./switchboard.ts";
import { isWriteRoute, routeOf, type FaultKind, type Route } from "./route.ts";

/** One request on its way from a bridge process to the product. */
export interface Request {
  readonly process: string;
  readonly method: string;
  /** Without `/v1`. */
  readonly path: string;
  readonly route: Route;
  readonly isWrite: boolean;
}

/** What may befall a request. */
export interface WireEvents {
  /** It has come; the oracle looks at what stands behind it. */
  arrived(request: Request): Promise<void>;
  /** What else happens in this moment. False: its process is gone, and it with it. */
  meanwhile(request: Request): Promise<boolean>;
  /** A fault that hits exactly this request; null: none. */
  faultFor(request: Request): FaultKind | null;
}

/** Stands between one process and the product. Requests of processes that are dead go nowhere. */
export function createWire(
  sandbox: Sandbox,
  from: { readonly process: string; isAlive(): boolean },
  pageSize: number,
  events: WireEvents,
): Answering {
  const carry = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(incoming.url ?? "/", "http://product.invalid");
    const method = incoming.method ?? "GET";
    const route = routeOf(method, url);
    const request = {
      process: from.process,
      method,
      path: url.pathname.replace(/^\/v1/, ""),
      route,
      isWrite: isWriteRoute(route),
    };
    if (!from.isAlive()) return cut(incoming);
    await events.arrived(request);
    if (!(await events.meanwhile(request)) || !from.isAlive()) return cut(incoming);
    // The product gives as much on one page as it likes.
    if (url.searchParams.has("limit")) url.searchParams.set("limit", String(pageSize));
    incoming.url = `${url.pathname}${url.search}`;
    const kind = events.faultFor(request);
    // Nothing comes between this and the look of the fault layer, which takes the oldest fault that matches.
    if (kind !== null) sandbox.faults.add({ kind, match: { method, path: url.pathname }, retryAfterSeconds: 2 });
    sandbox.handler(incoming, response);
    await once(response, "close");
  };
  return (incoming, response) => void carry(incoming, response).catch(() => cut(incoming));
}

function cut(incoming: IncomingMessage): void {
  incoming.socket.destroy();
}
