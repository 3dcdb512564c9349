/**
 * Conversations that look at the product, as `test/conversations/` records them, replayed against a daemon of their own;
 * between requests, and at the end, the product is looked at. The others are in `test/conformance/`.
 */
import test from "ava";
import { bridgeFolder, bridgeSettings, startBridge } from "../support/bridge-process.ts";
import { issueToken } from "../support/bridge-store.ts";
import {
  createMemory,
  differences,
  exchange,
  idpsWithConversations,
  needsProduct,
  readConversations,
} from "../support/conversation.ts";
import type { Conversation, Memory, Pause } from "../support/conversation.ts";
import { showSandbox, startLiveSandbox } from "../support/live-sandbox.ts";
import type { LiveSandbox } from "../support/live-sandbox.ts";
import { until } from "../support/until.ts";

const replay = test.macro(async (t, { steps, headers }: Conversation) => {
  const sandbox = await startLiveSandbox(t);
  const folder = bridgeFolder(t, bridgeSettings(sandbox.url));
  const bridge = await startBridge(t, folder);
  const token = await issueToken(folder);
  const line = { baseUrl: bridge.url, token, ...(headers === undefined ? {} : { headers }) };
  const memory = createMemory({ token });
  for (const step of steps) {
    if ("product" in step) await untilProductShows(sandbox, step, memory);
    else t.deepEqual(await exchange(line, step, memory), [], step.name);
  }
  t.deepEqual(await bridge.stop(), { code: 0, signal: null });
});

async function untilProductShows(sandbox: LiveSandbox, { name, product }: Pause, { texts }: Memory): Promise<void> {
  const look = () => differences(JSON.parse(JSON.stringify(showSandbox(sandbox))), product, texts, "product");
  await until(
    `"${name}"`,
    () => look().length === 0,
    () => look().join("\n"),
  );
}

for (const idp of idpsWithConversations()) {
  for (const conversation of readConversations(idp).filter(needsProduct))
    test(`${idp}: ${conversation.title}`, replay, conversation);
}
