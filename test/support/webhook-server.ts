import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ExecutionContext } from "ava";
import { until } from "./until.ts";

/** A notice, as it is posted. */
export interface PostedNotice {
  readonly id: string;
  readonly event: string;
  readonly key: string;
  readonly title: string;
  readonly text: string;
  readonly detail: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly [field: string]: unknown;
}

/** What a webhook was sent. */
export interface Posted {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  readonly body: PostedNotice;
}

/** A server that takes alerts. */
export interface WebhookServer {
  /** Address of the webhook, with a secret in it. */
  readonly url: string;
  readonly posted: readonly Posted[];
  /** How it answers from now on; 200 with "ok" at first. */
  answerWith(answer: (response: ServerResponse) => void): void;
  /** Resolves to the first thing posted that fits. */
  got(fits: (body: PostedNotice) => boolean): Promise<PostedNotice>;
}

/** In the path of every webhook of a test: must show nowhere. */
export const WEBHOOK_SECRET = "webhook-secret-of-a-test";

/** Starts one on any free port; it is gone when the test ends. */
export async function startWebhook(t: ExecutionContext): Promise<WebhookServer> {
  const posted: Posted[] = [];
  let answer = (response: ServerResponse): void => void response.end("ok");
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    request.on("end", () => {
      const { method, url, headers } = request;
      posted.push({ method, path: url, headers, text, body: JSON.parse(text) as PostedNotice });
      answer(response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/services/${WEBHOOK_SECRET}?sig=${WEBHOOK_SECRET}`,
    posted,
    answerWith: (next) => void (answer = next),
    got: (fits) =>
      until(
        "a notice",
        () => posted.find(({ body }) => fits(body))?.body,
        () => JSON.stringify(posted.map(({ body }) => body)),
      ),
  };
}
