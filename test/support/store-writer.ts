import { createManualClock } from "./manual-clock.ts";
import { aUser } from "./directory-builders.ts";
import { NO_METRICS } from "../../src/runtime/ambient.ts";
import { openStore } from "../../src/store/open-store.ts";

// A process that stages users as fast as it can, and prints the id of each after its commit. It ends by being killed.

const silent = (): void => undefined;
const store = await openStore({
  filename: process.argv[2] ?? "",
  ambient: {
    clock: createManualClock(),
    newId: () => "",
    random: () => 0.5,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    metrics: NO_METRICS,
  },
});

async function stageForEver(): Promise<never> {
  while (true) {
    const user = aUser();
    await store.write(user.directory, async (tx) => {
      await tx.putUser(user, null);
      await tx.audit({ at: user.meta.created, actor: "cli", action: "user.created", subject: user.id, detail: {} });
      await tx.wake(user.id, "changed", user.meta.created);
    });
    process.stdout.write(`${user.id}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, stageForEver));
