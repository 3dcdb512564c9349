import { access, mkdtemp, rm } from "node:fs/promises";
import { constants } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../src/store/open-store.ts";
import { anAmbient } from "../support/bridge.ts";
import { openSwitchboard } from "./switchboard.ts";
import type { Theatre } from "./simulate.ts";
import { createWorldClock } from "./world-clock.ts";

/** Where Linux keeps files in memory. */
const MEMORY_FOLDER = "/dev/shm";

/** Opens a place for histories; `close` leaves nothing behind. */
export async function openTheatre(): Promise<Theatre & { close(): Promise<void> }> {
  const folder = await mkdtemp(join(await fastFolder(), "rosterbridge-simulation-"));
  const emptyStore = join(folder, "empty.db");
  const store = await openStore({
    filename: emptyStore,
    ambient: anAmbient(createWorldClock().forProcess(() => false)),
  });
  await store.close();
  const switchboard = await openSwitchboard();
  return {
    folder,
    emptyStore,
    switchboard,
    async close() {
      await switchboard.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function fastFolder(): Promise<string> {
  try {
    await access(MEMORY_FOLDER, constants.W_OK);
    return MEMORY_FOLDER;
  } catch {
    return tmpdir();
  }
}
