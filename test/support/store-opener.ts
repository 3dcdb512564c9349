import { NO_METRICS } from "../../src/runtime/ambient.ts";
import { openStore } from "../../src/store/open-store.ts";
import { createManualClock } from "./manual-clock.ts";

// A process that opens a store, and prints what it was told when it could not. Run it as somebody who is not root, whom
// modes do not stop.

const silent = (): void => undefined;
const log = { debug: silent, info: silent, warn: silent, error: silent };
const ambient = { clock: createManualClock(), newId: () => "", random: () => 0.5, log, metrics: NO_METRICS };
try {
  const store = await openStore({ filename: process.argv[2] ?? "", ambient });
  await store.close();
  process.stdout.write("opened");
} catch (error) {
  process.stdout.write(error instanceof Error ? `${error.name}: ${error.message}` : "not an error");
}
