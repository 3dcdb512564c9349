import type { DirectoryId } from "../src/domain/directory.ts";
import { openBridgeOf } from "./bridge-process.ts";
import { answerParent, childInput } from "./children.ts";
import { DIRECTORY, personAt } from "./people.ts";

// More changes than a product's rate limit lets through at once, in a process of its own.

/** Where, and how many people have changed. */
export interface RateLimitInput {
  readonly configFile: string;
  readonly changes: number;
}
/** What the bridge says that it did. */
export interface RateLimitResult {
  readonly changed: number;
}

const { configFile, changes } = childInput<RateLimitInput>();
const bridge = await openBridgeOf(configFile);
const { provisioning, reconciler } = bridge.services;
const origin = { directory: DIRECTORY as DirectoryId, actor: "token:bench" };
for (let index = 0; index < changes; index++) {
  const operations = [{ op: "replace", path: "displayName", value: `Renamed ${index}` }] as const;
  await provisioning.patchUser(origin, personAt(index).id, operations, null, { withMemberships: false });
}
const report = await reconciler.run({ lane: "full", trigger: "cli", stop: new AbortController().signal });
const changed = report?.changed["update-account"] ?? 0;
if (changed !== changes) throw new Error(`${changed} of ${changes} changes were made.`);
await bridge.close();
answerParent({ changed } satisfies RateLimitResult);
process.disconnect();
