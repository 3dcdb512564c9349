import type { IncomingMessage, ServerResponse } from "node:http";
import { listen } from "../../src/lib/http-server.ts";

/** Answers the requests of one bridge process. */
export type Answering = (request: IncomingMessage, response: ServerResponse) => void;

/** One HTTP server for all histories of a worker: each bridge process has an address of its own on it. */
export interface Switchboard {
  /** Gives the base URL under which this is reached until it is hung up. */
  connect(answering: Answering): { readonly url: string; hangUp(): void };
  close(): Promise<void>;
}

/** Opens the server on a free port of this machine. */
export async function openSwitchboard(): Promise<Switchboard> {
  const lines = new Map<string, Answering>();
  let count = 0;
  const server = await listen(
    (request, response) => {
      const [, line = "", rest = ""] = /^\/(\d+)(\/.*)$/.exec(request.url ?? "") ?? [];
      const answering = lines.get(line);
      if (answering === undefined) return void request.socket.destroy();
      request.url = rest;
      request.headers["x-forwarded-prefix"] = `/${line}`;
      answering(request, response);
    },
    { host: "127.0.0.1", port: 0 },
  );
  return {
    connect(answering) {
      const line = String((count += 1));
      lines.set(line, answering);
      return { url: `${server.url}/${line}`, hangUp: () => void lines.delete(line) };
    },
    close: () => server.close(0),
  };
}
