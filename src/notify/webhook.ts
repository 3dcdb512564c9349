import got, { RequestError } from "got";
import type { Notice } from "../domain/alert.ts";
import type { Delivery, Notifier } from "../ports/notifier.ts";

const CONNECT_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;

/** How a webhook is spoken to. */
export interface WebhookOptions {
  /** 10 s unless told; the connection must stand after 5 s. */
  readonly requestTimeoutMs?: number;
}

/**
 * Alerts as JSON by POST, with a `text` that Slack, Mattermost and Teams show. Never follows redirects, never repeats,
 * and reads nothing of an answer but its status.
 */
export function createWebhookNotifier(options: WebhookOptions = {}): Notifier {
  const timeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  return {
    nameOf: (webhook) => {
      const url = URL.parse(webhook);
      return url === null ? "an address that cannot be read" : `${url.protocol}//${url.host}`;
    },
    async send(webhook, notice, publicUrl, signal) {
      try {
        return toDelivery(await post(webhook, toBody(notice, publicUrl), timeoutMs, signal));
      } catch (error) {
        return { delivered: false, reason: reasonOf(error, signal) };
      }
    },
  };
}

/** Resolves to the status as soon as there is one: whatever the answer says, and however long it is, is of no interest. */
function post(webhook: string, body: object, timeoutMs: number, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) throw new Error("stopped");
    const stream = got.stream.post(webhook, {
      json: body,
      headers: { accept: "*/*", "user-agent": "rosterbridge" },
      followRedirect: false,
      throwHttpErrors: false,
      decompress: false,
      retry: { limit: 0 },
      timeout: {
        lookup: CONNECT_TIMEOUT_MS,
        connect: CONNECT_TIMEOUT_MS,
        secureConnect: CONNECT_TIMEOUT_MS,
        request: timeoutMs,
      },
      signal,
    });
    stream.once("response", ({ statusCode }: { readonly statusCode: number }) => {
      resolve(statusCode);
      stream.destroy();
    });
    stream.on("error", reject);
    stream.resume();
  });
}

function toDelivery(status: number): Delivery {
  if (status >= 200 && status < 300) return { delivered: true };
  const hint = status >= 300 && status < 400 ? " (redirects are not followed)" : "";
  return { delivered: false, reason: `answered ${status}${hint}` };
}

/** Nothing of got's error but its code: its message and its options carry the address. */
function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return "stopped before it answered";
  return `did not answer: ${error instanceof RequestError ? error.code : "unknown error"}`;
}

/** The JSON that a webhook gets (docs/operations.md); new fields may come, none goes within one `version`. */
function toBody(notice: Notice, publicUrl: string | null): object {
  const { id, event, key, topic, severity, title, text, counts, again, since, at } = notice;
  return {
    version: 1,
    id,
    event,
    condition: topic,
    key,
    severity,
    again,
    title,
    text: slackText(notice, publicUrl),
    detail: text,
    since,
    at,
    bridge: { publicUrl },
    counts,
  };
}

const MARKS: Readonly<Record<Notice["event"], string>> = { raised: "", cleared: "Cleared: ", test: "" };

function slackText({ event, severity, title, text }: Notice, publicUrl: string | null): string {
  const urgent = event === "raised" && severity === "critical" ? "Critical: " : "";
  const from = publicUrl === null ? "Rosterbridge" : `Rosterbridge at ${publicUrl}`;
  return escapeForSlack(`${MARKS[event]}${urgent}${title}\n${text}\n${from}`);
}

/** What Slack would take for a link, a mention or an entity; nothing else is special in its messages. */
function escapeForSlack(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
