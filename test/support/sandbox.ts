import { randomUUID } from "node:crypto";
import type { ExecutionContext } from "ava";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import type { Sandbox, SandboxOptions } from "../../src/sandbox/sandbox.ts";
import { createManualClock } from "./manual-clock.ts";
import type { ManualClock } from "./manual-clock.ts";

export const SANDBOX_TOKEN = "sandbox-token-of-a-test";

/** A sandbox that listens on a free port until the test ends. */
export interface RunningSandbox extends Sandbox {
  readonly url: string;
  readonly clock: ManualClock;
}

/** Starts a sandbox. Its clock stands still until it is moved. */
export async function startSandbox(
  t: ExecutionContext,
  options: Partial<SandboxOptions> = {},
): Promise<RunningSandbox> {
  const clock = createManualClock();
  const sandbox = createSandbox({ token: SANDBOX_TOKEN, newId: randomUUID, clock, ...options });
  const { url, close } = await sandbox.listen({ host: "127.0.0.1", port: 0 });
  t.teardown(() => close(0));
  return { ...sandbox, url, clock };
}
