import { randomUUID } from "node:crypto";
import type { DirectoryId } from "../../src/domain/directory.ts";
import { createTokenOffice } from "../../src/engine/tokens.ts";
import type { Ambient } from "../../src/ports/ambient.ts";
import type { Store } from "../../src/ports/store.ts";
import { NO_METRICS, systemClock } from "../../src/runtime/ambient.ts";
import { openStore } from "../../src/store/open-store.ts";
import { DIRECTORY } from "./bridge-process.ts";
import type { BridgeFolder } from "./bridge-process.ts";

const silent: Ambient = {
  clock: systemClock,
  newId: randomUUID,
  random: () => 0.5,
  log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  metrics: NO_METRICS,
};

function ignore(): void {
  // A test looks at results.
}

/** Opens the database of a bridge beside whatever else has it open, and closes it again. */
export async function withStore<T>({ database }: BridgeFolder, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ filename: database, ambient: silent });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** A new token with which an IdP pushes to the directory of `bridgeSettings`. */
export function issueToken(folder: BridgeFolder, directory: string = DIRECTORY): Promise<string> {
  return withStore(folder, async (store) => {
    const office = createTokenOffice(store.tokens, systemClock);
    const { token } = await office.create({
      scope: "scim",
      directory: directory as DirectoryId,
      expiresInMs: null,
      author: "test",
    });
    return token;
  });
}

/** What a bridge has still to do, and what it cannot do now. */
export interface Unfinished {
  /** People to be looked at. */
  readonly wakes: number;
  /** Why the last attempt failed, of each person of whom it did. */
  readonly failing: readonly string[];
  /** People who wait for a seat. */
  readonly waiting: number;
  readonly held: number;
}

/** Asks the database of a bridge. */
export function unfinished(folder: BridgeFolder): Promise<Unfinished> {
  return withStore(folder, unfinishedIn);
}

/** Asks a store. */
export async function unfinishedIn({ wakes, holds }: Store): Promise<Unfinished> {
  return {
    wakes: await wakes.count(),
    failing: (await wakes.failures()).map(({ code, message }) => `${code}: ${message}`),
    waiting: (await holds.waiting()).length,
    held: (await holds.held(0)).total,
  };
}
