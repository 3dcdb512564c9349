import { createServer } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import test from "ava";
import type { Notice } from "../../src/domain/alert.ts";
import type { Instant } from "../../src/domain/brand.ts";
import { createWebhookNotifier } from "../../src/notify/webhook.ts";
import { startWebhook, WEBHOOK_SECRET } from "../support/webhook-server.ts";

const NEVER = new AbortController().signal;
const PUBLIC_URL = "https://sync.acme.example";

function aNotice(parts: Partial<Notice> = {}): Notice {
  return {
    id: "n-1",
    event: "raised",
    key: "held",
    topic: "held",
    severity: "critical",
    title: "Changes for 490 people are held",
    text: "`rosterbridge status` lists them.",
    counts: { people: 490 },
    again: false,
    since: "2026-11-23T09:00:00.000Z" as Instant,
    at: "2026-11-23T09:00:10.000Z" as Instant,
    ...parts,
  };
}

test("a webhook gets the notice as JSON, by one POST", async (t) => {
  const server = await startWebhook(t);
  t.deepEqual(await createWebhookNotifier().send(server.url, aNotice(), PUBLIC_URL, NEVER), { delivered: true });
  t.is(server.posted.length, 1);
  const [{ method, headers, body }] = server.posted as [(typeof server.posted)[0]];
  t.is(method, "POST");
  t.regex(headers["content-type"] ?? "", /^application\/json/);
  t.deepEqual(body, {
    version: 1,
    id: "n-1",
    event: "raised",
    condition: "held",
    key: "held",
    severity: "critical",
    again: false,
    title: "Changes for 490 people are held",
    text: "Critical: Changes for 490 people are held\n`rosterbridge status` lists them.\nRosterbridge at https://sync.acme.example",
    detail: "`rosterbridge status` lists them.",
    since: "2026-11-23T09:00:00.000Z",
    at: "2026-11-23T09:00:10.000Z",
    bridge: { publicUrl: PUBLIC_URL },
    counts: { people: 490 },
  });
});

for (const [title, notice, publicUrl, text] of [
  [
    "a warning begins with its title",
    { severity: "warning" },
    PUBLIC_URL,
    /^Changes for 490 people are held\n[^\n]*\nRosterbridge at https:\/\/sync\.acme\.example$/,
  ],
  ["the end of an alert is marked", { event: "cleared" }, null, /^Cleared: Changes .*\n.*\nRosterbridge$/],
  [
    "what Slack takes for a mention, a link or an entity is escaped",
    { title: "5 people wait for a <!channel> & <https://x.example|y> seat" },
    null,
    /^Critical: 5 people wait for a &lt;!channel&gt; &amp; &lt;https:\/\/x\.example\|y&gt; seat\n/,
  ],
] as const) {
  test(`the text: ${title}`, async (t) => {
    const server = await startWebhook(t);
    await createWebhookNotifier().send(server.url, aNotice(notice), publicUrl, NEVER);
    t.regex(server.posted[0]?.body.text ?? "", text);
  });
}

test("only a 2xx is a delivery, whatever it says; a redirect is not followed", async (t) => {
  const server = await startWebhook(t);
  const other = await startWebhook(t);
  const send = () => createWebhookNotifier().send(server.url, aNotice(), PUBLIC_URL, NEVER);
  server.answerWith((response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<html>ok</html>");
  });
  t.deepEqual(await send(), { delivered: true });
  server.answerWith((response) => void response.writeHead(204).end());
  t.deepEqual(await send(), { delivered: true });
  server.answerWith((response) => void response.writeHead(302, { location: other.url }).end());
  t.deepEqual(await send(), { delivered: false, reason: "answered 302 (redirects are not followed)" });
  t.is(other.posted.length, 0);
  server.answerWith((response) => void response.writeHead(500).end(WEBHOOK_SECRET));
  t.deepEqual(await send(), { delivered: false, reason: "answered 500" });
  t.is(server.posted.length, 4, "nothing is sent twice");
});

test("an answer is taken by its status: one that never ends, or is compressed badly, is a delivery", async (t) => {
  const server = await startWebhook(t);
  const send = () => createWebhookNotifier().send(server.url, aNotice(), PUBLIC_URL, NEVER);
  server.answerWith((response) => void response.writeHead(200, { "content-encoding": "gzip" }).write("x".repeat(1e6)));
  t.deepEqual(await send(), { delivered: true });
});

test("whoever does not answer is given up in time, and nothing of the address is told", async (t) => {
  const server = await startWebhook(t);
  server.answerWith(() => undefined);
  const slow = await createWebhookNotifier({ requestTimeoutMs: 50 }).send(server.url, aNotice(), PUBLIC_URL, NEVER);
  t.deepEqual(slow, { delivered: false, reason: "did not answer: ETIMEDOUT" });
  const stop = new AbortController();
  const stopped = createWebhookNotifier().send(server.url, aNotice(), PUBLIC_URL, stop.signal);
  await server.got(() => server.posted.length === 2);
  stop.abort();
  t.deepEqual(await stopped, { delivered: false, reason: "stopped before it answered" });
  t.deepEqual(await createWebhookNotifier().send(server.url, aNotice(), PUBLIC_URL, stop.signal), await stopped);
});

test("a port where nobody listens, and a server that speaks no HTTP, are told by a code", async (t) => {
  const closed = createServer((socket) => void socket.resume().end("no HTTP\r\n\r\n")).listen(0, "127.0.0.1");
  await once(closed, "listening");
  const url = `http://127.0.0.1:${(closed.address() as AddressInfo).port}/${WEBHOOK_SECRET}`;
  const send = () => createWebhookNotifier().send(url, aNotice(), PUBLIC_URL, NEVER);
  t.deepEqual(await send(), { delivered: false, reason: "did not answer: HPE_INVALID_CONSTANT" });
  closed.close();
  await once(closed, "close");
  t.deepEqual(await send(), { delivered: false, reason: "did not answer: ECONNREFUSED" });
});

test("a webhook is shown by its host", (t) => {
  const { nameOf } = createWebhookNotifier();
  t.is(
    nameOf(`https://me:${WEBHOOK_SECRET}@hooks.example:8443/T0/${WEBHOOK_SECRET}?a=b`),
    "https://hooks.example:8443",
  );
});
