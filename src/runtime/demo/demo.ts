import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { validate } from "node-cron";
import { loadConfig } from "../../config/load.ts";
import type { DirectoryId } from "../../domain/directory.ts";
import type { Terminal } from "../../cli/terminal.ts";
import { planStyle } from "../../cli/style.ts";
import { createSandbox } from "../../sandbox/sandbox.ts";
import { createAmbient } from "../ambient.ts";
import { productSchemas } from "../connectors.ts";
import { startDaemon, type Daemon } from "../daemon.ts";
import { createLog } from "../log.ts";
import { closingTable, differences } from "./closing.ts";
import { createOkta } from "./okta.ts";
import { createProductView } from "./product.ts";
import { demoSettings, SEATS } from "./settings.ts";
import { createStage } from "./stage.ts";
import { playStory } from "./story.ts";

/** How the demonstration is played. `stopped` ends what `keep` leaves running. */
export interface DemoOptions {
  readonly terminal: Terminal;
  readonly keep: boolean;
  readonly stopped: AbortSignal;
}

const ANSWER_DEADLINE_MS = 2_000;

/**
 * Plays the whole job on free ports of this machine with a temporary store: a sandbox, the bridge, and an IdP that
 * speaks as Okta does. Resolves to 0 only if the sandbox's state at the end is the expected one, else to 1.
 */
export async function playDemo({ terminal, keep, stopped }: DemoOptions): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "rosterbridge-demo-"));
  const token = randomBytes(24).toString("base64url");
  const ambient = createAmbient(createLog("warn", pino.destination({ dest: 2, sync: true })));
  const sandbox = createSandbox({ token, seats: { standard: SEATS }, clock: ambient.clock, newId: ambient.newId });
  const product = await sandbox.listen({ host: "127.0.0.1", port: 0 });
  const file = join(folder, "sync.config.json");
  await writeFile(file, JSON.stringify(demoSettings(product.url, token), null, 2), { mode: 0o600 });
  const { config } = loadConfig({
    path: file,
    environment: {},
    cwd: folder,
    products: productSchemas,
    isCron: (text) => validate(text),
  });
  const stage = createStage(terminal, ambient.clock);
  let daemon: Daemon | undefined;
  try {
    daemon = await startDaemon(config, ambient, stage.watcher);
    const { token: scimToken } = await daemon.bridge.services.tokens.create({
      scope: "scim",
      directory: "acme-okta" as DirectoryId,
      expiresInMs: null,
      author: "demo",
    });
    const view = createProductView(product.url, token);
    stage.introduce(product.url, daemon.url);
    const okta = createOkta(`${daemon.url}/scim/v2`, scimToken);
    const expected = await playStory({ okta, view, stage, bridge: daemon.bridge, clock: ambient.clock });
    const final = await view.read();
    terminal.print(await closingTable(daemon.bridge, final, expected, planStyle(terminal)));
    const wrong = differences(final, expected);
    for (const line of wrong) terminal.warn(`Not as expected: ${line}`);
    if (wrong.length === 0) terminal.print("\nAll as expected.");
    if (keep)
      await leaveRunning({ terminal, stopped, file, scimToken, token, bridgeUrl: daemon.url, productUrl: product.url });
    return wrong.length === 0 ? 0 : 1;
  } finally {
    await daemon?.close();
    await product.close(ANSWER_DEADLINE_MS);
    await rm(folder, { recursive: true, force: true });
  }
}

interface Kept {
  readonly terminal: Terminal;
  readonly stopped: AbortSignal;
  readonly file: string;
  readonly scimToken: string;
  readonly token: string;
  readonly bridgeUrl: string;
  readonly productUrl: string;
}

async function leaveRunning({ terminal, stopped, file, scimToken, token, bridgeUrl, productUrl }: Kept): Promise<void> {
  const lines = [
    "",
    "Everything keeps running until you press Ctrl-C. In another terminal:",
    "",
    `  SCIM       ${bridgeUrl}/scim/v2      Authorization: Bearer ${scimToken}`,
    `  sandbox    ${productUrl}/v1/members  Authorization: Bearer ${token}`,
    `  commands   npm run rosterbridge -- status --config ${file}`,
  ];
  for (const line of lines) terminal.print(line);
  await new Promise<void>((resolve) => {
    if (stopped.aborted) resolve();
    stopped.addEventListener("abort", () => resolve());
  });
}
