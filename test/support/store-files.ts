import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import type { Ambient } from "../../src/ports/ambient.ts";
import type { Store } from "../../src/ports/store.ts";
import { NO_METRICS } from "../../src/runtime/ambient.ts";
import type { Driver } from "../../src/store/open.ts";
import { openStore } from "../../src/store/open-store.ts";
import { createManualClock } from "./manual-clock.ts";

/** A folder of its own, removed at the end of the test, after what was opened in it. */
export async function aFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "store-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Time that stands still, ids that are random, a log that is silent. */
export function aQuietAmbient(): Ambient {
  const silent = (): void => undefined;
  return {
    clock: createManualClock(),
    newId: () => randomUUID(),
    random: () => 0.5,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    metrics: NO_METRICS,
  };
}

/** Opens the store in a file; it is closed at the end of the test. */
export async function openStoreAt(t: ExecutionContext, filename: string, client?: Driver): Promise<Store> {
  const store = await openStore({ filename, ambient: aQuietAmbient(), ...(client !== undefined && { client }) });
  t.teardown(() => store.close());
  return store;
}

/** A store in a new file of its own. */
export async function aStore(t: ExecutionContext, client?: Driver): Promise<Store> {
  return openStoreAt(t, join(await aFolder(t), "bridge.db"), client);
}
