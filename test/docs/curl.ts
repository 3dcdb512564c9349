/** `curl` as a page writes it, sent to the daemon of the stage. */
import { addressOnStage, tokenFor, scopeFor, type Stage } from "./stage.ts";

/** The addresses by which pages speak of the daemon. */
const DAEMON = /^https?:\/\/(?:bridge\.acme\.example|127\.0\.0\.1:8080|localhost:8080)/;
const FLAGS = new Set(["-s", "-S", "-f", "-sS", "-fsS", "-i", "--fail", "--silent", "--show-error"]);

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** What was answered, or what is wrong with the request itself. */
export type CurlAnswer = { readonly status: number; readonly text: string } | { readonly fault: string };

/** Sends the request; null when it is answered with 2xx, else what is wrong. */
export async function sendCurl(stage: Stage, args: readonly string[]): Promise<string | null> {
  const answer = await askCurl(stage, args);
  if ("fault" in answer) return answer.fault;
  const { status, text } = answer;
  return status < 300 ? null : `it is answered with ${status}: ${text.slice(0, 500)}`;
}

/** Sends the request. */
export async function askCurl(stage: Stage, args: readonly string[]): Promise<CurlAnswer> {
  const { method, url, headers, body } = requestOf(args);
  const path = url.replace(DAEMON, "");
  if (path === url) return { fault: "this address is not that of the daemon" };
  const token = await tokenFor(stage, scopeFor(path));
  const filled = Object.entries(headers).map(([name, value]): [string, string] => [
    name,
    value.replace(/\$\{?\w*TOKEN\w*\}?/, token),
  ]);
  const response = await fetch(addressOnStage(stage, path), {
    method,
    headers: Object.fromEntries(filled),
    ...(body === null ? {} : { body }),
  });
  return { status: response.status, text: await response.text() };
}

/** Reads the words after `curl`. Throws for an option that nobody here knows. */
function requestOf(args: readonly string[]): Request {
  const headers: Record<string, string> = {};
  let method: string | null = null;
  let body: string | null = null;
  let url = "";
  const left = [...args];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (FLAGS.has(word)) continue;
    if (/^(?:-H|--header)$/.test(word)) {
      const [name = "", ...value] = (left.shift() ?? "").split(": ");
      headers[name.toLowerCase()] = value.join(": ");
    } else if (/^(?:-X|--request)$/.test(word)) method = left.shift() ?? "";
    else if (/^(?:-d|--data|--data-raw|--json)$/.test(word)) {
      body = left.shift() ?? "";
      if (word === "--json") headers["content-type"] = "application/json";
    } else if (word.startsWith("-")) throw new Error(`curl ${word}: teach test/docs/curl.ts what this is.`);
    else url = word;
  }
  return { method: method ?? (body === null ? "GET" : "POST"), url, headers, body };
}
