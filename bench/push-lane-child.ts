import type { DirectoryId } from "../src/domain/directory.ts";
import { openBridgeOf } from "./bridge-process.ts";
import { answerParent, childInput } from "./children.ts";
import { DIRECTORY, personAt } from "./people.ts";
import { ownCpuMs } from "./process-stat.ts";
import { createRandom } from "./statistics.ts";

// One person after the other is changed and taken by the push lane, in a process of its own.

/** Where, among how many, and how often. */
export interface PushLaneInput {
  readonly configFile: string;
  readonly people: number;
  readonly warmUp: number;
  readonly changes: number;
}
/** What came of it, without the warm-up. */
export interface PushLaneResult {
  /** Milliseconds from the end of the push to the end of the run. */
  readonly runMs: readonly number[];
  /** On a core for each change, its push included; all threads. */
  readonly cpuMs: number;
}

const { configFile, people, warmUp, changes } = childInput<PushLaneInput>();
const bridge = await openBridgeOf(configFile);
const { provisioning, reconciler } = bridge.services;
const origin = { directory: DIRECTORY as DirectoryId, actor: "token:bench" };
const stop = new AbortController().signal;
const random = createRandom(3);
const runMs: number[] = [];
let cpu = process.cpuUsage();

for (let number = 0; number < warmUp + changes; number++) {
  if (number === warmUp) cpu = process.cpuUsage();
  const { id } = personAt(Math.floor(random() * people));
  const operations = [{ op: "replace", path: "displayName", value: `Renamed ${number}` }] as const;
  await provisioning.patchUser(origin, id, operations, null, { withMemberships: false });
  const pushedMs = performance.now();
  const report = await reconciler.run({ lane: "urgent", trigger: "push", stop });
  const doneMs = performance.now();
  if (report?.changed["update-account"] !== 1)
    throw new Error(`A change was not carried out: ${JSON.stringify(report)}`);
  if (number < warmUp) continue;
  runMs.push(doneMs - pushedMs);
}
const cpuMs = ownCpuMs(cpu) / changes;
await bridge.close();
answerParent({ runMs, cpuMs } satisfies PushLaneResult);
process.disconnect();
