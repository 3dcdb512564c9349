import { request as open } from "node:http";
import type { Agent } from "node:http";

/** What goes over the wire, as it stands: the path is not made normal, and no header is added but `Host` and length. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Whose connections are used; one of its own without. */
  readonly agent?: Agent;
}

/** An answer, names of headers in small letters. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Sends a request and gives the whole answer; rejects when the connection ends before it is whole. */
export function sendRaw(baseUrl: string, { method, path, headers = {}, body, agent }: RawRequest): Promise<RawAnswer> {
  const { hostname, port } = new URL(baseUrl);
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const outgoing = open(
      { hostname, port, method, path, headers: { ...headers, ...length }, ...(agent === undefined ? {} : { agent }) },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("close", () => {
          if (!incoming.complete) return reject(new Error("The answer ended early."));
          resolve({
            status: incoming.statusCode ?? 0,
            headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
            text: Buffer.concat(chunks).toString("utf8"),
          });
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
