import type { IncomingMessage, ServerResponse } from "node:http";
import { once } from "node:events";
import type { Answering } from "./switchboard.ts";
import type { Operation, Product } from "./product.ts";
import type { FaultKind } from "./route.ts";

/** One request on its way from a bridge process to the product. */
export interface Request extends Operation {
  readonly process: string;
  readonly method: string;
  readonly path: string;
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
  product: Product,
  from: { readonly process: string; isAlive(): boolean },
  pageSize: number,
  events: WireEvents,
): Answering {
  const carry = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(incoming.url ?? "/", "http://product.invalid");
    const method = incoming.method ?? "GET";
    const operation = product.operationOf(method, url);
    const isWrite = operation.does !== "read" && operation.does !== "list";
    const request = { ...operation, process: from.process, method, path: url.pathname, isWrite };
    if (!from.isAlive()) return cut(incoming);
    await events.arrived(request);
    if (!(await events.meanwhile(request)) || !from.isAlive()) return cut(incoming);
    // The product gives as much on one page as it likes.
    product.shorten(url, pageSize);
    incoming.url = `${url.pathname}${url.search}`;
    const kind = events.faultFor(request);
    // Nothing comes between this and the product's look at what is to fail.
    if (kind !== null) product.spoil({ kind, method, url });
    product.answer(incoming, response);
    await once(response, "close");
  };
  return (incoming, response) => void carry(incoming, response).catch(() => cut(incoming));
}

function cut(incoming: IncomingMessage): void {
  incoming.socket.destroy();
}
